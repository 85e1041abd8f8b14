//! What somebody may have meant.

/// The name that is most like `word`, if any is like it at all.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    names
        .into_iter()
        .map(|name| {
            (
                strsim::jaro_winkler(&word, &name.to_ascii_lowercase()),
                name,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_and_nonsense_finds_none() {
        let names = ["SearchMeetings", "CreateMeeting", "StopMeeting"];
        assert_eq!(nearest("serchmeetings", names), Some("SearchMeetings"));
        assert_eq!(nearest("CreatMeeting", names), Some("CreateMeeting"));
        assert_eq!(nearest("xyzzy", names), None);
    }
}
