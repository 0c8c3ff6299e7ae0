use std::time::Duration;

use awatch::engine::Snapshot;
use awatch::{Event, Timestamp};

use super::App;
use super::rows::Choice;
use crate::view::source::Mode;

/// What the program itself costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::view) struct Own {
    /// Processor time in parts of one core, lately.
    pub(in crate::view) cpu_share: Option<f64>,
    /// Resident memory in bytes.
    pub(in crate::view) resident: Option<u64>,
}

/// How samples flow through the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::view) struct Flow {
    at: Option<Timestamp>,
    samples: u64,
    /// Samples per second, lately.
    pub(in crate::view) per_second: Option<f64>,
    /// How long the engine took for the last batch.
    pub(in crate::view) step: Duration,
    /// Batches, rows, events and samples that were dropped.
    pub(in crate::view) dropped: u64,
    /// Samples that came late.
    pub(in crate::view) late: u64,
}

impl Flow {
    fn after(self, snapshot: &Snapshot) -> Self {
        let stat = |name: &str| snapshot.stats.get(name).copied().unwrap_or(0);
        let samples = stat("awatch.samples");
        let since = self.at.and_then(|at| snapshot.at.since(at)).map(|time| time.as_secs_f64());
        let per_second = match since {
            // A whole number of ticks: shorter stretches would jump about.
            Some(seconds) if seconds < 5.0 && self.samples <= samples => {
                return Self { ..self.counted(snapshot) };
            }
            Some(seconds) => Some(samples.saturating_sub(self.samples) as f64 / seconds),
            None => None,
        };
        Self { at: Some(snapshot.at), samples, per_second, ..self.counted(snapshot) }
    }

    fn counted(self, snapshot: &Snapshot) -> Self {
        let stat = |name: &str| snapshot.stats.get(name).copied().unwrap_or(0);
        let dropped =
            ["batches.dropped", "rows.dropped", "events.dropped", "samples.unstored", "samples.rejected"];
        Self {
            step: Duration::from_nanos(stat("awatch.step.duration")),
            dropped: dropped.iter().map(|name| stat(&format!("awatch.{name}"))).sum(),
            late: stat("awatch.samples.late"),
            ..self
        }
    }
}

/// What there is to show since the last time.
#[derive(Clone, Debug)]
pub(in crate::view) struct Data {
    pub(in crate::view) snapshot: Option<Snapshot>,
    pub(in crate::view) events: Vec<Event>,
    pub(in crate::view) own: Own,
    pub(in crate::view) mode: Mode,
    pub(in crate::view) uptime: Duration,
    /// The time on the wall.
    pub(in crate::view) wall: Timestamp,
}

impl App {
    /// Takes in what is new.
    pub(in crate::view) fn data(&mut self, data: Data) {
        (self.own, self.mode) = (data.own, data.mode);
        (self.uptime, self.wall) = (data.uptime, data.wall);
        if let Some(snapshot) = &data.snapshot {
            let before =
                self.history.newest().and_then(|newest| self.history.get(newest)).map(|moment| moment.at);
            if before.is_some_and(|before| {
                before.since(snapshot.at).is_some_and(|back| back > self.about.interval.as_duration())
            }) {
                self.journal.rewind(snapshot.at);
                self.cursor = None;
            }
            self.history.push(snapshot, self.cursor.is_some());
            self.flow = self.flow.after(snapshot);
        }
        for event in data.events {
            self.journal.push(event);
        }
        self.refresh();
    }

    /// Brings everything that follows from the moment looked at up to date.
    pub(in crate::view) fn refresh(&mut self) {
        if let (Some(cursor), Some(oldest)) = (self.cursor, self.history.get(0)) {
            self.cursor = Some(cursor.max(oldest.at));
        }
        self.alerts = self.alerting();
        self.list();
        self.settle();
    }

    /// Makes the list of metrics anew; what is chosen stays chosen.
    fn list(&mut self) {
        let unusual = self.unusual();
        // Who is at the top stays there: that is where what is unusual comes to.
        let chosen = self.rows.list.get(self.metrics.chosen).filter(|_| self.metrics.chosen > 0).cloned();
        let choice = Choice {
            slots: &self.history.slots,
            filter: &self.filter,
            only: self.only_unusual.then_some(&unusual),
            unusual: &unusual,
            alerts: &self.alerts,
            room: self.room_for_metrics(),
        };
        self.rows.build(&choice);
        if let Some(place) = chosen.and_then(|row| self.rows.find(&row)) {
            self.metrics.chosen = place;
        }
    }

    /// Holds all that is chosen within what there is.
    pub(in crate::view) fn settle(&mut self) {
        if !self.panes().contains(&self.pane) {
            self.pane = super::Pane::Metrics;
        }
        let layout = self.layout();
        let height = |pane| layout.height(pane);
        let (metrics, processes) = (self.rows.list.len(), self.sorted_processes().len());
        let (anomalies, events) = (self.listed_anomalies().len(), self.listed_events().len());
        let heights = (
            height(super::Pane::Metrics),
            height(super::Pane::Processes).saturating_sub(1),
            height(super::Pane::Anomalies),
            height(super::Pane::Events),
        );
        self.metrics.settle(metrics, heights.0);
        self.processes.settle(processes, heights.1);
        // Its entries have different heights: drawing finds what fits.
        self.anomalies.settle(anomalies, heights.2);
        self.events.settle(events, heights.3);
        self.settle_details();
    }
}
