//! Lists as streams.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::Stream;
use meeting_client::{
    CanAuthorize, Error, LoggedIn,
    bulk::{Checkpoint, Progress, Walk},
};
use meeting_types::PagedOperation;

/// A list whose parts are fetched one after the other.
type Parts<O, A> = meeting_client::Pages<O, A>;

/// Part of a list, or `None` behind the last one, or why it could not be had.
type Part<O> = Result<Option<Vec<<O as PagedOperation>::Item>>, Error>;

/// A request for a part that is under way. It has the list, and brings it back.
type Fetch<O, A> = Pin<Box<dyn Future<Output = (Box<Parts<O, A>>, Part<O>)> + Send>>;

/// The items of a list, fetched part by part as they are asked for.
///
/// It is a stream of items. [`next_page`](Self::next_page) gives out whole parts instead; the two can
/// be mixed.
///
/// The operation says where the list begins and how many items a part has: 100, unless it has a
/// limit. A list ends by the count that the service states, and never runs in circles, also where the
/// service answers its last part again; one that does not move on ends with [`Error::List`]. An error ends the stream too; `next_page` asks for the part
/// that failed again, and then the stream goes on.
///
/// ```
/// use futures_util::TryStreamExt;
/// use meeting_async::Client;
/// use meeting_async::types::{
///     models::{Booking, MediaType},
///     operations::{CreateMeeting, SearchMeetings},
/// };
/// use meeting_sim::Simulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sim = Simulator::start()?;
/// let client = Client::with_credentials(sim.endpoint(), sim.app_credential());
/// for subject in ["Daily", "Weekly", "Monthly"] {
///     let booking = Booking::new([MediaType::HdVideo]).subject(subject);
///     client.send(&CreateMeeting::new(booking)).await?;
/// }
///
/// let mut meetings = client.pages(SearchMeetings::new());
/// while let Some(meeting) = meetings.next().await {
///     println!("{}", meeting?.conference_id);
/// }
///
/// let two_at_once = client.pages(SearchMeetings::new().limit(2));
/// let all: Vec<_> = two_at_once.try_collect().await?;
/// assert_eq!(all.len(), 3);
/// # Ok(())
/// # }
/// ```
///
/// # Cancellation
///
/// Dropping the future of `next` or `next_page` loses nothing: the request that was under way goes on
/// with the next call.
pub struct Pages<O: PagedOperation, A: 'static = LoggedIn> {
    turn: Turn<O, A>,
    ready: VecDeque<O::Item>,
    walk: Walk,
    failed: bool,
}

/// Owner of the list.
enum Turn<O: PagedOperation, A: 'static> {
    Idle(Box<Parts<O, A>>),
    Fetching(Fetch<O, A>),
    /// Only for a moment, or for ever after a panic.
    Nobody,
}

impl<O: PagedOperation, A: CanAuthorize<O::Authorization>> Pages<O, A> {
    pub(crate) fn new(parts: Parts<O, A>) -> Self {
        Self {
            walk: parts.walk(),
            turn: Turn::Idle(Box::new(parts)),
            ready: VecDeque::new(),
            failed: false,
        }
    }

    /// Goes on from a checkpoint of the same list, in place of the offset of the operation.
    #[must_use]
    pub fn resume(self, from: Checkpoint) -> Self {
        match self.turn {
            Turn::Idle(parts) => Self::new(parts.resume(from)),
            // It began already, and stays where it is.
            Turn::Fetching(_) | Turn::Nobody => self,
        }
    }

    /// Number of items of the whole list, by the last part that stated it; nothing before the first.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.walk.total()
    }

    /// The place to go on from in another run. Whatever was given out counts as done, but for a part
    /// of which [`next`](Self::next) has not given out all: that part comes again.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.walk.checkpoint(self.ready.len())
    }

    /// Progress of the walk through the list, and number of items that could not be read.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.walk.progress(self.ready.len())
    }

    /// The next item; nothing after the last one, and nothing after an error.
    ///
    /// Cancel safe: when the future is dropped before it is ready, no item is lost.
    pub async fn next(&mut self) -> Option<Result<O::Item, Error>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// The next part, or what [`next`](Self::next) has left of the last one; nothing after the last
    /// part. A failed part can be asked for again.
    ///
    /// Cancel safe, as `next` is.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read.
    pub async fn next_page(&mut self) -> Result<Option<Vec<O::Item>>, Error> {
        if !self.ready.is_empty() {
            return Ok(Some(self.ready.drain(..).collect()));
        }
        let part = poll_fn(|context| self.poll_part(context)).await?;
        self.failed = false;
        Ok(part)
    }

    fn poll_part(&mut self, context: &mut Context<'_>) -> Poll<Part<O>> {
        let mut fetch = match std::mem::replace(&mut self.turn, Turn::Nobody) {
            Turn::Idle(mut parts) => Box::pin(async move {
                let part = parts.next_page().await;
                (parts, part)
            }),
            Turn::Fetching(fetch) => fetch,
            Turn::Nobody => return Poll::Ready(Ok(None)),
        };
        match fetch.as_mut().poll(context) {
            Poll::Ready((parts, part)) => {
                self.walk = parts.walk();
                self.turn = Turn::Idle(parts);
                Poll::Ready(part)
            }
            Poll::Pending => {
                self.turn = Turn::Fetching(fetch);
                Poll::Pending
            }
        }
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<O::Item, Error>>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            if self.failed {
                return Poll::Ready(None);
            }
            match ready!(self.poll_part(context)) {
                Ok(Some(items)) => self.ready = items.into(),
                Ok(None) => return Poll::Ready(None),
                Err(error) => {
                    self.failed = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl<O: PagedOperation, A: CanAuthorize<O::Authorization>> Stream for Pages<O, A> {
    type Item = Result<O::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}

/// Everything inside that must not move is boxed.
impl<O: PagedOperation, A> Unpin for Pages<O, A> {}

impl<O: PagedOperation, A: fmt::Debug> fmt::Debug for Pages<O, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Pages");
        if let Turn::Idle(parts) = &self.turn {
            out.field("parts", parts);
        }
        out.field("ready", &self.ready)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
