//! The part of the engine that only moves when it is told: batches and time in, events out.
//!
//! Everything here depends on the order of arrivals alone, never on a clock or on threads. What a batch does is in
//! `arrival`, which series stands where in `places`, when rows are closed in `rows`, what time does in `passing`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::EngineOptions;
use super::anomalies::{Anomalies, NamedAlert};
use super::block::{Frame, Group};
use super::lane::{AlertChange, Band, Fault};
use super::lanes::Lanes;
use super::places::Slot;
use super::source::Source;
use super::stats::Stats;
use crate::series::{Name, SeriesId};
use crate::{
    DetectError, Event, EventKind, Health, HealthInputs, Record, Recorder, Registry, SampleBatch, Store,
    Timestamp,
};

#[derive(Debug)]
pub(super) struct Core {
    pub(super) options: EngineOptions,
    pub(super) registry: Arc<Registry>,
    pub(super) store: Option<Arc<dyn Store>>,
    pub(super) stats: Arc<Stats>,
    pub(super) now: Timestamp,
    pub(super) sources: Vec<Source>,
    pub(super) groups: Vec<Option<Group>>,
    pub(super) free_groups: BTreeSet<usize>,
    pub(super) frames: Vec<Option<Frame>>,
    pub(super) free_frames: BTreeSet<usize>,
    pub(super) frame_index: BTreeMap<(Name, crate::Interval), usize>,
    /// By the index of a series id, where its samples go.
    pub(super) slots: Vec<Option<Slot>>,
    /// How often a place was given to a series: tells one tenant from the next.
    pub(super) tenancies: u64,
    /// Registered series without a place, and when they were first found so.
    pub(super) placeless: BTreeMap<SeriesId, Timestamp>,
    pub(super) anomalies: Anomalies,
    pub(super) health: BTreeMap<Name, Health>,
    pub(super) records: BTreeMap<Name, Vec<Record>>,
    pub(super) events: Vec<Event>,
    pub(super) numbered: u64,
    /// Writes down what arrives, until it fails or is finished.
    pub(super) recorder: Option<Box<dyn Recorder>>,
    /// When the last batch arrived that was written down.
    pub(super) recorded_until: Timestamp,
    /// Samples not kept since appending to the store began to fail.
    pub(super) append_trouble: Option<u64>,
    pub(super) upkeep_trouble: bool,
    pub(super) refused_told: Option<(Timestamp, u64)>,
    pub(super) memory_told: Option<Timestamp>,
    pub(super) lane_memory: BTreeMap<usize, usize>,
    /// Sources whose series are stored and not scored.
    pub(super) unwatched: Vec<Name>,
    /// Delays of collectors, by source.
    pub(super) delays: BTreeMap<Name, Duration>,
    /// Pairs of sources that were told to report the same series.
    pub(super) shared_told: BTreeSet<(usize, usize)>,
}

/// What was asked of the lanes.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) bands: Vec<Band>,
    /// Per lane, the number of the request and the state.
    pub(super) saved: Vec<(usize, u64, Result<Vec<u8>, DetectError>)>,
}

impl Core {
    pub(super) fn new(
        options: EngineOptions,
        registry: Arc<Registry>,
        store: Option<Arc<dyn Store>>,
        stats: Arc<Stats>,
    ) -> Self {
        Self {
            options,
            registry,
            store,
            stats,
            now: Timestamp::MIN,
            sources: Vec::new(),
            groups: Vec::new(),
            free_groups: BTreeSet::new(),
            frames: Vec::new(),
            free_frames: BTreeSet::new(),
            frame_index: BTreeMap::new(),
            slots: Vec::new(),
            tenancies: 0,
            placeless: BTreeMap::new(),
            anomalies: Anomalies::default(),
            health: BTreeMap::new(),
            records: BTreeMap::new(),
            events: Vec::new(),
            numbered: 0,
            recorder: None,
            recorded_until: Timestamp::MIN,
            append_trouble: None,
            upkeep_trouble: false,
            refused_told: None,
            memory_told: None,
            lane_memory: BTreeMap::new(),
            unwatched: Vec::new(),
            delays: BTreeMap::new(),
            shared_told: BTreeSet::new(),
        }
    }

    /// Queues an event.
    pub(super) fn emit(&mut self, at: Timestamp, kind: EventKind) {
        self.numbered += 1;
        self.stats.events.add(1);
        self.events.push(Event { at, number: self.numbered, kind });
    }

    /// Takes in a batch that arrived at `received`.
    pub(super) fn step(&mut self, batch: &SampleBatch, received: Timestamp, lanes: &mut Lanes) {
        self.advance_to(received, lanes);
        self.record(batch, received);
        self.stats.batches.add(1);
        self.stats.samples.add(batch.samples().len() as u64);
        self.stats.samples_rejected.add(batch.rejected());
        let source = self.source_of(batch, lanes);
        if !batch.samples().is_empty() {
            self.append(batch, received);
        }
        if self.is_ahead(source, batch, received) || self.is_late(source, batch, received) {
            self.note_unscored(batch);
            return;
        }
        self.reported(source, batch.at());
        self.fill(source, batch, lanes);
        self.close_source(source, batch.at(), lanes);
        if !batch.records().is_empty() {
            self.records.insert(batch.source().clone(), batch.records().to_vec());
        }
    }

