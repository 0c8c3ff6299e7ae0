//! What a run says of itself at its start and at its end.

use std::path::PathBuf;
use std::time::Duration;

use awatch::engine::Summary;
use awatch::plugins::Assembly;
use awatch::{Interval, Timestamp, Unit, duration};
use serde_json::{Value, json};

use super::tally::Counts;
use crate::stop::Reason;

/// The version of the JSON lines; see `docs/events.md`.
const SCHEMA: u64 = 1;

/// What is about to run.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// Whom it watches.
    pub(crate) target: String,
    /// The engine's interval.
    pub(crate) interval: Interval,
    /// The configuration file; `None`: the defaults.
    pub(crate) file: Option<PathBuf>,
    origin: String,
    collectors: Vec<(String, String, Interval)>,
    watches: Vec<(String, String, String)>,
    sinks: Vec<(String, String)>,
    store: Option<String>,
    state: Option<PathBuf>,
}

impl Start {
    pub(super) fn of(assembly: &Assembly, file: Option<PathBuf>, origin: String) -> Self {
        let interval = assembly.interval();
        let collectors = assembly.collectors().iter();
        let watches = assembly.watches().iter();
        let sinks = assembly.sinks().iter();
        Self {
            target: assembly.target().id().to_string(),
            interval,
            file,
            origin,
            collectors: collectors
                .map(|one| (one.part.name.clone(), one.part.kind.clone(), one.interval.unwrap_or(interval)))
                .collect(),
            watches: watches
                .map(|one| (one.part.name.clone(), one.part.kind.clone(), one.matcher.to_string()))
                .collect(),
            sinks: sinks.map(|one| (one.name.clone(), one.kind.clone())).collect(),
            store: assembly.store().map(|store| store.kind.clone()),
            state: assembly.state().map(|state| state.file.clone()),
        }
    }

    /// The line `run.started`.
    pub(super) fn to_json(&self, at: Timestamp) -> Value {
        let named = |(name, kind): &(String, String)| json!({ "name": name, "kind": kind });
        json!({
            "at": at,
            "kind": "run.started",
            "schema": SCHEMA,
            "version": env!("CARGO_PKG_VERSION"),
            "target": self.target,
            "interval_seconds": self.interval.as_secs_f64(),
            "config": self.file,
            "collectors": self.collectors.iter().map(|(name, kind, interval)| {
                json!({ "name": name, "kind": kind, "interval_seconds": interval.as_secs_f64() })
            }).collect::<Vec<_>>(),
            "watches": self.watches.iter().map(|(name, kind, matcher)| {
                json!({ "name": name, "kind": kind, "match": matcher })
            }).collect::<Vec<_>>(),
            "sinks": self.sinks.iter().map(named).collect::<Vec<_>>(),
            "store": self.store,
            "state": self.state,
        })
    }

    /// The lines for people.
    pub(super) fn to_text(&self) -> String {
        let named = |name: &str, kind: &str| {
            if name == kind { name.to_owned() } else { format!("{name} ({kind})") }
        };
        let collectors = self
            .collectors
            .iter()
            .map(|(name, kind, interval)| format!("{} every {interval}", named(name, kind)));
        let watches = self.watches.iter().map(|(name, kind, _)| named(name, kind));
        let store =
            self.store.as_ref().map_or_else(|| "no history".to_owned(), |kind| format!("history in {kind}"));
        format!(
            "awatch: watching {}: collecting {}; detecting {}; {store}\nawatch: configuration: {}\n\
             awatch: Ctrl-C ends with a summary; a line follows for each event",
            self.target,
            listed(collectors),
            listed(watches),
            self.origin,
        )
    }
}

fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "nothing".to_owned() } else { items.join(", ") }
}

/// What a run did.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    pub(super) target: String,
    pub(super) reason: Reason,
    pub(super) summary: Summary,
    pub(super) tally: Counts,
    /// Processor time of the process.
    pub(super) cpu: Duration,
    /// The most memory that was resident, in bytes.
    pub(super) peak: Option<u64>,
}

impl Ending {
    fn per_second(&self, amount: f64) -> f64 {
        let seconds = self.summary.lasted.as_secs_f64();
        if seconds > 0.0 { amount / seconds } else { 0.0 }
    }

    fn cpu_share(&self) -> f64 {
        self.per_second(self.cpu.as_secs_f64())
    }

    /// The line `run.summary`.
    pub(super) fn to_json(&self, at: Timestamp) -> Value {
        let anomalies: serde_json::Map<String, Value> =
            self.tally.by_severity().map(|(severity, count)| (severity.to_string(), count.into())).collect();
        let left_behind: Vec<&str> = self.summary.left_behind.iter().map(awatch::Name::as_str).collect();
        json!({
            "at": at,
            "kind": "run.summary",
            "target": self.target,
            "reason": self.reason.as_str(),
            "lasted_seconds": self.summary.lasted.as_secs_f64(),
            "series": self.summary.series,
            "samples": self.summary.samples,
            "samples_per_second": self.per_second(self.summary.samples as f64),
            "rows": self.summary.rows,
            "events": self.summary.events,
            "anomalies": anomalies,
            "lost": self.summary.lost,
            "left_behind": left_behind,
            "cpu_share": self.cpu_share(),
            "peak_rss_bytes": self.peak,
        })
    }

    /// The lines for people.
    pub(super) fn to_text(&self) -> String {
        let Summary { lasted, samples, series, lost, left_behind, .. } = &self.summary;
        let mut text = format!(
            "awatch: watched {} for {}: {series} series, {samples} samples ({:.0}/s), {}, {lost} lost\n",
            self.target,
            rounded(*lasted),
            self.per_second(*samples as f64),
            self.anomalies(),
        );
        text.push_str(&format!("awatch: own cost {} of a core", Unit::RATIO.display(self.cpu_share())));
        if let Some(peak) = self.peak {
            text.push_str(&format!(", {} at most", Unit::BYTES.display(peak as f64)));
        }
        if !left_behind.is_empty() {
            let names: Vec<&str> = left_behind.iter().map(awatch::Name::as_str).collect();
            text.push_str(&format!(
                "\nawatch: did not come back in time and were left behind: {}",
                names.join(", ")
            ));
        }
        text
    }

    fn anomalies(&self) -> String {
        match self.tally.total() {
            0 => "no anomalies".to_owned(),
            total => {
                let parts = self.tally.by_severity().rev().filter(|(_, count)| *count > 0);
                let parts: Vec<String> =
                    parts.map(|(severity, count)| format!("{count} {severity}")).collect();
                let noun = if total == 1 { "anomaly" } else { "anomalies" };
                format!("{total} {noun} ({})", parts.join(", "))
            }
        }
    }
}

/// A duration to the millisecond below ten seconds, to the second above.
fn rounded(time: Duration) -> String {
    let step = if time < Duration::from_secs(10) { 1 } else { 1000 };
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    duration::format(Duration::from_millis(millis / step * step))
}
