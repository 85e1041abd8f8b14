//! The simulator as its owner sees it: started, controlled and stopped from outside.

pub(crate) mod builder;
pub(crate) mod defaults;
mod demo;
mod directory;
mod faults;
mod mailbox;
mod meeting;
mod participant;
mod plan;
mod snapshot;

use std::{
    fmt, io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, SystemTime},
};

use meeting_types::{
    AccountCredential, AppCredential, ConferenceId, Endpoint, Operation, ServerOperation,
    ServiceError, models::WebhookStatus, webhooks::WebhookKey,
};
use rustls::ServerConfig;
use tokio::sync::oneshot;

use self::defaults::{DEFAULT_ACCOUNT, DEFAULT_APP_ID, DEFAULT_APP_KEY, DEFAULT_PASSWORD};
pub use self::{
    directory::Directory,
    faults::Faults,
    mailbox::Mailbox,
    meeting::SimMeeting,
    participant::{SimParticipant, Visitor},
    plan::MeetingPlan,
    snapshot::{
        MediaSnapshot, MeetingSnapshot, MeetingState, ParticipantSnapshot, WaitingSnapshot,
    },
};
use crate::{
    clock::Clock,
    handlers::parameters,
    serve::{dispatch, server, webhook_delivery},
    service::Service,
    state::{faults::Handle, request_log::RequestRecord},
};

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
/// let ann = meeting.join("Ann")?;
/// assert!(meeting.snapshot().is_some_and(|weekly| weekly.participants[0].id == ann.id));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Simulator {
    service: Arc<Service>,
    address: SocketAddr,
    endpoint: Endpoint,
    ca_pem: Option<String>,
    tls: Option<Arc<ServerConfig>>,
    server: Mutex<Option<Server>>,
}

/// The thread that serves.
struct Server {
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
    /// Serves on `listener` what `service` holds.
    fn new(
        listener: TcpListener,
        service: Arc<Service>,
        endpoint: Endpoint,
        tls: Option<Arc<ServerConfig>>,
        ca_pem: Option<String>,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
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

/// Handles, each for one part of the simulator.
impl Simulator {
    /// Makes a meeting, running or booked.
    pub fn create_meeting(&self, plan: impl Into<MeetingPlan>) -> SimMeeting {
        let booking = plan.into().into_booking();
        let id = self.service.step(|state| {
            let user = state.house_user();
            state.book(booking, &user)
        });
        SimMeeting::find(&self.service, &id).unwrap_or_else(|| unreachable!("it was just booked"))
    }

    /// The meeting with this id or, if there is none, the first one with this subject.
    #[must_use]
    pub fn meeting(&self, which: impl AsRef<str>) -> Option<SimMeeting> {
        let which = which.as_ref();
        let id = ConferenceId::new(which);
        SimMeeting::find(&self.service, &id).or_else(|| {
            let named = self.service.step(|state| {
                let mut meetings = state.meetings.values();
                let named = meetings.find(|meeting| meeting.subject() == which);
                named.map(|meeting| meeting.id.clone())
            });
            SimMeeting::find(&self.service, &named?)
        })
    }

    /// Who is logged in, and what stands behind the meetings of enterprises.
    #[must_use]
    pub fn directory(&self) -> Directory {
        Directory::new(Arc::clone(&self.service))
    }

    /// What people would get by mail or by phone.
    #[must_use]
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::new(Arc::clone(&self.service))
    }

    /// What goes wrong on demand, beyond single operations and meetings.
    #[must_use]
    pub fn faults(&self) -> Faults {
        Faults::new(Arc::clone(&self.service))
    }
}

/// Time.
impl Simulator {
    /// The time by the simulator's clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.service.clock().now()
    }

    /// The simulator's clock, to share with whatever must agree on the time.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.service.clock().clone()
    }

    /// Lets time pass without waiting. What happens in that time has happened when this returns.
    ///
    /// A client does not know of it unless it shares the clock: [`Clock::over`].
    pub fn advance(&self, by: Duration) {
        self.service.clock().advance(by);
        self.service.step(|_| ());
    }
}

/// Requests, and what is answered in place of the service.
///
/// All of it holds for all operations of `meeting-types`, whether the simulator serves them or not.
impl Simulator {
    /// Answers the next request for the operation `O` with this output. Several wait in line.
    ///
    /// Neither the credential nor the parameters are looked at, and nothing changes.
    ///
    /// ```
    /// use meeting_sim::Simulator;
    /// use meeting_types::{models::ListedUserPage, operations::SearchUsers};
    ///
    /// let sim = Simulator::start()?;
    /// sim.answer_next::<SearchUsers>(ListedUserPage::new());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn answer_next<O: ServerOperation>(&self, output: O::Output) {
        let response = O::write_response(&output);
        self.service
            .step(|state| state.faults.answer_next(O::INFO.name, Ok(response)));
    }

    /// Refuses the next request for the operation `O` with this error. Several wait in line, with
    /// those of [`answer_next`](Self::answer_next).
    pub fn fail_next<O: Operation>(&self, error: ServiceError) {
        self.service
            .step(|state| state.faults.answer_next(O::INFO.name, Err(error)));
    }

    /// Answers all requests for the operation `O` by a function, until
    /// [`stop_handling`](Self::stop_handling). It takes the place of any other.
    ///
    /// A request that cannot be read is refused before the function is called. The credential is not
    /// looked at. The function may use the simulator.
    ///
    /// ```
    /// use meeting_sim::Simulator;
    /// use meeting_types::{models::CorpUser, operations::ShowUserDetail};
    ///
    /// let sim = Simulator::start()?;
    /// sim.handle::<ShowUserDetail>(|show| {
    ///     Ok(CorpUser::new().account_id(show.account_id))
    /// });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn handle<O: ServerOperation>(
        &self,
        handle: impl Fn(O) -> Result<O::Output, ServiceError> + Send + Sync + 'static,
    ) {
        let handle: Arc<Handle> = Arc::new(move |request| {
            let wrong = |error| parameters::refusal(O::INFO, request.body(), &error);
            let operation = O::from_request(request).map_err(wrong)?;
            Ok(O::write_response(&handle(operation)?))
        });
        self.service
            .step(|state| state.faults.handle(O::INFO.name, Some(handle)));
    }

    /// Lets the simulator answer the operation `O` itself again.
    pub fn stop_handling<O: Operation>(&self) {
        self.service
            .step(|state| state.faults.handle(O::INFO.name, None));
    }

    /// How often the operation `O` was called, refusals included.
    #[must_use]
    pub fn request_count<O: Operation>(&self) -> usize {
        self.service.step(|state| state.log.count(O::INFO.name))
    }

    /// How many requests came, of any kind.
    #[must_use]
    pub fn total_requests(&self) -> usize {
        self.service.step(|state| state.log.total())
    }

    /// The latest requests, the oldest first: 10 000 at most, with 32 MiB of text at most. Secrets
    /// are masked.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.service.step(|state| state.log.records())
    }
}

