//! Lists as iterators.

use meeting_client::{CanAuthorize, Error, LoggedIn};
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

    /// Number of items of the whole list, by the last part that stated it; nothing before the first.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
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
