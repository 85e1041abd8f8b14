//! What is shown, and from where secrets are taken.

#![allow(clippy::unwrap_used, reason = "these are tests")]
#![allow(dead_code, reason = "the tests share their support")]

mod support;

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use support::{file, meeting, run};

/// Where nobody listens. Not the real service: were a dry run to send, it must stay on this machine.
const NOBODY: &str = "https://127.0.0.1:9";

const SECRET: &str = "s3cret'$(x)";

/// A call with two secrets in its body.
const CHANGE: [&str; 5] = [
    "call",
    "UpdatePwd",
    "account=ann",
    "oldPwd=@env:OLD",
    "newPwd=@env:NEW",
];

#[test]
fn a_dry_run_masks_secrets() {
    let variables = [
        ("MEETING_ENDPOINT", NOBODY),
        ("MEETING_ACCESS_TOKEN", "t0ken"),
        ("OLD", SECRET),
        ("NEW", "an0ther-1"),
    ];
    let arguments = [&CHANGE[..], &["--dry-run"]].concat();
    let text = run(&arguments, &variables, "").ok();
    assert!(
        text.starts_with("PUT https://127.0.0.1:9/v1/usg/acs/password\n"),
        "{text}"
    );
    assert!(text.contains("\nx-access-token: ***\n"), "{text}");
    assert!(text.contains(r#""oldPwd":"***","newPwd":"***""#), "{text}");
    for secret in [SECRET, "an0ther-1", "t0ken"] {
        assert!(!text.contains(secret), "{text}");
    }
    let shown = run(
        &[&arguments[..], &["--show-secrets"]].concat(),
        &variables,
        "",
    )
    .ok();
    assert!(shown.contains("\nx-access-token: t0ken\n"), "{shown}");
    assert!(shown.contains(r#""newPwd":"an0ther-1""#), "{shown}");
}

#[test]
fn a_dry_run_needs_no_login_and_sends_nothing() {
    // Nobody listens there.
    let search = [
        "call",
        "SearchMeetings",
        "--dry-run",
        "--endpoint",
        "http://127.0.0.1:9",
    ];
    let text = meeting(&search).ok();
    assert!(text.contains("x-access-token: ***"), "{text}");
    let stop = [
        "call",
        "StopMeeting",
        "--conference",
        "12",
        "--dry-run",
        "--endpoint",
        NOBODY,
    ];
    let text = meeting(&stop).ok();
    assert!(text.contains("/stop?conferenceID=12\n"), "{text}");
}

/// What a shell makes of the command, with a curl that prints its arguments.
#[cfg(unix)]
fn by_shell(command: &str, variables: &[(&str, &str)]) -> String {
    let script = format!("curl() {{ printf '<%s>' \"$@\"; }}\n{command}");
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", &script])
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn curl_gets_the_secrets_from_variables() {
    let variables = [
        ("MEETING_ENDPOINT", NOBODY),
        ("MEETING_ACCESS_TOKEN", "t0ken"),
        ("OLD", SECRET),
        ("NEW", "an0ther-1"),
    ];
    let arguments = [&CHANGE[..], &["--curl"]].concat();
    let command = run(&arguments, &variables, "").ok();
    assert_eq!(command.lines().count(), 1);
    for secret in [SECRET, "an0ther-1", "t0ken"] {
        assert!(!command.contains(secret), "{command}");
    }
    let shown = run(
        &[&arguments[..], &["--show-secrets"]].concat(),
        &variables,
        "",
    )
    .ok();
    for (command, known) in [(command, &variables[..]), (shown, &[])] {
        let sent = by_shell(&command, known);
        for argument in [
            "<-X><PUT><https://127.0.0.1:9/v1/usg/acs/password>".to_owned(),
            "<-H><x-access-token: t0ken>".to_owned(),
            format!(r#""oldPwd":"{SECRET}","newPwd":"an0ther-1"}}>"#),
        ] {
            assert!(sent.contains(&argument), "{argument} is not in\n{sent}");
        }
    }
}

#[cfg(unix)]
#[test]
fn curl_uploads_the_file() {
    let picture = file("me.png", "\u{89}PNG");
    let given = format!("file=@file:{}", picture.display());
    let command = meeting(&[
        "call",
        "SetProfileImage",
        &given,
        "--curl",
        "--endpoint",
        NOBODY,
    ]);
    let sent = by_shell(&command.ok(), &[("MEETING_ACCESS_TOKEN", "t")]);
    let part = format!("<-F><file=@\"{}\";type=image/png>", picture.display());
    assert!(sent.contains(&part), "{sent}");
    assert!(!sent.contains("boundary"), "{sent}");
}

#[test]
fn secrets_in_arguments_are_refused() {
    let base = [
        "call",
        "CreateConfToken",
        "conferenceID=1",
        "--endpoint",
        NOBODY,
        "--dry-run",
    ];
    let line = meeting(&[&base[..], &["X-Password=s3cret"]].concat()).failed(2);
    for way in [
        "X-Password=@env:NAME",
        "X-Password=@file:PATH",
        "X-Password=-",
    ] {
        assert!(line.contains(way), "{line}");
    }
    assert!(!line.contains("s3cret"), "{line}");
    let nested = [
        "call",
        "CreateMeeting",
        "mediaTypes=Voice",
        "--endpoint",
        NOBODY,
        "--dry-run",
    ];
    for given in [
        r#"confConfigInfo={"guestPwd":"s3cret"}"#,
        r#"--body={"confConfigInfo":{"guestPwd":"s3cret"}}"#,
    ] {
        let line = meeting(&[&nested[..], &[given]].concat()).failed(2);
        assert!(line.contains("guestPwd` is a secret"), "{line}");
        assert!(!line.contains("s3cret"), "{line}");
    }
    let allowed = ["X-Password=s3cret", "--allow-secrets-in-arguments"];
    let text = meeting(&[&base[..], &allowed].concat()).ok();
    assert!(text.contains("x-password: ***"), "{text}");
}

#[test]
fn secrets_come_from_variables_files_and_standard_input() {
    let path = file("password.txt", "s3cret\n");
    let by_file = format!("X-Password=@file:{}", path.display());
    for (given, input) in [
        (by_file.as_str(), ""),
        ("X-Password=-", "s3cret\n"),
        ("X-Password=@env:PW", ""),
    ] {
        let arguments = [
            "call",
            "CreateConfToken",
            "conferenceID=1",
            given,
            "--endpoint",
            NOBODY,
        ];
        let arguments = [&arguments[..], &["--dry-run", "--show-secrets"]].concat();
        let text = run(&arguments, &[("PW", "s3cret")], input).ok();
        assert!(text.contains("\nx-password: s3cret\n"), "{text}");
    }
    let line = meeting(&["call", "CreateConfToken", "X-Password=@env:PW"]).failed(2);
    assert!(line.contains("PW is not set"), "{line}");
}

#[test]
fn a_file_of_credentials_is_for_its_owner_alone() {
    let path = file(
        "credentials.toml",
        "access_token = \"t0ken\"\nendpoint = \"https://127.0.0.1:9\"\n",
    );
    let path = path.to_str().unwrap();
    let search = [
        "call",
        "SearchMeetings",
        "--dry-run",
        "--show-secrets",
        "--credentials",
        path,
    ];
    // The file goes before the environment.
    let text = run(&search, &[("MEETING_ENDPOINT", "https://127.0.0.1:10")], "").ok();
    assert!(text.contains("https://127.0.0.1:9/"), "{text}");
    assert!(text.contains("x-access-token: t0ken"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for mode in [0o640, 0o604, 0o620] {
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
            let line = meeting(&search).failed(2);
            assert!(line.contains("chmod 600"), "{line}");
        }
    }
    meeting(&["call", "SearchMeetings", "--credentials", "nowhere.toml"]).failed(2);
}

/// A gateway that answers one request with what it read, as text. Gives its address.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let mut read = String::new();
        while !read.contains("\r\n\r\n") {
            let count = socket.read(&mut buffer).unwrap();
            read.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        let text = format!("not for us: {read}");
        let length = text.len();
        write!(
            socket,
            "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n{text}"
        )
        .unwrap();
    });
    address
}

#[test]
fn a_gateway_that_answers_with_the_request_shows_no_secret() {
    let endpoint = echo();
    let variables = [
        ("MEETING_ENDPOINT", endpoint.as_str()),
        ("MEETING_ACCESS_TOKEN", "t0ken-of-somebody"),
    ];
    let told = run(&["call", "SearchMeetings"], &variables, "").failed(1);
    assert!(told.contains("not for us: GET"), "{told}");
    assert!(told.contains("x-access-token: ***"), "{told}");
    assert!(!told.contains("t0ken-of-somebody"), "{told}");
}
