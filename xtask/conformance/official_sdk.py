"""The official Python SDK against meeting-sim: can it not tell the difference?

Run by `cargo xtask conformance`, which starts the simulator with TLS and passes what is needed in
the environment. Exits with 1 at the first surprise.
"""

import json
import os
import re

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkmeeting.v1 import (
    ConferenceInfo,
    CreateAnonymousAuthRandomRequest,
    CreateAuthRandomRequest,
    CreateConfTokenRequest,
    CreateMeetingRequest,
    CreateWebSocketTokenRequest,
    MeetingClient,
    RestScheduleConfDTO,
    StartMeetingRequest,
    StartRequest,
)
from huaweicloudsdkmeeting.v1.meeting_credentials import (
    AuthTypeEnum,
    MeetingCredentials,
    TenantSceneEnum,
)


def client(credentials):
    config = HttpConfig.get_default_config()
    config.ssl_ca_cert = os.environ["MEETING_CA_FILE"]
    # Loopback is never behind a proxy.
    os.environ["NO_PROXY"] = "*"
    return (
        MeetingClient.new_builder()
        .with_http_config(config)
        .with_credentials(credentials)
        .with_endpoint(os.environ["MEETING_ENDPOINT"])
        .build()
    )


def by_app_id(tenancy):
    owner = "PROVIDER_APP" if tenancy == TenantSceneEnum.MULTI_TENANT else "APP"
    return (
        MeetingCredentials()
        .with_auth_type_enum(AuthTypeEnum.APP_ID)
        .with_tenant_scene_enum(tenancy)
        .with_app_id(os.environ[f"MEETING_{owner}_ID"])
        .with_app_key(os.environ[f"MEETING_{owner}_KEY"])
        .with_user_id("official-sdk")
    )


def by_account():
    return MeetingCredentials(
        os.environ["MEETING_ACCOUNT"], os.environ["MEETING_PASSWORD"]
    ).with_auth_type_enum(AuthTypeEnum.ACCOUNT)


def expect(what, holds, shown=""):
    print(f"{'ok  ' if holds else 'FAIL'} {what} {shown}".rstrip())
    if not holds:
        raise SystemExit(1)


def main():
    meeting = client(by_app_id(TenantSceneEnum.SINGLE_TENANT))

    booking = RestScheduleConfDTO(subject="Official SDK", media_types="HDVideo")
    created = meeting.create_meeting(CreateMeetingRequest(body=booking)).body
    expect("create_meeting answers a list of ConferenceInfo", isinstance(created[0], ConferenceInfo))
    conference = created[0]
    passwords = {entry.conference_role: entry.password for entry in conference.password_entry}
    expect("it has an id", re.fullmatch(r"\d{9}", conference.conference_id), conference.conference_id)
    expect("it has both passwords", set(passwords) >= {"chair", "general"})
    expect("its subject is ours", conference.subject == "Official SDK")
    host = passwords["chair"]

    answer = meeting.start_meeting(
        StartMeetingRequest(body=StartRequest(conference_id=conference.conference_id, password=host))
    )
    expect("start_meeting names a region", bool(answer.region_ip), answer.region_ip)

    answer = meeting.create_anonymous_auth_random(
        CreateAnonymousAuthRandomRequest(
            conference_id=conference.conference_id, x_password=passwords["general"]
        )
    )
    expect("create_anonymous_auth_random: 15 digits", re.fullmatch(r"\d{15}", answer.random))
    expect("create_anonymous_auth_random: next hop", answer.site_url.startswith("https://"), answer.site_url)

    answer = meeting.create_auth_random(
        CreateAuthRandomRequest(
            conf_id=conference.conference_id, x_password=passwords["general"], guest_waiting=0
        )
    )
    expect("create_auth_random: 15 digits", re.fullmatch(r"\d{15}", answer.random))
    expect("create_auth_random: subject and mode", answer.subject == "Official SDK", answer.conf_mode)
    expect("create_auth_random: real booleans", answer.webinar is False)

    control = meeting.create_conf_token(
        CreateConfTokenRequest(
            conference_id=conference.conference_id, x_password=host, x_login_type=1
        )
    )
    expect("create_conf_token: host role", control.data.role == 1)
    expect("create_conf_token: wss address", control.data.ws_url.startswith("wss://"), control.data.ws_url)

    answer = meeting.create_web_socket_token(
        CreateWebSocketTokenRequest(
            conference_id=conference.conference_id,
            x_conference_authorization=control.data.token,
        )
    )
    expect("create_web_socket_token: a token", len(answer.web_socket_token) > 20)

    try:
        meeting.create_anonymous_auth_random(
            CreateAnonymousAuthRandomRequest(
                conference_id=conference.conference_id, x_password="000000x"
            )
        )
        expect("a wrong password is refused", False)
    except ClientRequestException as refused:
        expect("a wrong password is refused", refused.status_code in (400, 401, 403), refused.error_code)
        expect("with a request id", bool(refused.request_id))

    for name, credentials in (
        ("account", by_account()),
        ("app id, service provider", by_app_id(TenantSceneEnum.MULTI_TENANT)),
    ):
        created = client(credentials).create_meeting(CreateMeetingRequest(body=booking)).body
        expect(f"login by {name}", isinstance(created[0], ConferenceInfo))

    print(json.dumps({"sdk": "huaweicloudsdkmeeting", "conference": conference.conference_id}))


if __name__ == "__main__":
    main()
