//! Reading a small reply.

use std::hint::black_box;

use bytes::Bytes;
use http::Response;
use meeting_types::{Operation, operations::CreateAnonymousAuthRandom};
use serde::Deserialize;

use crate::{Side, Work, server::REPLY};

/// The reply, as one would write it down for serde.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "they are read to be there")]
pub(crate) struct ByHand {
    pub(crate) site_url: Option<String>,
    pub(crate) random: String,
}

#[expect(clippy::expect_used, reason = "the input is fixed")]
pub(crate) fn work(side: Side) -> Option<Work> {
    match side {
        Side::Ours => Some(Box::new(|times| {
            for _ in 0..times {
                let response = Response::new(Bytes::from_static(black_box(REPLY.as_bytes())));
                let answer = CreateAnonymousAuthRandom::read_response(response);
                black_box(answer.expect("the reply is good").into_value());
            }
        })),
        Side::Hand => Some(Box::new(|times| {
            for _ in 0..times {
                let value: ByHand =
                    serde_json::from_slice(black_box(REPLY.as_bytes())).expect("the reply is good");
                black_box(value);
            }
        })),
        Side::Floor => None,
    }
}
