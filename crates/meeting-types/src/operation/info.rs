//! Facts about an operation that need no value of it.

use http::Method;

use crate::{reference, schema::Place};

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
    /// Kind of credential that the call carries.
    pub auth: AuthKind,
    /// Class of the call for retries.
    pub retry: RetryClass,
    /// Its page in the service's reference, where one is known.
    pub reference: Option<Reference>,
    /// Summary of the operation, in one sentence.
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

/// Kind of credential that a call carries.
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

/// Class of a call for retries: whether a repeat does harm. It does not follow from the HTTP method.
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
