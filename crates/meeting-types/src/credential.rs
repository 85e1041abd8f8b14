//! Credentials of calls, as types: none, an access token, or control of one meeting.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderMap;

use crate::{AccessToken, ConferenceId, ConferenceToken};

/// Credential that a call carries besides its parameters.
///
/// The type is part of the [`Operation`](crate::Operation), so that a call without its token, or
/// with the wrong one, does not compile. Implemented by `()`, [`AccessToken`] and
/// [`ConferenceCredential`]; closed to others.
pub trait Authorization: sealed::Sealed + Send + Sync + Sized + 'static {
    #[doc(hidden)]
    fn by_ref(&self) -> AuthorizationRef<'_>;
    #[doc(hidden)]
    fn from_parts(query: &[(String, String)], headers: &HeaderMap) -> Option<Self>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl Sealed for crate::AccessToken {}
    impl Sealed for super::ConferenceCredential {}
}

/// A credential by reference, for code that works on any operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum AuthorizationRef<'a> {
    /// Nothing.
    Nothing,
    /// The `X-Access-Token` header.
    Access(&'a AccessToken),
    /// The `conferenceID` query and the `X-Conference-Authorization` header.
    Conference(&'a ConferenceCredential),
}

pub(crate) const ACCESS_HEADER: &str = "x-access-token";
pub(crate) const CONFERENCE_HEADER: &str = "x-conference-authorization";
pub(crate) const CONFERENCE_QUERY: &str = "conferenceID";

impl Authorization for () {
    fn by_ref(&self) -> AuthorizationRef<'_> {
        AuthorizationRef::Nothing
    }

    fn from_parts(_: &[(String, String)], _: &HeaderMap) -> Option<Self> {
        Some(())
    }
}

impl Authorization for AccessToken {
    fn by_ref(&self) -> AuthorizationRef<'_> {
        AuthorizationRef::Access(self)
    }

    fn from_parts(_: &[(String, String)], headers: &HeaderMap) -> Option<Self> {
        let token = headers.get(ACCESS_HEADER)?.to_str().ok()?;
        (!token.is_empty()).then(|| Self::new(token))
    }
}

/// Control of one running meeting: which one, and the token that allows it.
///
/// Every control operation carries both, so they are given once and not again for each call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConferenceCredential {
    /// The meeting.
    pub conference_id: ConferenceId,
    /// The token that `CreateConfToken` gave for it.
    pub token: ConferenceToken,
}

impl ConferenceCredential {
    /// Control of the meeting `conference_id` by `token`.
    pub fn new(conference_id: impl Into<ConferenceId>, token: impl Into<ConferenceToken>) -> Self {
        Self {
            conference_id: conference_id.into(),
            token: token.into(),
        }
    }
}

impl Authorization for ConferenceCredential {
    fn by_ref(&self) -> AuthorizationRef<'_> {
        AuthorizationRef::Conference(self)
    }

    fn from_parts(query: &[(String, String)], headers: &HeaderMap) -> Option<Self> {
        let (_, id) = query.iter().find(|(name, _)| name == CONFERENCE_QUERY)?;
        let token = conference_token(headers.get(CONFERENCE_HEADER)?.to_str().ok()?)?;
        (!id.is_empty()).then(|| Self::new(id.as_str(), token))
    }
}

/// Reads a control token in either of its two spellings: raw, or `Basic` and Base64.
pub(crate) fn conference_token(text: &str) -> Option<ConferenceToken> {
    let token = match text.split_once(' ') {
        Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("basic") => {
            String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?
        }
        _ => text.to_owned(),
    };
    (!token.is_empty()).then(|| token.into())
}
