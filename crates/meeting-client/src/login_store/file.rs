//! Shared logins of the processes of one machine, in files.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use async_trait::async_trait;
use fs4::{FileExt, TryLockError};
use meeting_types::{
    Claim, Claimant, Immediate, LoginStore, NonBlocking, SavedLogin, ServiceError, StoreError,
    Timestamp,
};
use tracing::warn;

use self::text::Content;
use super::record::Record;

mod text;

/// Wait of a claimant that met another process at the file.
const WAIT: Duration = Duration::from_millis(20);

/// Number of attempts, a millisecond apart, to tell what must be told while others have the file.
const ATTEMPTS: u32 = 100;

/// Login store of the processes of one machine: a folder with a file for each login.
///
/// The tokens stand in the files as they are. Folder and files are made for their owner only (0700 and
/// 0600 on Unix), and a file that others can read or write is not used. Keep the folder on a local disk:
/// network file systems lock badly.
///
/// Each change takes a lock of the operating system for some microseconds, which ends with the process
/// that holds it, and replaces the file at once. A file that cannot be read counts as absent, and a
/// warning tells so. Methods do short reads and writes on the calling thread, at most once a login or
/// renewal of a process, and so serve both the async and the blocking client. One that meets a process
/// at the file waits at most 0.1 s for it.
///
/// ```no_run
/// use meeting_client::FileLogins;
///
/// let logins = FileLogins::in_folder("/var/lib/billing/logins")?;
/// # Ok::<(), meeting_types::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileLogins {
    folder: PathBuf,
}

impl FileLogins {
    /// A store in `folder`, which is made if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the folder cannot be made, is none, or others can write to it.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let folder = folder.into();
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let made = builder.create(&folder);
        made.map_err(|error| failure("cannot make the folder", &folder, error))?;
        let metadata = fs::metadata(&folder);
        let metadata = metadata.map_err(|error| failure("cannot read", &folder, error))?;
        if !metadata.is_dir() {
            return Err(failure("not a folder", &folder, "it is a file"));
        }
        if mode(&metadata) & 0o022 != 0 {
            let others = "others can write to it; take their rights away (chmod 700)";
            return Err(failure("the folder is not used", &folder, others));
        }
        Ok(Self { folder })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of the login, in this role.
    fn path(&self, claimant: &Claimant, role: &str) -> PathBuf {
        self.folder.join(format!("{}.{role}", claimant.key()))
    }

    /// Takes the lock of the login; none while another process has it.
    fn lock(&self, claimant: &Claimant) -> Result<Option<File>, StoreError> {
        let path = self.path(claimant, "lock");
        let opened = private(OpenOptions::new().write(true).create(true)).open(&path);
        let file = opened.map_err(|error| failure("cannot open", &path, error))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failure("cannot lock", &path, error)),
        }
    }

    /// Changes the record under a lock that was taken.
    fn change<R>(
        &self,
        _lock: &File,
        claimant: &Claimant,
        change: impl FnOnce(&mut Record, &[u8]) -> R,
    ) -> Result<R, StoreError> {
        let mut content = self.read(claimant)?;
        let before = content.record.clone();
        let result = change(&mut content.record, &content.salt);
        if content.record != before {
            self.write(claimant, &content)?;
        }
        Ok(result)
    }

    /// Changes the record, after a short wait for whoever has the lock.
    fn tell<R>(
        &self,
        claimant: &Claimant,
        change: impl FnOnce(&mut Record, &[u8]) -> R,
    ) -> Result<R, StoreError> {
        for _ in 0..ATTEMPTS {
            if let Some(lock) = self.lock(claimant)? {
                return self.change(&lock, claimant, change);
            }
            thread::sleep(Duration::from_millis(1));
        }
        let path = self.path(claimant, "lock");
        Err(failure("cannot lock", &path, "another process holds it"))
    }

    fn read(&self, claimant: &Claimant) -> Result<Content, StoreError> {
        let path = self.path(claimant, "json");
        let bytes = match fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Content::new()),
            Ok(metadata) if mode(&metadata) & 0o077 != 0 => {
                let others = "others can read or write it; remove it, or take their rights away \
                    (chmod 600)";
                return Err(failure("the file is not used", &path, others));
            }
            Ok(_) => fs::read(&path),
            Err(error) => Err(error),
        };
        let bytes = bytes.map_err(|error| failure("cannot read", &path, error))?;
        Ok(Content::read(&bytes).unwrap_or_else(|| {
            // It may hold a part of a token, so nothing of it is shown.
            warn!(file = %path.display(), "a shared login cannot be read, and counts as absent");
            Content::new()
        }))
    }

    /// Replaces the file at once. Whoever reads it sees the one or the other.
    fn write(&self, claimant: &Claimant, content: &Content) -> Result<(), StoreError> {
        let (path, next) = (self.path(claimant, "json"), self.path(claimant, "next"));
        let replaced = || -> io::Result<()> {
            // A process that died may have left one behind.
            match fs::remove_file(&next) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&next)?;
            file.write_all(&content.to_bytes()?)?;
            fs::rename(&next, &path)
        };
        replaced().map_err(|error| failure("cannot write", &path, error))
    }
}

/// For the owner only.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// The rights of a file; none are known where the system has no such numbers.
fn mode(metadata: &fs::Metadata) -> u32 {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::mode(metadata);
    #[cfg(not(unix))]
    {
        let _ = metadata;
        0
    }
}

fn failure(what: &str, path: &Path, why: impl ToString) -> StoreError {
    StoreError::new(format!("{what}: {}: {}", path.display(), why.to_string()))
}

#[async_trait]
impl LoginStore for FileLogins {
    async fn claim(
        &self,
        claimant: &Claimant,
        newer_than: u64,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let Some(lock) = self.lock(claimant)? else {
            return Ok(Claim::Busy { wait: WAIT });
        };
        self.change(&lock, claimant, |record, salt| {
            let mark = claimant.mark(salt);
            record.claim(claimant.id(), mark, newer_than, patience, now)
        })
    }

    async fn put(
        &self,
        claimant: &Claimant,
        number: u64,
        login: &SavedLogin,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        self.tell(claimant, |record, salt| {
            record.put(claimant.mark(salt), number, login)
        })
    }

    async fn refuse(
        &self,
        claimant: &Claimant,
        number: u64,
        refusal: &ServiceError,
        rest: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let until = now.saturating_add(rest);
        self.tell(claimant, |record, salt| {
            record.refuse(claimant.mark(salt), number, refusal, until);
        })
    }

    async fn release(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        self.tell(claimant, |record, _| record.release(number))
    }

    async fn forget(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        self.tell(claimant, |record, _| record.forget(number))
    }
}

impl NonBlocking for FileLogins {}
impl Immediate for FileLogins {}
