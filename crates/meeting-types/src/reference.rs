//! Addresses of pages of the service's reference.
//!
//! This file needs no other one: the generator, which must run when this crate does not compile,
//! includes it as it is and writes the links of the documentation with it.

/// The address of the page `id`, which is there in English or in Chinese only.
pub(crate) fn page_address(id: &str, in_english: bool) -> String {
    let (site, language) = if in_english {
        ("intl/en-us/api-meeting", "en-us")
    } else {
        ("api-meeting", "zh-cn")
    };
    // The newer pages are numbered as topics and stand in a folder of their own.
    if id.starts_with("topic_") {
        format!("https://support.huaweicloud.com/{site}/toctopics/{language}_{id}.html")
    } else {
        format!("https://support.huaweicloud.com/{site}/{id}.html")
    }
}
