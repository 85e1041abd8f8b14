//! Decisions of a download, without IO: what is asked for, and what a response is good for.

use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{
        ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_RANGE, LAST_MODIFIED, RANGE,
    },
};

use crate::download_error::DownloadError;

/// State of a download over its attempts.
#[derive(Debug, Default)]
pub(super) struct Resume {
    /// Length of the file that is written.
    pub(super) done: u64,
    /// The size of the file, once it was told.
    pub(super) total: Option<u64>,
    /// Number of times that it started anew.
    pub(super) restarts: u32,
    /// Names this state of the file.
    validator: Option<HeaderValue>,
    /// End of the body of this attempt, if its length was told.
    end: Option<u64>,
}

/// Outcome of the head of a response.
#[derive(Debug)]
pub(super) enum Head {
    /// The body goes on where the file ends.
    Body,
    /// The body begins at the beginning of the file: what is written has to go first.
    Anew,
    /// The file is complete.
    Complete,
    /// No progress; another attempt may bring it.
    Again(DownloadError),
    /// No progress, and the next attempt would fail the same way.
    Failed(DownloadError),
}

impl Resume {
    /// Adds what asks for the rest of the file.
    pub(super) fn ask(&self, headers: &mut HeaderMap) {
        // A length that is told is that of the file.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if self.done == 0 {
            return;
        }
        if let Ok(range) = HeaderValue::try_from(format!("bytes={}-", self.done)) {
            headers.insert(RANGE, range);
        }
        if let Some(validator) = &self.validator {
            headers.insert(IF_RANGE, validator.clone());
        }
    }

    pub(super) fn handle_head(&mut self, status: StatusCode, headers: &HeaderMap) -> Head {
        let refused = || DownloadError::Refused(status);
        match status {
            StatusCode::OK => self.whole(headers),
            StatusCode::PARTIAL_CONTENT => self.part(headers),
            StatusCode::RANGE_NOT_SATISFIABLE if self.done > 0 => {
                if self.total == Some(self.done) {
                    return Head::Complete;
                }
                // The file is another one by now: the next attempt asks for all of it.
                self.forget();
                Head::Again(refused())
            }
            status if status.is_redirection() => Head::Failed(DownloadError::Redirected(status)),
            // The token was used, or its hour is over: there is a new one for each attempt.
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS => Head::Again(refused()),
            status if status.is_server_error() => Head::Again(refused()),
            _ => Head::Failed(refused()),
        }
    }

    fn whole(&mut self, headers: &HeaderMap) -> Head {
        let anew = self.done > 0;
        if anew {
            self.restarts += 1;
        }
        self.forget();
        self.total = length(headers);
        self.end = self.total;
        self.validator = validator(headers);
        if anew { Head::Anew } else { Head::Body }
    }

    fn part(&mut self, headers: &HeaderMap) -> Head {
        let range = headers.get(CONTENT_RANGE).and_then(read_range);
        let fits = range.is_some_and(|range| {
            let same_size = match (range.total, self.total) {
                (Some(told), Some(total)) => told == total,
                _ => true,
            };
            self.done > 0 && range.first == self.done && range.last >= range.first && same_size
        });
        let other = validator(headers);
        let same = self.validator.is_none() || other.is_none() || other == self.validator;
        let Some(range) = range.filter(|_| fits && same) else {
            // A part of another file, or none that was asked for: the next attempt asks for all of it.
            self.forget();
            return Head::Again(DownloadError::OtherPart);
        };
        self.total = self.total.or(range.total);
        self.end = range.last.checked_add(1);
        self.validator = self.validator.take().or(other);
        Head::Body
    }

    /// Begins with nothing. What is written stays until the file is asked for anew.
    fn forget(&mut self) {
        self.total = None;
        self.end = None;
        self.validator = None;
    }

    /// Takes in that the file was emptied.
    pub(super) fn handle_emptied(&mut self) {
        self.done = 0;
    }

    /// True when the file has to be emptied before the next attempt, because that asks for all of it.
    pub(super) fn is_forgotten(&self) -> bool {
        self.done > 0 && self.total.is_none() && self.validator.is_none() && self.end.is_none()
    }

    /// Takes in a piece before it is written.
    pub(super) fn handle_piece(&mut self, length: usize, most: u64) -> Result<(), DownloadError> {
        let done = self.done.saturating_add(length as u64);
        if let Some(end) = self.end.filter(|end| done > *end) {
            return Err(DownloadError::TooLong { promised: end });
        }
        if done > most {
            return Err(DownloadError::OverLimit { limit: most });
        }
        self.done = done;
        Ok(())
    }

    /// Takes in the end of a body. Whether the file is complete.
    pub(super) fn handle_end(&self) -> bool {
        self.total.is_none_or(|total| total == self.done)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ContentRange {
    first: u64,
    last: u64,
    total: Option<u64>,
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// A strong `ETag`, or else the date of the last change: what `If-Range` takes.
fn validator(headers: &HeaderMap) -> Option<HeaderValue> {
    let strong = headers
        .get(ETAG)
        .filter(|tag| !tag.as_bytes().starts_with(b"W/"));
    strong.or_else(|| headers.get(LAST_MODIFIED)).cloned()
}

fn read_range(value: &HeaderValue) -> Option<ContentRange> {
    let (range, total) = value
        .to_str()
        .ok()?
        .trim()
        .strip_prefix("bytes ")?
        .split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some(ContentRange {
        first: first.trim().parse().ok()?,
        last: last.trim().parse().ok()?,
        total: total.trim().parse().ok(),
    })
}
