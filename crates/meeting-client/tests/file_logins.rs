//! Logins that the processes of one machine share through files.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    pin::pin,
    process::{Child, Command, Stdio},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant, SystemTime},
};

use fs4::FileExt;
use meeting_client::FileLogins;
use meeting_types::{
    AccessToken, AppCredential, Claim, Claimant, Endpoint, LoginStore, SavedLogin, ServiceError,
    Timestamp, http::StatusCode,
};
use proptest::prelude::*;

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("meeting-file-logins-{}", uuid::Uuid::new_v4());
        Self(env::temp_dir().join(name))
    }

    fn store(&self) -> FileLogins {
        FileLogins::in_folder(&self.0).unwrap()
    }

    fn file(&self, role: &str) -> PathBuf {
        self.0.join(format!("{}.{role}", claimant("x").key()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn claimant(id: &str) -> Claimant {
    with_key("hush-key", id)
}

fn with_key(key: &str, id: &str) -> Claimant {
    Claimant::of_app(&Endpoint::china(), &AppCredential::new("app", key), id)
}

fn now() -> Timestamp {
    SystemTime::now().into()
}

fn login(name: &str) -> SavedLogin {
    let token = AccessToken::new(format!("hush-{name}"));
    let login = SavedLogin::new(token, now(), Duration::from_secs(50_000));
    login.refresh(
        "hush-refresh".into(),
        now().saturating_add(Duration::from_secs(90_000)),
    )
}

const SECOND: Duration = Duration::from_secs(1);

/// No store of this crate waits.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something"),
    }
}

#[track_caller]
fn claims(store: &FileLogins, claimant: &Claimant, newer_than: u64) -> Claim {
    ready(store.claim(claimant, newer_than, SECOND, now())).unwrap()
}

#[track_caller]
fn number_of(claim: &Claim) -> u64 {
    match claim {
        Claim::Yours { number, .. } => *number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_one_process_put_another_one_has() {
    let folder = Folder::new();
    let number = number_of(&claims(&folder.store(), &claimant("a"), 0));
    let busy = claims(&folder.store(), &claimant("b"), 0);
    assert!(matches!(busy, Claim::Busy { .. }), "{busy:?}");
    let put = folder.store();
    assert!(ready(put.put(&claimant("a"), number, &login("one"), now())).unwrap());
    match claims(&folder.store(), &claimant("b"), 0) {
        Claim::Have { number: 1, login } => {
            assert_eq!(login.access_token.expose(), "hush-one");
            assert!(login.refresh_expires_at.is_some());
        }
        other => panic!("{other:?}"),
    }
    // It is refused to somebody: the next one renews, by what is there.
    match claims(&folder.store(), &claimant("b"), 1) {
        Claim::Yours { number: 2, old } => {
            assert_eq!(old.unwrap().access_token.expose(), "hush-one")
        }
        other => panic!("{other:?}"),
    }
    // Too late.
    let late = folder.store();
    assert!(ready(late.put(&claimant("b"), 2, &login("two"), now())).unwrap());
    assert!(!ready(late.put(&claimant("a"), 1, &login("one"), now())).unwrap());
    ready(late.forget(&claimant("a"), 1)).unwrap();
    assert!(matches!(
        claims(&late, &claimant("a"), 1),
        Claim::Have { number: 2, .. }
    ));
    ready(late.forget(&claimant("a"), 2)).unwrap();
    assert!(matches!(
        claims(&late, &claimant("a"), 1),
        Claim::Yours { .. }
    ));
}

#[test]
fn a_refusal_is_told_to_those_with_the_same_key() {
    let folder = Folder::new();
    let store = folder.store();
    let stale = with_key("hush-stale", "a");
    let number = number_of(&claims(&store, &stale, 0));
    let refusal = ServiceError::new(StatusCode::UNAUTHORIZED, "USG.206010025", "no");
    ready(store.refuse(&stale, number, &refusal, SECOND * 60, now())).unwrap();
    let told = claims(&folder.store(), &with_key("hush-stale", "b"), 0);
    assert_eq!(told, Claim::Refused { refusal });
    number_of(&claims(&store, &claimant("c"), 0));
    let text = fs::read_to_string(folder.file("json")).unwrap();
    assert!(!text.contains("hush-stale"), "{text}");
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let store = folder.store();
    number_of(&claims(&store, &claimant("a"), 0));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.0), 0o700);
    assert_eq!(mode(&folder.file("json")), 0o600);
    assert_eq!(mode(&folder.file("lock")), 0o600);
    // One that others can read is not used.
    let others = fs::Permissions::from_mode(0o640);
    fs::set_permissions(folder.file("json"), others).unwrap();
    let error = ready(store.claim(&claimant("a"), 0, SECOND, now())).unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o777)).unwrap();
    let error = FileLogins::in_folder(&folder.0).unwrap_err();
    assert!(error.to_string().contains("chmod 700"), "{error}");
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o700)).unwrap();
    let error = FileLogins::in_folder(folder.file("json")).unwrap_err();
    assert!(error.to_string().contains("folder"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_torn_or_garbled_file_counts_as_absent(cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let folder = Folder::new();
        let store = folder.store();
        let number = number_of(&claims(&store, &claimant("a"), 0));
        ready(store.put(&claimant("a"), number, &login("one"), now())).unwrap();
        let whole = fs::read(folder.file("json")).unwrap();
        let cut = cut.index(whole.len());
        fs::write(folder.file("json"), &whole[..cut]).unwrap();
        let claim = claims(&store, &claimant("b"), 0);
        prop_assert!(matches!(claim, Claim::Yours { old: None, .. }), "{claim:?}");
        let mut garbled = whole.clone();
        garbled[cut] = byte;
        fs::write(folder.file("json"), &garbled).unwrap();
        // Whatever it says now, it is no error, and can be replaced.
        let claim = ready(store.claim(&claimant("b"), 0, SECOND, now()));
        prop_assert!(claim.is_ok(), "{claim:?}");
    }
}

/// Runs the test of this name in a process of its own.
fn process(test: &str, folder: &Folder) -> Child {
    Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env("FILE_LOGINS_FOLDER", &folder.0)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn given_folder() -> PathBuf {
    env::var_os("FILE_LOGINS_FOLDER").unwrap().into()
}

#[test]
fn eight_processes_log_in_once() {
    let folder = Folder::new();
    drop(folder.store());
    let children: Vec<_> = (0..8)
        .map(|_| process("as_a_process_of_eight", &folder))
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let logins = fs::read_to_string(folder.0.join("logins")).unwrap();
    assert_eq!(logins.lines().count(), 1, "{logins}");
}

#[test]
#[ignore = "a process of its own, which another test of this file starts"]
fn as_a_process_of_eight() {
    let folder = given_folder();
    let store = FileLogins::in_folder(&folder).unwrap();
    let own = claimant(&uuid::Uuid::new_v4().to_string());
    loop {
        match ready(store.claim(&own, 0, SECOND * 20, now())).unwrap() {
            Claim::Have { login, .. } => {
                return assert_eq!(login.access_token.expose(), "hush-one");
            }
            Claim::Yours { number, .. } => {
                let path = folder.join("logins");
                let mut logins = fs::File::options()
                    .create(true)
                    .append(true)
                    .open(path)
                    .unwrap();
                writeln!(logins, "{}", own.id()).unwrap();
                thread::sleep(Duration::from_millis(300));
                assert!(ready(store.put(&own, number, &login("one"), now())).unwrap());
            }
            Claim::Busy { wait } => thread::sleep(wait),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_process_that_dies_with_the_right_to_log_in_keeps_nobody_longer_than_its_patience() {
    let folder = Folder::new();
    drop(folder.store());
    assert!(
        process("as_a_claimant_that_dies", &folder)
            .wait()
            .unwrap()
            .success()
    );
    let begun = Instant::now();
    let store = folder.store();
    while let Claim::Busy { wait } = claims(&store, &claimant("b"), 0) {
        thread::sleep(wait);
    }
    let waited = begun.elapsed();
    assert!(waited < SECOND + SECOND * 3 / 2, "{waited:?}");
}

#[test]
#[ignore = "a process of its own, which another test of this file starts"]
fn as_a_claimant_that_dies() {
    let store = FileLogins::in_folder(given_folder()).unwrap();
    number_of(&claims(&store, &claimant("a"), 0));
}

#[test]
fn a_process_that_dies_with_the_lock_leaves_it() {
    let folder = Folder::new();
    let store = folder.store();
    let mut holder = process("as_a_holder_of_the_lock", &folder);
    let begun = Instant::now();
    while !folder.0.join("held").exists() && begun.elapsed() < SECOND * 20 {
        thread::sleep(Duration::from_millis(5));
    }
    // Nobody is held up while it has the lock, either.
    let busy = claims(&store, &claimant("b"), 0);
    assert!(matches!(busy, Claim::Busy { .. }), "{busy:?}");
    let error = ready(store.release(&claimant("b"), 1)).unwrap_err();
    assert!(error.to_string().contains("another process"), "{error}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    number_of(&claims(&store, &claimant("b"), 0));
}

#[test]
#[ignore = "a process of its own, which another test of this file starts"]
fn as_a_holder_of_the_lock() {
    let folder = given_folder();
    let path = folder.join(format!("{}.lock", claimant("x").key()));
    let file = fs::File::create(path).unwrap();
    FileExt::lock(&file).unwrap();
    fs::write(folder.join("held"), "").unwrap();
    thread::sleep(SECOND * 30);
}
