//! The pages of the service's reference that operations name.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{collections::BTreeMap, fs, path::Path};

use meeting_types::{Reference, operations};

/// The links in the documentation, by operation.
fn documented() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/operations");
    let mut links = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut link = None;
        for line in text.lines() {
            if let Some((_, rest)) = line.split_once("[reference](") {
                link = Some(rest.split_once(')').unwrap().0.to_owned());
            } else if let Some(rest) = line.strip_prefix("pub struct ") {
                let name = rest.split(' ').next().unwrap().to_owned();
                links.extend(link.take().map(|link| (name, link)));
            }
        }
    }
    links
}

#[test]
fn the_table_and_the_documentation_name_the_same_pages() {
    let named = operations::ALL
        .iter()
        .filter_map(|info| Some((info.name.to_owned(), info.reference?.url())))
        .collect();
    assert_eq!(documented(), named);
}

#[test]
fn pages_that_are_in_chinese_only_are_linked_there() {
    const SITE: &str = "https://support.huaweicloud.com";
    for (page, address) in [
        (
            Reference::English("meeting_21_0014"),
            "intl/en-us/api-meeting/meeting_21_0014.html",
        ),
        (
            Reference::English("topic_0000001220016280"),
            "intl/en-us/api-meeting/toctopics/en-us_topic_0000001220016280.html",
        ),
        (
            Reference::Chinese("meeting_21_1523"),
            "api-meeting/meeting_21_1523.html",
        ),
        (
            Reference::Chinese("topic_0000001158664553"),
            "api-meeting/toctopics/zh-cn_topic_0000001158664553.html",
        ),
    ] {
        assert_eq!(page.url(), format!("{SITE}/{address}"));
    }
    let chinese = |info: &&&meeting_types::OperationInfo| {
        matches!(info.reference, Some(Reference::Chinese(_)))
    };
    assert!(operations::ALL.iter().filter(chinese).count() > 0);
}
