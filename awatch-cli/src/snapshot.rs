//! `awatch snapshot`.

mod args;
mod json;
mod processes;
mod values;

use std::fmt::Write;
use std::time::Duration;

use awatch::collect::processes::ProcessesConfig;
use awatch::plugins::Assembly;
use awatch::{Interval, Timestamp};

pub(crate) use self::args::{EXAMPLES, SnapshotArgs};
use crate::check::probe::{self, Found};
use crate::failure::Failure;
use crate::{columns, load, say};

/// The source of the engine's own metrics.
const SELF: &str = "awatch";

/// The kind and the name of the collector of processes.
const PROCESSES: &str = "processes";

/// What a tick may take until its rows are closed.
const GRACE: Duration = Duration::from_millis(300);

/// Looks once at what the configuration names, and at the processes.
pub(crate) fn snapshot(args: &SnapshotArgs) -> Result<(), Failure> {
    let loaded = load::load(args.config.as_deref())?;
    let collectors = loaded.assembly.collectors().len();
    let assembly = with_processes(loaded.assembly);
    let found = probe::probe(assembly, args.for_time.saturating_add(GRACE))?;
    if args.json {
        say::out(&json::document(&found));
    } else {
        say::out(&text(&found, args.all, columns::room()));
    }
    match found.troubles.len() {
        failed if failed >= collectors && failed > 0 => Err(Failure::Probe { failed, all: collectors }),
        _ => Ok(()),
    }
}

/// With the collector of processes, unless the configuration names one.
fn with_processes(assembly: Assembly) -> Assembly {
    let mut parts = assembly.collectors().iter().map(|collector| &collector.part);
    if parts.any(|part| part.kind == PROCESSES || part.name == PROCESSES) {
        return assembly;
    }
    match ProcessesConfig::default().with_name(PROCESSES).with_interval(Interval::SECOND).build() {
        Ok(processes) => assembly.map(|builder| builder.collector(processes)),
        // The defaults are fine; were they not, the rest is worth a look.
        Err(_) => assembly,
    }
}

/// Everything for people.
fn text(found: &Found, all: bool, room: usize) -> String {
    let snapshot = &found.snapshot;
    let mut out = String::new();
    for target in &snapshot.targets {
        let series = target.series.iter().filter(|series| series.source.as_str() != SELF);
        let (at, count) = (time(snapshot.at), series.count());
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}  {at}  {count} series\n{}", target.target, target.health.sentence());
        for anomaly in &target.anomalies {
            let since = time(anomaly.since);
            let _ = writeln!(out, "{} since {since}: {}", anomaly.severity, anomaly.sentence);
        }
        out.push_str(&values::values(target, all, room));
    }
    for (collector, trouble) in &found.troubles {
        let _ = writeln!(out, "\n{collector} FAILED: {trouble}");
    }
    out.push_str(&processes::processes(snapshot, room));
    out
}

/// An instant to the second, in UTC.
fn time(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} UTC", text.get(..19).unwrap_or(&text).replace('T', " "))
}
