//! Pages of lists.

use meeting_types::{Page, PagedServerOperation};

/// The number of items on a page, unless the request says it.
const DEFAULT_LIMIT: u32 = 20;

/// Puts the page of a list that an operation asks for into its output.
pub(crate) fn put_page_of<O: PagedServerOperation, T>(
    list: Vec<T>,
    asked: &O,
    output: &mut O::Output,
    item: impl FnMut(T) -> O::Item,
) {
    let offset = asked.page_offset().unwrap_or_default();
    let limit = asked.page_limit().unwrap_or(DEFAULT_LIMIT);
    let count = u64::try_from(list.len()).ok();
    let items = page(list, offset as usize, limit as usize);
    let items = items.into_iter().map(item).collect();
    O::put_page(output, Page::new(items, count), offset, limit);
}

/// One page of a list.
///
/// An offset past the end answers the last page again, as the service does: whoever pages until a
/// page is empty never ends.
pub(crate) fn page<T>(list: Vec<T>, offset: usize, limit: usize) -> Vec<T> {
    let limit = limit.max(1);
    let last = list.len().saturating_sub(1) / limit * limit;
    list.into_iter()
        .skip(offset.min(last))
        .take(limit)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn an_offset_past_the_end_answers_the_last_page() {
        let list = || vec![1, 2, 3, 4, 5];
        assert_eq!(page(list(), 0, 2), [1, 2]);
        assert_eq!(page(list(), 4, 2), [5]);
        assert_eq!(page(list(), 5, 2), [5]);
        assert_eq!(page(list(), 600, 2), [5]);
        assert_eq!(page(list(), 3, 2), [4, 5]);
        assert!(page(Vec::<i32>::new(), 3, 2).is_empty());
    }
}
