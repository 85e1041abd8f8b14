//! What a simulator can be told before it starts, and its start.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use meeting_types::{AccountId, AppId, CorpId, Endpoint, EndpointError, Password, SecretText};

use super::{
    Simulator,
    defaults::{
        DEFAULT_ACCOUNT, DEFAULT_APP_ID, DEFAULT_APP_KEY, DEFAULT_PASSWORD,
        DEFAULT_PROVIDER_APP_ID, DEFAULT_PROVIDER_APP_KEY,
    },
    demo,
};
use crate::{
    clock::Clock,
    serve::tls::{self, TlsError},
    service::Service,
    state::{
        Calls, Settings, State,
        corp::directory::{Account, App, Directory},
        faults::Faults,
        feed::{Feeds, webhooks::Webhooks},
        limits::Limits,
        logins::{
            control_tokens::{CONTROL_LIFETIME, ControlTokens},
            lockout::Lockout,
            sessions::Sessions,
        },
        past::Past,
        random::Random,
        request_log::RequestLog,
        resources::Resources,
    },
    vocabulary::CallOutcome,
};

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
}

/// Sets up a [`Simulator`].
#[derive(Clone, Debug)]
#[must_use = "nothing runs before `start`"]
pub struct SimulatorBuilder {
    host: IpAddr,
    port: u16,
    tls: bool,
    foreign_web_socket_host: bool,
    seed: Option<u64>,
    answer_after: Duration,
    call_outcome: CallOutcome,
    retry_after: Duration,
    apps: Vec<App>,
    accounts: Vec<Account>,
    webhooks_beyond_loopback: bool,
    control_lifetime: Duration,
    cohosts: bool,
    guests_call_devices: bool,
    banned_words: Vec<String>,
    lenient: bool,
    demo: bool,
}

impl Default for SimulatorBuilder {
    fn default() -> Self {
        let defaults = Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            tls: false,
            foreign_web_socket_host: false,
            seed: None,
            answer_after: Duration::from_millis(300),
            call_outcome: CallOutcome::Answered,
            retry_after: Duration::from_secs(1),
            apps: Vec::new(),
            accounts: Vec::new(),
            webhooks_beyond_loopback: false,
            control_lifetime: CONTROL_LIFETIME,
            cohosts: true,
            guests_call_devices: false,
            banned_words: Vec::new(),
            lenient: false,
            demo: false,
        };
        defaults
            .app(DEFAULT_APP_ID, DEFAULT_APP_KEY)
            .service_provider_app(DEFAULT_PROVIDER_APP_ID, DEFAULT_PROVIDER_APP_KEY)
            .account(DEFAULT_ACCOUNT, DEFAULT_PASSWORD)
    }
}

