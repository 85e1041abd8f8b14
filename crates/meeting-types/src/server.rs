//! Server half of operations: what a test double or an offline service needs.

use bytes::Bytes;

use crate::{
    Authorization, Endpoint, Operation, Page, PagedOperation, Problem, RequestError, request,
    response,
    schema::{Readable, Value},
};

/// Server half of an [`Operation`]: reads its request and writes its response. All operations of this
/// crate have it, and those that [`operation!`](crate::operation!) defines, if the types of their
/// parameters can be read and that of their output can be written.
///
/// Reading is strict: a value that is there and not in a form that the service documents is an error
/// that names it, and so is what breaks a limit or a rule of the service. Unknown values of open
/// enums are taken.
///
/// # A typed double of the service
///
/// A [`Transport`](crate::Transport) that answers by itself takes the place of the service in a test,
/// below either client. It needs no server and no sockets:
///
/// ```
/// use async_trait::async_trait;
/// use meeting_types::{
///     Bytes, ConferenceId, Page, PagedServerOperation, ServerOperation, ServiceError, Transport,
///     TransportError, http::{Method, Request, Response, StatusCode}, models::Conference,
///     operations::{CancelMeeting, SearchMeetings},
/// };
/// # use std::{sync::Mutex, time::Duration};
///
/// /// The service, with nothing but meetings.
/// struct Double(Mutex<Vec<ConferenceId>>);
///
/// #[async_trait]
/// impl Transport for Double {
///     async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
///         let mut meetings = self.0.lock().unwrap();
///         // Both lie under one path.
///         let response = if request.method() == Method::GET {
///             SearchMeetings::from_request(&request).map(|search| {
///                 let (offset, limit) = (search.offset.unwrap_or(0), search.limit.unwrap_or(20));
///                 let part = meetings.iter().skip(offset as usize).take(limit as usize);
///                 let items = part.cloned().map(Conference::new).collect();
///                 let page = Page::new(items, Some(meetings.len() as u64));
///                 SearchMeetings::write_response(&SearchMeetings::output_of(page, offset, limit))
///             })
///         } else {
///             CancelMeeting::from_request(&request).map(|cancel| {
///                 meetings.retain(|id| *id != cancel.conference_id);
///                 CancelMeeting::write_response(&())
///             })
///         };
///         Ok(response.unwrap_or_else(|error| {
///             let status = StatusCode::BAD_REQUEST;
///             ServiceError::new(status, "USG.000000003", error.to_string()).to_response()
///         }))
///     }
/// #   async fn sleep(&self, _: Duration) {}
/// }
/// #
/// # use meeting_types::{AccessToken, Endpoint, Operation, OperationError, PagedOperation};
/// # fn call<O: Operation<Authorization = AccessToken>>(
/// #     double: &Double,
/// #     operation: &O,
/// # ) -> Result<meeting_types::Response<O::Output>, OperationError> {
/// #     use std::{pin::pin, task::{Context, Poll, Waker}};
/// #     let request = operation.to_request(&Endpoint::china(), &AccessToken::new("cnr0123"));
/// #     let mut sent = pin!(double.send(request.unwrap()));
/// #     match sent.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
/// #         Poll::Ready(response) => O::read_response(response.unwrap()),
/// #         Poll::Pending => panic!("it waits for nothing"),
/// #     }
/// # }
/// # let double = Double(Mutex::new(vec!["1".into(), "2".into(), "3".into()]));
/// # call(&double, &CancelMeeting::new("2")).unwrap();
/// # let page = SearchMeetings::page_of(call(&double, &SearchMeetings::new().offset(1)).unwrap());
/// # assert_eq!(page, Page::new(vec![Conference::new("3")], Some(2)));
/// # let mut refused = SearchMeetings::new().to_request(&Endpoint::china(), &AccessToken::new("c"));
/// # *refused.as_mut().unwrap().uri_mut() = "/v1?limit=abc".parse().unwrap();
/// # let mut sent = std::pin::pin!(double.send(refused.unwrap()));
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # let std::task::Poll::Ready(Ok(response)) = sent.as_mut().poll(&mut context) else { panic!() };
/// # let error = ServiceError::from_response("", &response);
/// # assert_eq!(error.message(), "SearchMeetings: `limit` is not readable: a whole number is expected");
/// ```
///
/// Send it to a client as `Endpoint` and `Transport`; mark it
/// [`NonBlocking`](crate::NonBlocking) for the async client, [`Immediate`](crate::Immediate) for the
/// blocking one. The crate `meeting-sim` is a whole service of this kind.
pub trait ServerOperation: Operation + Sized {
    /// Writes a request whose parameters and rules are not checked: one that clients refuse to send,
    /// to try how a server refuses it.
    ///
    /// # Errors
    ///
    /// [`RequestError`] when the parameters make no request at all, such as a text that no header
    /// can carry.
    fn to_unchecked_request(
        &self,
        endpoint: &Endpoint,
        authorization: &Self::Authorization,
    ) -> Result<http::Request<Bytes>, RequestError>;

