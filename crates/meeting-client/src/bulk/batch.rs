//! Many items, in parts that one call takes.

use super::{Checkpoint, Meter, Progress};

/// Many items for an operation that takes a limited number at once, part by part.
///
/// A part is given out until it is said to be [done](Self::complete), so that a call that failed is
/// repeated with the same items. Whether that is right is up to the caller: an item that the first try
/// has brought to the service is most often answered as one that is there already, which counts as done.
///
/// ```
/// use meeting_client::{ApiClient, CanAuthorize, bulk::{Batch, Checkpoint}};
/// use meeting_types::{AccessToken, AccountId, operations::BatchDeleteUsers};
///
/// /// Deletes users, a hundred a call. `keep` writes down where to go on after a crash.
/// async fn delete<C: ApiClient>(
///     client: &C,
///     accounts: Vec<AccountId>,
///     from: Checkpoint,
///     keep: impl Fn(Checkpoint),
/// ) -> Result<(), meeting_client::Error>
/// where
///     C::Access: CanAuthorize<AccessToken>,
/// {
///     let mut batch = Batch::new(accounts, 100).from(from);
///     while let Some(part) = batch.part() {
///         client.send(&BatchDeleteUsers::new(part.to_vec())).await?;
///         batch.complete();
///         keep(batch.checkpoint());
///         println!("{}", batch.progress());
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Batch<T> {
    items: Vec<T>,
    size: usize,
    next: usize,
    meter: Meter,
}

impl<T> Batch<T> {
    /// Items in parts of `size`; 0 counts as 1.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = T>, size: usize) -> Self {
        Self {
            items: items.into_iter().collect(),
            size: size.max(1),
            next: 0,
            meter: Meter::new(0, 0),
        }
    }

    /// Goes on from a checkpoint of a batch of the same items in the same order.
    #[must_use]
    pub fn from(mut self, checkpoint: Checkpoint) -> Self {
        let offset = usize::try_from(checkpoint.offset).unwrap_or(usize::MAX);
        self.next = offset.min(self.items.len());
        self.meter = Meter::new(self.next as u64, 0);
        self
    }

    /// The items of the next call; nothing when all are done.
    #[must_use]
    pub fn part(&self) -> Option<&[T]> {
        let rest = self.items.get(self.next..)?;
        let part = &rest[..rest.len().min(self.size)];
        (!part.is_empty()).then_some(part)
    }

    /// Takes note that the items of [`part`](Self::part) are done.
    pub fn complete(&mut self) {
        let part = self.part().map_or(0, <[T]>::len);
        self.next += part;
        self.meter.done += part as u64;
    }

    /// The place to go on from in another run.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            offset: self.next as u64,
            done: self.next as u64,
            left_out: 0,
        }
    }

    /// Progress.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.meter.progress(Some(self.items.len() as u64))
    }
}
