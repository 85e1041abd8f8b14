//! Lists that come in parts.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    hash::{DefaultHasher, Hasher as _},
};

use meeting_types::{Page, PagedOperation};

use crate::{CanAuthorize, Engine, Error};

/// The number of items asked for at once, unless the operation says otherwise.
const DEFAULT_LIMIT: u32 = 100;

/// Decides which part of a list to ask for next. Pure: it does not send anything.
///
/// It stops by the count that the service states. Past the end of a list the service answers the
/// last part again, so that a loop that waits for an empty part would never end. Without a count it
/// stops after a part that is short, or the same as the one before.
pub struct Pager<O> {
    operation: O,
    offset: u32,
    limit: u32,
    over: bool,
    /// What the last full part without a count looked like.
    last: Option<u64>,
}

impl<O: PagedOperation> Pager<O> {
    /// Starts at the offset of `operation`, in steps of its limit or of 100.
    pub fn new(operation: O) -> Self {
        let limit = operation
            .page_limit()
            .filter(|limit| *limit > 0)
            .unwrap_or(DEFAULT_LIMIT);
        let offset = operation.page_offset().unwrap_or(0);
        Self {
            operation,
            offset,
            limit,
            over: false,
            last: None,
        }
    }

    /// The next operation to send; nothing when the list is complete.
    pub fn next_operation(&mut self) -> Option<&O> {
        if self.over {
            return None;
        }
        self.operation.set_page(self.offset, self.limit);
        Some(&self.operation)
    }

    /// Takes the part that came, and gives out its items. Items that could not be read count as well
    /// where the next part begins.
    pub fn take(&mut self, page: Page<O::Item>) -> Vec<O::Item> {
        let Page {
            items, count, held, ..
        } = page;
        let got = u32::try_from(held).unwrap_or(u32::MAX);
        let next = self.offset.saturating_add(got);
        // A list that has items does not have none of them: that is no count.
        let count = count.filter(|count| *count > 0 || got == 0);
        self.over = match count {
            // The list shrank below what was asked for: this is its last part again.
            Some(count) if u64::from(self.offset) >= count => {
                self.over = true;
                return Vec::new();
            }
            Some(count) => u64::from(next) >= count,
            // Without a count, a short part is the last one.
            None if got < self.limit => true,
            None => {
                let look = Look::of(&items);
                if self.last.replace(look) == Some(look) {
                    self.over = true;
                    return Vec::new();
                }
                false
            }
        };
        // Nor is there anything behind a part without items, or behind the last offset.
        self.over |= next == self.offset;
        self.offset = next;
        items
    }
}

/// Tells parts of a list apart by what they print. Items have ids, and print them.
struct Look(DefaultHasher);

impl Look {
    fn of(items: &[impl fmt::Debug]) -> u64 {
        let mut look = Self(DefaultHasher::new());
        // Writing to it cannot fail.
        let _ = write!(look, "{items:?}");
        look.0.finish()
    }
}

impl fmt::Write for Look {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

impl<O: fmt::Debug> fmt::Debug for Pager<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("operation", &self.operation)
            .field("offset", &self.offset)
            .field("limit", &self.limit)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}

/// The items of a list, fetched part by part as they are asked for.
#[derive(Debug)]
pub struct Pages<O: PagedOperation, A: 'static> {
    engine: Engine<A>,
    pager: Pager<O>,
    ready: VecDeque<O::Item>,
}

impl<O: PagedOperation, A: CanAuthorize<O::Authorization>> Pages<O, A> {
    pub(crate) fn new(engine: Engine<A>, operation: O) -> Self {
        Self {
            engine,
            pager: Pager::new(operation),
            ready: VecDeque::new(),
        }
    }

    /// The next part, or what [`next`](Self::next) has left of the last one; nothing after the last
    /// part. A failed part can be asked for again.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub async fn next_page(&mut self) -> Result<Option<Vec<O::Item>>, Error> {
        if !self.ready.is_empty() {
            return Ok(Some(self.ready.drain(..).collect()));
        }
        let Some(operation) = self.pager.next_operation() else {
            return Ok(None);
        };
        let response = self.engine.response(operation).await?;
        Ok(Some(self.pager.take(O::page_of(response))))
    }

    /// The next item; nothing after the last one.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub async fn next(&mut self) -> Result<Option<O::Item>, Error> {
        while self.ready.is_empty() {
            match self.next_page().await? {
                Some(items) => self.ready.extend(items),
                None => return Ok(None),
            }
        }
        Ok(self.ready.pop_front())
    }
}
