//! The place to go on from.

use meeting_types::serde_struct;

/// Place in a list or a batch from which the work can go on, in another run too.
///
/// It lies between two parts: whatever was given out of a part that is not finished comes again. In a
/// list that changes meanwhile, items move from part to part, and some are missed or come twice.
///
/// serde writes it as a map; a program keeps it wherever it keeps its state. `Pages::resume` and
/// [`Batch::from`](super::Batch::from) take it back.
///
/// ```
/// use meeting_client::bulk::Checkpoint;
///
/// let kept = r#"{"offset": 300, "done": 298, "left_out": 2}"#;
/// let checkpoint: Checkpoint = serde_json::from_str(kept)?;
/// assert_eq!(checkpoint.offset, 300);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Checkpoint {
    /// The index of the first item that is not done.
    pub offset: u64,
    /// The number of items that are done.
    pub done: u64,
    /// The number of items that the service sent and that could not be read.
    pub left_out: u64,
}

serde_struct! { Checkpoint {
    offset: u64,
    done: u64,
    left_out: u64,
} }

impl Checkpoint {
    /// The beginning.
    #[must_use]
    pub fn start() -> Self {
        Self::default()
    }
}
