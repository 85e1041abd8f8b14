//! Parameters that this version does not know, added to an operation that it does.

use std::fmt;

use bytes::Bytes;
use serde_json::{Map, Value as Json};

use crate::{
    Authorization, Endpoint, Operation, OperationInfo, Page, PagedOperation, Problem, RequestError,
    Response, request,
    schema::{Empty, Kind, Model, Place, Shape, Value},
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

/// A parameter that this version does not know.
#[derive(Clone, PartialEq, Eq)]
pub struct Extra {
    name: String,
    value: Json,
    in_query: bool,
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
        place(&self.operation, O::INFO, &self.extras).map(drop)
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

/// Extra parameters by where they go.
#[derive(Default)]
pub(crate) struct Placed<'a> {
    pub(crate) query: Vec<(&'a str, String)>,
    pub(crate) body: Vec<&'a Extra>,
}

/// Finds the place of each extra parameter.
pub(crate) fn place<'a>(
    operation: &dyn Model,
    info: &'static OperationInfo,
    extras: &'a [Extra],
) -> Result<Placed<'a>, RequestError> {
    let mut placed = Placed::default();
    let fields = operation.shape().fields;
    let has = |place: Place| fields.iter().any(|field| field.place == place);
    let has_json = has(Place::Body) || has(Place::WholeBody);
    for extra in extras {
        let fail = |problem| Err(RequestError::new(info.name, &*extra.name, problem));
        if extra.name.split('.').any(|step| step.trim().is_empty()) {
            return fail(Problem::Blank);
        }
        if extra.name.chars().any(char::is_control) {
            return fail(Problem::ControlCharacter);
        }
        if has_json && !extra.in_query {
            if is_known(operation, &extra.name) {
                return fail(Problem::Known);
            }
            placed.body.push(extra);
            continue;
        }
        let is_known =
            |field: &crate::schema::Field| field.place == Place::Query && field.wire == extra.name;
        let is_constant =
            |(place, name, _): &(Place, &str, &str)| *place == Place::Query && *name == extra.name;
        if fields.iter().any(is_known) || info.constants.iter().any(is_constant) {
            return fail(Problem::Known);
        }
        let values = match &extra.value {
            Json::Array(items) => items.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            match query_text(value) {
                Some(text) => placed.query.push((&extra.name, text)),
                None => return fail(Problem::NoPlace),
            }
        }
    }
    Ok(placed)
}

/// Whether a path leads to a field of the body.
fn is_known(operation: &dyn Model, path: &str) -> bool {
    let fields = operation.shape().fields;
    let whole = fields.iter().find(|field| field.place == Place::WholeBody);
    let mut shape = match whole {
        Some(field) => field.kind.object(),
        None => Some(operation.shape()),
    };
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        let Some(field) = shape.and_then(|shape| Some(&shape.fields[shape.body_field(step)?]))
        else {
            return false;
        };
        if steps.peek().is_none() {
            return true;
        }
        shape = field.kind.object();
        // Nothing can be added inside a value that is no object.
        if shape.is_none() {
            return true;
        }
    }
    false
}

fn query_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Adds parameters to a JSON body.
pub(crate) fn merge(body: &[u8], extras: &[&Extra]) -> Result<Vec<u8>, (String, Problem)> {
    let mut json: Json = serde_json::from_slice(body).unwrap_or_else(|_| Json::Object(Map::new()));
    for extra in extras {
        let no_place = || (extra.name.clone(), Problem::NoPlace);
        let (parents, key) = extra.name.rsplit_once('.').unwrap_or(("", &extra.name));
        let mut object = &mut json;
        for step in parents.split('.').filter(|step| !step.is_empty()) {
            let entries = object.as_object_mut().ok_or_else(no_place)?;
            object = entries
                .entry(step)
                .or_insert_with(|| Json::Object(Map::new()));
        }
        let entries = object.as_object_mut().ok_or_else(no_place)?;
        entries.insert(key.to_owned(), extra.value.clone());
    }
    // Keys of a tree are texts, so that writing it cannot fail.
    Ok(serde_json::to_vec(&json).unwrap_or_default())
}
