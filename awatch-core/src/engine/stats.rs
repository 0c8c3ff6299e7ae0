//! What the engine counts of itself.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start. Nothing is dropped, late or rejected without appearing here.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    pub(crate) batches: Count,
    pub(crate) batches_dropped: Count,
    pub(crate) samples: Count,
    pub(crate) samples_late: Count,
    pub(crate) samples_ahead: Count,
    pub(crate) samples_rejected: Count,
    pub(crate) samples_backfilled: Count,
    pub(crate) samples_unstored: Count,
    pub(crate) rows: Count,
    pub(crate) rows_missed: Count,
    pub(crate) rows_dropped: Count,
    pub(crate) ticks_missed: Count,
    pub(crate) counter_resets: Count,
    pub(crate) events: Count,
    pub(crate) events_dropped: Count,
    pub(crate) collector_failures: Count,
    pub(crate) collectors_stuck: Count,
    pub(crate) detector_panics: Count,
    pub(crate) detectors_stuck: Count,
    pub(crate) series: Count,
    pub(crate) series_refused: Count,
    pub(crate) series_expired: Count,
    pub(crate) store_bytes: Count,
    pub(crate) store_samples: Count,
    pub(crate) memory_bytes: Count,
    /// Nanoseconds spent on the last batch, from its arrival at the engine to its last event queued.
    pub(crate) step_nanos: Count,
}

/// A number that only its owner writes and anybody reads.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A self metric: name, unit, whether it only grows, where it is read.
pub(crate) type SelfMetric = (&'static str, &'static str, bool, fn(&Stats) -> &Count);

/// The self metrics of the source `awatch`.
pub(crate) const SELF_METRICS: &[SelfMetric] = &[
    ("awatch.batches", "{batch}", true, |s| &s.batches),
    ("awatch.batches.dropped", "{batch}", true, |s| &s.batches_dropped),
    ("awatch.samples", "{sample}", true, |s| &s.samples),
    ("awatch.samples.late", "{sample}", true, |s| &s.samples_late),
    ("awatch.samples.ahead", "{sample}", true, |s| &s.samples_ahead),
    ("awatch.samples.rejected", "{sample}", true, |s| &s.samples_rejected),
    ("awatch.samples.backfilled", "{sample}", true, |s| &s.samples_backfilled),
    ("awatch.samples.unstored", "{sample}", true, |s| &s.samples_unstored),
    ("awatch.rows", "{row}", true, |s| &s.rows),
    ("awatch.rows.missed", "{row}", true, |s| &s.rows_missed),
    ("awatch.rows.dropped", "{row}", true, |s| &s.rows_dropped),
    ("awatch.ticks.missed", "{tick}", true, |s| &s.ticks_missed),
    ("awatch.counter.resets", "{reset}", true, |s| &s.counter_resets),
    ("awatch.events", "{event}", true, |s| &s.events),
    ("awatch.events.dropped", "{event}", true, |s| &s.events_dropped),
    ("awatch.collector.failures", "{failure}", true, |s| &s.collector_failures),
    ("awatch.collectors.stuck", "{collector}", false, |s| &s.collectors_stuck),
    ("awatch.detector.panics", "{panic}", true, |s| &s.detector_panics),
    ("awatch.detectors.stuck", "{detector}", false, |s| &s.detectors_stuck),
    ("awatch.series", "{series}", false, |s| &s.series),
    ("awatch.series.refused", "{series}", true, |s| &s.series_refused),
    ("awatch.series.expired", "{series}", true, |s| &s.series_expired),
    ("awatch.store.size", "By", false, |s| &s.store_bytes),
    ("awatch.store.samples", "{sample}", false, |s| &s.store_samples),
    ("awatch.memory", "By", false, |s| &s.memory_bytes),
    ("awatch.step.duration", "ns", false, |s| &s.step_nanos),
];
