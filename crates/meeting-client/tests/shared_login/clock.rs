//! A clock that is wrong, and a login that is refused for its age.

use meeting_types::{Bytes, http, operations::SearchMeetings};

use crate::{
    memory::{Memory, ready},
    support::{Outcome, logged_in, no_meetings, refused, start},
};

/// A service whose clock is ahead by `hours`, and refuses signatures that are past their time.
fn ahead_by(hours: u64) -> impl Fn(&http::Request<Bytes>) -> Outcome {
    move |request| {
        if request.uri().path() != "/v2/usg/acs/auth/appauth" {
            return no_meetings();
        }
        let now = start() + std::time::Duration::from_secs(hours * 3600);
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        if body["expireTime"].as_u64().unwrap() > now {
            return logged_in("one", 50_000);
        }
        let mut response = refused(401, "USG.206010057")?;
        let date = format!("Sun, 22 Nov 2026 {hours:02}:00:00 GMT");
        let headers = response.headers_mut();
        headers.insert("date", date.parse().unwrap());
        Ok(response)
    }
}

#[test]
fn a_login_that_is_too_old_is_signed_again_by_the_clock_of_the_service() {
    let memory = Memory::new(ahead_by(3));
    let engine = memory.logged_in();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let operations: Vec<_> = memory.take_asked().iter().map(|it| it.operation).collect();
    let expected = ["CreateAppIdToken", "CreateAppIdToken", "SearchMeetings"];
    assert_eq!(operations, expected);
    // The correction stays.
    ready(engine.log_out()).unwrap();
    memory.take_asked();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked().len(), 2);
}

#[test]
fn a_refusal_of_another_kind_or_without_a_date_corrects_nothing() {
    for date in [None, Some("Sun, 22 Nov 2026 00:00:20 GMT")] {
        let memory = Memory::new(move |_| {
            let mut response = refused(401, "USG.206010057")?;
            if let Some(date) = date {
                response.headers_mut().insert("date", date.parse().unwrap());
            }
            Ok(response)
        });
        ready(memory.logged_in().send(&SearchMeetings::new())).unwrap_err();
        assert_eq!(memory.take_asked().len(), 1, "{date:?}");
    }
}
