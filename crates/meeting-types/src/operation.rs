//! One type per REST operation, and what they have in common.

use std::fmt;

use bytes::Bytes;
use http::Method;

use crate::{
    Authorization, Endpoint, OperationError, Page, RequestError, Response, WithExtra,
    extra::Extra,
    reference, request, response,
    schema::{Empty, Model, Place, Value},
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
    /// What the call must carry: `()`, [`AccessToken`](crate::AccessToken) or
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

/// The facts about an operation.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The name that the service gives it.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path; parameters stand in it as `{name}`.
    pub path: &'static str,
    /// The group of the API.
    pub group: &'static str,
    /// The part of the group.
    pub subgroup: &'static str,
    /// What the call must carry.
    pub auth: AuthKind,
    /// What repeating the call does.
    pub retry: RetryClass,
    /// Its page in the service's reference, where one is known.
    pub reference: Option<Reference>,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Parameters that always have the same value.
    #[doc(hidden)]
    pub constants: &'static [(Place, &'static str, &'static str)],
    /// The least number of items of a response that is a list. With fewer, it is an error.
    pub least_items: usize,
}

impl OperationInfo {
    /// Facts about a call that has no type of its own: a request that its caller wrote.
    pub const RAW: &'static Self = &Self::new(
        "RawRequest",
        Method::GET,
        "",
        AuthKind::AccessToken,
        RetryClass::Once,
    );

    /// The facts that an operation must have. The others have setters.
    ///
    /// Parameters stand in `path` as `{name}`.
    #[must_use]
    pub const fn new(
        name: &'static str,
        method: Method,
        path: &'static str,
        auth: AuthKind,
        retry: RetryClass,
    ) -> Self {
        Self {
            name,
            method,
            path,
            group: "",
            subgroup: "",
            auth,
            retry,
            reference: None,
            summary: "",
            constants: &[],
            least_items: 0,
        }
    }

    /// Says in one sentence what the operation does.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }
}

/// A page of the service's reference, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reference {
    /// One that there is in English.
    English(&'static str),
    /// One that there is in Chinese only.
    Chinese(&'static str),
}

impl Reference {
    /// The address of the page.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::English(id) => reference::page_address(id, true),
            Self::Chinese(id) => reference::page_address(id, false),
        }
    }
}

/// What a call must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthKind {
    /// Nothing, or something that is one of its parameters.
    None,
    /// The token of a login, in `X-Access-Token`.
    AccessToken,
    /// The control token of the meeting, in `X-Conference-Authorization`.
    ConferenceToken,
}

/// What repeating a call does. It does not follow from the HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// It only reads: repeat it at will.
    Read,
    /// It changes something, but a second time changes nothing more.
    Idempotent,
    /// A second call does it again, or mints another token. It is repeated only when the first one
    /// certainly did not reach the service.
    Once,
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
