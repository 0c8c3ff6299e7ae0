//! The part of the engine that only moves when it is told: batches and time in, events out.
//!
//! Everything here depends on the order of arrivals alone, never on a clock or on threads.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::EngineOptions;
use super::anomalies::{Anomalies, NamedAlert};
use super::block::{Frame, Group, Place, elapsed};
use super::lane::{Band, BlockRow, Fault, LaneInput};
use super::lanes::Lanes;
use super::rates::{Rate, Seen};
use super::source::Source;
use super::stats::Stats;
use crate::detect::Scope;
use crate::series::{Name, SeriesId, SeriesMeta, Target};
use crate::store::Appended;
use crate::{
    DetectError, Event, EventKind, Health, HealthInputs, Interval, Record, Registry, SampleBatch, Store,
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
    pub(super) frames: Vec<Option<Frame>>,
    /// By the index of a series id, where its samples go.
    pub(super) slots: Vec<Option<Slot>>,
    pub(super) anomalies: Anomalies,
    pub(super) health: BTreeMap<Name, Health>,
    pub(super) records: BTreeMap<Name, Vec<Record>>,
    pub(super) events: Vec<Event>,
    pub(super) numbered: u64,
    pub(super) store_trouble: Option<u64>,
    pub(super) refused_told: Option<(Timestamp, u64)>,
    pub(super) memory_told: bool,
    pub(super) lane_memory: BTreeMap<usize, usize>,
    /// Sources whose series are stored and not scored.
    pub(super) unwatched: Vec<Name>,
    /// Delays of collectors, by source.
    pub(super) delays: BTreeMap<Name, Duration>,
}

/// What was asked of the lanes.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) bands: Vec<Band>,
    pub(super) saved: Vec<(usize, Result<Vec<u8>, DetectError>)>,
}

