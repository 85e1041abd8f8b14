//! `operations`, `describe` and `completions`.

#![allow(clippy::unwrap_used, reason = "these are tests")]
#![allow(dead_code, reason = "the tests share their support")]

mod support;

use std::collections::BTreeSet;

use meeting_types::operations;
use support::meeting;

#[test]
fn every_operation_is_listed_once() {
    let list = meeting(&["operations", "--json"]).json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 204);
    let listed: BTreeSet<_> = list
        .iter()
        .map(|entry| {
            let text = |key: &str| entry[key].as_str().unwrap().to_owned();
            for key in ["name", "group", "subgroup", "auth", "retry", "summary"] {
                assert!(!text(key).is_empty() || key == "subgroup", "{entry}");
            }
            (text("method"), text("path"))
        })
        .collect();
    let known: BTreeSet<_> = operations::ALL
        .iter()
        .map(|info| (info.method.to_string(), info.path.to_owned()))
        .collect();
    assert_eq!(listed, known);
}

#[test]
fn the_columns_of_the_list_stand_in_line() {
    let text = meeting(&["operations"]).ok();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 204);
    let column = |line: &str| line.find('/').unwrap();
    assert!(lines.iter().all(|line| column(line) == column(lines[0])));
}

#[test]
fn a_word_narrows_the_list() {
    let text = meeting(&["operations", "STOP"]).ok();
    assert!(text.contains("StopMeeting"), "{text}");
    assert!(text.lines().count() < 10, "{text}");
    meeting(&["operations", "xyzzy"]).failed(2);
}

#[test]
fn every_operation_is_described() {
    for info in operations::ALL {
        let text = meeting(&["describe", info.name]).ok();
        assert!(text.contains(info.path), "{text}");
        assert!(text.contains(info.summary), "{text}");
    }
    let text = meeting(&["describe", "createmeeting"]).ok();
    for line in [
        "  mediaTypes*  ",
        "  attendees[].name  ",
        "confConfigInfo.guestPwd  ",
        "secret, 4 to 16 characters",
        "time yyyy-MM-dd HH:mm, UTC",
        "known: Voice, Video, HDVideo, Data",
        "known: 0 Anyone",
        "0 to 77, known: 0 default, 1 Etc/GMT+12,",
        ", 29 Europe/Paris,",
        "https://support.huaweicloud.com/intl/en-us/api-meeting/meeting_21_0014.html",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let topic = "/toctopics/en-us_topic_0000001220016280.html";
    assert!(meeting(&["describe", "StartMeeting"]).ok().contains(topic));
    let chinese = "https://support.huaweicloud.com/api-meeting/meeting_21_1523.html\n";
    assert!(
        meeting(&["describe", "CreateWebinar"])
            .ok()
            .contains(chinese)
    );
}

#[test]
fn completions_know_the_operations() {
    for shell in ["bash", "zsh", "fish"] {
        let script = meeting(&["completions", shell]).ok();
        assert!(script.contains("SearchMeetings"), "{shell}");
    }
    for shell in ["powershell", "elvish"] {
        assert!(meeting(&["completions", shell]).ok().contains("dry-run"));
    }
}

#[test]
fn help_says_where_secrets_and_exit_codes_are() {
    assert!(meeting(&["--help"]).ok().contains("Exit codes:"));
    let help = meeting(&["call", "--help"]).ok();
    for word in ["MEETING_APP_KEY", "@env:NAME", "--dry-run", "--credentials"] {
        assert!(help.contains(word), "{word}");
    }
}
