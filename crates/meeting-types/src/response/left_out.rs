//! Summary of what reading a response left out.

use crate::Mend;

/// Summary of what reading a response left out or mended.
///
/// Reading is lenient: a value that does not fit its field leaves the field unset, and an item that
/// cannot be read is left out of its list. This says so. It names fields, never values.
///
/// ```
/// use meeting_types::{Operation, operations::SearchMeetings};
///
/// let body = r#"{"count": 2, "data": [{"conferenceID": "900825541", "size": "many"}, 7]}"#;
/// let response = SearchMeetings::read_response(http::Response::new(body.into()))?;
/// assert_eq!(response.value().data.len(), 1);
/// assert_eq!(response.left_out().items(), 1);
/// assert_eq!(response.left_out().fields(), ["data[0].size", "data[1]"]);
/// # Ok::<(), meeting_types::OperationError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub(crate) paths: Vec<String>,
    pub(crate) count: usize,
    pub(crate) items: usize,
    /// Lists that lie in no other list, and how many items of them were left out.
    pub(crate) lists: Vec<(String, usize)>,
    pub(crate) mends: Vec<Mend>,
}

impl LeftOut {
    pub(crate) const NOTHING: &Self = &Self {
        paths: Vec::new(),
        count: 0,
        items: 0,
        lists: Vec::new(),
        mends: Vec::new(),
    };

    /// Whether the value holds all that the response told, as it was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.items == 0 && self.mends.is_empty()
    }

    /// Paths of the values that were left out, by their names on the wire: `data[3].startTime`. At
    /// most 64 of them; [`count`](Self::count) counts them all.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.paths
    }

    /// Number of the values that were left out.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of the items that were left out of their lists.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items
    }

    /// Places in the text that were mended before it could be read, such as half a surrogate pair.
    /// At most 100 of them.
    #[must_use]
    pub fn mends(&self) -> &[Mend] {
        &self.mends
    }

    /// Number of the items that were left out of the list at `path`.
    pub(crate) fn items_of(&self, path: &[&str]) -> usize {
        let path = path.join(".");
        let of = self.lists.iter().filter(|(list, _)| *list == path);
        of.map(|(_, items)| items).sum()
    }
}
