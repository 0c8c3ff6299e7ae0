//! What a run says of itself at its start and at its end.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use awatch::demo::Label;
use awatch::engine::Summary;
use awatch::plugins::Assembly;
use awatch::{Interval, Name, Timestamp, Unit, duration};
use serde::Serialize;

use super::tally::Counts;
use crate::stop::Reason;

/// The version of the JSON lines; see `docs/events.md`.
const SCHEMA: u64 = 1;

/// The first JSON line of a run.
#[derive(Debug, Serialize)]
pub(super) struct Started<'a> {
    at: Timestamp,
    kind: &'static str,
    schema: u64,
    version: &'static str,
    target: &'a str,
    interval_seconds: f64,
    config: Option<&'a Path>,
    collectors: Vec<StartedCollector>,
    watches: Vec<StartedWatch>,
    sinks: Vec<StartedSink>,
    store: Option<&'a str>,
    state: Option<&'a Path>,
    incidents: &'a [Label],
}

#[derive(Debug, Serialize)]
struct StartedCollector {
    name: String,
    kind: String,
    interval_seconds: f64,
}

#[derive(Debug, Serialize)]
struct StartedWatch {
    name: String,
    kind: String,
    #[serde(rename = "match")]
    matcher: String,
}

#[derive(Debug, Serialize)]
struct StartedSink {
    name: String,
    kind: String,
}

/// The last JSON line of a run.
#[derive(Debug, Serialize)]
pub(super) struct Ended<'a> {
    at: Timestamp,
    kind: &'static str,
    target: &'a str,
    reason: &'static str,
    lasted_seconds: f64,
    series: u64,
    own_series: u64,
    samples: u64,
    samples_per_second: f64,
    rows: u64,
    events: u64,
    anomalies: Anomalies,
    lost: u64,
    left_behind: Vec<Name>,
    cpu_share: f64,
    peak_rss_bytes: Option<u64>,
}

/// Anomalies by their highest severity.
#[derive(Debug, Serialize)]
pub(crate) struct Anomalies {
    low: u64,
    medium: u64,
    high: u64,
    critical: u64,
}

impl From<Counts> for Anomalies {
    fn from(Counts([low, medium, high, critical]): Counts) -> Self {
        Self { low, medium, high, critical }
    }
}

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
    /// What will go wrong in a demo world.
    incidents: Vec<Label>,
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
            incidents: Vec::new(),
        }
    }

    /// With what will go wrong in the demo world that is watched.
    pub(super) fn with_incidents(self, incidents: Vec<Label>) -> Self {
        Self { incidents, ..self }
    }

    /// What will go wrong in the demo world that is watched, for people.
    pub(super) fn incidents(&self) -> impl Iterator<Item = String> {
        self.incidents.iter().map(|label| format!("the demo: {}", crate::demo::told(label)))
    }

    /// The line `run.started`.
    pub(super) fn at(&self, at: Timestamp) -> Started<'_> {
        let collector = |(name, kind, interval): &'_ (String, String, Interval)| StartedCollector {
            name: name.clone(),
            kind: kind.clone(),
            interval_seconds: interval.as_secs_f64(),
        };
        let watch = |(name, kind, matcher): &(String, String, String)| StartedWatch {
            name: name.clone(),
            kind: kind.clone(),
            matcher: matcher.clone(),
        };
        let sink = |(name, kind): &(String, String)| StartedSink { name: name.clone(), kind: kind.clone() };
        Started {
            at,
            kind: "run.started",
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            target: &self.target,
            interval_seconds: self.interval.as_secs_f64(),
            config: self.file.as_deref(),
            collectors: self.collectors.iter().map(collector).collect(),
            watches: self.watches.iter().map(watch).collect(),
            sinks: self.sinks.iter().map(sink).collect(),
            store: self.store.as_deref(),
            state: self.state.as_deref(),
            incidents: &self.incidents,
        }
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
    /// How many of the series are Awatch's own.
    pub(super) own_series: u64,
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
    pub(super) fn at(&self, at: Timestamp) -> Ended<'_> {
        Ended {
            at,
            kind: "run.summary",
            target: &self.target,
            reason: self.reason.as_str(),
            lasted_seconds: self.summary.lasted.as_secs_f64(),
            series: self.summary.series,
            own_series: self.own_series,
            samples: self.summary.samples,
            samples_per_second: self.per_second(self.summary.samples as f64),
            rows: self.summary.rows,
            events: self.summary.events,
            anomalies: self.tally.into(),
            lost: self.summary.lost,
            left_behind: self.summary.left_behind.clone(),
            cpu_share: self.cpu_share(),
            peak_rss_bytes: self.peak,
        }
    }

    /// The lines for people.
    pub(super) fn to_text(&self) -> String {
        let Summary { lasted, samples, series, lost, left_behind, .. } = &self.summary;
        let own = match self.own_series {
            0 => String::new(),
            own => format!(" and {own} of its own"),
        };
        let mut text = format!(
            "awatch: watched {} for {}: {} series{own}, {samples} samples ({:.0}/s), {}, {lost} lost\n",
            self.target,
            rounded(*lasted),
            series.saturating_sub(self.own_series),
            self.per_second(*samples as f64),
            self.tally.to_text(),
        );
        // Writing to a string cannot fail.
        let _ = write!(text, "awatch: own cost {} of a core", Unit::RATIO.display(self.cpu_share()));
        if let Some(peak) = self.peak {
            let _ = write!(text, ", {} at most", Unit::BYTES.display(peak as f64));
        }
        let _ = write!(text, "; ended: {}", self.reason.sentence());
        if !left_behind.is_empty() {
            let names: Vec<&str> = left_behind.iter().map(awatch::Name::as_str).collect();
            let names = names.join(", ");
            let _ = write!(text, "\nawatch: did not come back in time and were left behind: {names}");
        }
        text
    }
}

/// A duration to the millisecond below ten seconds, to the second above.
fn rounded(time: Duration) -> String {
    let step = if time < Duration::from_secs(10) { 1 } else { 1000 };
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    duration::format(Duration::from_millis(millis / step * step))
}
