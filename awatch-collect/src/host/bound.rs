//! How many things of a kind are reported, and what becomes of the others.

use awatch_core::CollectError;

use crate::Metric;
use crate::output::{Output, Slot};

/// There are more things than are reported.
#[derive(Debug, thiserror::Error)]
#[error("there are {number} more than {max}: {remedy}")]
struct TooMany {
    number: usize,
    max: usize,
    remedy: &'static str,
}

/// The greatest number of things of one kind.
#[derive(Debug)]
pub(super) struct Bound {
    what: &'static str,
    max: usize,
    remedy: &'static str,
    metric: &'static Metric,
    slot: Slot,
    told: bool,
}

impl Bound {
    /// At most `max` of `what`; `metric` counts the others.
    pub(super) fn new(what: &'static str, max: usize, remedy: &'static str, metric: &'static Metric) -> Self {
        Self { what, max, remedy, metric, slot: Slot::default(), told: false }
    }

    /// The greatest number.
    pub(super) fn max(&self) -> usize {
        self.max
    }

    /// Counts what was left out, and is an error when nothing was left out at the tick before.
    pub(super) fn left_out(&mut self, number: usize, out: &mut Output<'_>) -> Result<(), CollectError> {
        if number == 0 {
            self.told = false;
            return Ok(());
        }
        out.push(&mut self.slot, self.metric, &[], number as f64);
        if std::mem::replace(&mut self.told, true) {
            return Ok(());
        }
        let source = TooMany { number, max: self.max, remedy: self.remedy };
        Err(CollectError::unavailable(format!("part of the {}", self.what), source))
    }
}
