"""What the official Python SDK puts on the wire, for arguments that it is given.

Run by `cargo xtask parity` with two files. The first holds one set of arguments a line; the second
receives one line for each: the request as it left a socket, byte for byte. It goes to a server of
this script on loopback. Nothing logs in, and nothing leaves the machine.
"""

import base64
import datetime
import http.server
import inspect
import io
import json
import os
import queue
import re
import sys
import threading
import types

# Before the SDK is imported: loopback is never behind a proxy.
os.environ["NO_PROXY"] = "*"

from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkmeeting.v1 import MeetingClient, model
from huaweicloudsdkmeeting.v1 import meeting_credentials
from huaweicloudsdkmeeting.v1.meeting_credentials import (
    AuthTypeEnum,
    MeetingCredentials,
    TenantSceneEnum,
)

# Where the SDK's own code puts a parameter, and what that place is called here.
PLACES = {"path_params": "path", "query_params": "query", "header_params": "header", "body": "body"}


class Capture(http.server.BaseHTTPRequestHandler):
    """Notes a request and answers with an empty object."""

    protocol_version = "HTTP/1.1"
    # Headers and body of an answer leave in one packet, so that no acknowledgement is waited for.
    wbufsize = -1
    requests = queue.SimpleQueue()

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # Not `self.path`, which is tidied up.
        method, target, _ = self.requestline.split(" ")
        self.requests.put(
            {
                "method": method,
                "target": target,
                "headers": self.headers.items(),
                "body": base64.b64encode(body).decode(),
            }
        )
        # A token, for the credentials that log in. Nothing else reads it.
        answer = b'{"accessToken":"from the login"}' if "/auth/" in target else b"{}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def log_message(self, *_):
        pass


