use serde::{Deserialize, Serialize};

use super::Anomaly;
use crate::series::Name;
use crate::{Health, Timestamp};

/// What happened. In JSON the tag `kind` is the name given with each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
#[non_exhaustive]
pub enum EventKind {
    /// `anomaly.opened`: something unusual began. It may become more severe: who acts on severity looks at
    /// `anomaly.changed` as well.
    #[serde(rename = "anomaly.opened")]
    AnomalyOpened {
        /// It.
        anomaly: Box<Anomaly>,
    },
    /// `anomaly.changed`: it became more severe, or more series joined.
    #[serde(rename = "anomaly.changed")]
    AnomalyChanged {
        /// It.
        anomaly: Box<Anomaly>,
    },
    /// `anomaly.closed`: it is over.
    #[serde(rename = "anomaly.closed")]
    AnomalyClosed {
        /// It.
        anomaly: Box<Anomaly>,
        /// How long it lasted, in seconds, from its first score beyond the edge.
        lasted_seconds: f64,
    },
    /// `health.changed`: the health score of a target crossed 90 or 60.
    #[serde(rename = "health.changed")]
    HealthChanged {
        /// Whose.
        target: Name,
        /// The health now.
        health: Health,
    },
    /// `collector.failed`: a collector could not read its source; told once until it recovers.
    #[serde(rename = "collector.failed")]
    CollectorFailed {
        /// Which.
        collector: Name,
        /// Why.
        error: String,
    },
    /// `collector.panicked`: a collector panicked; it is called again after a pause.
    #[serde(rename = "collector.panicked")]
    CollectorPanicked {
        /// Which.
        collector: Name,
        /// Its message.
        message: String,
        /// Seconds until it is called again.
        retry_seconds: f64,
    },
    /// `collector.stuck`: a call of a collector does not return. No other call is made until it does.
    #[serde(rename = "collector.stuck")]
    CollectorStuck {
        /// Which.
        collector: Name,
        /// Seconds since the call was made.
        busy_seconds: f64,
    },
    /// `collector.recovered`: a collector that failed, panicked or was stuck delivers again.
    #[serde(rename = "collector.recovered")]
    CollectorRecovered {
        /// Which.
        collector: Name,
        /// Ticks that it missed.
        missed: u64,
    },
    /// `batches.dropped`: the queue to the engine was full; told at the first, and each time their number has doubled.
    #[serde(rename = "batches.dropped")]
    BatchesDropped {
        /// Whose.
        collector: Name,
        /// Dropped since the start.
        dropped: u64,
    },
    /// `detector.panicked`: a detector panicked and starts again without history, or is given up.
    #[serde(rename = "detector.panicked")]
    DetectorPanicked {
        /// Which.
        watch: Name,
        /// On which target.
        target: Name,
        /// Its message.
        message: String,
        /// Whether it is given up, having panicked too often.
        disabled: bool,
    },
    /// `detector.stuck`: a detector does not return; the others go on without it.
    #[serde(rename = "detector.stuck")]
    DetectorStuck {
        /// Which.
        watch: Name,
        /// Ticks waiting for it.
        waiting: u64,
    },
    /// `detector.recovered`: a detector that was stuck has caught up.
    #[serde(rename = "detector.recovered")]
    DetectorRecovered {
        /// Which.
        watch: Name,
        /// Ticks that it missed.
        missed: u64,
    },
    /// `sink.failed`: a sink could not deliver an event, or panicked; told once until it recovers.
    #[serde(rename = "sink.failed")]
    SinkFailed {
        /// Which.
        sink: Name,
        /// Why.
        error: String,
    },
    /// `sink.blocked`: the queue of a sink is full and events for it are dropped; told once until it has room.
    #[serde(rename = "sink.blocked")]
    SinkBlocked {
        /// Which.
        sink: Name,
        /// Events dropped since the start.
        dropped: u64,
    },
    /// `sink.recovered`: a sink that failed or was blocked delivers again.
    #[serde(rename = "sink.recovered")]
    SinkRecovered {
        /// Which.
        sink: Name,
        /// Events it did not get since the start.
        dropped: u64,
    },
    /// `store.failed`: the store did not take a batch, or failed in its housekeeping; told once until it succeeds.
    /// Detection goes on.
    #[serde(rename = "store.failed")]
    StoreFailed {
        /// Why.
        error: String,
    },
    /// `store.recovered`: the store takes batches again.
    #[serde(rename = "store.recovered")]
    StoreRecovered {
        /// Samples not kept meanwhile.
        lost: u64,
    },
    /// `data.late`: a source's batch came after its row was closed; it is stored, not scored. Told once until a batch
    /// comes in time again.
    #[serde(rename = "data.late")]
    DataLate {
        /// Which source.
        source: Name,
        /// The tick of the late batch.
        tick: Timestamp,
        /// How late, in seconds.
        late_seconds: f64,
    },
    /// `data.ahead`: a source's batch is for a tick that is not due for more than an interval; it is stored, not scored.
    #[serde(rename = "data.ahead")]
    DataAhead {
        /// Which source.
        source: Name,
        /// The tick of the batch.
        tick: Timestamp,
        /// How far ahead, in seconds.
        ahead_seconds: f64,
    },
    /// `source.silent`: a source that reported before does not any more.
    #[serde(rename = "source.silent")]
    SourceSilent {
        /// Which source.
        source: Name,
        /// Its last tick.
        last: Timestamp,
    },
    /// `source.resumed`: a silent source reports again.
    #[serde(rename = "source.resumed")]
    SourceResumed {
        /// Which source.
        source: Name,
        /// How long it was silent, in seconds.
        silent_seconds: f64,
    },
    /// `series.expired`: series have not appeared for a long time and are forgotten; their history stays in the store.
    #[serde(rename = "series.expired")]
    SeriesExpired {
        /// How many.
        count: u64,
        /// Some of them, at most five.
        examples: Vec<String>,
    },
    /// `series.shared`: two sources report the same series; only the first one's samples are scored. Told once for each
    /// pair of sources.
    #[serde(rename = "series.shared")]
    SeriesShared {
        /// One such series.
        series: String,
        /// The source whose samples are scored.
        owner: Name,
        /// The other.
        source: Name,
    },
    /// `series.refused`: new series are refused because a budget is used up; told once a minute at most.
    #[serde(rename = "series.refused")]
    SeriesRefused {
        /// Refused since the start.
        refused: u64,
        /// Series there are.
        series: u64,
        /// The most there may be.
        max_series: u64,
    },
    /// `memory.exceeded`: the memory budget is used up; history was shortened, or no new series are taken.
    #[serde(rename = "memory.exceeded")]
    MemoryExceeded {
        /// Bytes used, as estimated.
        used: u64,
        /// Bytes allowed.
        max: u64,
        /// Samples removed from the history before their time.
        evicted: u64,
        /// Whether new series are refused from now on.
        refusing_series: bool,
    },
    /// `counter.reset`: counters started again from a lower total; their rate is missing for one row.
    #[serde(rename = "counter.reset")]
    CounterReset {
        /// The source.
        source: Name,
        /// How many.
        count: u64,
        /// One of them.
        example: String,
    },
    /// `clock.stepped`: the wall clock jumped, or the machine was suspended. Rows start anew at the new time.
    #[serde(rename = "clock.stepped")]
    ClockStepped {
        /// The time expected.
        from: Timestamp,
        /// The time found.
        to: Timestamp,
        /// How far, in seconds; negative: back.
        by_seconds: f64,
    },
    /// `engine.resumed`: the engine goes on from a checkpoint or after a pause between two runs. Rows start anew; what
    /// was due meanwhile is not missing.
    #[serde(rename = "engine.resumed")]
    EngineResumed {
        /// How long it was not watching, in seconds.
        down_seconds: f64,
    },
    /// `recording.failed`: what arrives could not be written down; the recording has ended.
    #[serde(rename = "recording.failed")]
    RecordingFailed {
        /// Why.
        error: String,
    },
    /// `checkpoint.failed`: the state could not be written; told once until it can.
    #[serde(rename = "checkpoint.failed")]
    CheckpointFailed {
        /// Why.
        error: String,
    },
}
