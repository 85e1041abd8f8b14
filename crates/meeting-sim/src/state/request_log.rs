//! What was asked of the simulator, without the secrets.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    time::SystemTime,
};

use http::{HeaderMap, Method, StatusCode, Uri};

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;
/// How much text of requests is remembered, in bytes. The oldest are forgotten first.
const TEXT_LIMIT: usize = 32 * 1024 * 1024;
/// Headers that carry a secret.
const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "x-access-token",
    "x-conference-authorization",
    "x-password",
    "x-nonce",
    "conftoken",
    "cookie",
];
/// Query parameters that do not carry a secret; the values of all others are masked.
const PLAIN_PARAMETERS: &[&str] = &[
    "conferenceID",
    "confID",
    "confUUID",
    "conf_id",
    "participantID",
    "offset",
    "limit",
    "type",
    "queryAll",
    "queryConfMode",
    "sortType",
    "searchKey",
    "guest_waiting",
    "userUUID",
];
const MASK: &str = "***";

/// One request and how it was answered. Secrets are masked; bodies are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestRecord {
    /// When it came, by the simulator's clock.
    pub at: SystemTime,
    /// The operation; nothing when the simulator knows none for it.
    pub operation: Option<&'static str>,
    /// The HTTP method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// The query, with secrets masked.
    pub query: String,
    /// The headers, with secrets masked.
    pub headers: Vec<(String, String)>,
    /// The length of the body.
    pub body_length: usize,
    /// The status of the reply.
    pub status: StatusCode,
    /// The code in a reply that refuses.
    pub error_code: Option<String>,
    /// The id of the request, given by the client or made by the simulator.
    pub request_id: String,
}

/// One line: the request, the status and the code of a refusal.
impl fmt::Display for RequestRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        write!(f, " -> {}", self.status.as_u16())?;
        if let Some(code) = &self.error_code {
            write!(f, " {code}")?;
        }
        Ok(())
    }
}

impl RequestRecord {
    pub(crate) fn new(at: SystemTime, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            at,
            operation: None,
            method: method.clone(),
            path: uri.path().to_owned(),
            query: masked_query(uri.query().unwrap_or_default()),
            headers: headers
                .iter()
                .map(|(name, value)| {
                    let secret = SECRET_HEADERS.contains(&name.as_str());
                    let shown = match value.to_str() {
                        Ok(text) if !secret => text,
                        _ => MASK,
                    };
                    (name.as_str().to_owned(), shown.to_owned())
                })
                .collect(),
            body_length: 0,
            status: StatusCode::OK,
            error_code: None,
            request_id: String::new(),
        }
    }
}

impl RequestRecord {
    /// How much text it has.
    fn text(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| name.len() + value.len());
        self.path.len() + self.query.len() + self.request_id.len() + headers.sum::<usize>()
    }
}

fn masked_query(query: &str) -> String {
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if !PLAIN_PARAMETERS.contains(&name) => format!("{name}={MASK}"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

/// The latest requests, and how many there were of each operation.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    records: VecDeque<RequestRecord>,
    counts: HashMap<&'static str, usize>,
    total: usize,
    /// How much text `records` have.
    text: usize,
}

impl RequestLog {
    pub(crate) fn add(&mut self, record: RequestRecord) {
        self.total += 1;
        if let Some(operation) = record.operation {
            *self.counts.entry(operation).or_default() += 1;
        }
        self.text += record.text();
        self.records.push_back(record);
        while self.records.len() > REMEMBERED || self.text > TEXT_LIMIT {
            let Some(forgotten) = self.records.pop_front() else {
                break;
            };
            self.text -= forgotten.text();
        }
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.counts.get(operation).copied().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> usize {
        self.total
    }

    pub(crate) fn records(&self) -> Vec<RequestRecord> {
        self.records.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::{HeaderMap, Method, Uri};

    use crate::state::request_log::{REMEMBERED, RequestLog, RequestRecord, TEXT_LIMIT};

    fn record(path: String) -> RequestRecord {
        let uri = Uri::try_from(path).unwrap_or_default();
        RequestRecord::new(
            SystemTime::UNIX_EPOCH,
            &Method::GET,
            &uri,
            &HeaderMap::new(),
        )
    }

    #[test]
    fn only_so_much_is_remembered() {
        let mut log = RequestLog::default();
        for number in 0..REMEMBERED + 5 {
            log.add(record(format!("/{number}")));
        }
        assert_eq!(log.total(), REMEMBERED + 5);
        let records = log.records();
        assert_eq!(records.len(), REMEMBERED);
        assert_eq!(records[0].path, "/5");

        // Long ones take the place of many.
        let long = format!("/{}", "x".repeat(60_000));
        for _ in 0..1000 {
            log.add(record(long.clone()));
        }
        let records = log.records();
        assert_eq!(records.len(), TEXT_LIMIT / long.len());
        assert!(records.iter().all(|record| record.path == long));
        let text: usize = records.iter().map(RequestRecord::text).sum();
        assert_eq!(log.text, text);
    }
}
