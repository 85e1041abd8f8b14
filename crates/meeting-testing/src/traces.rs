//! Keeps what libraries tell `tracing`, beside what they tell `log`.

use std::{
    fmt::{self, Write as _},
    sync::atomic::{AtomicU64, Ordering},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use crate::Printed;

impl Printed {
    /// A subscriber that keeps every event and every span, at all levels.
    pub fn subscriber(&'static self) -> impl Subscriber + Send + Sync {
        Traces {
            printed: self,
            spans: AtomicU64::new(0),
        }
    }
}

struct Traces {
    printed: &'static Printed,
    spans: AtomicU64,
}

impl Traces {
    fn note(&self, target: &str, name: &str, record: impl FnOnce(&mut Line)) {
        let mut line = Line(name.to_owned());
        record(&mut line);
        self.printed.note(target, line.0);
    }
}

/// Fields of an event or a span, in a line.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text does not fail.
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Subscriber for Traces {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let metadata = attributes.metadata();
        self.note(metadata.target(), metadata.name(), |line| {
            attributes.record(line);
        });
        // Counted from 1: an id is never 0.
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, record: &Record<'_>) {
        self.note("span", "", |line| record.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        self.note(metadata.target(), metadata.level().as_str(), |line| {
            event.record(line);
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
