//! The simulator as its owner sees it: started, controlled and stopped from outside.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use meeting_types::{AccountCredential, AppCredential, CorpId, Endpoint, EndpointError};
use rustls::ServerConfig;
use tokio::sync::oneshot;

use crate::{
    SimulatorBuilder,
    clock::Clock,
    handlers,
    random::Random,
    request_log::RequestLog,
    server,
    service::Service,
    state::{
        Calls, Faults, Settings, State, backends::Backends, control::Controls,
        directory::Directory, limits::Limits, sessions::Sessions, webhooks::Webhooks,
    },
    tls::{self, TlsError},
    webhook_calls,
};

/// The App ID that every simulator knows.
pub const DEFAULT_APP_ID: &str = "sim-app-id";
/// The App Key of [`DEFAULT_APP_ID`].
pub const DEFAULT_APP_KEY: &str = "sim-app-key";
/// The App ID of a service provider that every simulator knows.
pub const DEFAULT_PROVIDER_APP_ID: &str = "sim-provider-app-id";
/// The App Key of [`DEFAULT_PROVIDER_APP_ID`].
pub const DEFAULT_PROVIDER_APP_KEY: &str = "sim-provider-app-key";
/// The account that every simulator knows.
pub const DEFAULT_ACCOUNT: &str = "demo@meeting.example";
/// The password of [`DEFAULT_ACCOUNT`].
pub const DEFAULT_PASSWORD: &str = "sim-password";

