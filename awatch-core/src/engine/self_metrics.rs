//! The engine's counts of itself as a source like any other.

use std::sync::Arc;

use super::stats::{SELF_METRICS, Stats};
use crate::{CollectError, Collector, Interval, SampleBatch, Unit};

/// Reports the engine's own metrics as the source `awatch`.
#[derive(Debug)]
pub(super) struct SelfMetrics {
    pub(super) stats: Arc<Stats>,
    pub(super) interval: Interval,
}

impl Collector for SelfMetrics {
    fn name(&self) -> &'static str {
        "awatch"
    }

    fn interval(&self) -> Option<Interval> {
        Some(self.interval)
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        for (name, unit, only_grows, read) in SELF_METRICS {
            let value = read(&self.stats).get() as f64;
            let unit = Unit::new(*unit);
            if *only_grows {
                out.counter(name, [], &unit, value)?;
            } else {
                out.gauge(name, [], &unit, value)?;
            }
        }
        Ok(())
    }
}
