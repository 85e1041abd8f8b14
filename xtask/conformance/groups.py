"""The official Python SDK over whole groups: create, read, list, update, delete, and refusals.

Run by `cargo xtask conformance` after `official_sdk.py`, on the same simulator. Prints a table by
group at the end; exits with 1 if anything was a surprise.

What it cannot see: whether the real service has the same rules. It sees that requests and responses
are what the SDK declares, and that what was written is what is read.
"""

import datetime
import json
import os
import ssl
import time
import urllib.request
from collections import Counter

import huaweicloudsdkmeeting.v1 as sdk
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkmeeting.v1.meeting_credentials import TenantSceneEnum

from official_sdk import by_app_id, client

GOOD, BAD, OPERATIONS = Counter(), Counter(), {}


def snake(name):
    out = ""
    for place, letter in enumerate(name):
        if letter.isupper() and place and not name[place - 1].isupper():
            out += "_"
        out += letter.lower()
    return out


def claim(group, what, holds, shown=""):
    (GOOD if holds else BAD)[group] += 1
    if not holds:
        print(f"FAIL {group}: {what} {shown}".rstrip())


def call(who, group, operation, body=None, **parameters):
    OPERATIONS.setdefault(group, set()).add(operation)
    request = getattr(sdk, f"{operation}Request")(**parameters)
    if body is not None:
        request.body = body
    return getattr(who, snake(operation))(request).to_dict()


def done(who, group, operation, body=None, **parameters):
    """The response to a call that must work."""
    try:
        answer = call(who, group, operation, body, **parameters)
        claim(group, operation, True)
        return answer
    except Exception as error:  # whatever it is, it is a surprise
        shown = getattr(error, "error_msg", None) or repr(error)
        claim(group, operation, False, shown[:300])
        return {}


def refused(who, group, operation, code, body=None, **parameters):
    """A call that must be refused with a code."""
    try:
        call(who, group, operation, body, **parameters)
        claim(group, f"{operation} is refused", False)
    except ClientRequestException as error:
        claim(group, f"{operation}: {code}", error.error_code == code, error.error_code)


def mail(to):
    """The code that was sent last to an address."""
    context = ssl.create_default_context(cafile=os.environ["MEETING_CA_FILE"])
    url = os.environ["MEETING_ENDPOINT"] + "/_sim/mail"
    with urllib.request.urlopen(url, context=context) as answer:
        return [one for one in json.load(answer) if one["to"] == to][-1]["code"]


