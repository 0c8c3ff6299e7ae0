//! Calls every collector and keeps what came.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use awatch::engine::{SeriesSnapshot, Snapshot};
use awatch::plugins::Assembly;
use awatch::{Event, EventKind, Interval};

use crate::failure::Failure;
use crate::run::engine;
use crate::stop;

/// What the collectors found.
#[derive(Debug)]
pub(crate) struct Found {
    /// How things are at the end.
    pub(crate) snapshot: Snapshot,
    /// What went wrong, by collector.
    pub(crate) troubles: BTreeMap<String, String>,
}

impl Found {
    /// The series of all targets, by source.
    pub(crate) fn series(&self) -> impl Iterator<Item = &SeriesSnapshot> {
        self.snapshot.targets.iter().flat_map(|target| &target.series)
    }
}

/// Three ticks, so that each rate has its two readings however the first one falls, and the grace of the last.
pub(crate) const LOOK: Duration = Duration::from_millis(2300);

/// Lets every collector be called each second for as long as `look`, on its own thread: one that hangs holds up nothing.
pub(crate) fn probe(assembly: Assembly, look: Duration) -> Result<Found, Failure> {
    let troubles = Arc::new(Mutex::new(BTreeMap::new()));
    let heard = Arc::clone(&troubles);
    let sink = awatch::sink::from_fn("awatch-check", move |event| {
        if let Some((collector, what)) = trouble(event) {
            heard.lock().unwrap_or_else(PoisonError::into_inner).entry(collector).or_insert(what);
        }
    });
    let probe = assembly.into_probe(Interval::SECOND).sink(sink);
    let (tell, reasons) = stop::reasons();
    let running = engine::start(probe.build()?, tell)?;
    // Only the end of the engine itself is told here.
    if reasons.recv_timeout(look).is_ok() {
        return Err(Failure::EngineGone);
    }
    let snapshot = running.handle.snapshot(Duration::from_secs(2)).ok_or(Failure::EngineGone)?;
    let (summary, _) = running.stop()?;
    let mut found = Found {
        snapshot,
        troubles: std::mem::take(&mut *troubles.lock().unwrap_or_else(PoisonError::into_inner)),
    };
    for stuck in summary.left_behind {
        found.troubles.entry(stuck.to_string()).or_insert_with(|| "does not answer".to_owned());
    }
    Ok(found)
}

/// The collector that is in trouble, and why.
fn trouble(event: &Event) -> Option<(String, String)> {
    match &event.kind {
        EventKind::CollectorFailed { collector, error } => Some((collector.to_string(), error.clone())),
        EventKind::CollectorPanicked { collector, message, .. } => {
            Some((collector.to_string(), format!("panicked: {message}")))
        }
        EventKind::CollectorStuck { collector, .. } => {
            Some((collector.to_string(), "does not answer".to_owned()))
        }
        _ => None,
    }
}
