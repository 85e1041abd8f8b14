//! One type per REST operation, and what they have in common.

mod info;

use std::fmt;

use bytes::Bytes;

pub use self::info::{AuthKind, OperationInfo, Reference, RetryClass};
use crate::{
    Authorization, Endpoint, OperationError, Page, RequestError, Response, WithExtra,
    extra::place::Extra,
    request, response,
    schema::{Empty, Model, Value},
};

/// One call of the REST API, as a value.
///
/// It writes itself as a request and reads its response. With the feature `server`, the trait
/// `ServerOperation` has both directions in reverse, which is what a test double is built from.
///
/// [`operation!`](crate::operation) writes an operation that this crate does not know.
///
/// ```
/// use meeting_types::{ConferenceCredential, Endpoint, Operation, operations::CreateWebSocketToken};
///
/// let control = ConferenceCredential::new("900825541", "cnr0123");
/// let request = CreateWebSocketToken::new().to_request(&Endpoint::china(), &control)?;
/// assert_eq!(request.method(), "GET");
/// assert_eq!(request.uri().path(), "/v1/mmc/control/conferences/wsToken");
/// assert_eq!(request.uri().query(), Some("conferenceID=900825541"));
/// # Ok::<(), meeting_types::RequestError>(())
/// ```
pub trait Operation: Model + 'static {
    /// Type of the credential that the call carries: `()`, [`AccessToken`](crate::AccessToken) or
    /// [`ConferenceCredential`](crate::ConferenceCredential).
    type Authorization: Authorization;
    /// Value of a good response.
    type Output: Output;
    /// The facts about the operation.
    const INFO: &'static OperationInfo;

    /// Writes the request.
    ///
    /// # Errors
    ///
    /// [`RequestError`] names the first parameter that the service would refuse.
    fn to_request(
        &self,
        endpoint: &Endpoint,
        credential: &Self::Authorization,
    ) -> Result<http::Request<Bytes>, RequestError>
    where
        Self: Sized,
    {
        request::write(
            self,
            Self::INFO,
            endpoint,
            credential.by_ref(),
            self.extras(),
        )
    }

    /// Checks all parameters, and the rules between them, without writing anything.
    ///
    /// [`to_request`](Self::to_request) does so as well.
    ///
    /// ```
    /// use meeting_types::{operations::*, *};
    ///
    /// assert!(SearchMeetings::new().limit(20u32).validate().is_ok());
    /// let error = SearchMeetings::new().limit(501u32).validate().unwrap_err();
    /// assert!(error.to_string().contains("limit"));
    /// ```
    ///
    /// # Errors
    ///
    /// [`RequestError`] names the first parameter that the service would refuse, or that asks for
    /// what is seldom meant.
    fn validate(&self) -> Result<(), RequestError>
    where
        Self: Sized,
    {
        request::validate(self, Self::INFO)
    }

    /// Adds a parameter that this version does not know: to the JSON body, or to the query of an
    /// operation without one.
    ///
    /// Dots lead into objects of the body, which are made where there are none. See [`WithExtra`].
    ///
    /// ```
    /// use meeting_types::{AccessToken, Endpoint, Operation, operations::SearchMeetings};
    ///
    /// let search = SearchMeetings::new().extra("includeArchived", true);
    /// let request = search.to_request(&Endpoint::china(), &AccessToken::new("cnr0123"))?;
    /// assert_eq!(request.uri().query(), Some("includeArchived=true"));
    /// # Ok::<(), meeting_types::RequestError>(())
    /// ```
    #[must_use]
    fn extra(self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> WithExtra<Self>
    where
        Self: Sized,
    {
        WithExtra::new(self).extra(name, value)
    }

    /// Reads the response.
    ///
    /// # Errors
    ///
    /// [`OperationError::Service`] when the service refused, also when it did so with status 200;
    /// [`OperationError::Response`] when the response cannot be read.
    fn read_response(
        response: http::Response<Bytes>,
    ) -> Result<Response<Self::Output>, OperationError> {
        response::read(Self::INFO, response)
    }

    #[doc(hidden)]
    fn extras(&self) -> &[Extra] {
        &[]
    }
}

/// Value that a response holds: a model, a list of models, [`Json`](crate::Json) of a serde type,
/// or nothing.
pub trait Output: Send + Sized + 'static {
    /// Slot that reading fills.
    #[doc(hidden)]
    type Slot: Value + Empty;

    /// The value in the slot. `None` when reading left it empty.
    #[doc(hidden)]
    fn from_slot(slot: Self::Slot) -> Option<Self>;
}

#[doc(hidden)]
impl<T: Value + Empty + Send + 'static> Output for T {
    type Slot = Self;

    fn from_slot(slot: Self) -> Option<Self> {
        Some(slot)
    }
}

/// Operation whose response holds a part of a longer list.
pub trait PagedOperation: Operation {
    /// Type of the listed items.
    type Item: fmt::Debug + Send + 'static;
    /// Path of the list in the response, by the names on the wire.
    const ITEMS: &'static [&'static str];
    /// Path of the number of items of the whole list, where the response has one.
    const COUNT: Option<&'static [&'static str]>;

    /// Asks for `limit` items from `offset` on.
    fn set_page(&mut self, offset: u32, limit: u32);

    /// The number of items asked for, if set.
    fn page_limit(&self) -> Option<u32>;

    /// The first item asked for, if set.
    fn page_offset(&self) -> Option<u32>;

    /// Takes the items out of an output. Prefer [`page_of`](Self::page_of), which knows how many
    /// items were left out.
    fn take_page(output: Self::Output) -> Page<Self::Item>;

    /// Takes the items out of a response.
    fn page_of(response: Response<Self::Output>) -> Page<Self::Item> {
        let left_out = response.left_out().items_of(Self::ITEMS);
        let mut page = Self::take_page(response.into_value());
        page.held += left_out;
        page
    }
}