def directory(admin, user):
    group = "corp"
    sales = done(admin, group, "AddDepartment", {"deptName": "Sales"}).get("value")
    done(admin, group, "UpdateDepartment", {"deptName": "Marketing"}, dept_code=sales)
    ann = {"name": "Ann", "account": "ann@sdk.example", "email": "ann@sdk.example", "deptCode": sales}
    added = done(admin, group, "AddUser", ann)
    claim(group, "the department is shown", added.get("dept_name") == "Marketing", added)
    refused(admin, group, "AddUser", "USG.201040001", ann)
    refused(user, group, "AddUser", "USG.000000004", ann)
    shown = done(admin, group, "ShowUserDetail", account="ann@sdk.example")
    claim(group, "what was written is read", shown.get("email") == "ann@sdk.example")
    changed = {"name": "Ann B.", "email": "ann@sdk.example"}
    done(admin, group, "UpdateUser", changed, account="ann@sdk.example")
    found = done(admin, group, "SearchUsers", search_key="Ann B.")
    claim(group, "the change is found", found.get("count") == 1, found)
    done(admin, group, "BatchUpdateUserStatus", ["ann@sdk.example"], value=1)
    done(admin, group, "AddCorpAdmin", {"account": "ann@sdk.example"})
    admins = done(admin, group, "SearchCorpAdmins")
    claim(group, "an administrator is listed", admins.get("count") == 1, admins)
    done(admin, group, "ShowCorpAdmin", account="ann@sdk.example")
    done(admin, group, "BatchDeleteCorpAdmins", ["ann@sdk.example"])
    refused(admin, group, "DeleteDepartment", "USG.000000003", dept_code=sales)

    rooms = done(admin, group, "SearchCorpVmr").get("data") or [{}]
    room = rooms[0].get("id")
    done(admin, group, "AssociateVmr", [room], account="ann@sdk.example")
    done(admin, group, "DisassociateVmr", [room], account="ann@sdk.example")
    done(admin, group, "DeleteCorpVmr", [room])

    done(admin, group, "ShowDeviceTypes")
    done(admin, group, "AddDevice", {"name": "Room", "model": "TE30", "sn": "SDK1", "email": "room@sdk.example"})
    changed = {"name": "Room 2", "email": "room@sdk.example"}
    done(admin, group, "UpdateDevice", changed, sn="SDK1")
    shown = done(admin, group, "ShowDeviceDetail", sn="SDK1")
    claim(group, "a device is changed", shown.get("name") == "Room 2", shown)
    done(admin, group, "SearchDevices")
    done(admin, group, "BatchUpdateDevicesStatus", ["SDK1"], value=1)
    done(admin, group, "ResetActivecode", {"emailAddr": "room@sdk.example"}, sn="SDK1")
    done(admin, group, "BatchDeleteDevices", ["SDK1"])
    refused(admin, group, "ShowDeviceDetail", "USG.201050000", sn="SDK1")
    code = {"devType": "idea-hub", "devName": "Board"}
    done(admin, group, "CreateVisionActiveCode", code)
    codes = done(admin, group, "SearchVisionActiveCode").get("data") or [{}]
    identity = codes[0].get("id")
    to = {"emailAddr": "board@sdk.example"}
    done(admin, group, "ResetVisionActiveCode", to, account=identity)
    done(admin, group, "DeleteVisionActiveCode", [identity])

    done(admin, group, "ShowCorpResource")
    done(admin, group, "SearchCorpResources")
    done(admin, group, "UpdateCorpBasicInfo", {"address": "Main Street 1"})
    done(admin, group, "ShowCorpBasicInfo")
    done(admin, group, "InviteUser", {"name": "Bo", "contact": "bo@sdk.example"})
    done(admin, group, "BatchDeleteUsers", ["ann@sdk.example"])
    refused(admin, group, "ShowUserDetail", "USG.201040000", account="ann@sdk.example")
    done(admin, group, "DeleteDepartment", dept_code=sales)


def own_record(user):
    group = "member"
    done(user, group, "ShowMyInfo")
    done(user, group, "UpdateMyInfo", {"name": "Official"})
    shown = done(user, group, "ShowMyInfo")
    claim(group, "the name is ours", shown.get("name") == "Official", shown)
    contact = {"contact": "me@sdk.example"}
    done(user, group, "SendVeriCodeForUpdateUserInfo", contact)
    contact["verificationCode"] = mail("me@sdk.example")
    done(user, group, "CheckVeriCodeForUpdateUserInfo", contact)
    done(user, group, "UpdateContact", contact)
    rooms = done(user, group, "SearchMemberVmr").get("data") or [{}]
    done(user, group, "UpdateMemberVmr", {"vmrName": "Mine"}, id=rooms[0].get("id"))
    done(user, group, "ShowDeptAndChildDept", dept_code="1")
    done(user, group, "SearchDepartmentByName", dept_name="Enterprise")
    group = "address-book"
    found = done(user, group, "SearchCorpDir", search_key="Official").get("data") or [{}]
    done(user, group, "SearchCorpExternalDir")
    done(user, group, "ShowDepartment", dept_code="1")
    done(user, group, "BatchShowUserDetails", [{"id": found[0].get("id") or "x"}])


