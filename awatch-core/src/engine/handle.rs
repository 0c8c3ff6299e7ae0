use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use super::custom::{Counter, Custom, Gauge};
use super::mailbox::Mailbox;
use super::snapshot::Snapshot;
use crate::series::NameError;
use crate::{Store, Unit};

/// A program's way to its engine, from any thread: own metrics, and a look at how things are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EngineHandle {
    pub(super) custom: Custom,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) store: Option<Arc<dyn Store>>,
}

impl EngineHandle {
    /// A gauge of the program's own, read at each tick: `handle.gauge("queue.depth", &[], Unit::count("item"))`.
    /// Asking for the same name and labels again gives the same gauge.
    ///
    /// # Errors
    /// [`NameError`] when the metric or a label cannot be a name.
    pub fn gauge(&self, metric: &str, labels: &[(&str, &str)], unit: Unit) -> Result<Gauge, NameError> {
        self.custom.gauge(metric, labels, unit)
    }

    /// A counter of the program's own; detectors see its rate per second.
    ///
    /// # Errors
    /// [`NameError`] when the metric or a label cannot be a name.
    pub fn counter(&self, metric: &str, labels: &[(&str, &str)], unit: Unit) -> Result<Counter, NameError> {
        self.custom.counter(metric, labels, unit)
    }

    /// Where the engine keeps its history, to be read at any time; `None` when it keeps none.
    #[must_use]
    pub fn store(&self) -> Option<Arc<dyn Store>> {
        self.store.clone()
    }

    /// How everything watched is now; `None` when no engine runs, or none answers within `patience`.
    #[must_use]
    pub fn snapshot(&self, patience: Duration) -> Option<Snapshot> {
        let (reply, answer) = sync_channel(1);
        if !self.mailbox.ask(reply) {
            return None;
        }
        answer.recv_timeout(patience).ok()
    }
}