    /// Reads a request, strictly. The credential is read apart, by
    /// [`credential_of`](Self::credential_of).
    ///
    /// # Errors
    ///
    /// [`RequestError`] names the first parameter that is missing, in no documented form, or against
    /// a limit or a rule of the service.
    fn from_request(request: &http::Request<Bytes>) -> Result<Self, RequestError>;

    /// Reads the credential of a request. `None` when it is missing or unusable.
    #[must_use]
    fn credential_of(request: &http::Request<Bytes>) -> Option<Self::Authorization>;

    /// Writes the response, with status 200.
    #[must_use]
    fn write_response(output: &Self::Output) -> http::Response<Bytes>;
}

/// Server half of a [`PagedOperation`]: writes a part of a list. All paged operations of this crate
/// have it.
///
/// The service pages by offset and limit and in no other way. Both are named again here, because a
/// request may leave them out, and a server then takes numbers of its own.
///
/// ```
/// use meeting_types::{
///     Page, PagedOperation, PagedServerOperation,
///     models::{Conference, ConferenceDetail, ListedParticipant},
///     operations::{SearchMeetings, ShowMeetingDetail},
/// };
///
/// // The second page of a list of 21.
/// let page = Page::new(vec![Conference::new("900825541")], Some(21));
/// let output = SearchMeetings::output_of(page.clone(), 20, 20);
/// assert_eq!((output.offset, output.limit, output.count), (Some(20), Some(20), Some(21)));
/// assert_eq!(SearchMeetings::take_page(output), page);
///
/// // A list inside of an output that says more.
/// let mut output = ConferenceDetail::new(Conference::new("900825541"));
/// let ada = ListedParticipant::new().name("Ada");
/// ShowMeetingDetail::put_page(&mut output, Page::new(vec![ada], Some(1)), 0, 20);
/// assert_eq!(output.data.unwrap().count, Some(1));
/// ```
pub trait PagedServerOperation: ServerOperation + PagedOperation {
    /// Puts a part of a list into an output, in place of the one that was there: the reverse of
    /// [`take_page`](PagedOperation::take_page).
    ///
    /// The items, the number of items of the whole list, and the offset and the limit go into the
    /// fields that the output has for them. A count that its field cannot hold is left out.
    fn put_page(output: &mut Self::Output, page: Page<Self::Item>, offset: u32, limit: u32);

    /// An output that holds a part of a list and no more.
    #[must_use]
    fn output_of(page: Page<Self::Item>, offset: u32, limit: u32) -> Self::Output
    where
        Self::Output: Default,
    {
        let mut output = Self::Output::default();
        Self::put_page(&mut output, page, offset, limit);
        output
    }
}

impl<O> ServerOperation for O
where
    O: Readable,
    O::Output: Value,
{
    fn to_unchecked_request(
        &self,
        endpoint: &Endpoint,
        authorization: &Self::Authorization,
    ) -> Result<http::Request<Bytes>, RequestError> {
        let authorization = authorization.by_ref();
        request::write_unchecked(self, Self::INFO, endpoint, authorization, self.extras())
    }

    fn from_request(request: &http::Request<Bytes>) -> Result<Self, RequestError> {
        Self::from_filled(|operation| request::read(operation, Self::INFO, request))?
            .ok_or_else(|| RequestError::new(Self::INFO.name, "body", Problem::Missing))
    }

    fn credential_of(request: &http::Request<Bytes>) -> Option<Self::Authorization> {
        let query = request::query_of(request.uri());
        Self::Authorization::from_parts(&query, request.headers())
    }

    fn write_response(output: &Self::Output) -> http::Response<Bytes> {
        response::write(output)
    }
}
