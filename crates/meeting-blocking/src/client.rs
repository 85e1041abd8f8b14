//! The blocking client.

use std::{fs::File, path::Path, time::Duration};

use bytes::Bytes;
use meeting_client::{
    Anonymous, ApiClient, CallOptions, CanAuthorize, Config, Engine, Error, LoggedIn,
    LoginCredentials, Network, RetryPolicy,
    download::{DownloadError, DownloadOptions, DownloadProgress, DownloadSink, RecordedFile},
    pace::KnownLimit,
};
use meeting_types::{
    AccessToken, ConferenceCredential, ConferenceId, Download, Endpoint, Immediate, Operation,
    PagedOperation, Password, Response, RetryClass, SavedLogin, UserId,
};

use crate::{ClientBuilder, Control, Pages, block_on::block_on, client_builder::transport};

/// Runs operations of the REST API.
///
/// Each call blocks the calling thread until it is over; no runtime is started. A client is cheap to
/// clone, and clones share connections and the login. `Client<LoggedIn>` logs in by itself when the first call needs it, and renews the login before it ends.
/// `Client<Anonymous>` runs the operations that need no login, and does not compile with others:
///
/// ```compile_fail
/// # fn refused(endpoint: meeting_types::Endpoint) -> Result<(), meeting_blocking::Error> {
/// use meeting_blocking::Client;
/// use meeting_types::operations::SearchMeetings;
///
/// let client = Client::anonymous(endpoint);
/// client.send(&SearchMeetings::new())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client<A: 'static = LoggedIn> {
    engine: Engine<A>,
    network: Network,
}

impl Client<Anonymous> {
    /// A client without a login, with the default settings.
    #[must_use]
    pub fn anonymous(endpoint: Endpoint) -> Self {
        Self::builder(endpoint).anonymous()
    }

    /// Starts a client with settings of your own.
    #[must_use]
    pub fn builder(endpoint: Endpoint) -> ClientBuilder {
        ClientBuilder::new(Config::new(endpoint))
    }
}

impl Client<LoggedIn> {
    /// A client that logs in with `credentials` when the first call needs it, with the default settings.
    pub fn with_credentials(endpoint: Endpoint, credentials: impl Into<LoginCredentials>) -> Self {
        ClientBuilder::new(Config::new(endpoint)).with_credentials(credentials)
    }

    /// The login, to be kept for the next run of the program; `None` before the first one, and for a
    /// token that was had elsewhere. [`LoginCredentials::resuming`] takes it back.
    ///
    /// The service ends the oldest of more than 64 tokens of a user: a program that starts often should
    /// not log in each time. Do not [`log_out`](Self::log_out) then, which ends the login for all who
    /// keep it.
    #[must_use]
    pub fn saved_login(&self) -> Option<SavedLogin> {
        self.engine.saved_login()
    }

    /// A client of the same application that logs in as another user. It shares connections, retry
    /// budget, pace and store with this one.
    ///
    /// The login of a user is kept for the next client of that user, up to [`Config::max_users`] of
    /// them. The one that was not asked for the longest is let go first.
    ///
    /// ```
    /// use meeting_blocking::{Client, types::operations::SearchMeetings};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sim = meeting_sim::Simulator::start()?;
    /// let client = Client::with_credentials(sim.endpoint(), sim.app_credential());
    /// client.as_user("alice")?.send(&SearchMeetings::new())?;
    /// client.as_user("bob")?.send(&SearchMeetings::new())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Request`] naming `userId`, when the client does not log in as an application.
    pub fn as_user(&self, user: impl Into<UserId>) -> Result<Self, Error> {
        Ok(Self {
            engine: self.engine.as_user(user)?,
            network: self.network.clone(),
        })
    }

    /// Ends the access token, if there is one. The next call logs in again.
    ///
    /// Over a [store](ClientBuilder::store) the token is only forgotten, in this process:
    /// [`end_login`](Self::end_login) ends it for all.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, or the service refused. The token is forgotten all the same.
    pub fn log_out(&self) -> Result<(), Error> {
        block_on(self.engine.log_out())
    }

    /// Ends the login for all processes that share it. The others log in again, once, when the service
    /// refuses them. Without a store it is [`log_out`](Self::log_out).
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the store is away; otherwise as for [`log_out`](Self::log_out).
    pub fn end_login(&self) -> Result<(), Error> {
        block_on(self.engine.end_login())
    }
}

