//! All operations by name, with their types erased.

use std::{any::Any, marker::PhantomData};

use bytes::Bytes;
use meeting_types::{
    AccessToken, Authorization, ConferenceCredential, Operation, OperationError, OperationInfo,
    PagedOperation, every_operation, operations,
    schema::{Empty, Model},
};
use serde_json::value::RawValue;

use crate::{failure::Failure, nearest::nearest, paging, session::Session};

/// An operation whose type is known at run time only.
pub(crate) trait Erased {
    /// Its parameters.
    fn model(&self) -> &dyn Model;
    /// Its parameters, to be filled.
    fn model_mut(&mut self) -> &mut dyn Model;
    /// Sends it and gives what came, refusals included.
    fn send(&self, session: &Session) -> Result<http::Response<Bytes>, Failure>;
    /// Whether the reply is a good one.
    fn check(&self, response: &http::Response<Bytes>) -> Result<(), OperationError>;
    /// The operation itself.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

struct Typed<O>(O);

impl<O: Operation> Erased for Typed<O>
where
    O::Authorization: Route,
{
    fn model(&self) -> &dyn Model {
        &self.0
    }

    fn model_mut(&mut self) -> &mut dyn Model {
        &mut self.0
    }

    fn send(&self, session: &Session) -> Result<http::Response<Bytes>, Failure> {
        O::Authorization::send(session, &self.0)
    }

    fn check(&self, response: &http::Response<Bytes>) -> Result<(), OperationError> {
        O::read_response(response.clone()).map(|_| ())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        Box::new(self.0)
    }
}

/// Which client carries a credential.
pub(crate) trait Route: Authorization {
    /// Sends an operation by that client.
    fn send<O>(session: &Session, operation: &O) -> Result<http::Response<Bytes>, Failure>
    where
        O: Operation<Authorization = Self>;
}

impl Route for () {
    fn send<O>(session: &Session, operation: &O) -> Result<http::Response<Bytes>, Failure>
    where
        O: Operation<Authorization = Self>,
    {
        Ok(session.anonymous().raw(operation)?)
    }
}

impl Route for AccessToken {
    fn send<O>(session: &Session, operation: &O) -> Result<http::Response<Bytes>, Failure>
    where
        O: Operation<Authorization = Self>,
    {
        Ok(session.logged_in()?.raw(operation)?)
    }
}

impl Route for ConferenceCredential {
    fn send<O>(session: &Session, operation: &O) -> Result<http::Response<Bytes>, Failure>
    where
        O: Operation<Authorization = Self>,
    {
        Ok(session.control()?.raw(operation)?)
    }
}

/// Fetches all parts of a list.
type FetchAll = fn(Box<dyn Any>, &Session) -> Result<Vec<Box<RawValue>>, Failure>;

/// An operation of the table.
pub(crate) struct Entry {
    /// The facts about it.
    pub(crate) info: &'static OperationInfo,
    /// Makes one, to be filled.
    pub(crate) make: fn() -> Box<dyn Erased>,
    /// Fetches all parts of the list, where it answers one.
    pub(crate) fetch_all: Option<FetchAll>,
}

fn make<O: Operation + Empty>() -> Box<dyn Erased>
where
    O::Authorization: Route,
{
    Box::new(Typed(O::empty()))
}

/// Tells whether an operation is paged: its own method is preferred where it exists, which is for
/// paged operations, and the method of the trait is there for the others.
struct Paging<O>(PhantomData<O>);

impl<O: PagedOperation> Paging<O>
where
    O::Authorization: Route,
{
    fn fetch_all(&self) -> Option<FetchAll> {
        Some(paging::fetch_all::<O>)
    }
}

trait Unpaged {
    fn fetch_all(&self) -> Option<FetchAll> {
        None
    }
}

impl<O> Unpaged for Paging<O> {}

/// All operations, by group.
pub(crate) fn all() -> Vec<Entry> {
    macro_rules! table {
        ($($operation:ident)*) => {
            vec![$(Entry {
                info: operations::$operation::INFO,
                make: make::<operations::$operation>,
                fetch_all: Paging::<operations::$operation>(PhantomData).fetch_all(),
            }),*]
        };
    }
    every_operation!(table)
}

/// Finds an operation by name, in any case.
pub(crate) fn find(name: &str) -> Result<Entry, Failure> {
    let all = all();
    let found = all
        .iter()
        .position(|entry| entry.info.name.eq_ignore_ascii_case(name));
    if let Some(index) = found {
        let mut all = all;
        return Ok(all.swap_remove(index));
    }
    let hint = match nearest(name, all.iter().map(|entry| entry.info.name)) {
        Some(near) => format!(
            "did you mean {near}? See `meeting describe {near}`, or search with `meeting operations WORD`"
        ),
        None => "search with `meeting operations WORD`".to_owned(),
    };
    Err(Failure::usage(format!("no operation `{name}`; {hint}")))
}