/// Why a simulator does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on, or there is no thread for it.
    #[error("the simulator cannot listen")]
    Io(#[from] io::Error),
    /// There is no certificate.
    #[error("the simulator has no certificate")]
    Tls(#[from] TlsError),
    /// The address cannot be written as a URL.
    #[error("the simulator has no address")]
    Endpoint(#[from] EndpointError),
}

/// Huawei Cloud Meeting in miniature, on a port of this machine.
///
/// It runs on a thread of its own and can be used from async and from blocking programs alike.
/// Dropping it stops it and frees the port.
///
/// ```
/// use meeting_sim::Simulator;
///
/// let sim = Simulator::start()?;
/// let meeting = sim.create_meeting("Weekly");
/// let ann = sim.join(&meeting.conference_id, "Ann")?;
/// assert_eq!(sim.meeting(&meeting.conference_id).unwrap().participants[0].id, ann);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Simulator {
    pub(crate) service: Arc<Service>,
    address: SocketAddr,
    endpoint: Endpoint,
    ca_pem: Option<String>,
    tls: Option<Arc<ServerConfig>>,
    server: Mutex<Option<Server>>,
}

/// The thread that serves.
pub(crate) struct Server {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Simulator>();
};

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Simulator {
    /// Starts a simulator with the default application and account, without TLS, on any free port.
    ///
    /// # Errors
    ///
    /// [`StartError`] when there is no free port or no thread.
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// Sets up a simulator before it starts.
    pub fn builder() -> SimulatorBuilder {
        SimulatorBuilder::default()
    }

    pub(crate) fn start_with(setup: SimulatorBuilder) -> Result<Self, StartError> {
        let listener = listen(SocketAddr::new(setup.host, setup.port))?;
        let address = listener.local_addr()?;
        // Nobody can connect to "any address".
        let shown = if setup.host.is_unspecified() {
            IpAddr::V4(Ipv4Addr::LOCALHOST)
        } else {
            setup.host
        };
        let foreign = setup.foreign_web_socket_host;
        let identity = if setup.tls {
            let addresses = if foreign { vec![] } else { vec![shown] };
            Some(tls::identity(&addresses)?)
        } else {
            None
        };
        let by_ip = SocketAddr::new(shown, address.port());
        let by_name = format!("localhost:{}", address.port());
        let (http, ws) = if setup.tls {
            ("https", "wss")
        } else {
            ("http", "ws")
        };
        let url = if foreign {
            format!("{http}://{by_name}")
        } else {
            format!("{http}://{by_ip}")
        };
        let endpoint = Endpoint::plain_http(&url)?;
        let clock = Clock::new();
        let state = State {
            now: clock.now(),
            random: Random::new(setup.seed),
            settings: Settings {
                endpoint: endpoint.clone(),
                web_socket_url: format!("{ws}://{by_ip}"),
                public_ip: shown.to_string(),
                answer_after: setup.answer_after,
                retry_after: setup.retry_after,
                cohosts: setup.cohosts,
                guests_call_devices: setup.guests_call_devices,
                banned_words: setup.banned_words,
            },
            directory: Directory {
                apps: setup.apps,
                accounts: setup.accounts,
                users: Vec::new(),
                corp_id: CorpId::new("651543334"),
            },
            sessions: Sessions::default(),
            meetings: Default::default(),
            controls: Controls::new(setup.control_lifetime),
            calls: Calls {
                usual: setup.call_outcome,
                by_number: Default::default(),
            },
            faults: Faults::default(),
            limits: Limits::default(),
            log: RequestLog::default(),
            next_listener: 0,
            webhooks: Webhooks::new(setup.webhooks_beyond_loopback),
            management_redirect: None,
            backends: Backends::default(),
        };
        let service = Arc::new(Service::new(state, clock));
        let (tls, ca_pem) = match identity {
            Some(identity) => (Some(identity.server), Some(identity.ca_pem)),
            None => (None, None),
        };
        let server = Server::start(listener, tls.clone(), Arc::clone(&service))?;
        Ok(Self {
            service,
            address,
            endpoint,
            ca_pem,
            tls,
            server: Mutex::new(Some(server)),
        })
    }

    /// Where the simulator is, for clients.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// The address on which it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of the authority to trust, if the simulator speaks TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The default application.
    #[must_use]
    pub fn app_credential(&self) -> AppCredential {
        AppCredential::new(DEFAULT_APP_ID, DEFAULT_APP_KEY)
    }

    /// The default account.
    #[must_use]
    pub fn account_credential(&self) -> AccountCredential {
        AccountCredential::new(DEFAULT_ACCOUNT, DEFAULT_PASSWORD)
    }
}

impl Simulator {
    /// What serves now. Whoever holds it is alone in starting and stopping.
    pub(crate) fn server(&self) -> MutexGuard<'_, Option<Server>> {
        // What it holds is whole at every moment.
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves again, on the same port.
    pub(crate) fn serve_again(&self) -> io::Result<Server> {
        let listener = listen(self.address)?;
        let (tls, service) = (self.tls.clone(), Arc::clone(&self.service));
        Server::start(listener, tls, service)
    }
}

impl Server {
    fn start(
        listener: TcpListener,
        tls: Option<Arc<ServerConfig>>,
        service: Arc<Service>,
    ) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let thread = run(listener, tls, service, stopped)?;
        Ok(Self { stop, thread })
    }

    /// Stops serving, and waits until the port is free.
    pub(crate) fn stop(self) {
        drop(self.stop);
        // A thread that panicked is over as well.
        let _ = self.thread.join();
    }
}

/// Stops the simulator and waits until its port is free.
impl Drop for Simulator {
    fn drop(&mut self) {
        let server = self.server().take();
        if let Some(server) = server {
            server.stop();
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Runs the server on a thread with a runtime of its own.
///
/// The runtime is made and dropped there: dropping one inside another would panic.
fn run(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    service: Arc<Service>,
    stopped: oneshot::Receiver<()>,
) -> Result<JoinHandle<()>, io::Error> {
    let (ready, started) = mpsc::channel();
    let thread = thread::Builder::new()
        .name("meeting-sim".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => {
                    let _ = ready.send(Err(error));
                    return;
                }
            };
            runtime.block_on(async move {
                let listener = match tokio::net::TcpListener::from_std(listener) {
                    Ok(listener) => listener,
                    Err(error) => {
                        let _ = ready.send(Err(error));
                        return;
                    }
                };
                let _ = ready.send(Ok(()));
                let routes = handlers::routes(&service);
                tokio::select! {
                    () = server::serve(listener, tls, routes) => {}
                    () = service.keep_time() => {}
                    () = webhook_calls::deliver(&service) => {}
                    // Sent never; the sender is dropped.
                    _ = stopped => {}
                }
            });
        })?;
    match started.recv() {
        Ok(Ok(())) => Ok(thread),
        Ok(Err(error)) => Err(error),
        Err(gone) => Err(io::Error::other(gone)),
    }
}
