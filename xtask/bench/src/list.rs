//! Reading a long list.

use std::hint::black_box;

use bytes::Bytes;
use http::Response;
use meeting_types::{Operation, operations::SearchMeetings};

use crate::{
    Side, Work,
    conferences::{ByHand, page},
};

const ITEMS: u32 = 500;

#[expect(clippy::expect_used, reason = "the input is fixed")]
pub(crate) fn work(side: Side) -> Option<Work> {
    let body = Bytes::from(page(ITEMS));
    match side {
        Side::Ours => Some(Box::new(move |times| {
            for _ in 0..times {
                let answer = SearchMeetings::read_response(Response::new(black_box(body.clone())));
                let page = answer.expect("the reply is good").into_value();
                assert_eq!(page.data.len(), ITEMS as usize);
                black_box(page);
            }
        })),
        Side::Hand => Some(Box::new(move |times| {
            for _ in 0..times {
                let page: ByHand =
                    serde_json::from_slice(black_box(&body)).expect("the reply is good");
                assert_eq!(page.data.len(), ITEMS as usize);
                black_box(page);
            }
        })),
        Side::Floor => None,
    }
}