def meetings(admin):
    group = "conference-management"
    start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)
    start = start.strftime("%Y-%m-%d %H:%M")
    booking = {"mediaTypes": "HDVideo", "subject": "Later", "startTime": start, "length": 60}
    booked = (done(admin, group, "CreateMeeting", booking).get("body") or [{}])[0]
    identity = booked.get("conference_id")
    changed = dict(booking, subject="Changed")
    done(admin, group, "UpdateMeeting", changed, conference_id=identity)
    shown = done(admin, group, "ShowMeetingDetail", conference_id=identity)
    subject = (shown.get("conference_data") or {}).get("subject")
    claim(group, "the subject is changed", subject == "Changed", shown)
    done(admin, group, "SearchMeetings")
    done(admin, group, "ShowConfOrg", conference_id=identity)
    done(admin, group, "ShowRegionInfoOfMeeting", conference_id=identity)
    done(admin, group, "CancelMeeting", conference_id=identity)
    refused(admin, group, "ShowMeetingDetail", "MMC.111070005", conference_id=identity)

    today = start[:10]
    last = datetime.date.fromisoformat(today) + datetime.timedelta(days=6)
    cycle = {"startDate": today, "endDate": last.isoformat(), "cycle": "Day", "interval": 1,
             "preRemindDays": 1}
    series = dict(booking, conferenceType=2, cycleParams=cycle)
    booked = (done(admin, group, "CreateRecurringMeeting", series).get("body") or [{}])[0]
    identity, subs = booked.get("conference_id"), booked.get("sub_confs") or []
    claim(group, "a series has its meetings", len(subs) >= 6, booked)
    done(admin, group, "UpdateRecurringMeeting", dict(series, subject="Series"),
         conference_id=identity)
    shown = done(admin, group, "ShowMeetingDetail", conference_id=identity)
    subs = (shown.get("conference_data") or {}).get("sub_confs") or [{}, {}]
    moved = {"cycleSubConfID": subs[1].get("cycle_sub_conf_id"), "mediaTypes": "Voice",
             "startTime": last.isoformat() + " 23:00", "length": 30}
    done(admin, group, "UpdateRecurringSubMeeting", moved, conference_id=identity)
    gone = {"cycleSubConfIDs": [subs[0].get("cycle_sub_conf_id")]}
    done(admin, group, "CancelRecurringSubMeeting", gone, conference_id=identity)
    done(admin, group, "CancelRecurringMeeting", conference_id=identity)

    now = {"mediaTypes": "HDVideo", "subject": "Now", "recordType": 2, "isAutoRecord": 1}
    booked = (done(admin, group, "CreateMeeting", now).get("body") or [{}])[0]
    identity, run = booked.get("conference_id"), booked.get("conf_uuid")
    done(admin, group, "SearchOnlineMeetings")
    done(admin, group, "ShowOnlineMeetingDetail", conference_id=identity)
    done(admin, group, "ListOnlineConfAttendee", conf_id=identity)
    done(admin, group, "CheckCallNumberInConf", call_number="+990")
    time.sleep(1)
    done(admin, group, "CancelMeeting", conference_id=identity, type=1)

    group = "history"
    span = {"start_date": 0, "end_date": int(time.time() * 1000) + 60000}
    runs = done(admin, group, "SearchHisMeetings", **span)
    claim(group, "the run is listed", runs.get("count", 0) >= 1, runs)
    done(admin, group, "ShowHisMeetingDetail", conf_uuid=run)
    done(admin, group, "SearchAttendanceRecordsOfHisMeeting", conf_uuid=run)
    done(admin, group, "SearchCtlRecordsOfHisMeeting", conf_uuid=run)
    refused(admin, group, "ShowHisMeetingDetail", "MMC.111070005", conf_uuid="0" * 32)
    group = "recordings"
    found = done(admin, group, "SearchRecordings", **span)
    claim(group, "the recording is listed", found.get("count", 0) >= 1, found)
    done(admin, group, "ShowRecordingDetail", conf_uuid=run)
    done(admin, group, "ShowRecordingFileDownloadUrls", conf_uuid=run)
    done(admin, group, "DeleteRecordings", conf_uui_ds=run)


def main():
    user = client(by_app_id(TenantSceneEnum.SINGLE_TENANT))
    admin = client(by_app_id(TenantSceneEnum.SINGLE_TENANT).with_user_id(""))
    directory(admin, user)
    own_record(user)
    meetings(admin)
    print("\n| group | operations | claims that hold | surprises |\n| --- | --- | --- | --- |")
    for group, operations in OPERATIONS.items():
        print(f"| {group} | {len(operations)} | {GOOD[group]} | {BAD[group]} |")
    if sum(BAD.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
