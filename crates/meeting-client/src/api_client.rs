//! Trait of both clients, for libraries above them.

use meeting_types::{
    ConferenceCredential, ConferenceId, Operation, PagedOperation, Password, Response,
};

use crate::{CanAuthorize, Control, Engine, Error, Pages};

/// Client of the REST API, sync or async: for a library that is written once over both.
///
/// Its futures do what the methods of the same name do. Over the async client they are awaited; over
/// the blocking one they are ready when they are first polled, and its `block_on` runs them.
///
/// ```
/// use meeting_client::{ApiClient, CanAuthorize, Error};
/// use meeting_types::{AccessToken, operations::SearchMeetings};
///
/// async fn meetings<C: ApiClient>(client: &C) -> Result<usize, Error>
/// where
///     C::Access: CanAuthorize<AccessToken>,
/// {
///     let mut pages = client.pages(SearchMeetings::new());
///     let mut count = 0;
///     while pages.next().await?.is_some() {
///         count += 1;
///     }
///     Ok(count)
/// }
/// ```
pub trait ApiClient: Send + Sync {
    /// Marker of the login that the client has: [`LoggedIn`](crate::LoggedIn) or
    /// [`Anonymous`](crate::Anonymous).
    type Access: 'static;

    /// The engine of the client.
    fn engine(&self) -> &Engine<Self::Access>;

    /// Runs an operation and returns its value.
    ///
    /// # Errors
    ///
    /// [`Error`] when nothing was sent, no response came, the service refused, or the response cannot
    /// be read.
    fn send<O: Operation>(
        &self,
        operation: &O,
    ) -> impl Future<Output = Result<O::Output, Error>> + Send
    where
        Self::Access: CanAuthorize<O::Authorization>,
    {
        self.engine().send(operation)
    }

    /// Runs an operation and returns the whole response.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    fn response<O: Operation>(
        &self,
        operation: &O,
    ) -> impl Future<Output = Result<Response<O::Output>, Error>> + Send
    where
        Self::Access: CanAuthorize<O::Authorization>,
    {
        self.engine().response(operation)
    }

    /// Lists all items that a paged operation finds.
    fn pages<O: PagedOperation>(&self, operation: O) -> Pages<O, Self::Access>
    where
        Self::Access: CanAuthorize<O::Authorization>,
    {
        self.engine().pages(operation)
    }

    /// Opens control of a running meeting with a password of it.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    fn control(
        &self,
        conference_id: impl Into<ConferenceId> + Send,
        password: impl Into<Password> + Send,
    ) -> impl Future<Output = Result<Control, Error>> + Send {
        self.engine().control(conference_id.into(), password.into())
    }

    /// Control of a running meeting by a control token that the program already has.
    fn control_by_token(&self, credential: ConferenceCredential) -> Control {
        self.engine().control_by_token(credential)
    }
}

impl<A: 'static> ApiClient for Engine<A> {
    type Access = A;

    fn engine(&self) -> &Engine<A> {
        self
    }
}
