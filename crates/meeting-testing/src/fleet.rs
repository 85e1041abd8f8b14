//! Many clients of one account, as many processes would be: each has its own connections and its own
//! store, and nothing else in common with the others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use meeting_async::{LoginCredentials, Notice};
use meeting_client::{CallOptions, OnStoreLoss};
use meeting_sim::{SimMeeting, Simulator};
use meeting_types::{
    Claim, Claimant, Immediate, Lane, LoginStore, NonBlocking, Pacer, RateLimit, SavedLogin,
    ServiceError, Slot, StoreError, Timestamp,
    operations::{
        CreateAppIdToken, CreateConfToken, CreateWebSocketToken, SearchMeetings, UpdateToken,
    },
};
use tokio::runtime::Runtime;

/// Runs a future in a runtime of its own.
///
/// # Panics
///
/// When there is no runtime to be had.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    #[allow(clippy::expect_used, reason = "there is nothing to test without one")]
    runtime.expect("a runtime").block_on(future)
}

/// Whether the clients are async or blocking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    Async,
    Blocking,
}

/// A store, or a pacer, of either world. Who makes it knows which.
#[derive(Clone)]
pub struct Either<T: ?Sized>(pub Arc<T>);

impl<T: ?Sized> NonBlocking for Either<T> {}
impl<T: ?Sized> Immediate for Either<T> {}

#[async_trait]
impl LoginStore for Either<dyn LoginStore> {
    async fn claim(
        &self,
        claimant: &Claimant,
        newer_than: u64,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        self.0.claim(claimant, newer_than, patience, now).await
    }

    async fn put(
        &self,
        claimant: &Claimant,
        number: u64,
        login: &SavedLogin,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.0.put(claimant, number, login, now).await
    }

    async fn refuse(
        &self,
        claimant: &Claimant,
        number: u64,
        refusal: &ServiceError,
        rest: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.refuse(claimant, number, refusal, rest, now).await
    }

    async fn release(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        self.0.release(claimant, number).await
    }

    async fn forget(&self, claimant: &Claimant, number: u64) -> Result<(), StoreError> {
        self.0.forget(claimant, number).await
    }
}

#[async_trait]
impl Pacer for Either<dyn Pacer> {
    async fn book(&self, lane: &Lane, patience: Duration) -> Result<Slot, StoreError> {
        self.0.book(lane, patience).await
    }

    async fn learn(&self, lane: &Lane, limit: &RateLimit) -> Result<(), StoreError> {
        self.0.learn(lane, limit).await
    }
}

/// Makes something for each client.
pub type Maker<T> = Box<dyn Fn() -> Arc<T>>;

/// What a fleet is made of.
pub struct Plan {
    pub world: World,
    pub clients: usize,
    pub credentials: LoginCredentials,
    pub store: Option<Maker<dyn LoginStore>>,
    pub on_store_loss: OnStoreLoss,
    pub pacer: Option<Maker<dyn Pacer>>,
    pub deadline: Duration,
}

impl Plan {
    #[must_use]
    pub fn new(world: World, clients: usize, credentials: impl Into<LoginCredentials>) -> Self {
        Self {
            world,
            clients,
            credentials: credentials.into(),
            store: None,
            on_store_loss: OnStoreLoss::default(),
            pacer: None,
            deadline: Duration::from_secs(60),
        }
    }

    #[must_use]
    pub fn store(mut self, make: impl Fn() -> Arc<dyn LoginStore> + 'static) -> Self {
        self.store = Some(Box::new(make));
        self
    }

    #[must_use]
    pub fn pacer(mut self, make: impl Fn() -> Arc<dyn Pacer> + 'static) -> Self {
        self.pacer = Some(Box::new(make));
        self
    }

    /// Makes the clients. They do nothing yet.
    ///
    /// # Panics
    ///
    /// When there is no runtime to be had.
    #[must_use]
    pub fn start(self, sim: &Simulator) -> Fleet {
        macro_rules! clients {
            ($of:ident) => {{
                let one = |_| {
                    let deadline = self.deadline;
                    let mut builder = $of::Client::builder(sim.endpoint())
                        .config(|config| config.deadline(deadline).attempt_timeout(deadline))
                        .on_store_loss(self.on_store_loss);
                    if let Some(make) = &self.store {
                        builder = builder.store(Either(make()));
                    }
                    if let Some(make) = &self.pacer {
                        builder = builder.pace(Either(make()));
                    }
                    builder.with_credentials(self.credentials.clone())
                };
                (0..self.clients).map(one).collect()
            }};
        }
        match self.world {
            World::Async => {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(4)
                    .enable_all()
                    .build();
                #[allow(clippy::expect_used, reason = "there is nothing to test without one")]
                let runtime = runtime.expect("a runtime");
                let entered = runtime.enter();
                let clients = clients!(meeting_async);
                drop(entered);
                Fleet::Async(clients, runtime)
            }
            World::Blocking => Fleet::Blocking(clients!(meeting_blocking)),
        }
    }
}

/// Clients that each think they are a process.
pub enum Fleet {
    Async(Vec<meeting_async::Client>, Runtime),
    Blocking(Vec<meeting_blocking::Client>),
}

/// What came of some calls.
#[derive(Debug, Default)]
pub struct Calls {
    pub succeeded: usize,
    pub failures: Vec<meeting_client::Error>,
    pub took: Duration,
}

