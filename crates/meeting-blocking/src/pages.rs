//! Lists as iterators.

use meeting_client::{
    CanAuthorize, Error, LoggedIn,
    bulk::{Checkpoint, Progress},
};
use meeting_types::PagedOperation;

use crate::block_on::block_on;

/// The items of a list, fetched part by part as they are asked for.
///
/// It is an iterator over items. [`next_page`](Self::next_page) gives out whole parts instead; the
/// two can be mixed.
///
/// The operation says where the list begins and how many items a part has: 100, unless it has a
/// limit. A list ends by the count that the service states, and never runs in circles, also where the
/// service answers its last part again; one that does not move on ends with [`Error::List`]. An error ends the iterator too; `next_page` asks for the part
/// that failed again, and then the iterator goes on.
///
/// ```
/// use meeting_blocking::Client;
/// use meeting_blocking::types::{
///     models::{Booking, MediaType},
///     operations::{CreateMeeting, SearchMeetings},
/// };
/// use meeting_sim::Simulator;
///
/// let sim = Simulator::start()?;
/// let client = Client::with_credentials(sim.endpoint(), sim.app_credential());
/// for subject in ["Daily", "Weekly", "Monthly"] {
///     let booking = Booking::new([MediaType::HdVideo]).subject(subject);
///     client.send(&CreateMeeting::new(booking))?;
/// }
///
/// let two_at_once = SearchMeetings::new().limit(2);
/// let all: Vec<_> = client.pages(two_at_once).collect::<Result<_, _>>()?;
/// assert_eq!(all.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Pages<O: PagedOperation, A: 'static = LoggedIn> {
    pages: meeting_client::Pages<O, A>,
    failed: bool,
}

impl<O: PagedOperation, A: CanAuthorize<O::Authorization>> Pages<O, A> {
    pub(crate) fn new(pages: meeting_client::Pages<O, A>) -> Self {
        Self {
            pages,
            failed: false,
        }
    }

    /// Goes on from a checkpoint of the same list, in place of the offset of the operation.
    ///
    /// ```
    /// use meeting_blocking::{
    ///     Client, Error, LoggedIn,
    ///     bulk::Checkpoint,
    ///     types::operations::SearchCorpDir,
    /// };
    ///
    /// /// Copies a directory, part by part. `keep` writes down where to go on after a crash.
    /// fn copy(
    ///     client: &Client<LoggedIn>,
    ///     from: Checkpoint,
    ///     keep: impl Fn(Checkpoint),
    /// ) -> Result<(), Error> {
    ///     let mut users = client.bulk().pages(SearchCorpDir::new()).resume(from);
    ///     while let Some(part) = users.next_page()? {
    ///         // Here the part is worked on.
    ///         # drop(part);
    ///         keep(users.checkpoint());
    ///         println!("{}", users.progress());
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn resume(mut self, from: Checkpoint) -> Self {
        self.pages = self.pages.resume(from);
        self
    }

    /// Number of items of the whole list, by the last part that stated it; nothing before the first.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// The place to go on from in another run. Whatever was given out counts as done, but for a part
    /// of which `next` has not given out all: that part comes again.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.pages.checkpoint()
    }

    /// Progress of the walk through the list, and number of items that could not be read.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.pages.progress()
    }

    /// The next part, or what `next` has left of the last one; nothing after the last part. A failed
    /// part can be asked for again.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read.
    pub fn next_page(&mut self) -> Result<Option<Vec<O::Item>>, Error> {
        let part = block_on(self.pages.next_page())?;
        self.failed = false;
        Ok(part)
    }
}

impl<O: PagedOperation, A: CanAuthorize<O::Authorization>> Iterator for Pages<O, A> {
    type Item = Result<O::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let item = block_on(self.pages.next()).transpose();
        self.failed = matches!(item, Some(Err(_)));
        item
    }
}