impl<A: 'static> Client<A> {
    /// The client over an engine whose transport goes by these settings.
    pub(crate) fn over(engine: Engine<A>, network: Network) -> Self {
        Self { engine, network }
    }

    /// A client that gives each call this much time. It shares all else with this one.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self {
            engine: self.engine.with_deadline(deadline),
            network: self.network.clone(),
        }
    }

    /// A client that repeats failed calls by this policy. It shares all else with this one.
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        Self {
            engine: self.engine.with_retry(policy),
            network: self.network.clone(),
        }
    }

    /// A client whose calls are bulk work: with a [pace](ClientBuilder::pace) they take at most half of
    /// it, and only what nothing else wants. It shares all else with this one.
    #[must_use]
    pub fn bulk(&self) -> Self {
        Self {
            engine: self.engine.bulk(),
            network: self.network.clone(),
        }
    }

    /// The limits that responses told of, by operation. Without a [pace](ClientBuilder::pace) nobody looks
    /// for them.
    #[must_use]
    pub fn limits(&self) -> Vec<KnownLimit> {
        self.engine.limits()
    }

    /// Runs an operation and returns its value.
    ///
    /// # Errors
    ///
    /// [`Error`] when a parameter is wrong (nothing was sent), no response came, the service refused, the
    /// response cannot be read, no time is left, or there is no token.
    pub fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error>
    where
        A: CanAuthorize<O::Authorization>,
    {
        block_on(self.engine.send(operation))
    }

    /// Runs an operation and returns the whole reply: the value with status, headers, request id and
    /// body.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn response<O: Operation>(&self, operation: &O) -> Result<Response<O::Output>, Error>
    where
        A: CanAuthorize<O::Authorization>,
    {
        block_on(self.engine.response(operation))
    }

    /// Runs an operation with settings of its own: deadline, retries, headers. Returns the whole
    /// response.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn response_with<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<Response<O::Output>, Error>
    where
        A: CanAuthorize<O::Authorization>,
    {
        block_on(self.engine.response_with(operation, options))
    }

    /// Runs an operation and returns what came, refusals included.
    ///
    /// # Errors
    ///
    /// [`Error`] when no reply came.
    pub fn raw<O: Operation>(&self, operation: &O) -> Result<http::Response<Bytes>, Error>
    where
        A: CanAuthorize<O::Authorization>,
    {
        block_on(self.engine.raw(operation))
    }

    /// Sends a request that the caller wrote, and returns the response as it came: the way to an
    /// endpoint that has no type.
    ///
    /// Login, retries, deadline and trust are those of any call. The URL is a path and a query; the
    /// endpoint names the host. The access token of the login is added, unless the request carries a
    /// credential of its own. `retry` says what a second request does. Where a type is worth the
    /// trouble, [`operation!`](crate::types::operation!) writes one.
    ///
    /// ```
    /// use meeting_blocking::{
    ///     Client,
    ///     types::{Bytes, RetryClass, http},
    /// };
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sim = meeting_sim::Simulator::start()?;
    /// let client = Client::with_credentials(sim.endpoint(), sim.app_credential().user_id("alice"));
    /// let request = http::Request::get("/v1/mmc/management/conferences?limit=5").body(Bytes::new())?;
    /// let response = client.request(request, RetryClass::Read)?;
    /// assert!(response.body().starts_with(b"{"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Request`] when the URL names a host; [`Error::Service`] when the service refused;
    /// otherwise as for [`send`](Self::send).
    pub fn request(
        &self,
        request: http::Request<Bytes>,
        retry: RetryClass,
    ) -> Result<http::Response<Bytes>, Error> {
        block_on(self.engine.request(request, retry))
    }

    /// Lists all items that a paged operation finds, part by part.
    pub fn pages<O: PagedOperation>(&self, operation: O) -> Pages<O, A>
    where
        A: CanAuthorize<O::Authorization>,
    {
        Pages::new(self.engine.pages(operation))
    }

    /// Downloads a file of a recording into a file, and returns how that went: the size in `done`.
    ///
    /// The file is emptied first. A download that breaks off goes on where it stopped, over fresh
    /// links; where the host does not, it starts anew. The settings for certificates and proxies hold;
    /// the hosts of recordings are bare addresses, as a rule: [`TrustStore::verify_as`](crate::TrustStore::verify_as) and
    /// [`TrustStore::pin`](crate::TrustStore::pin) say what to expect there.
    ///
    /// ```no_run
    /// # fn keep(client: meeting_blocking::Client) -> Result<(), meeting_blocking::Error> {
    /// use meeting_blocking::download::{DownloadOptions, RecordedFile};
    ///
    /// let file = RecordedFile::of("6f1c2d4e5a6b47c8");
    /// let options = DownloadOptions::new().progress(|now| eprintln!("{} of {:?}", now.done, now.total));
    /// let size = client.download_to("weekly.mp4", &file, &options)?.done;
    /// println!("{size} bytes");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Download`] when the host of the file fails, or the file cannot be written; otherwise as
    /// for [`send`](Self::send).
    pub fn download_to(
        &self,
        path: impl AsRef<Path>,
        file: &RecordedFile,
        options: &DownloadOptions,
    ) -> Result<DownloadProgress, Error>
    where
        A: CanAuthorize<AccessToken>,
    {
        let mut sink = File::create(path).map_err(DownloadError::Sink)?;
        let transport = transport(&self.network);
        self.download(&transport, file, &mut sink, options)
    }

    /// Downloads a file of a recording to any destination, over a transport of your own or
    /// [`UreqTransport`](crate::UreqTransport).
    ///
    /// # Errors
    ///
    /// As for [`download_to`](Self::download_to).
    pub fn download(
        &self,
        over: &(impl Download + Immediate),
        file: &RecordedFile,
        sink: &mut dyn DownloadSink,
        options: &DownloadOptions,
    ) -> Result<DownloadProgress, Error>
    where
        A: CanAuthorize<AccessToken>,
    {
        block_on(self.engine.download(over, file, sink, options))
    }

    /// Opens control of a running meeting with a password of it: the host's, or a guest's for fewer
    /// rights.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); the service refuses when the meeting is not running.
    pub fn control(
        &self,
        conference_id: impl Into<ConferenceId>,
        password: impl Into<Password>,
    ) -> Result<Control, Error> {
        let control = block_on(self.engine.control(conference_id, password))?;
        Ok(Control::new(control, self.network.clone()))
    }

    /// Control of a running meeting by a control token that the program already has. Nothing is sent.
    ///
    /// The token is neither renewed nor replaced. `Control::events` needs the address of the
    /// event channel, which comes in return for a password only: it fails with
    /// `ChannelError::NoAddress`.
    #[must_use]
    pub fn control_by_token(&self, credential: ConferenceCredential) -> Control {
        let control = self.engine.control_by_token(credential);
        Control::new(control, self.network.clone())
    }
}

impl<A: 'static> ApiClient for Client<A> {
    type Access = A;

    fn engine(&self) -> &Engine<A> {
        &self.engine
    }
}
