//! The program `meeting-sim`.

#![cfg(all(feature = "cli", unix))]
#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::process::ExitStatusExt,
    process::{Child, ChildStdout, Command, Stdio},
};

struct Program {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it says at the start.
    facts: BTreeMap<String, String>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_meeting-sim"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut facts = BTreeMap::new();
        while !facts.contains_key("guest password") {
            let mut line = String::new();
            assert_ne!(out.read_line(&mut line).unwrap(), 0);
            let (name, value) = line.split_at(16);
            facts.insert(name.trim().to_owned(), value.trim().to_owned());
        }
        Self { child, out, facts }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    fn get(&self, path: &str) -> String {
        let address = self.facts["endpoint"].strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_tells_what_a_client_needs_and_ends_at_ctrl_c() {
    let mut program = Program::start(&["--seed", "7", "--lively", "--pace", "1", "--verbose"]);
    let again = Program::start(&["--seed", "7"]);
    for name in [
        "app id",
        "app key",
        "provider id",
        "account",
        "password",
        "meeting",
    ] {
        assert!(!program.facts[name].is_empty(), "{name}");
    }
    // The first draws are the same, whatever happens later.
    assert_eq!(program.facts["meeting"], again.facts["meeting"]);
    assert_ne!(program.facts["endpoint"], again.facts["endpoint"]);
    assert!(program.get("/nothing?secret=1").starts_with("HTTP/1.1 404"));
    assert_eq!(program.line(), "GET /nothing?secret=*** -> 404 APIG.0101\n");

    let process = program.child.id().to_string();
    let interrupt = Command::new("kill").args(["-INT", &process]).status();
    assert!(interrupt.unwrap().success());
    assert_eq!(program.child.wait().unwrap().signal(), Some(2));
}

#[test]
fn it_ends_in_peace_when_nobody_reads_along() {
    let mut program = Program::start(&["--verbose"]);
    let Program { out, .. } = &mut program;
    // Another pipe takes the place of the one that is read.
    let other = Command::new("true").stdout(Stdio::piped()).spawn();
    let mut other = other.unwrap();
    *out = BufReader::new(other.stdout.take().unwrap());
    other.wait().unwrap();
    program.get("/");
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn a_certificate_is_written_where_it_is_wanted() {
    let folder = std::env::temp_dir().join(format!("meeting-sim-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ca.pem");
    let path = file.to_str().unwrap();
    let program = Program::start(&["--tls", "--ca-file", path, "--foreign-web-socket-host"]);
    assert_eq!(program.facts["trust"], path);
    assert!(program.facts["endpoint"].starts_with("https://localhost:"));
    let pem = std::fs::read_to_string(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn options_that_mean_nothing_are_refused() {
    let run = |arguments: &[&str]| {
        let program = env!("CARGO_BIN_EXE_meeting-sim");
        let output = Command::new(program).args(arguments).output().unwrap();
        (output.status.success(), output.stdout, output.stderr)
    };
    for arguments in [
        &["--ca-file", "x"][..],
        &["--foreign-web-socket-host"],
        &["--pace", "5"],
        &["--lively", "--pace", "0"],
        &["--control-token-lifetime", "0"],
        &["--app-id", "x"],
    ] {
        let (success, _, reason) = run(arguments);
        assert!(!success, "{arguments:?}");
        assert!(!reason.is_empty(), "{arguments:?}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (success, _, reason) = run(&["--port", &port]);
    let reason = String::from_utf8(reason).unwrap();
    assert!(!success);
    assert!(reason.contains("cannot listen: "), "{reason}");
    let (success, help, _) = run(&["--help"]);
    assert!(success);
    assert!(String::from_utf8(help).unwrap().contains("Ctrl-C"));
}
