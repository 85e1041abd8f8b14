//! Error of a list that does not move on.

/// List that does not move on: the service answers a part again, or with nothing, although its count
/// says that there is more. It most likely ignores the offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the list does not move on: the part at offset {offset} brings nothing new{}",
    told_of(*.total)
)]
#[non_exhaustive]
pub struct ListError {
    /// The offset that was asked for.
    pub offset: u32,
    /// Number of items of the whole list, if the service said it.
    pub total: Option<u64>,
}

fn told_of(total: Option<u64>) -> String {
    total.map_or_else(String::new, |total| {
        format!(", and the service counts {total} items")
    })
}
