use std::fmt;
use std::time::Duration;

use super::{Anomaly, Event, EventKind};
use crate::duration;

/// One line for a person: time, then what happened.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at, self.kind)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnomalyOpened { anomaly } => write!(f, "{}", Told("", anomaly)),
            Self::AnomalyChanged { anomaly } => write!(f, "{}", Told("still: ", anomaly)),
            Self::AnomalyClosed { anomaly, lasted_seconds } => {
                write!(f, "ok {} {} {}", anomaly.id, anomaly.target, anomaly.watch)?;
                write!(f, ": over after {} — it was: {}", span(*lasted_seconds), anomaly.sentence)
            }
            Self::HealthChanged { target, health } => write!(f, "{target}: {}", health.sentence()),
            other => trouble(other, f),
        }
    }
}

struct Told<'a>(&'static str, &'a Anomaly);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(prefix, anomaly) = self;
        let Anomaly { id, target, watch, severity, sentence, .. } = anomaly;
        write!(f, "{severity} {id} {target} {watch}: {prefix}{sentence}")
    }
}

/// What happened to the watching itself.
fn trouble(kind: &EventKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use EventKind as E;
    match kind {
        E::CollectorFailed { collector, error } => write!(f, "collector {collector} failed: {error}"),
        E::CollectorPanicked { collector, message, retry_seconds } => {
            write!(f, "collector {collector} panicked ({message}); next try in {}", span(*retry_seconds))
        }
        E::CollectorStuck { collector, busy_seconds } => {
            write!(f, "collector {collector} is stuck: no answer for {}", span(*busy_seconds))
        }
        E::CollectorRecovered { collector, missed } => {
            write!(f, "collector {collector} recovered, {missed} ticks missed")
        }
        E::BatchesDropped { collector, dropped } => {
            write!(f, "queue full: {dropped} batches of collector {collector} dropped so far")
        }
        E::DetectorPanicked { watch, target, message, disabled } => {
            let then =
                if *disabled { "given up after too many panics" } else { "starts again without history" };
            write!(f, "detector {watch} panicked on {target} ({message}); {then}")
        }
        E::DetectorStuck { watch, waiting } => {
            write!(f, "detector {watch} is stuck, {waiting} ticks waiting")
        }
        E::DetectorRecovered { watch, missed } => {
            write!(f, "detector {watch} recovered, {missed} ticks missed")
        }
        E::SinkFailed { sink, error } => write!(f, "sink {sink} failed: {error}"),
        E::SinkBlocked { sink, dropped } => {
            write!(f, "sink {sink} is blocked, {dropped} events dropped so far")
        }
        E::SinkRecovered { sink, dropped } => {
            write!(f, "sink {sink} recovered, {dropped} events dropped so far")
        }
        E::StoreFailed { error } => write!(f, "store failed: {error}"),
        E::StoreRecovered { lost } => write!(f, "store recovered, {lost} samples lost"),
        E::RecordingFailed { error } => write!(f, "recording ended: {error}"),
        E::CheckpointFailed { error } => write!(f, "checkpoint failed: {error}"),
        other => data(other, f),
    }
}

/// What happened to the data and to time.
fn data(kind: &EventKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use EventKind as E;
    match kind {
        E::DataLate { source, tick, late_seconds } if *late_seconds <= 0.0 => {
            write!(f, "a second batch from {source} for tick {tick}; stored, not scored")
        }
        E::DataLate { source, tick, late_seconds } => {
            write!(
                f,
                "late data from {source}: tick {tick} came {} late; stored, not scored",
                span(*late_seconds)
            )
        }
        E::DataAhead { source, tick, ahead_seconds } => {
            write!(f, "data from {source} is {} ahead: tick {tick}; stored, not scored", span(*ahead_seconds))
        }
        E::SourceSilent { source, last } => write!(f, "no data from {source} since {last}"),
        E::SourceResumed { source, silent_seconds } => {
            write!(f, "data from {source} again, after {}", span(*silent_seconds))
        }
        E::SeriesExpired { count, examples } => {
            write!(f, "{count} series expired, for example {}", examples.join(", "))
        }
        E::SeriesShared { series, owner, source } => {
            write!(
                f,
                "{owner} and {source} report the same series, for example {series}: only {owner}'s is scored"
            )
        }
        E::SeriesRefused { refused, series, max_series } if series < max_series => {
            write!(f, "memory budget used up: {refused} new series refused so far")
        }
        E::SeriesRefused { refused, series, max_series } => {
            write!(f, "series budget used up ({series} of {max_series}): {refused} new series refused so far")
        }
        E::MemoryExceeded { used, max, evicted, refusing_series } => {
            let (used, max) =
                (crate::Unit::BYTES.display(*used as f64), crate::Unit::BYTES.display(*max as f64));
            write!(f, "memory budget used up ({used} of {max}): {evicted} samples of history removed")?;
            if *refusing_series { f.write_str(", new series refused") } else { Ok(()) }
        }
        E::CounterReset { source, count, example } => {
            write!(f, "{count} counters of {source} were reset, for example {example}")
        }
        E::ClockStepped { from, to, by_seconds } if *by_seconds < 0.0 => {
            write!(f, "the clock jumped back by {}, from {from} to {to}", span(-by_seconds))
        }
        E::ClockStepped { from, to, by_seconds } => {
            write!(
                f,
                "the clock jumped ahead or the machine slept for {}, from {from} to {to}",
                span(*by_seconds)
            )
        }
        E::EngineResumed { down_seconds } => {
            write!(f, "watching again after {}", span(*down_seconds))
        }
        _ => f.write_str("event"),
    }
}

/// Seconds as a duration of at most millisecond detail.
fn span(seconds: f64) -> String {
    let millis = Duration::try_from_secs_f64(seconds.max(0.0)).map_or(Duration::MAX, |d| {
        let whole = d.as_millis();
        Duration::from_millis(u64::try_from(whole).unwrap_or(u64::MAX))
    });
    let rounded =
        if millis >= Duration::from_secs(10) { Duration::from_secs(millis.as_secs()) } else { millis };
    duration::format(rounded)
}
