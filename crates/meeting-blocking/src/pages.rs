//! Lists as iterators.

use meeting_client::{Carries, Error};
use meeting_types::PagedOperation;

use crate::park::block_on;

/// The items of a list, fetched part by part as they are asked for.
///
/// A failed part is reported once, and asked for again by the next call of `next`.
#[derive(Debug)]
pub struct Pages<O: PagedOperation, A: 'static> {
    pages: meeting_client::Pages<O, A>,
}

impl<O: PagedOperation, A: Carries<O::Credential>> Pages<O, A> {
    pub(crate) fn new(pages: meeting_client::Pages<O, A>) -> Self {
        Self { pages }
    }

    /// The next part; nothing after the last one.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub fn next_page(&mut self) -> Result<Option<Vec<O::Item>>, Error> {
        block_on(self.pages.next_page())
    }
}

impl<O: PagedOperation, A: Carries<O::Credential>> Iterator for Pages<O, A> {
    type Item = Result<O::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        block_on(self.pages.next()).transpose()
    }
}
