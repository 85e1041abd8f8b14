//! Downloads of recordings: large files, by links that work once.

mod link;
mod resume;
mod sink;

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Response;
use meeting_types::{
    AccessToken, BodyStream, ConferenceUuid, Download, RetryClass, Timeout, TransportErrorKind,
    models::{RecordingFile, RecordingStream},
    operations::ShowRecordingFileDownloadUrls,
};

use self::resume::{Head, Resume};
pub use self::sink::{DownloadSink, ToWriter};
pub use crate::download_error::DownloadError;
use crate::{AttemptOutcome, CanAuthorize, Engine, Error, RetryPolicy};

/// A file of the recording of a meeting.
///
/// ```
/// use meeting_client::download::RecordedFile;
/// use meeting_types::models::RecordingStream;
///
/// // The second file of the picture in high definition.
/// let file = RecordedFile::of("6f1c2d4e5a6b47c8").stream(RecordingStream::Video).number(1);
/// # drop(file);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedFile {
    conference: ConferenceUuid,
    stream: Option<RecordingStream>,
    number: usize,
}

impl RecordedFile {
    /// The first file of the recording of this run of a meeting.
    pub fn of(conference: impl Into<ConferenceUuid>) -> Self {
        Self {
            conference: conference.into(),
            stream: None,
            number: 0,
        }
    }

    /// Counts only files that show this.
    #[must_use]
    pub fn stream(mut self, stream: RecordingStream) -> Self {
        self.stream = Some(stream);
        self
    }

    /// Which file it is, in the order of the service, from 0. A long recording comes in several.
    #[must_use]
    pub fn number(mut self, number: usize) -> Self {
        self.number = number;
        self
    }
}

/// Progress of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadProgress {
    /// Length of the file that is there, in bytes.
    pub done: u64,
    /// Size of the file in bytes, if the host told it.
    pub total: Option<u64>,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Number of times that the file started anew, because the host did not go on where it stopped.
    pub restarts: u32,
}

type See = dyn Fn(DownloadProgress) + Send + Sync;

/// Settings of a download.
#[derive(Clone)]
#[must_use]
pub struct DownloadOptions {
    max_bytes: u64,
    patience: Duration,
    see: Option<Arc<See>>,
}

impl DownloadOptions {
    /// The defaults: any size, 30 s without a byte.
    pub fn new() -> Self {
        Self {
            max_bytes: u64::MAX,
            patience: Duration::from_secs(30),
            see: None,
        }
    }

    /// The largest file to take, in bytes.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Time limit for the head of a response, and for each piece of a body. There is no limit on
    /// the whole.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Calls `see` with each piece, and when the file starts anew.
    pub fn progress(mut self, see: impl Fn(DownloadProgress) + Send + Sync + 'static) -> Self {
        self.see = Some(Arc::new(see));
        self
    }
}