impl Fleet {
    /// All clients at once make so many calls each, one after the other.
    ///
    /// # Panics
    ///
    /// When a client does.
    pub fn call(&self, times: usize) -> Calls {
        let begun = Instant::now();
        let search = SearchMeetings::new();
        let options = CallOptions::new();
        let results: Vec<Result<(), meeting_client::Error>> = match self {
            Self::Async(clients, runtime) => runtime.block_on(async {
                let one = |client: meeting_async::Client| {
                    let (search, options) = (search.clone(), options.clone());
                    tokio::spawn(async move {
                        let mut results = Vec::new();
                        for _ in 0..times {
                            let result = client.response_with(&search, &options).await;
                            results.push(result.map(drop));
                        }
                        results
                    })
                };
                let tasks: Vec<_> = clients.iter().cloned().map(one).collect();
                let mut results = Vec::new();
                for task in tasks {
                    #[allow(clippy::unwrap_used, reason = "a client that panics fails the test")]
                    results.extend(task.await.unwrap());
                }
                results
            }),
            Self::Blocking(clients) => thread::scope(|scope| {
                let one = |client: &meeting_blocking::Client| {
                    let results = (0..times).map(|_| client.send(&search).map(drop));
                    results.collect::<Vec<_>>()
                };
                let threads: Vec<_> = clients
                    .iter()
                    .map(|client| scope.spawn(move || one(client)))
                    .collect();
                #[allow(clippy::unwrap_used, reason = "a client that panics fails the test")]
                let results = threads
                    .into_iter()
                    .flat_map(|thread| thread.join().unwrap());
                results.collect()
            }),
        };
        let succeeded = results.iter().filter(|result| result.is_ok()).count();
        Calls {
            succeeded,
            failures: results.into_iter().filter_map(Result::err).collect(),
            took: begun.elapsed(),
        }
    }

    /// Logs the first client out.
    ///
    /// # Panics
    ///
    /// When that fails.
    pub fn log_out_one(&self) {
        let result = match self {
            Self::Async(clients, runtime) => runtime.block_on(clients[0].log_out()),
            Self::Blocking(clients) => clients[0].log_out(),
        };
        #[allow(clippy::unwrap_used, reason = "these are tests")]
        result.unwrap();
    }

    /// Ends the login of all, by the first client.
    ///
    /// # Panics
    ///
    /// When that fails.
    pub fn end_login(&self) {
        let result = match self {
            Self::Async(clients, runtime) => runtime.block_on(clients[0].end_login()),
            Self::Blocking(clients) => clients[0].end_login(),
        };
        #[allow(clippy::unwrap_used, reason = "these are tests")]
        result.unwrap();
    }
}

impl Fleet {
    /// Lets each client follow the meeting; when all do, breaks all connections by `cut`, and waits
    /// until all have one again. `opened` is called when all follow it.
    ///
    /// # Panics
    ///
    /// When a client does, or cannot follow the meeting.
    #[allow(clippy::unwrap_used, reason = "these are tests")]
    pub fn lose_and_regain(&self, meeting: &SimMeeting, cut: impl FnOnce()) {
        let (id, password) = (&meeting.conference_id, &meeting.host_password);
        let following = Arc::new(AtomicUsize::new(0));
        let wait_for = |count: usize| {
            while following.load(Ordering::SeqCst) < count {
                thread::sleep(Duration::from_millis(5));
            }
        };
        match self {
            Self::Async(clients, runtime) => {
                let one = |client: meeting_async::Client| {
                    let following = following.clone();
                    let (id, password) = (id.clone(), password.clone());
                    runtime.spawn(async move {
                        let control = client.control(&id, &password).await.unwrap();
                        let mut events = control.events().await.unwrap();
                        following.fetch_add(1, Ordering::SeqCst);
                        while !matches!(
                            events.next().await.unwrap().unwrap(),
                            Notice::Resumed { .. }
                        ) {}
                    })
                };
                let tasks: Vec<_> = clients.iter().cloned().map(one).collect();
                wait_for(clients.len());
                cut();
                for task in tasks {
                    runtime.block_on(task).unwrap();
                }
            }
            Self::Blocking(clients) => thread::scope(|scope| {
                for client in clients {
                    let following = following.clone();
                    scope.spawn(move || {
                        let mut events = client.control(id, password).unwrap().events().unwrap();
                        following.fetch_add(1, Ordering::SeqCst);
                        while !matches!(events.next().unwrap().unwrap(), Notice::Resumed { .. }) {}
                    });
                }
                wait_for(clients.len());
                cut();
            }),
        }
    }
}

/// What the service saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub logins: usize,
    pub renewals: usize,
    /// Calls that were refused because of their token.
    pub refusals: usize,
    pub throttled: usize,
    pub requests: usize,
    /// Calls for the token of a meeting, or of an event channel.
    pub channel_calls: usize,
}

impl Seen {
    /// All that the service has seen. Its log holds 10 000 requests.
    #[must_use]
    pub fn by(sim: &Simulator) -> Self {
        let requests = sim.requests();
        let with = |status: u16| {
            let refused = requests.iter().filter(|it| it.status.as_u16() == status);
            // That of a login is another thing.
            let refused = refused.filter(|it| it.operation != Some("CreateAppIdToken"));
            refused.count()
        };
        Self {
            logins: sim.request_count::<CreateAppIdToken>(),
            renewals: sim.request_count::<UpdateToken>(),
            refusals: with(401),
            throttled: with(429),
            requests: sim.total_requests(),
            channel_calls: sim.request_count::<CreateConfToken>()
                + sim.request_count::<CreateWebSocketToken>(),
        }
    }

    /// What it has seen since then.
    #[must_use]
    pub fn since(self, sim: &Simulator) -> Self {
        let now = Self::by(sim);
        Self {
            logins: now.logins - self.logins,
            renewals: now.renewals - self.renewals,
            refusals: now.refusals - self.refusals,
            throttled: now.throttled - self.throttled,
            requests: now.requests - self.requests,
            channel_calls: now.channel_calls - self.channel_calls,
        }
    }
}