class Sdk:
    """The operations of the SDK, by the names that the service gives them."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.methods = {}
        by_name = {name.lower(): name for name in dir(model)}
        for name, method in vars(MeetingClient).items():
            request = by_name.get(name.replace("_", "") + "request")
            if inspect.isfunction(method) and request:
                self.methods[request.removesuffix("Request")] = name
        # What was set at least once: the operation, and the wire name or the path in the body.
        self.touched = set()

    def client(self, credentials):
        def stay_plain(request, **_):
            # The credentials log in by https whatever the endpoint says.
            request.schema = "http"

        config = HttpConfig.get_default_config()
        config.timeout = (5, 10)
        return (
            MeetingClient.new_builder()
            .with_http_config(config)
            .with_credentials(credentials)
            .with_endpoint(self.endpoint)
            .with_http_handler(HttpHandler().add_request_handler(stay_plain))
            .build()
        )

    def request_class(self, operation):
        return getattr(model, operation + "Request")

    def build(self, client, arguments):
        """The request object of an operation, holding these arguments."""
        operation = arguments["operation"]
        klass = self.request_class(operation)
        attributes = {wire: attribute for attribute, wire in klass.attribute_map.items()}
        values = {}
        for parameter in arguments["parameters"]:
            attribute = attributes.get(parameter["name"])
            # What the SDK does not know cannot be said through it; it will be seen to be missing.
            if attribute:
                value = self.value(client, parameter["value"], klass.openapi_types[attribute])
                values[attribute] = value
                self.touched.add((operation, parameter["name"]))
        if "body" in attributes and "body" in arguments:
            attribute = attributes["body"]
            kind = klass.openapi_types[attribute]
            values[attribute] = client._deserialize(arguments["body"], kind)
            self.touch(operation, arguments["body"], kind, "body")
        if "body" in attributes and arguments["files"]:
            form = getattr(model, klass.openapi_types[attributes["body"]])
            files = {}
            for file in arguments["files"]:
                content = io.BytesIO(base64.b64decode(file["content"]))
                content.name, content.mode = file["file_name"], "rb"
                files[file["name"]] = FormFile(content, file["content_type"])
            known = {
                attribute: files[wire]
                for attribute, wire in form.attribute_map.items()
                if wire in files
            }
            self.touch(operation, files, klass.openapi_types[attributes["body"]], "body")
            values[attributes["body"]] = form(**known)
        return klass(**values)

    @staticmethod
    def value(client, value, kind):
        # A list of ours that the SDK has as one text: there, the caller joins it.
        if kind == "str" and isinstance(value, list):
            return ",".join(value)
        return client._deserialize(value, kind)

    def touch(self, operation, data, kind, path):
        """Notes where in a body this data sets something."""
        self.touched.add((operation, path))
        inner = re.fullmatch(r"list\[(.*)\]", kind)
        if inner:
            for item in data if isinstance(data, list) else []:
                self.touch(operation, item, inner[1], path + "[]")
        elif isinstance(data, dict) and hasattr(model, kind):
            klass = getattr(model, kind)
            for attribute, wire in klass.attribute_map.items():
                if wire in data:
                    kind = klass.openapi_types[attribute]
                    self.touch(operation, data[wire], kind, f"{path}.{wire}")

    def untouched(self, operation):
        """Where the SDK has a parameter or a field that no set of arguments had."""
        klass = self.request_class(operation)
        for attribute, wire in klass.attribute_map.items():
            place = self.place(operation, attribute)
            if place == "body":
                kind = klass.openapi_types[attribute]
                for path in self.untouched_inside(operation, kind, "body", ()):
                    yield path.replace("body.", "body ", 1)
            elif (operation, wire) not in self.touched:
                yield f"{place} {wire}"

    def untouched_inside(self, operation, kind, path, outer):
        if (operation, path) not in self.touched:
            yield path
            return
        inner = re.fullmatch(r"list\[(.*)\]", kind)
        if inner:
            yield from self.untouched_inside(operation, inner[1], path + "[]", outer)
        elif hasattr(model, kind) and kind not in outer:
            klass = getattr(model, kind)
            for attribute, wire in klass.attribute_map.items():
                here, inside = f"{path}.{wire}", klass.openapi_types[attribute]
                yield from self.untouched_inside(operation, inside, here, (*outer, kind))

    def place(self, operation, attribute):
        """Where the SDK sends an attribute: found out by asking its own code."""
        mark = object()
        klass = self.request_class(operation)
        request = klass()
        setattr(request, attribute, mark)
        info = getattr(MeetingClient, f"_{self.methods[operation]}_http_info")(request)
        for part, place in PLACES.items():
            held = info[part]
            held = held.values() if isinstance(held, dict) else held
            held = [value for _, value in held] if isinstance(held, list) else held
            if held is mark or (held is not None and any(value is mark for value in held)):
                return place
        return "nowhere"


def with_token(token):
    """Credentials that hold this token as if they had logged in for it."""
    credentials = MeetingCredentials("nobody", "nothing")
    credentials._token = token
    # Until long after this script has ended.
    credentials._last_token_date = datetime.datetime.now()
    return credentials


def credentials_of(login):
    """Credentials that log in, with a clock and a nonce of the caller's choice."""
    if login["kind"] == "account":
        credentials = MeetingCredentials(login["account"], login["password"])
        return credentials.with_auth_type_enum(AuthTypeEnum.ACCOUNT)
    # The names of one module, so that the rest of Python keeps its clock.
    meeting_credentials.time = types.SimpleNamespace(time=lambda: login["expires_at"] - 600)
    meeting_credentials.uuid = types.SimpleNamespace(uuid4=lambda: login["nonce"])
    tenancy = TenantSceneEnum[login["tenancy"]]
    credentials = (
        MeetingCredentials()
        .with_auth_type_enum(AuthTypeEnum.APP_ID)
        .with_tenant_scene_enum(tenancy)
        .with_app_id(login["app_id"])
        .with_app_key(login["app_key"])
    )
    if "user_id" in login:
        credentials.with_user_id(login["user_id"])
    if "corp_id" in login:
        credentials.with_corp_id(login["corp_id"])
    if "dept_id" in login:
        credentials.with_dept_code(login["dept_id"])
    return credentials


def main(arguments_file, requests_file):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Capture)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sdk = Sdk(f"http://127.0.0.1:{server.server_port}")
    clients = {}
    with open(arguments_file) as sets, open(requests_file, "w") as out:

        def say(line):
            print(json.dumps(line), file=out)

        say({"kind": "operations", "names": sorted(sdk.methods)})
        for line in sets:
            arguments = json.loads(line)
            try:
                if "login" in arguments:
                    client = sdk.client(credentials_of(arguments["login"]))
                    client.show_sso_config(model.ShowSsoConfigRequest())
                    request = Capture.requests.get(timeout=5)
                    # The call that needed the login.
                    Capture.requests.get(timeout=5)
                else:
                    token = arguments["token"]
                    if token not in clients:
                        clients[token] = sdk.client(with_token(token))
                    client = clients[token]
                    built = sdk.build(client, arguments)
                    getattr(client, sdk.methods[arguments["operation"]])(built)
                    request = Capture.requests.get(timeout=5)
                say({"kind": "request", "request": request})
            except Exception as error:
                # What was sent before the error is no request of the next set.
                while not Capture.requests.empty():
                    Capture.requests.get()
                say({"kind": "failure", "failure": f"{type(error).__name__}: {error}"})
            if not Capture.requests.empty():
                raise SystemExit("the SDK made a request more than it was asked for")
        for operation in sorted(sdk.methods):
            say({"kind": "untouched", "operation": operation, "at": list(sdk.untouched(operation))})


if __name__ == "__main__":
    main(*sys.argv[1:])
