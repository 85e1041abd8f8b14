//! Building a small request.

use std::hint::black_box;

use bytes::Bytes;
use http::Request;
use meeting_types::{Endpoint, Operation, operations::CreateAnonymousAuthRandom};
use reqwest::Url;

use crate::{Side, Work, facts};

#[expect(clippy::expect_used, reason = "the input is fixed")]
pub(crate) fn work(side: Side) -> Option<Work> {
    match side {
        Side::Ours => {
            let endpoint = Endpoint::international();
            let operation = CreateAnonymousAuthRandom::new(facts::CONFERENCE_ID, facts::PASSWORD);
            Some(Box::new(move |times| {
                for _ in 0..times {
                    let request = black_box(&operation).to_request(&endpoint, &());
                    black_box(request.expect("the parameters are good"));
                }
            }))
        }
        Side::Hand => {
            let base = Endpoint::international().to_string();
            let base = base.trim_end_matches('/').to_owned();
            Some(Box::new(move |times| {
                for _ in 0..times {
                    black_box(by_hand(black_box(&base)));
                }
            }))
        }
        Side::Floor => None,
    }
}

#[expect(clippy::expect_used, reason = "the input is fixed")]
fn by_hand(base: &str) -> Request<Bytes> {
    let url = format!("{base}{}", facts::PATH);
    let url = Url::parse_with_params(&url, [("conferenceID", black_box(facts::CONFERENCE_ID))])
        .expect("the URL is good");
    Request::builder()
        .method("GET")
        .uri(url.as_str())
        .header("Accept", facts::ACCEPT)
        .header("X-Password", black_box(facts::PASSWORD))
        .body(Bytes::new())
        .expect("the request is good")
}
