use std::time::Duration;

use serde::Deserialize;

use crate::{Interval, duration};

/// How an engine behaves. Every field has a default that suits one host at one second.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngineOptions {
    /// The interval of collectors that do not name their own. Default 1 s.
    pub interval: Interval,
    /// How long a row waits for a source that is due: at most this, and at most a quarter of the interval.
    /// Default 250 ms.
    #[serde(with = "duration")]
    pub row_grace: Duration,
    /// A source that has not reported for this long (and for three of its intervals) is silent. Default 10 s.
    #[serde(with = "duration")]
    pub silent_after: Duration,
    /// A series that has not appeared for this long is forgotten. Default 1 h.
    #[serde(with = "duration")]
    pub expire_after: Duration,
    /// Alerts of one watch on one target that begin within this time of each other are one anomaly. Default 1 min.
    #[serde(with = "duration")]
    pub group_within: Duration,
    /// A call of a collector or detector that takes longer than this is stuck. Default 10 s.
    #[serde(with = "duration")]
    pub stuck_after: Duration,
    /// How long the engine waits for a detector before it goes on without it. Default 50 ms.
    #[serde(with = "duration")]
    pub detector_grace: Duration,
    /// How long the end of a run waits for collectors, detectors and sinks. Default 3 s.
    #[serde(with = "duration")]
    pub shutdown_grace: Duration,
    /// The most series at a time. Default 10,000.
    pub max_series: usize,
    /// The most memory for history and detectors together, in bytes, as estimated. Default 256 MiB.
    pub max_memory: u64,
    /// Batches that may wait for the engine; more are dropped, the newest first, and counted. Default 256.
    pub batch_queue: usize,
    /// Rows that may wait for a detector; more are dropped, the newest first, and counted. Default 256.
    pub row_queue: usize,
    /// Events that may wait for a sink; more are dropped, the newest first, and counted. Default 1,024.
    pub event_queue: usize,
    /// Whether the engine reports its own metrics as the source `awatch`. Default: yes.
    pub self_metrics: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            interval: Interval::SECOND,
            row_grace: Duration::from_millis(250),
            silent_after: Duration::from_secs(10),
            expire_after: Duration::from_hours(1),
            group_within: Duration::from_mins(1),
            stuck_after: Duration::from_secs(10),
            detector_grace: Duration::from_millis(50),
            shutdown_grace: Duration::from_secs(3),
            max_series: 10_000,
            max_memory: 256 << 20,
            batch_queue: 256,
            row_queue: 256,
            event_queue: 1024,
            self_metrics: true,
        }
    }
}

impl EngineOptions {
    /// Checks the options, as building an engine does.
    ///
    /// # Errors
    /// [`EngineError::Option`](super::EngineError::Option) at the first with which nothing would work.
    pub fn check(&self) -> Result<(), super::EngineError> {
        super::builder::check(self)
    }

    /// How long a row of a source with that interval waits.
    pub(crate) fn grace(&self, interval: Interval) -> Duration {
        self.row_grace.min(interval.as_duration() / 4)
    }

    /// How long a source with that interval may be away before it is silent.
    pub(crate) fn silence(&self, interval: Interval) -> Duration {
        self.silent_after.max(interval.as_duration() * 3)
    }
}
