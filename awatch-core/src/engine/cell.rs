//! One instance of a detector with its policy, on one block of series.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::guard::guard;
use super::lane::{AlertChange, Band, BlockRow, Fault, LaneOutput};
use crate::detect::{
    Change, ChangeKind, Column, Decider, DeciderFactory, Decisions, DetectorFactory, Explanation, Learn,
    OnlineDetector, Row, Scope,
};
use crate::series::SeriesMeta;
use crate::{Scores, Timestamp};

/// After so many panics, each within the time from the one before, an instance is given up.
const MAX_PANICS: u32 = 3;
const PANICS_COUNT_FOR: Duration = Duration::from_hours(1);

#[derive(Debug)]
pub(crate) struct Cell {
    pub(super) block: usize,
    factory: Arc<dyn DetectorFactory>,
    policy: Arc<dyn DeciderFactory>,
    pub(super) detector: Box<dyn OnlineDetector>,
    pub(super) decider: Box<dyn Decider>,
    pub(super) map: PlaceMap,
    row: Vec<f64>,
    scores: Scores,
    decisions: Decisions,
    panics: u32,
    /// The tick of the last panic.
    panicked: Option<Timestamp>,
    /// The tick of the last row it saw.
    pub(super) last: Option<Timestamp>,
}

/// A series at a place of the detector.
#[derive(Clone, Debug)]
pub(super) struct Tenant {
    /// Its place in the block.
    pub(super) place: usize,
    pub(super) tenancy: u64,
    column: Column,
}

/// Which place of the block each place of the detector shows, and the way back.
#[derive(Debug, Default)]
pub(super) struct PlaceMap {
    /// Per place of the detector, its place in the block and its column.
    pub(super) columns: Vec<Option<Tenant>>,
    /// Per place of the block, its place in the detector.
    back: Vec<Option<usize>>,
    /// Free places, the lowest used first, so that a restored instance fills them in the same order.
    free: BTreeSet<usize>,
}

impl PlaceMap {
    fn of_block(&self, place: usize) -> Option<usize> {
        self.back.get(place).copied().flatten()
    }

    fn block_place(&self, index: usize) -> Option<usize> {
        self.tenant(index).map(|tenant| tenant.place)
    }

    fn tenant(&self, index: usize) -> Option<&Tenant> {
        self.columns.get(index).and_then(Option::as_ref)
    }

    fn next_free(&mut self) -> usize {
        self.free.pop_first().unwrap_or(self.columns.len())
    }

    fn set(&mut self, index: usize, column: Option<Tenant>) {
        if index >= self.columns.len() {
            self.columns.resize(index + 1, None);
        }
        if let Some(old) = self.block_place(index) {
            self.point_back(old, None);
        }
        match &column {
            Some(tenant) => self.point_back(tenant.place, Some(index)),
            None => {
                self.free.insert(index);
            }
        }
        if let Some(slot) = self.columns.get_mut(index) {
            *slot = column;
        }
    }

    fn point_back(&mut self, place: usize, index: Option<usize>) {
        if place >= self.back.len() {
            self.back.resize(place + 1, None);
        }
        if let Some(slot) = self.back.get_mut(place) {
            *slot = index;
        }
    }
}

impl Cell {
    /// An instance without series; the message when the plug-in panicked.
    pub(super) fn new(
        block: usize,
        factory: Arc<dyn DetectorFactory>,
        policy: Arc<dyn DeciderFactory>,
    ) -> Result<Self, String> {
        let (detector, decider) = guard(|| (factory.create(), policy.create()))?;
        Ok(Self {
            block,
            detector,
            decider,
            factory,
            policy,
            map: PlaceMap::default(),
            row: Vec::new(),
            scores: Scores::default(),
            decisions: Decisions::default(),
            panics: 0,
            panicked: None,
            last: None,
        })
    }

    /// Gives the block's place to a series, or takes it away.
    pub(super) fn bind(&mut self, place: (usize, u64), series: Option<&SeriesMeta>, out: &mut LaneOutput) {
        let (place, tenancy) = place;
        if let Some(index) = self.map.of_block(place) {
            self.set_column(index, None, out);
        }
        if let Some(meta) = series {
            let column = Column { key: meta.column(), interval: meta.interval };
            let index = self.map.next_free();
            self.set_column(index, Some(Tenant { place, tenancy, column }), out);
        }
    }

    fn set_column(&mut self, index: usize, column: Option<Tenant>, out: &mut LaneOutput) {
        let bound = column.as_ref().map(|tenant| tenant.column.clone());
        self.map.set(index, column);
        self.guarded(out, |cell, _| cell.tell(index, bound.as_ref()));
    }

    pub(super) fn tell(&mut self, index: usize, column: Option<&Column>) {
        self.detector.bind(index, column);
        match self.factory.scope() {
            Scope::Series => self.decider.bind(index, column.is_some()),
            Scope::Target if index == 0 => self.decider.bind(0, true),
            Scope::Target => {}
        }
    }