/// Limits of the gateway.
impl Simulator {
    /// Lets at most so many requests for the operation `O` through in any span of this length, whoever
    /// sends them. A later call takes the place of an earlier one.
    ///
    /// What is more is refused as the gateway of the service refuses it: status 429, code `APIG.0308`,
    /// the limit in the text (`policy api`), no `Retry-After`. A request that is refused does not count.
    /// A response to a request with the header `X-Apig-Mode: debug` tells what is left, in
    /// `X-APIG-Ratelimit-Api`.
    ///
    /// Time is that of the simulator's clock: [`advance`](Self::advance) ends a span at once. The text
    /// names whole seconds; a shorter span is written as one second.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use meeting_sim::Simulator;
    /// use meeting_types::operations::SearchMeetings;
    ///
    /// let sim = Simulator::start()?;
    /// sim.limit::<SearchMeetings>(100, Duration::from_secs(60));
    /// // ... the 101st search within a minute is refused, until:
    /// sim.advance(Duration::from_secs(60));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn limit<O: Operation>(&self, requests: u32, per: Duration) {
        self.service.step(|state| {
            let operation = Some(O::INFO.name);
            state.limits.set(operation, requests, per);
        });
    }

    /// Lets at most so many requests through in any span of this length, for all operations together.
    ///
    /// All clients of a simulator are on one machine, so it is told as the limit of a source address
    /// (`policy ip`, `X-APIG-Ratelimit-Ip`). Otherwise as [`limit`](Self::limit).
    pub fn limit_all(&self, requests: u32, per: Duration) {
        self.service
            .step(|state| state.limits.set(None, requests, per));
    }

    /// Lifts all limits.
    pub fn lift_limits(&self) {
        self.service.step(|state| state.limits.lift());
    }
}

/// Webhooks.
impl Simulator {
    /// Reports to this URL what happens from now on to the meetings of the simulator's enterprise,
    /// signed with `key`. It takes the place of any other, and needs no verification.
    ///
    /// A call that is not answered with 200 within 5 seconds is made again: three times, 30 seconds
    /// apart, then every 30 minutes, until 24 hours have passed. That is by the simulator's clock:
    /// [`advance`](Self::advance) brings about the next try at once, and at most one. Each try is
    /// signed anew, at the simulator's time; give the verifier [`now`](Self::now) if the clock was
    /// moved.
    ///
    /// # Errors
    ///
    /// The URL is not plain `http`, or not on this machine and
    /// [`webhooks_beyond_loopback`](crate::SimulatorBuilder::webhooks_beyond_loopback) was not
    /// called; or the id or the key is empty.
    pub fn webhook(
        &self,
        url: &str,
        subscriber_id: &str,
        key: impl Into<WebhookKey>,
    ) -> Result<(), ServiceError> {
        self.service.step(|state| {
            let corp_id = state.directory.corp_id.clone();
            let (webhooks, random) = (&mut state.webhooks, &mut state.random);
            webhooks
                .subscribe(corp_id, url, subscriber_id, key.into(), random)?
                .status = WebhookStatus::Enabled;
            Ok(())
        })
    }

    /// How many events wait to be answered by their receiver.
    #[must_use]
    pub fn undelivered_webhooks(&self) -> usize {
        self.service.step(|state| state.webhooks.undelivered())
    }
}

/// The thread that serves.
impl Simulator {
    /// Goes down and comes back on the same port. Every connection breaks off without a word. Meetings,
    /// logins and control tokens outlive it.
    ///
    /// # Errors
    ///
    /// [`io::Error`] when the port cannot be had again. The simulator is down then, until this is called
    /// again.
    pub fn restart(&self) -> io::Result<()> {
        let mut server = self.server();
        if let Some(server) = server.take() {
            server.stop();
        }
        self.service.step(|state| state.feeds.cut_all());
        *server = Some(self.serve_again()?);
        Ok(())
    }

    /// What serves now. Whoever holds it is alone in starting and stopping.
    fn server(&self) -> MutexGuard<'_, Option<Server>> {
        // What it holds is whole at every moment.
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves again, on the same port.
    fn serve_again(&self) -> io::Result<Server> {
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
    fn stop(self) {
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
                let routes = dispatch::router(&service);
                tokio::select! {
                    () = server::serve(listener, tls, routes) => {}
                    () = service.keep_time() => {}
                    () = webhook_delivery::deliver(&service) => {}
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
