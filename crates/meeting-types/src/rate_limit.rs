//! Limits that responses tell of.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::ServiceError;

/// The headers of the gateway, and what each limit is for.
const HEADERS: [(&str, LimitScope); 5] = [
    ("x-apig-ratelimit-user", LimitScope::User),
    ("x-apig-ratelimit-app", LimitScope::App),
    ("x-apig-ratelimit-ip", LimitScope::Address),
    ("x-apig-ratelimit-api", LimitScope::Operation),
    (
        "x-apig-ratelimit-api-allenv",
        LimitScope::OperationEverywhere,
    ),
];

/// Limit that a response tells of, in a header `X-APIG-Ratelimit-*` or in the text of a refusal with
/// `APIG.0308`.
///
/// The gateway is documented to send the headers only to requests that carry `X-Apig-Mode: debug`.
///
/// ```
/// use std::time::Duration;
///
/// use meeting_types::{Bytes, LimitScope, RateLimit, http::Response};
///
/// let response = Response::builder()
///     .header("X-APIG-Ratelimit-Api", "remain:99,limit:100,time:1 minute")
///     .body(Bytes::new())?;
/// let limit = &RateLimit::read(&response)[0];
/// assert_eq!(limit.scope, LimitScope::Operation);
/// assert_eq!(limit.limit, Some((100, Duration::from_secs(60))));
/// assert_eq!(limit.remaining, Some(99));
/// # Ok::<(), meeting_types::http::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// For whom it holds.
    pub scope: LimitScope,
    /// So many requests in such a span; `None` when the refusal did not say.
    pub limit: Option<(u32, Duration)>,
    /// The requests that are left in the present span, if that was told.
    pub remaining: Option<u32>,
    /// Whether the request was refused because of it.
    pub is_refusal: bool,
    /// The wait that was asked for before another request.
    pub retry_after: Option<Duration>,
}

/// Scope of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LimitScope {
    /// One user.
    User,
    /// One application.
    App,
    /// One source address.
    Address,
    /// The operation, for all who call it.
    Operation,
    /// The operation in all environments of the gateway.
    OperationEverywhere,
    /// Not told.
    Unknown,
}

impl RateLimit {
    /// Reads what a response tells of limits: its headers, and a refusal for too many calls.
    #[must_use]
    pub fn read(response: &http::Response<Bytes>) -> Vec<Self> {
        let mut found = Self::of_headers(response.headers());
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            let refusal = ServiceError::from_response("", response);
            if refusal.is_throttled() || status == StatusCode::TOO_MANY_REQUESTS {
                found.push(Self::of_refusal(&refusal));
            }
        }
        found
    }

    fn of_headers(headers: &HeaderMap) -> Vec<Self> {
        let limit = |(name, scope): (&str, LimitScope)| {
            let figures = Figures::read(headers.get(name)?.to_str().ok()?);
            Some(Self {
                scope,
                limit: Some(figures.limit?),
                remaining: figures.remaining,
                is_refusal: false,
                retry_after: None,
            })
        };
        HEADERS.into_iter().filter_map(limit).collect()
    }

    /// A refusal for too many calls, whose text may name the limit.
    #[must_use]
    pub fn of_refusal(refusal: &ServiceError) -> Self {
        let text = refusal.message().to_ascii_lowercase();
        let scope = [
            ("policy user", LimitScope::User),
            ("policy app", LimitScope::App),
            ("policy ip", LimitScope::Address),
            ("policy api", LimitScope::Operation),
        ];
        let scope = scope.into_iter().find(|(words, _)| text.contains(words));
        let retry_after = refusal.retry_after();
        Self {
            scope: scope.map_or(LimitScope::Unknown, |(_, scope)| scope),
            limit: Figures::read(&text).limit,
            remaining: Some(0),
            is_refusal: true,
            retry_after,
        }
    }
}

/// Figures such as `remain:9,limit:10,time:10 second`.
#[derive(Default)]
struct Figures {
    limit: Option<(u32, Duration)>,
    remaining: Option<u32>,
}

impl Figures {
    fn read(text: &str) -> Self {
        let (mut count, mut span, mut remaining) = (None, None, None);
        for part in text.split([',', ';']) {
            let Some((name, value)) = part.rsplit_once(':') else {
                continue;
            };
            let name = name.trim().to_ascii_lowercase();
            let value = value.trim();
            if name.ends_with("limit") {
                count = number(value);
            } else if name.ends_with("remain") {
                remaining = number(value);
            } else if name.ends_with("time") {
                span = span_of(value);
            }
        }
        let limit = count.filter(|count| *count > 0).zip(span);
        Self { limit, remaining }
    }
}

/// The number that a text begins with.
fn number(text: &str) -> Option<u32> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// A span such as `10 second`.
fn span_of(text: &str) -> Option<Duration> {
    let count = number(text)?;
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim();
    let seconds = ["second", "minute", "hour", "day"]
        .into_iter()
        .zip([1, 60, 3600, 86400])
        .find(|(name, _)| unit.to_ascii_lowercase().starts_with(name))?
        .1;
    let span = Duration::from_secs(u64::from(count).checked_mul(seconds)?);
    (!span.is_zero()).then_some(span)
}
