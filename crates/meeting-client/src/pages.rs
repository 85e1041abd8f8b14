//! Lists that come in parts.

use std::{collections::VecDeque, fmt};

use meeting_types::{Page, PagedOperation};

use crate::{Carries, Engine, Error};

/// The number of items asked for at once, unless the operation says otherwise.
const DEFAULT_LIMIT: u32 = 100;

/// Decides which part of a list to ask for next. Pure: it does not send anything.
///
/// It stops by the count that the service states. Past the end of a list the service answers the
/// last part again, so that a loop that waits for an empty part would never end.
pub struct Pager<O> {
    operation: O,
    offset: u32,
    limit: u32,
    over: bool,
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

    /// Takes the reply to the operation, and gives out its items.
    pub fn take(&mut self, reply: O::Reply) -> Vec<O::Item> {
        let Page { items, count, .. } = O::take_page(reply);
        let got = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let next = self.offset.saturating_add(got);
        match count {
            // The list shrank below what was asked for: this is its last part again.
            Some(count) if u64::from(self.offset) >= count => {
                self.over = true;
                return Vec::new();
            }
            Some(count) => self.over = got == 0 || u64::from(next) >= count,
            // Without a count, a short part is the last one.
            None => self.over = got < self.limit,
        }
        self.offset = next;
        items
    }
}

impl<O: fmt::Debug> fmt::Debug for Pager<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("operation", &self.operation)
            .field("offset", &self.offset)
            .field("limit", &self.limit)
            .field("over", &self.over)
            .finish()
    }
}

/// The items of a list, fetched part by part as they are asked for.
#[derive(Debug)]
pub struct Pages<O: PagedOperation, A: 'static> {
    engine: Engine<A>,
    pager: Pager<O>,
    ready: VecDeque<O::Item>,
}

impl<O: PagedOperation, A: Carries<O::Credential>> Pages<O, A> {
    pub(crate) fn new(engine: Engine<A>, operation: O) -> Self {
        Self {
            engine,
            pager: Pager::new(operation),
            ready: VecDeque::new(),
        }
    }

    /// The next part; nothing after the last one. A failed part can be asked for again.
    ///
    /// # Errors
    ///
    /// [`Error`], by phase.
    pub async fn next_page(&mut self) -> Result<Option<Vec<O::Item>>, Error> {
        let Some(operation) = self.pager.next_operation() else {
            return Ok(None);
        };
        let reply = self.engine.send(operation).await?;
        Ok(Some(self.pager.take(reply)))
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