/// Where the samples of a series go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) id: SeriesId,
    pub(super) group: usize,
    pub(super) place: usize,
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
            frames: Vec::new(),
            slots: Vec::new(),
            anomalies: Anomalies::default(),
            health: BTreeMap::new(),
            records: BTreeMap::new(),
            events: Vec::new(),
            numbered: 0,
            store_trouble: None,
            refused_told: None,
            memory_told: false,
            lane_memory: BTreeMap::new(),
            unwatched: Vec::new(),
            delays: BTreeMap::new(),
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
        self.stats.batches.add(1);
        self.stats.samples.add(batch.samples().len() as u64);
        self.stats.samples_rejected.add(batch.rejected());
        let source = self.source_of(batch);
        if !batch.samples().is_empty() {
            self.append(batch, received);
        }
        if self.is_ahead(batch, received) || self.is_late(source, batch, received) {
            return;
        }
        self.reported(source, batch.at());
        self.fill(source, batch, lanes);
        self.close_source(source, batch.at(), lanes);
        if !batch.records().is_empty() {
            self.records.insert(batch.source().clone(), batch.records().to_vec());
        }
    }

    fn source_of(&mut self, batch: &SampleBatch) -> usize {
        if let Some(known) = self.sources.iter().position(|source| source.name == *batch.source()) {
            return known;
        }
        let delay = self.delays.get(batch.source()).copied().unwrap_or_default();
        self.sources.push(Source::new(batch.source().clone(), batch.interval(), delay));
        self.sources.len() - 1
    }

    fn append(&mut self, batch: &SampleBatch, received: Timestamp) {
        let Some(store) = self.store.clone() else { return };
        let appended = super::guard::guard(|| store.append(batch));
        let failed = match appended {
            Ok(Ok(Appended { rejected, .. })) => {
                self.stats.samples_unstored.add(rejected);
                None
            }
            Ok(Err(error)) => Some(super::chain(&error)),
            Err(message) => Some(format!("panic: {message}")),
        };
        self.store_result(received, failed, batch.samples().len() as u64);
    }

    /// Tells of the first failure of the store, and of its recovery.
    pub(super) fn store_result(&mut self, at: Timestamp, failed: Option<String>, samples: u64) {
        match (failed, self.store_trouble) {
            (Some(error), None) => {
                self.stats.samples_unstored.add(samples);
                self.store_trouble = Some(samples);
                self.emit(at, EventKind::StoreFailed { error });
            }
            (Some(_), Some(lost)) => {
                self.stats.samples_unstored.add(samples);
                self.store_trouble = Some(lost + samples);
            }
            (None, Some(lost)) => {
                self.store_trouble = None;
                self.emit(at, EventKind::StoreRecovered { lost });
            }
            (None, None) => {}
        }
    }

    /// A tick that is not due for a whole interval cannot be: its source's clock is wrong, or ours was set back while
    /// the batch was under way. It is stored and not scored, or the ticks until then would all seem late.
    fn is_ahead(&mut self, batch: &SampleBatch, received: Timestamp) -> bool {
        let ahead = batch.at().since(received).unwrap_or_default();
        if ahead <= batch.interval().as_duration() {
            return false;
        }
        self.stats.samples_ahead.add(batch.samples().len() as u64);
        let kind = EventKind::DataAhead {
            source: batch.source().clone(),
            tick: batch.at(),
            ahead_seconds: ahead.as_secs_f64(),
        };
        self.emit(received, kind);
        true
    }

    /// A batch whose row was closed before is late: counted, told once, not scored.
    fn is_late(&mut self, source: usize, batch: &SampleBatch, received: Timestamp) -> bool {
        let Some(state) = self.sources.get_mut(source) else { return true };
        if state.last_tick.is_none_or(|last| batch.at() > last) {
            state.late_told = false;
            return false;
        }
        self.stats.samples_late.add(batch.samples().len() as u64);
        if !std::mem::replace(&mut state.late_told, true) {
            let late = received.since(batch.at()).unwrap_or_default();
            let source = batch.source().clone();
            let kind = EventKind::DataLate { source, tick: batch.at(), late_seconds: late.as_secs_f64() };
            self.emit(received, kind);
        }
        true
    }

    fn reported(&mut self, source: usize, at: Timestamp) {
        let Some(state) = self.sources.get_mut(source) else { return };
        let last = state.last_report.replace(at);
        state.last_tick = Some(at);
        if std::mem::take(&mut state.silent) {
            let silent = last.and_then(|last| at.since(last)).unwrap_or_default();
            let source = state.name.clone();
            self.emit(at, EventKind::SourceResumed { source, silent_seconds: silent.as_secs_f64() });
            self.refresh_health(at);
        }
    }

    /// Puts the samples of the batch's tick into their rows.
    fn fill(&mut self, source: usize, batch: &SampleBatch, lanes: &mut Lanes) {
        let at = batch.at();
        let (mut resets, mut backfilled, mut example) = (0_u64, 0_u64, None);
        for sample in batch.samples() {
            if sample.at != at {
                backfilled += 1;
                continue;
            }
            let Some(slot) = self.slot_of(source, sample.series, batch, lanes) else { continue };
            let Some(Some(group)) = self.groups.get_mut(slot.group) else { continue };
            let Some(place) = group.place_mut(slot.place) else { continue };
            place.last_seen = at;
            let seen = place.rate.see(place.meta.kind, place.meta.interval, at, sample.value);
            match seen {
                Seen::Value(value) => group.fill(slot.place, value),
                Seen::Nothing => {}
                Seen::Reset => {
                    resets += 1;
                    example.get_or_insert_with(|| place.meta.key.to_string());
                }
            }
        }
        self.stats.samples_backfilled.add(backfilled);
        if let Some(example) = example {
            self.stats.counter_resets.add(resets);
            let source = batch.source().clone();
            self.emit(at, EventKind::CounterReset { source, count: resets, example });
        }
    }

    fn slot_of(
        &mut self,
        source: usize,
        id: SeriesId,
        batch: &SampleBatch,
        lanes: &mut Lanes,
    ) -> Option<Slot> {
        if let Some(Some(slot)) = self.slots.get(id.index())
            && slot.id == id
        {
            return Some(*slot);
        }
        let meta = batch.resolve(id)?;
        let group = self.group_of(source, meta.key.target(), batch.interval());
        self.take_place(group, id, &meta, batch.at(), lanes)
    }

    fn group_of(&mut self, source: usize, target: &Arc<Target>, interval: Interval) -> usize {
        let known = self.sources.get(source).and_then(|state| state.groups.get(target.id()).copied());
        if let Some(known) = known {
            return known;
        }
        let frame = self.frame_of(target, interval);
        let index = self.groups.iter().position(Option::is_none).unwrap_or(self.groups.len());
        let group = Some(Group::new(source, Arc::clone(target), frame));
        match self.groups.get_mut(index) {
            Some(slot) => *slot = group,
            None => self.groups.push(group),
        }
        if let Some(Some(frame)) = self.frames.get_mut(frame) {
            frame.groups.push(index);
        }
        if let Some(state) = self.sources.get_mut(source) {
            state.groups.insert(target.id().clone(), index);
        }
        index
    }

    fn frame_of(&mut self, target: &Arc<Target>, interval: Interval) -> usize {
        let known = |frame: &Frame| frame.interval == interval && frame.target.id() == target.id();
        if let Some(index) = self.frames.iter().position(|frame| frame.as_ref().is_some_and(known)) {
            return index;
        }
        let index = self.frames.iter().position(Option::is_none).unwrap_or(self.frames.len());
        let frame = Some(Frame::new(Arc::clone(target), interval));
        match self.frames.get_mut(index) {
            Some(slot) => *slot = frame,
            None => self.frames.push(frame),
        }
        index
    }

    fn take_place(
        &mut self,
        group: usize,
        id: SeriesId,
        meta: &Arc<SeriesMeta>,
        at: Timestamp,
        lanes: &mut Lanes,
    ) -> Option<Slot> {
        let state = self.groups.get_mut(group)?.as_mut()?;
        let frame_index = state.frame;
        let frame_place = self.frames.get_mut(frame_index)?.as_mut()?.take_place();
        let place = Place { id, meta: Arc::clone(meta), rate: Rate::default(), last_seen: at };
        let place = state.add(place, frame_place);
        let slot = Slot { id, group, place };
        self.set_slot(slot);
        let watched = self.sources.get(state_source(&self.groups, group)?)?.name.clone();
        if !self.unwatched.contains(&watched) {
            Self::bind(group, place, frame_index, frame_place, Some(meta), lanes);
        }
        Some(slot)
    }

    pub(super) fn set_slot(&mut self, slot: Slot) {
        if self.slots.len() <= slot.id.index() {
            self.slots.resize(slot.id.index() + 1, None);
        }
        if let Some(place) = self.slots.get_mut(slot.id.index()) {
            *place = Some(slot);
        }
    }

    /// Tells the lanes to whom a place belongs now. Blocks are numbered: even for groups, odd for frames.
    fn bind(
        group: usize,
        place: usize,
        frame: usize,
        frame_place: usize,
        series: Option<&Arc<SeriesMeta>>,
        lanes: &mut Lanes,
    ) {
        let series = series.cloned();
        let of_group =
            LaneInput::Bind { block: group * 2, scope: Scope::Series, place, series: series.clone() };
        let of_frame =
            LaneInput::Bind { block: frame * 2 + 1, scope: Scope::Target, place: frame_place, series };
        for input in [of_group, of_frame] {
            lanes.tell(&input);
        }
    }

    /// Closes the rows of a source's groups, and those of targets that are complete with them. A target that the
    /// source left out this time has a row too: an empty one.
    pub(super) fn close_source(&mut self, source: usize, at: Timestamp, lanes: &mut Lanes) {
        let groups = self.sources.get(source).map(Source::sorted_groups).unwrap_or_default();
        for group in &groups {
            self.close_row(*group, at, lanes);
        }
        if lanes.any_with(Scope::Target) {
            self.close_frames(&groups, at, lanes);
        }
        self.settle(lanes);
    }

    fn close_row(&mut self, index: usize, at: Timestamp, lanes: &mut Lanes) {
        let Some(Some(group)) = self.groups.get_mut(index) else { return };
        let Some(source) = self.sources.get(group.source) else { return };
        let span = elapsed(group.shown.as_ref().map(|row| row.at), at, source.interval);
        let row = group.take_row(index * 2, at, span);
        self.stats.rows.add(1);
        if !self.unwatched.contains(&source.name) {
            lanes.tell(&LaneInput::Row(row));
        }
    }

    /// Closes the rows of the targets for which no source is still due at `at`.
    fn close_frames(&mut self, groups: &[usize], at: Timestamp, lanes: &mut Lanes) {
        let frame_of = |group: &usize| Some(self.groups.get(*group)?.as_ref()?.frame);
        let frames: std::collections::BTreeSet<usize> = groups.iter().filter_map(frame_of).collect();
        for index in frames {
            if self.is_complete(index, at) {
                self.close_frame(index, at, lanes);
            }
        }
    }

    fn is_complete(&self, frame: usize, at: Timestamp) -> bool {
        let Some(Some(frame)) = self.frames.get(frame) else { return false };
        let waits = |group: &usize| {
            let source =
                self.groups.get(*group).and_then(Option::as_ref).and_then(|g| self.sources.get(g.source));
            source.is_some_and(|source| !source.silent && source.last_tick.is_none_or(|last| last < at))
        };
        frame.last_row.is_none_or(|last| last < at) && !frame.groups.iter().any(waits)
    }

    fn close_frame(&mut self, index: usize, at: Timestamp, lanes: &mut Lanes) {
        let Some(Some(frame)) = self.frames.get_mut(index) else { return };
        let mut values = vec![f64::NAN; frame.width];
        for group in frame.groups.iter().filter_map(|group| self.groups.get(*group)?.as_ref()) {
            let Some(row) = group.shown.as_ref().filter(|row| row.at == at) else { continue };
            for (value, place) in row.values.iter().zip(&group.frame_places) {
                if let Some(slot) = values.get_mut(*place).filter(|_| !value.is_nan()) {
                    *slot = *value;
                }
            }
        }
        let span = elapsed(frame.last_row.replace(at), at, frame.interval);
        let row = BlockRow { block: index * 2 + 1, at, elapsed: span, values: values.into() };
        lanes.tell(&LaneInput::Row(Arc::new(row)));
    }

    /// Takes in what the lanes have answered and tells of what became of it. Answers what was asked for.
    pub(super) fn settle(&mut self, lanes: &mut Lanes) -> Heard {
        let (mut latest, mut heard) = (None, Heard::default());
        for (lane, output) in lanes.settle() {
            if let Some(memory) = output.memory {
                self.lane_memory.insert(lane, memory);
            }
            heard.bands.extend(output.bands);
            heard.saved.extend(output.saved.map(|saved| (lane, saved)));
            let Some(watch) = lanes.name(lane).cloned() else { continue };
            for fault in output.faults {
                self.fault(&watch, fault);
                latest = latest.or(Some(self.now));
            }
            for alert in output.changes {
                let Some((target, series)) = self.names(alert.block, alert.place) else { continue };
                // A detector that catches up answers many rows at once: each is told by itself.
                if let Some(at) = latest.replace(alert.at).filter(|at| *at != alert.at) {
                    self.tell_anomalies(at);
                }
                let series = series.unwrap_or_else(|| watch.to_string());
                let named = NamedAlert { watch: &watch, target: &target, series, alert };
                self.anomalies.apply(named, self.options.group_within);
            }
        }
        if let Some(at) = latest {
            self.tell_anomalies(at);
        }
        heard
    }

    pub(super) fn tell_anomalies(&mut self, at: Timestamp) {
        for kind in self.anomalies.tell(at) {
            self.emit(at, kind);
        }
        self.refresh_health(at);
    }

    fn fault(&mut self, watch: &Name, fault: Fault) {
        self.stats.detector_panics.add(1);
        self.anomalies.forget(Some(watch), fault.block, None);
        let Some((target, _)) = self.names(fault.block, None) else { return };
        let Fault { message, disabled, .. } = fault;
        let kind = EventKind::DetectorPanicked { watch: watch.clone(), target, message, disabled };
        self.emit(self.now, kind);
    }

    /// The target of a block and the series in a place of it.
    fn names(&self, block: usize, place: Option<usize>) -> Option<(Name, Option<String>)> {
        if block % 2 == 1 {
            return self.frames.get(block / 2)?.as_ref().map(|frame| (frame.target.id().clone(), None));
        }
        let group = self.groups.get(block / 2)?.as_ref()?;
        let series = place.and_then(|place| group.places.get(place)?.as_ref());
        Some((group.target.id().clone(), series.map(|place| place.meta.column().to_string())))
    }

    /// Computes the health of every target and tells of those that crossed a mark.
    pub(super) fn refresh_health(&mut self, at: Timestamp) {
        let targets: std::collections::BTreeSet<Name> =
            self.frames.iter().flatten().map(|frame| frame.target.id().clone()).collect();
        for target in targets {
            let health = Health::of(&self.health_inputs(&target));
            let before = self.health.insert(target.clone(), health.clone());
            if level(before.as_ref()) != level(Some(&health)) {
                self.emit(at, EventKind::HealthChanged { target, health });
            }
        }
    }

    fn health_inputs(&self, target: &Name) -> HealthInputs {
        let of_target = self.sources.iter().filter(|source| source.groups.contains_key(target));
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

    /// Takes a series' place away and tells the lanes.
    pub(super) fn drop_series(&mut self, group: usize, place: usize, lanes: &mut Lanes) -> Option<Place> {
        let state = self.groups.get_mut(group)?.as_mut()?;
        let frame = state.frame;
        let frame_place = state.frame_places.get(place).copied()?;
        let gone = state.remove(place)?;
        self.anomalies.forget(None, group * 2, Some(place));
        Self::bind(group, place, frame, frame_place, None, lanes);
        if let Some(Some(frame)) = self.frames.get_mut(frame) {
            frame.free_place(frame_place);
        }
        if let Some(slot) = self.slots.get_mut(gone.id.index()) {
            *slot = None;
        }
        Some(gone)
    }

    /// Forgets a group without series.
    pub(super) fn drop_group(&mut self, index: usize, lanes: &mut Lanes) {
        let Some(group) = self.groups.get_mut(index).and_then(Option::take) else { return };
        if let Some(source) = self.sources.get_mut(group.source) {
            source.groups.remove(group.target.id());
        }
        if let Some(Some(frame)) = self.frames.get_mut(group.frame) {
            frame.groups.retain(|own| *own != index);
        }
        lanes.tell(&LaneInput::Drop { block: index * 2 });
        self.drop_frame_if_empty(group.frame, lanes);
    }

    fn drop_frame_if_empty(&mut self, index: usize, lanes: &mut Lanes) {
        let Some(slot) = self.frames.get_mut(index) else { return };
        let Some(frame) = slot.take_if(|frame| frame.groups.is_empty()) else { return };
        lanes.tell(&LaneInput::Drop { block: index * 2 + 1 });
        let target = frame.target.id();
        if !self.frames.iter().flatten().any(|other| other.target.id() == target) {
            self.health.remove(target);
        }
    }
}

fn state_source(groups: &[Option<Group>], group: usize) -> Option<usize> {
    groups.get(group)?.as_ref().map(|group| group.source)
}

/// 2: at least 90, 1: at least 60, 0: less. What was never computed is full health.
fn level(health: Option<&Health>) -> u8 {
    match health.map_or(100, |health| health.score) {
        90.. => 2,
        60.. => 1,
        _ => 0,
    }
}
