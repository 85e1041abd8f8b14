//! What fails the formats and rules of an operation is refused, by name: before it is written, and by
//! the strict reader. For every operation; that what passes them comes back is in `round_trip`.
//!
//! Each test takes a valid request and breaks one thing in it: the value of a field, a rule between
//! fields, or the text of the request. Unknown values of open enums pass by design, and so does what
//! only clients refuse.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "these are tests")]

mod rules;
mod slots;
mod values;
mod wire;

use std::fmt::Debug;

use meeting_testing::{Filler, RandomChoices, Sample, Tape};
use meeting_types::{
    Bytes, Endpoint, RequestError, ServerOperation, every_operation, http::Request, operations::*,
    schema::Empty,
};

/// The most faults that are tried with one sample. Which ones the tape says, so that all get their
/// turn.
const MOST_FAULTS: usize = 24;

macro_rules! properties {
    ($($operation:ident)*) => {
        /// One test for each operation, by its name.
        #[allow(non_snake_case, reason = "the operations are named like types")]
        mod refuses_what_is_broken {
            $(#[test]
            fn $operation() {
                super::Tape::for_all(16, super::check::<super::$operation>);
            })*
        }
    };
}

every_operation! { properties }

fn check<O>(mut tape: Tape)
where
    O: ServerOperation + Empty + Debug,
    O::Authorization: Sample,
{
    let start = tape.below(1 << 16);
    let make = || {
        let mut filler = Filler::new(RandomChoices::new(tape.clone(), None));
        let mut operation = O::empty();
        filler.operation(&mut operation, O::INFO);
        let credential = O::Authorization::sample(filler.choices());
        (operation, credential, filler)
    };
    let (sample, credential, _) = make();

    for fault in some_of(values::faults(&sample), start) {
        let (mut operation, _, mut filler) = make();
        fault.put_into(&mut operation, &mut filler);
        let refused = operation.validate().expect_err(&fault.what);
        assert_eq!(refused.parameter(), fault.path, "{}", fault.what);
        assert!(
            fault.is_told_as(refused.problem()),
            "{}: {refused}",
            fault.what
        );
        if !fault.travels {
            continue;
        }
        let read = operation
            .to_unchecked_request(&Endpoint::china(), &credential)
            .and_then(|request| O::from_request(&request));
        names(read, &fault.what, |named| fault.is_at(named));
    }

    for fault in rules::faults(&sample) {
        let (mut operation, _, mut filler) = make();
        fault.put_into(&mut operation, &mut filler);
        let refused = operation.validate().expect_err(&fault.what);
        assert!(
            fault.is_at(refused.parameter()),
            "{}: {refused}",
            fault.what
        );
        let request = operation
            .to_unchecked_request(&Endpoint::china(), &credential)
            .unwrap();
        names(O::from_request(&request), &fault.what, |named| {
            fault.is_at(named)
        });
    }

    let request = sample.to_request(&Endpoint::china(), &credential).unwrap();
    for fault in some_of(wire::faults(&sample, O::INFO, &request), start) {
        let read = O::from_request(&fault.request);
        names(read, &fault.what, |named| named == fault.path);
    }
}

/// Some of the faults, others with each `start`.
fn some_of<T>(faults: Vec<T>, start: usize) -> impl Iterator<Item = T> {
    let step = faults.len().div_ceil(MOST_FAULTS).max(1);
    faults.into_iter().skip(start % step).step_by(step)
}

/// Checks that a request was refused because of a parameter.
#[track_caller]
fn names<O: Debug>(read: Result<O, RequestError>, what: &str, is_it: impl FnOnce(&str) -> bool) {
    match read {
        Ok(operation) => panic!("{what}: it was read as {operation:?}"),
        Err(refused) => assert!(is_it(refused.parameter()), "{what}: {refused}"),
    }
}

/// A copy of a request, to be broken.
fn copy(request: &Request<Bytes>) -> Request<Bytes> {
    let mut copy = Request::new(request.body().clone());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}