impl Default for DownloadOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for DownloadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadOptions")
            .field("max_bytes", &self.max_bytes)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl<A: CanAuthorize<AccessToken>> Engine<A> {
    /// Downloads a file of a recording over `over`, and returns how that went: the size in `done`.
    ///
    /// Each attempt asks the service for a link and its token, which are good for one use, and for the
    /// rest of the file (`Range`). Where the host ignores that, or the file has changed, it starts anew:
    /// `sink` is emptied, and [`DownloadProgress::restarts`] counts it. As long as attempts bring more of
    /// the file, they go on; of those that do not, as many in a row are made as the retry policy says.
    ///
    /// The token goes over TLS alone, to the host of its link alone; the certificate is verified by the
    /// trust store, which also says what to expect of bare addresses. No redirect is followed.
    ///
    /// # Errors
    ///
    /// [`Error::Download`] when the host of the file fails, or the destination; otherwise as for any call.
    pub async fn download(
        &self,
        over: &dyn Download,
        file: &RecordedFile,
        sink: &mut dyn DownloadSink,
        options: &DownloadOptions,
    ) -> Result<DownloadProgress, Error> {
        let mut state = Resume::default();
        let mut attempt = 1;
        let mut in_vain = 0;
        loop {
            let before = state.done;
            let restarts = state.restarts;
            let failure = match self
                .attempt(over, file, sink, options, &mut state, attempt)
                .await
            {
                Ok(()) => {
                    sink.finish().await.map_err(DownloadError::Sink)?;
                    return Ok(progress(&state, attempt));
                }
                Err(Failure::Lasting(error)) => return Err(error),
                Err(Failure::Passing(error)) => error,
            };
            let is_further = state.done > before && state.restarts == restarts;
            in_vain = if is_further { 1 } else { in_vain + 1 };
            let Some(delay) = self.wait(&failure, in_vain) else {
                return Err(failure.into());
            };
            self.transport().sleep(delay).await;
            attempt += 1;
        }
    }

    /// One attempt, to the end of the file.
    async fn attempt(
        &self,
        over: &dyn Download,
        file: &RecordedFile,
        sink: &mut dyn DownloadSink,
        options: &DownloadOptions,
        state: &mut Resume,
        attempt: u32,
    ) -> Result<(), Failure> {
        let found = self.link(file).await.map_err(Failure::Lasting)?;
        let mut request = link::request(&found, self.config().endpoint())?;
        if state.is_forgotten() {
            empty(sink, state).await?;
            state.restarts += 1;
        }
        state.ask(request.headers_mut());
        request.extensions_mut().insert(Timeout(options.patience));
        let (head, mut body): (_, Box<dyn BodyStream>) = match over.open(request).await {
            Ok(response) => Response::into_parts(response),
            Err(error) => return Err(Failure::of(DownloadError::Transport(error))),
        };
        match state.handle_head(head.status, &head.headers) {
            Head::Body => {}
            Head::Anew => empty(sink, state).await?,
            Head::Complete => return Ok(()),
            Head::Again(error) => return Err(Failure::Passing(error)),
            Head::Failed(error) => return Err(Failure::from(error)),
        }
        if state.total.is_some_and(|total| total > options.max_bytes) {
            let limit = options.max_bytes;
            return Err(DownloadError::OverLimit { limit }.into());
        }
        loop {
            let piece = body.next().await;
            let piece = piece.map_err(|error| Failure::of(DownloadError::Transport(error)))?;
            let Some(piece) = piece else {
                break;
            };
            state.handle_piece(piece.len(), options.max_bytes)?;
            write(sink, &piece).await?;
            if let Some(see) = &options.see {
                see(progress(state, attempt));
            }
        }
        match state.total {
            Some(total) if !state.handle_end() => {
                let done = state.done;
                Err(Failure::Passing(DownloadError::TooShort { done, total }))
            }
            _ => Ok(()),
        }
    }

    /// The link to the file, with a token of its own.
    async fn link(&self, file: &RecordedFile) -> Result<RecordingFile, Error> {
        let operation = ShowRecordingFileDownloadUrls::new(file.conference.clone());
        let answer = self.send(&operation.limit(500)).await?;
        let files = answer
            .recordings
            .into_iter()
            .flat_map(|recording| recording.files);
        let mut fitting = files.filter(|found| {
            let wanted = file.stream.as_ref();
            wanted.is_none_or(|wanted| found.stream.as_ref() == Some(wanted))
        });
        fitting
            .nth(file.number)
            .ok_or_else(|| DownloadError::NoLink.into())
    }

    fn wait(&self, failure: &DownloadError, in_vain: u32) -> Option<Duration> {
        let policy: &RetryPolicy = self.config().policy();
        let passing = meeting_types::TransportError::new(TransportErrorKind::Io, "");
        let outcome = match failure {
            DownloadError::Transport(error) => AttemptOutcome::Failed(error),
            // What remains is worth another attempt, or would not have come here.
            _ => AttemptOutcome::Failed(&passing),
        };
        let delay = policy.judge(RetryClass::Read, in_vain, &outcome, fastrand::f64())?;
        self.config().budget().pay(&outcome).then_some(delay)
    }
}

/// Failure of an attempt.
enum Failure {
    /// Another attempt may go better.
    Passing(DownloadError),
    Lasting(Error),
}

impl Failure {
    /// The retry policy says whether it passes.
    fn of(error: DownloadError) -> Self {
        Self::Passing(error)
    }
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Self {
        Self::Lasting(error.into())
    }
}

fn progress(state: &Resume, attempt: u32) -> DownloadProgress {
    DownloadProgress {
        done: state.done,
        total: state.total,
        attempt,
        restarts: state.restarts,
    }
}

async fn write(sink: &mut dyn DownloadSink, piece: &Bytes) -> Result<(), DownloadError> {
    sink.write(piece).await.map_err(DownloadError::Sink)
}

async fn empty(sink: &mut dyn DownloadSink, state: &mut Resume) -> Result<(), DownloadError> {
    let emptied = sink.empty().await;
    emptied.map_err(|error| match error.kind() {
        std::io::ErrorKind::Unsupported => DownloadError::CannotStartAnew,
        _ => DownloadError::Sink(error),
    })?;
    state.handle_emptied();
    Ok(())
}

impl From<DownloadError> for Error {
    fn from(error: DownloadError) -> Self {
        Self::Download(error)
    }
}
