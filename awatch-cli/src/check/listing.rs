//! What a configuration would do, for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use awatch::engine::SeriesSnapshot;
use awatch::plugins::{CollectorPart, Part, WatchPart};
use awatch::{Interval, Kind, duration};

use super::probe::Found;
use crate::load::Loaded;

/// The plug-ins of a configuration.
#[derive(Debug)]
pub(super) struct Plan {
    origin: String,
    target: String,
    interval: Interval,
    pub(super) collectors: Vec<CollectorPart>,
    watches: Vec<WatchPart>,
    sinks: Vec<Part>,
    store: Option<Part>,
    state: Option<String>,
}

impl Plan {
    pub(super) fn of(loaded: &Loaded) -> Self {
        let assembly = &loaded.assembly;
        Self {
            origin: loaded.origin(),
            target: assembly.target().id().to_string(),
            interval: assembly.interval(),
            collectors: assembly.collectors().to_vec(),
            watches: assembly.watches().to_vec(),
            sinks: assembly.sinks().to_vec(),
            store: assembly.store().cloned(),
            state: assembly
                .state()
                .map(|state| format!("{} every {}", state.file.display(), duration::format(state.every))),
        }
    }
}

/// The source of the engine's own metrics: every engine has it.
const SELF: &str = "awatch";

/// The whole listing.
pub(super) fn listing(plan: &Plan, found: &Found) -> String {
    let mut out = format!("configuration: {}\ntarget: {}\n", plan.origin, plan.target);
    for collector in &plan.collectors {
        let series = found.series().filter(|series| series.source.as_str() == collector.part.name);
        out.push_str(&source(collector, plan.interval, series.collect(), found));
    }
    let all: Vec<&SeriesSnapshot> = found.series().filter(|series| series.source.as_str() != SELF).collect();
    out.push('\n');
    if plan.watches.is_empty() {
        line(&mut out, "no detector: nothing will be told but trouble with the watching itself");
    }
    for watch in &plan.watches {
        let covered = all.iter().filter(|series| watch.covers(&series.meta.key)).count();
        let name = named(&watch.part);
        let idle = if covered == 0 { ": nothing to watch, look at its patterns" } else { "" };
        let what = format!("detector {name} on {}: {covered} of {} series{idle}", watch.matcher, all.len());
        line(&mut out, &what);
    }
    let store = plan.store.as_ref().map_or_else(|| "none: no history is kept".to_owned(), named);
    line(&mut out, &format!("store {store}"));
    for sink in &plan.sinks {
        line(&mut out, &format!("sink {}", named(sink)));
    }
    if let Some(state) = &plan.state {
        line(&mut out, &format!("state in {state}"));
    }
    out
}

/// A collector and the metrics it brought.
fn source(
    collector: &CollectorPart,
    interval: Interval,
    series: Vec<&SeriesSnapshot>,
    found: &Found,
) -> String {
    let every = collector.interval.unwrap_or(interval);
    let mut out = format!("\ncollector {} every {every}: {} series\n", named(&collector.part), series.len());
    if let Some(trouble) = found.troubles.get(&collector.part.name) {
        line(&mut out, &format!("  FAILED: {trouble}"));
    }
    let mut metrics: BTreeMap<&str, Vec<&SeriesSnapshot>> = BTreeMap::new();
    for one in series {
        metrics.entry(one.column.metric.as_str()).or_default().push(one);
    }
    let width = metrics.keys().map(|metric| metric.len()).max().unwrap_or_default();
    for (metric, series) in metrics {
        let unit_and_kind =
            series.first().map(|one| format!("{:<13} {:<10}", one.meta.unit.as_str(), kind(one.meta.kind)));
        line(
            &mut out,
            &format!("  {metric:<width$}  {}  {}", unit_and_kind.unwrap_or_default(), values(&series)),
        );
    }
    out
}

/// Present values of a metric: the first three of its series, and how many more there are.
fn values(series: &[&SeriesSnapshot]) -> String {
    let value = |one: &&SeriesSnapshot| {
        let labels: Vec<&str> = one.column.labels.iter().map(|(_, value)| value).collect();
        let value = one.value.map_or_else(|| "no value".to_owned(), |value| one.column.unit.display(value));
        format!("{} {value}", labels.join(" ")).trim().to_owned()
    };
    let mut text = series.iter().take(3).map(value).collect::<Vec<_>>().join(", ");
    if series.len() > 3 {
        // Writing to a string cannot fail.
        let _ = write!(text, ", and {} more", series.len() - 3);
    }
    text
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Gauge => "gauge",
        Kind::CumulativeCounter => "counter",
        _ => "other",
    }
}

fn named(part: &Part) -> String {
    if part.name == part.kind { part.name.clone() } else { format!("{} ({})", part.name, part.kind) }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
