//! A layer of `tracing-subscriber` that turns the spans of calls into figures per operation.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

/// Figures of the calls of one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    /// Number of attempts after the first one.
    pub(crate) repeats: u64,
    /// Calls that failed, by `error.type`: the HTTP status of a refusal, else a word such as
    /// `timeout`.
    pub(crate) errors: BTreeMap<String, u64>,
    /// Time of all calls together, waits between attempts included.
    pub(crate) total: Duration,
    pub(crate) longest: Duration,
}

/// Layer that counts calls and sums their durations, by operation. Clones share the figures.
///
/// A program with an exporter of its own adds to its counters and histograms in `on_close` instead.
#[derive(Clone, Default)]
pub(crate) struct Metrics(Arc<Mutex<BTreeMap<String, Figures>>>);

impl Metrics {
    pub(crate) fn figures(&self) -> BTreeMap<String, Figures> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The span of a call that is under way, as far as it is known.
struct CallSpan {
    begun: Instant,
    operation: String,
    repeats: u64,
    error: Option<String>,
}

impl Visit for CallSpan {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "http.request.resend_count" {
            self.repeats = value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "meeting.operation" => value.clone_into(&mut self.operation),
            "error.type" => self.error = Some(value.to_owned()),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Metrics {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().name() != "meeting call" {
            return;
        }
        let mut call = CallSpan {
            begun: Instant::now(),
            operation: String::new(),
            repeats: 0,
            error: None,
        };
        attributes.record(&mut call);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(call);
        }
    }

    // Status and error are recorded when the call has ended.
    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(call) = span.extensions_mut().get_mut::<CallSpan>()
        {
            record.record(call);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let Some(call) = span.extensions_mut().remove::<CallSpan>() else {
            return;
        };
        let took = call.begun.elapsed();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let figures = all.entry(call.operation).or_default();
        figures.calls += 1;
        figures.repeats += call.repeats;
        figures.total += took;
        figures.longest = figures.longest.max(took);
        if let Some(error) = call.error {
            *figures.errors.entry(error).or_default() += 1;
        }
    }
}

/// A table, one line for each operation.
impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<16} {:>5} {:>7} {:>9} {:>9}  errors",
            "operation", "calls", "repeats", "mean", "longest"
        )?;
        for (operation, figures) in self.figures() {
            let mean = figures.total.as_secs_f64() / figures.calls as f64;
            let errors: Vec<_> = figures
                .errors
                .iter()
                .map(|(kind, count)| format!("{count} x {kind}"))
                .collect();
            writeln!(
                f,
                "{operation:<16} {:>5} {:>7} {:>6.1} ms {:>6.1} ms  {}",
                figures.calls,
                figures.repeats,
                mean * 1e3,
                figures.longest.as_secs_f64() * 1e3,
                errors.join(", ")
            )?;
        }
        Ok(())
    }
}