    /// Takes in what the lanes have answered and tells of what became of it. Answers what was asked for.
    pub(super) fn settle(&mut self, lanes: &mut Lanes) -> Heard {
        let answers = lanes.settle();
        self.heard(answers, lanes)
    }

    /// As [`Core::settle`], with another grace.
    pub(super) fn settle_within(&mut self, grace: Duration, lanes: &mut Lanes) -> Heard {
        let answers = lanes.settle_within(grace);
        self.heard(answers, lanes)
    }

    fn heard(&mut self, answers: Vec<(usize, super::lane::LaneOutput)>, lanes: &Lanes) -> Heard {
        let (mut latest, mut heard) = (None, Heard::default());
        for (lane, output) in answers {
            if let Some(memory) = output.memory {
                self.lane_memory.insert(lane, memory);
            }
            heard.bands.extend(output.bands);
            heard.saved.extend(output.saved.map(|(number, saved)| (lane, number, saved)));
            let Some(watch) = lanes.name(lane) else { continue };
            for fault in output.faults {
                self.fault(watch, fault);
                latest = latest.or(Some(self.now));
            }
            for alert in output.changes {
                let Some((target, series)) = self.names(&alert) else { continue };
                // A detector that catches up answers many rows at once: each is told by itself.
                if let Some(at) = latest.replace(alert.at).filter(|at| *at != alert.at) {
                    self.tell_anomalies(at);
                }
                let series = series.unwrap_or_else(|| watch.to_string());
                let named = NamedAlert { watch, target: &target, series, alert };
                self.anomalies.apply(named, self.options.group_within);
            }
        }
        if self.anomalies.has_news() {
            self.tell_anomalies(latest.unwrap_or(self.now));
        }
        heard
    }

    pub(super) fn tell_anomalies(&mut self, at: Timestamp) {
        let news = self.anomalies.tell(at);
        for kind in news.events {
            self.emit(at, kind);
        }
        for target in &news.targets {
            self.refresh_health(target, at);
        }
    }

    fn fault(&mut self, watch: &Name, fault: Fault) {
        self.stats.detector_panics.add(1);
        self.anomalies.forget(Some(watch), fault.block, None);
        let Some(target) = self.target_of(fault.block).cloned() else { return };
        let Fault { message, disabled, .. } = fault;
        let kind = EventKind::DetectorPanicked { watch: watch.clone(), target, message, disabled };
        self.emit(self.now, kind);
    }

    fn target_of(&self, block: usize) -> Option<&Name> {
        if block.is_multiple_of(2) {
            self.groups.get(block / 2)?.as_ref().map(|group| group.target.id())
        } else {
            self.frames.get(block / 2)?.as_ref().map(|frame| frame.target.id())
        }
    }

    /// The target of an alert and its series; none when the place has another tenant by now.
    fn names(&self, alert: &AlertChange) -> Option<(Name, Option<String>)> {
        let target = self.target_of(alert.block)?.clone();
        let Some(place) = alert.place else { return Some((target, None)) };
        let place = self.groups.get(alert.block / 2)?.as_ref()?.places.get(place)?.as_ref()?;
        (place.tenancy == alert.tenancy).then(|| (target, Some(place.meta.column().to_string())))
    }

    /// Computes the health of a target, and tells of it when it crossed a mark.
    pub(super) fn refresh_health(&mut self, target: &Name, at: Timestamp) {
        let health = Health::of(&self.health_inputs(target));
        let before = self.health.insert(target.clone(), health.clone());
        if level(before.as_ref()) != level(Some(&health)) {
            self.emit(at, EventKind::HealthChanged { target: target.clone(), health });
        }
    }

    fn health_inputs(&self, target: &Name) -> HealthInputs {
        let is_watched = |source: &&Source| !self.unwatched.contains(&source.name);
        let of_target =
            self.sources.iter().filter(is_watched).filter(|source| source.groups.contains_key(target));
        HealthInputs {
            anomalies: self.anomalies.of_target(target).map(|a| (a.severity, a.sentence.clone())).collect(),
            silent: of_target
                .clone()
                .filter(|source| source.silent)
                .map(|source| source.name.clone())
                .collect(),
            sources: of_target.count(),
        }
    }
}

/// 2: at least 90, 1: at least 60, 0: less. What was never computed is full health.
fn level(health: Option<&Health>) -> u8 {
    match health.map_or(100, |health| health.score) {
        90.. => 2,
        60.. => 1,
        _ => 0,
    }
}
