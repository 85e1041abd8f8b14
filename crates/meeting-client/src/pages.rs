//! Lists that come in parts.

use std::{
    collections::{HashSet, VecDeque},
    fmt::{self, Write as _},
    hash::{DefaultHasher, Hasher as _},
};

use meeting_types::{Page, PagedOperation};

use crate::{
    CanAuthorize, Engine, Error, ListError,
    bulk::{Checkpoint, Progress, Walk},
};

/// The number of items asked for at once, unless the operation says otherwise.
const DEFAULT_LIMIT: u32 = 100;

/// Decides which part of a list to ask for next. Pure: it does not send anything.
///
/// It stops by the count that the service states. Past the end of a list the service answers the
/// last part again, so that a loop that waits for an empty part would never end. Without a count it
/// stops after a part that is short, or the same as the one before. A list that does not move on,
/// because the service ignores the offset, ends with an error.
pub struct Pager<O> {
    operation: O,
    offset: u32,
    limit: u32,
    over: bool,
    total: Option<u64>,
    left_out: u64,
    /// The parts that came, by what they looked like.
    seen: HashSet<u64>,
    /// Without a count, the second part is the first one again: either that is all there is, or the
    /// offset is ignored. This is the offset that tells.
    probe: Option<u32>,
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
            total: None,
            left_out: 0,
            seen: HashSet::new(),
            probe: None,
        }
    }

    /// The next operation to send; nothing when the list is complete.
    pub fn next_operation(&mut self) -> Option<&O> {
        if self.over {
            return None;
        }
        let offset = self.probe.unwrap_or(self.offset);
        self.operation.set_page(offset, self.limit);
        Some(&self.operation)
    }

    /// Number of items of the whole list, by the last part that stated it.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Takes the part that came, and gives out its items. Items that could not be read count as well
    /// where the next part begins.
    ///
    /// # Errors
    ///
    /// [`ListError`] when the part brings nothing new and the list is not complete. The list is then
    /// over.
    pub fn take(&mut self, page: Page<O::Item>) -> Result<Vec<O::Item>, ListError> {
        let Page {
            items, count, held, ..
        } = page;
        let got = u32::try_from(held).unwrap_or(u32::MAX);
        let asked = self.probe.take().map_or(Ok(self.offset), Err);
        // A list that has items does not have none of them: that is no count.
        let count = count.filter(|count| *count > 0 || got == 0);
        self.total = count.or(self.total);
        // What could not be read looks like nothing, and is not the same for that.
        let is_new = (items.is_empty() && got > 0) || self.seen.insert(Look::of(&items));
        let offset = match asked {
            Ok(offset) => offset,
            // One item further on, the same part again.
            Err(probed) if !is_new => return Err(self.stuck(probed)),
            Err(_) => {
                self.over = true;
                return Ok(Vec::new());
            }
        };
        let next = offset.saturating_add(got);
        match count {
            // The list shrank below what was asked for: this is its last part again.
            Some(count) if u64::from(offset) >= count => {
                self.over = true;
                return Ok(Vec::new());
            }
            Some(_) if got == 0 || !is_new => return Err(self.stuck(offset)),
            Some(count) => self.over = u64::from(next) >= count,
            // It moved on until here: this is its last part again.
            None if !is_new && self.seen.len() > 1 => {
                self.over = true;
                return Ok(Vec::new());
            }
            None if !is_new => {
                let first = offset.saturating_sub(got);
                if got < 2 {
                    return Err(self.stuck(offset));
                }
                self.probe = Some(first + 1);
                return Ok(Vec::new());
            }
            // Without a count, a short part is the last one.
            None => self.over = got < self.limit,
        }
        self.left_out += (held as u64).saturating_sub(items.len() as u64);
        // Nor is there anything behind the last offset.
        self.over |= next == offset;
        self.offset = next;
        Ok(items)
    }

    fn stuck(&mut self, offset: u32) -> ListError {
        self.over = true;
        ListError {
            offset,
            total: self.total,
        }
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
    walk: Walk,
}

impl<A: 'static> Engine<A> {
    /// Lists all items that a paged operation finds.
    pub fn pages<O: PagedOperation>(&self, operation: O) -> Pages<O, A>
    where
        A: CanAuthorize<O::Authorization>,
    {
        Pages::new(self.clone(), operation)
    }
}

impl<O: PagedOperation, A: CanAuthorize<O::Authorization>> Pages<O, A> {
    fn new(engine: Engine<A>, operation: O) -> Self {
        Self {
            engine,
            pager: Pager::new(operation),
            ready: VecDeque::new(),
            walk: Walk::new(Checkpoint::start()),
        }
    }

    /// Goes on from a checkpoint of the same list, in place of the offset of the operation.
    #[must_use]
    pub fn resume(mut self, from: Checkpoint) -> Self {
        self.pager.offset = u32::try_from(from.offset).unwrap_or(u32::MAX);
        self.walk = Walk::new(from);
        self
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

    /// State of the walk, for a client that holds items of the last part itself.
    #[must_use]
    pub fn walk(&self) -> Walk {
        self.walk
    }

    /// The next part, or what [`next`](Self::next) has left of the last one; nothing after the last
    /// part. A failed part can be asked for again.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read;
    /// [`Error::List`] for a list that does not move on, after which it is over.
    pub async fn next_page(&mut self) -> Result<Option<Vec<O::Item>>, Error> {
        if !self.ready.is_empty() {
            return Ok(Some(self.ready.drain(..).collect()));
        }
        let Some(operation) = self.pager.next_operation() else {
            return Ok(None);
        };
        let response = self.engine.response(operation).await?;
        let before = self.pager.left_out;
        let items = self.pager.take(O::page_of(response))?;
        let pager = &self.pager;
        let left_out = pager.left_out - before;
        self.walk
            .advance(items.len(), left_out, pager.offset, pager.total);
        Ok(Some(items))
    }

    /// The next item; nothing after the last one.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, the service refused, or the response cannot be read.
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
