//! Parameters that this version does not know, added to an operation that it does.

pub(crate) mod place;

use std::fmt;

use bytes::Bytes;
use serde_json::Value as Json;

use self::place::Extra;
use crate::{
    Authorization, Endpoint, Operation, OperationInfo, Page, PagedOperation, RequestError,
    Response, request,
    schema::{Empty, Kind, Model, Shape, Value},
};

/// Operation with parameters that this version does not know. Made by
/// [`Operation::extra`].
///
/// It is sent like the operation itself. A parameter that the operation knows is refused: set its own
/// field. `Debug` prints the names of the added parameters, not their values.
///
/// ```
/// use meeting_types::{
///     AccessToken, Endpoint, Operation,
///     models::{Booking, MediaType},
///     operations::CreateMeeting,
/// };
///
/// let booking = CreateMeeting::new(Booking::new([MediaType::HdVideo]))
///     .extra("joinBeforeHostTime", 10)
///     .extra("confConfigInfo.isChairViewMultiPic", true);
/// let request = booking.to_request(&Endpoint::china(), &AccessToken::new("cnr0123"))?;
/// let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
/// assert_eq!(body["joinBeforeHostTime"], 10);
/// assert_eq!(body["confConfigInfo"]["isChairViewMultiPic"], true);
/// # Ok::<(), meeting_types::RequestError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WithExtra<O> {
    operation: O,
    extras: Vec<Extra>,
}

impl<O> WithExtra<O> {
    pub(crate) fn new(operation: O) -> Self {
        Self {
            operation,
            extras: Vec::new(),
        }
    }

    /// Adds a parameter to the JSON body, or to the query of an operation without a body. Dots lead
    /// into objects of the body.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.extras.push(Extra {
            name: name.into(),
            value: value.into(),
            in_query: false,
        });
        self
    }

    /// Adds a parameter to the query, also of an operation with a body. A list becomes a parameter
    /// for each of its items; an object has no place in a query and is refused.
    #[must_use]
    pub fn extra_query(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.extras.push(Extra {
            name: name.into(),
            value: value.into(),
            in_query: true,
        });
        self
    }

    /// The operation, without what was added.
    pub fn operation(&self) -> &O {
        &self.operation
    }
}

impl<O: fmt::Debug> fmt::Debug for WithExtra<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.extras.iter().map(|extra| &*extra.name).collect();
        f.debug_struct("WithExtra")
            .field("operation", &self.operation)
            .field("extras", &names)
            .finish()
    }
}

impl<O: Model> Model for WithExtra<O> {
    fn shape(&self) -> &'static Shape {
        self.operation.shape()
    }

    fn slot(&self, index: usize) -> Option<&dyn Value> {
        self.operation.slot(index)
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Value> {
        self.operation.slot_mut(index)
    }
}

impl<O: Empty> Empty for WithExtra<O> {
    const KIND: Kind = O::KIND;

    fn empty() -> Self {
        Self::new(O::empty())
    }
}

impl<O: Operation> Operation for WithExtra<O> {
    type Authorization = O::Authorization;
    type Output = O::Output;
    const INFO: &'static OperationInfo = O::INFO;

    fn validate(&self) -> Result<(), RequestError> {
        self.operation.validate()?;
        place::place(&self.operation, O::INFO, &self.extras).map(drop)
    }

    fn to_request(
        &self,
        endpoint: &Endpoint,
        authorization: &Self::Authorization,
    ) -> Result<http::Request<Bytes>, RequestError> {
        let authorization = authorization.by_ref();
        request::write(
            &self.operation,
            O::INFO,
            endpoint,
            authorization,
            &self.extras,
        )
    }

    fn extras(&self) -> &[Extra] {
        &self.extras
    }
}

impl<O: PagedOperation> PagedOperation for WithExtra<O> {
    type Item = O::Item;
    const ITEMS: &'static [&'static str] = O::ITEMS;
    const COUNT: Option<&'static [&'static str]> = O::COUNT;

    fn set_page(&mut self, offset: u32, limit: u32) {
        self.operation.set_page(offset, limit);
    }

    fn page_limit(&self) -> Option<u32> {
        self.operation.page_limit()
    }

    fn page_offset(&self) -> Option<u32> {
        self.operation.page_offset()
    }

    fn take_page(output: Self::Output) -> Page<Self::Item> {
        O::take_page(output)
    }

    fn page_of(response: Response<Self::Output>) -> Page<Self::Item> {
        O::page_of(response)
    }
}
