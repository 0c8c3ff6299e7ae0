use std::collections::VecDeque;
use std::time::Duration;

use awatch::{Anomaly, AnomalyId, Event, EventKind, Timestamp};

/// An anomaly that is over.
#[derive(Clone, Debug)]
pub(in crate::view) struct Closed {
    pub(in crate::view) anomaly: Anomaly,
    pub(in crate::view) at: Timestamp,
    pub(in crate::view) lasted: Duration,
}

/// What happened, the newest first.
#[derive(Debug, Default)]
pub(in crate::view) struct Journal {
    events: VecDeque<Event>,
    closed: VecDeque<Closed>,
}

/// So many of each are kept.
const KEPT: usize = 200;

impl Journal {
    /// Takes in what happened.
    pub(super) fn push(&mut self, event: Event) {
        if let EventKind::AnomalyClosed { anomaly, lasted_seconds } = &event.kind {
            let lasted = Duration::try_from_secs_f64(*lasted_seconds).unwrap_or_default();
            self.closed.push_front(Closed { anomaly: (**anomaly).clone(), at: event.at, lasted });
            self.closed.truncate(KEPT);
        }
        self.events.push_front(event);
        self.events.truncate(KEPT);
    }

    /// The events up to `until`, the newest first.
    pub(in crate::view) fn events(&self, until: Timestamp) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.at <= until)
    }

    /// The anomalies that were over at `until`, the last first.
    pub(in crate::view) fn closed(&self, until: Timestamp) -> impl Iterator<Item = &Closed> {
        self.closed.iter().filter(move |closed| closed.at <= until)
    }

    /// The anomalies that were open at `at` and are over now.
    pub(in crate::view) fn open_then(&self, at: Timestamp) -> impl Iterator<Item = &Anomaly> {
        let then = self.closed.iter().filter(move |closed| closed.anomaly.opened <= at && at < closed.at);
        then.map(|closed| &closed.anomaly)
    }

    /// An anomaly that is over.
    pub(in crate::view) fn find(&self, id: AnomalyId) -> Option<&Closed> {
        self.closed.iter().find(|closed| closed.anomaly.id == id)
    }

    /// Forgets what is later than `at`: time went back.
    pub(super) fn rewind(&mut self, at: Timestamp) {
        self.events.retain(|event| event.at <= at);
        self.closed.retain(|closed| closed.at <= at);
    }
}