    pub(super) fn outputs(&self) -> usize {
        match self.factory.scope() {
            Scope::Series => self.map.columns.len(),
            Scope::Target => 1,
        }
    }

    /// Scores a row, decides, and explains what began or rose.
    pub(super) fn row(&mut self, row: &BlockRow, out: &mut LaneOutput) {
        self.row.clear();
        self.row.extend(self.map.columns.iter().map(|column| {
            column.as_ref().and_then(|tenant| row.values.get(tenant.place).copied()).unwrap_or(f64::NAN)
        }));
        self.guarded(out, |cell, out| cell.score(row, out));
    }

    fn score(&mut self, input: &BlockRow, out: &mut LaneOutput) {
        let outputs = self.outputs();
        self.scores.reset(outputs);
        self.decisions.reset(outputs);
        let row = Row { at: input.at, elapsed: self.elapsed(input), values: &self.row };
        self.last = Some(input.at);
        self.detector.step(row, Learn::Yes, &mut self.scores);
        self.decider.step(row, &self.scores, &mut self.decisions);
        for change in &self.decisions.changes {
            let explained = matches!(change.kind, ChangeKind::Opened | ChangeKind::Raised);
            let explanation = explained.then(|| self.detector.explain(change.output, row, &self.scores));
            out.changes.push(self.alert(input, change, explanation));
        }
    }

    /// The time since the last row it saw: more than since the row before when it missed some.
    fn elapsed(&self, input: &BlockRow) -> Duration {
        let missed = input.previous.zip(self.last).and_then(|(previous, last)| previous.since(last));
        input.elapsed + missed.unwrap_or_default()
    }

    fn alert(&self, input: &BlockRow, change: &Change, explanation: Option<Explanation>) -> AlertChange {
        let tenant = match self.factory.scope() {
            Scope::Series => self.map.tenant(change.output),
            Scope::Target => None,
        };
        let (place, tenancy) = (tenant.map(|tenant| tenant.place), tenant.map_or(0, |tenant| tenant.tenancy));
        AlertChange { block: self.block, place, tenancy, at: input.at, change: *change, explanation }
    }

    /// Runs a plug-in's part; after a panic the instance starts again without history, or is given up.
    fn guarded(&mut self, out: &mut LaneOutput, call: impl FnOnce(&mut Self, &mut LaneOutput)) {
        if self.panics >= MAX_PANICS {
            return;
        }
        let before = out.changes.len();
        let Err(message) = guard(|| call(self, out)) else { return };
        out.changes.truncate(before);
        // What happened long ago does not count any more.
        let is_old =
            |(now, then): (Timestamp, Timestamp)| now.since(then).is_some_and(|ago| ago > PANICS_COUNT_FOR);
        if self.last.zip(self.panicked).is_some_and(is_old) {
            self.panics = 0;
        }
        self.panicked = self.last;
        self.panics += 1;
        let disabled = self.panics >= MAX_PANICS || guard(|| self.start_again()).is_err();
        if disabled {
            self.panics = MAX_PANICS;
            self.scores.reset(0);
        }
        out.faults.push(Fault { block: self.block, message, disabled });
    }

    fn start_again(&mut self) {
        self.detector = self.factory.create();
        self.decider = self.policy.create();
        for index in 0..self.map.columns.len() {
            let column = self.map.tenant(index).map(|tenant| tenant.column.clone());
            self.tell(index, column.as_ref());
        }
    }

    pub(super) fn memory(&self) -> usize {
        let places = self.map.columns.len() * size_of::<Option<Tenant>>();
        let buffers = self.map.columns.len() * (size_of::<f64>() * 7 + 2);
        guard(|| self.detector.memory() + self.decider.memory()).unwrap_or(0) + places + buffers
    }

    /// The bands as of the last row; none for a target as a whole.
    pub(super) fn report(&self, bands: &mut Vec<Band>) {
        if self.factory.scope() == Scope::Target {
            return;
        }
        for index in 0..self.scores.len() {
            let Some(place) = self.map.block_place(index) else { continue };
            bands.push(Band {
                block: self.block,
                place,
                expected: self.scores.expected(index),
                lower: self.scores.lower(index),
                upper: self.scores.upper(index),
                anomaly_score: self
                    .decisions
                    .anomaly_score
                    .get(index)
                    .copied()
                    .filter(|score| !score.is_nan()),
            });
        }
    }
}

impl Cell {
    /// Whether it has the series at that place of the block.
    pub(super) fn has(&self, place: usize) -> bool {
        self.map.of_block(place).is_some()
    }

    /// Puts a series back where it was when the state was saved.
    pub(super) fn restore_column(&mut self, index: usize, series: Option<((usize, u64), &SeriesMeta)>) {
        let column = series.map(|((place, tenancy), meta)| {
            let column = Column { key: meta.column(), interval: meta.interval };
            Tenant { place, tenancy, column }
        });
        let bound = column.as_ref().map(|tenant| tenant.column.clone());
        self.map.set(index, column);
        self.tell(index, bound.as_ref());
    }
}
