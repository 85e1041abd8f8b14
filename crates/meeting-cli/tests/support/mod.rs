//! The program, run with an environment of the test's choice.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use meeting_sim::{DEFAULT_APP_ID, DEFAULT_APP_KEY, Simulator};

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    /// What it printed, which must have gone well.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// The JSON that it printed.
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// The one line that says why it failed.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        let line = self.err.strip_suffix('\n').unwrap();
        assert!(
            line.starts_with("meeting: ") && !line.contains('\n'),
            "{line}"
        );
        line.to_owned()
    }
}

/// Runs the program with these variables and no others, and `input` on standard input.
pub(crate) fn run(arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Done {
    let mut child = Command::new(env!("CARGO_BIN_EXE_meeting"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that fails early reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Done {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the program without variables.
pub(crate) fn meeting(arguments: &[&str]) -> Done {
    run(arguments, &[], "")
}

/// Calls an operation on the simulator, logged in as its application.
pub(crate) fn call(sim: &Simulator, arguments: &[&str]) -> Done {
    let endpoint = sim.endpoint().to_string();
    let variables = [
        ("MEETING_ENDPOINT", endpoint.as_str()),
        ("MEETING_APP_ID", DEFAULT_APP_ID),
        ("MEETING_APP_KEY", DEFAULT_APP_KEY),
    ];
    run(&[&["call"], arguments].concat(), &variables, "")
}

/// A file of this test, which only its owner can read.
pub(crate) fn file(name: &str, text: &str) -> PathBuf {
    // Two runs at the same time keep out of each other's way.
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(std::process::id().to_string());
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    }
    path
}