impl SimulatorBuilder {
    /// Listens on this address instead of `127.0.0.1`. Whoever can reach it can use the simulator,
    /// and without TLS also read along.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = host;
        self
    }

    /// Listens on this port instead of any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Speaks TLS, with a certificate from an authority that is made for this one run:
    /// [`Simulator::ca_pem`].
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// Names the host of the WebSocket by an IP address that is not in the certificate, as the
    /// service does. The endpoint then says `localhost`. Makes a difference with TLS only.
    pub fn foreign_web_socket_host(mut self, foreign: bool) -> Self {
        self.foreign_web_socket_host = foreign;
        self
    }

    /// Draws the same ids, passwords and tokens in every run. Without a seed they differ.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// How long simulated telephones ring before the call ends; 300 milliseconds if not set.
    pub fn answer_after(mut self, delay: Duration) -> Self {
        self.answer_after = delay;
        self
    }

    /// How simulated calls end; [`Faults::calls_to`](crate::Faults::calls_to) makes exceptions for single numbers.
    pub fn call_outcome(mut self, outcome: CallOutcome) -> Self {
        self.call_outcome = outcome;
        self
    }

    /// What a throttled request is told to wait, in whole seconds; 1 second if not set.
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = delay;
        self
    }

    /// Knows one more application. An id that is known already gets the new key.
    pub fn app(self, id: impl Into<AppId>, key: impl Into<SecretText>) -> Self {
        self.add_app(id.into(), key.into(), false)
    }

    /// Knows one more application of a service provider, which acts for several enterprises.
    pub fn service_provider_app(self, id: impl Into<AppId>, key: impl Into<SecretText>) -> Self {
        self.add_app(id.into(), key.into(), true)
    }

    fn add_app(mut self, id: AppId, key: SecretText, service_provider: bool) -> Self {
        self.apps.retain(|app| app.id != id);
        self.apps.push(App {
            id,
            key,
            service_provider,
        });
        self
    }

    /// Knows one more account. An account that is known already gets the new password.
    pub fn account(self, account: impl Into<AccountId>, password: impl Into<Password>) -> Self {
        self.add_account(account.into(), password.into(), false)
    }

    /// Knows one more account, which is disabled.
    pub fn disabled_account(
        self,
        account: impl Into<AccountId>,
        password: impl Into<Password>,
    ) -> Self {
        self.add_account(account.into(), password.into(), true)
    }

    fn add_account(mut self, id: AccountId, password: Password, disabled: bool) -> Self {
        self.accounts.retain(|account| account.id != id);
        self.accounts.push(Account {
            id,
            password,
            disabled,
            lockout: Lockout::default(),
        });
        self
    }

    /// How long a control token lives without being kept alive, in whole seconds; 30 minutes if not
    /// set, as the service has it.
    pub fn control_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.control_lifetime = lifetime;
        self
    }

    /// Whether meetings can have co-hosts, which an enterprise may switch off. They can if not set.
    pub fn cohosts(mut self, allowed: bool) -> Self {
        self.cohosts = allowed;
        self
    }

    /// Whether the guest password is enough to call a device into a meeting by `InviteWithPwd`, which
    /// an enterprise may switch on. It is not if not set.
    pub fn guests_call_devices(mut self, allowed: bool) -> Self {
        self.guests_call_devices = allowed;
        self
    }

    /// Refuses new names that contain this word, whether its letters are small or capital.
    pub fn banned_word(mut self, word: impl Into<String>) -> Self {
        self.banned_words.push(word.into().to_lowercase());
        self
    }

    /// Takes values of enums that nobody documents, as the simulator once did. The service refuses
    /// them, and so does the simulator unless this is set.
    pub fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// Starts with a set of people, departments, a device, a meeting that is booked and one that was
    /// recorded, so that there is something to show.
    pub fn demo(mut self, demo: bool) -> Self {
        self.demo = demo;
        self
    }

    /// Lets webhooks have addresses outside this machine. Otherwise such an address is refused.
    pub fn webhooks_beyond_loopback(mut self, allowed: bool) -> Self {
        self.webhooks_beyond_loopback = allowed;
        self
    }

    /// Starts the simulator. It runs on a thread of its own until it is dropped.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the port is taken, or the thread or the certificate cannot be made.
    pub fn start(self) -> Result<Simulator, StartError> {
        let setup = self;
        let listener = super::listen(SocketAddr::new(setup.host, setup.port))?;
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
                lenient: setup.lenient,
                house_account: AccountId::new(DEFAULT_ACCOUNT),
                banned_words: setup.banned_words,
            },
            directory: Directory::new(setup.apps, setup.accounts, CorpId::new("651543334")),
            sessions: Sessions::default(),
            meetings: Default::default(),
            control_tokens: ControlTokens::new(setup.control_lifetime),
            calls: Calls {
                usual: setup.call_outcome,
                by_number: Default::default(),
            },
            faults: Faults::default(),
            limits: Limits::default(),
            log: RequestLog::default(),
            feeds: Feeds::default(),
            over: Default::default(),
            past: Past::default(),
            webhooks: Webhooks::new(setup.webhooks_beyond_loopback),
            management_redirect: None,
            resources: Resources::default(),
        };
        let service = Arc::new(Service::new(state, clock));
        let (tls, ca_pem) = match identity {
            Some(identity) => (Some(identity.server), Some(identity.ca_pem)),
            None => (None, None),
        };
        let sim = Simulator::new(listener, service, endpoint, tls, ca_pem)?;
        if setup.demo {
            demo::seed(&sim).map_err(io::Error::other)?;
        }
        Ok(sim)
    }
}
