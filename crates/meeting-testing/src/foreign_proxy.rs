//! Proxies that nobody here wrote: Debian's `tinyproxy` and `squid`, started with a configuration of the
//! test's own, on the loopback interface only.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The name and the password that they take, where they ask for one.
pub const NAME: &str = "ann";
pub const PASSWORD: &str = "foreign-proxy-hush";

/// Time for one to come up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Tinyproxy,
    Squid,
}

/// How it is set up.
#[derive(Clone, Debug, Default)]
pub struct ForeignPlan {
    /// It asks for [`NAME`] and [`PASSWORD`].
    pub asks: bool,
    /// The only port to which it opens tunnels.
    pub tunnels_to: u16,
    /// Certificate and key, as PEM: it is spoken to over TLS.
    pub tls: Option<(String, String)>,
}

/// A proxy that runs until it is dropped.
pub struct ForeignProxy {
    child: Child,
    folder: PathBuf,
    url: String,
}

impl ForeignProxy {
    /// Starts one. `None`, loudly, where this machine does not have the program, or where it has no TLS.
    pub fn start(program: Program, plan: &ForeignPlan) -> Option<Self> {
        let places: &[&str] = match program {
            Program::Tinyproxy => &["/usr/bin/tinyproxy", "/usr/sbin/tinyproxy"],
            Program::Squid => &["/usr/sbin/squid"],
        };
        let Some(path) = places.iter().find(|path| Path::new(path).exists()) else {
            eprintln!("SKIPPED: there is no {program:?} on this machine (apt-get install it)");
            return None;
        };
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("meeting-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("proxy.conf");
        let text = match program {
            Program::Tinyproxy => tinyproxy(plan, port),
            Program::Squid => squid(plan, port, &folder),
        };
        fs::write(&file, text).unwrap();
        open_to_all(&folder);
        let mut command = Command::new(path);
        match program {
            Program::Tinyproxy => command.arg("-d").arg("-c").arg(&file),
            Program::Squid => command.arg("-N").arg("-f").arg(&file),
        };
        let log = fs::File::create(folder.join("output")).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let scheme = if plan.tls.is_some() { "https" } else { "http" };
        let mut proxy = Self {
            child,
            folder,
            url: format!("{scheme}://localhost:{port}"),
        };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let said = fs::read_to_string(proxy.folder.join("output")).unwrap_or_default();
            if let Ok(Some(status)) = proxy.child.try_wait() {
                panic!("{program:?} ended with {status}: {said}");
            }
            assert!(begun.elapsed() < PATIENCE, "{program:?}: {said}");
            thread::sleep(Duration::from_millis(20));
        }
        Some(proxy)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// `host:port`.
    pub fn authority(&self) -> &str {
        self.url.split_once("://").unwrap().1
    }
}

impl Drop for ForeignProxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// squid reads its files as a user of its own.
fn open_to_all(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    }
}

fn tinyproxy(plan: &ForeignPlan, port: u16) -> String {
    assert!(plan.tls.is_none(), "tinyproxy has no TLS");
    let mut text = format!(
        "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nAllow 127.0.0.1\nConnectPort {}\n",
        plan.tunnels_to
    );
    if plan.asks {
        text.push_str(&format!("BasicAuth {NAME} {PASSWORD}\n"));
    }
    text
}

fn squid(plan: &ForeignPlan, port: u16, folder: &Path) -> String {
    let place = folder.display();
    let listen = match &plan.tls {
        None => format!("http_port 127.0.0.1:{port}\n"),
        Some((certificate, key)) => {
            fs::write(folder.join("tls.pem"), format!("{certificate}{key}")).unwrap();
            format!("https_port 127.0.0.1:{port} tls-cert={place}/tls.pem\n")
        }
    };
    let mut text = format!(
        "{listen}pid_filename none\ncache deny all\naccess_log none\ncache_log {place}/cache.log\n\
         cache_store_log none\ncoredump_dir {place}\nnetdb_filename none\nvisible_hostname localhost\n\
         shutdown_lifetime 0 seconds\npinger_enable off\nforwarded_for delete\n\
         acl tunnels port {}\nacl CONNECT method CONNECT\nhttp_access deny CONNECT !tunnels\n",
        plan.tunnels_to
    );
    if plan.asks {
        let script = format!(
            "while read -r name password; do\n  if [ \"$name $password\" = \"{NAME} {PASSWORD}\" ]; then echo OK; else echo ERR; fi\ndone\n"
        );
        fs::write(folder.join("ask.sh"), script).unwrap();
        text.push_str(&format!(
            "auth_param basic program /bin/sh {place}/ask.sh\nauth_param basic children 2\n\
             acl known proxy_auth REQUIRED\nhttp_access allow known\n"
        ));
    } else {
        text.push_str("http_access allow localhost\n");
    }
    text.push_str("http_access deny all\n");
    text
}
