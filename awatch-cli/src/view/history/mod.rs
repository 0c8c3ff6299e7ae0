//! What was seen over the last minutes, so that the view can draw lines and go back in time.
//!
//! A moment takes 4 bytes per series, its bands 16 bytes per series each ten seconds: 300 series at 1 s take 1.5 MB
//! for the quarter of an hour that is always kept. More is read from the store when somebody looks further back, and
//! let go when they return.

mod moment;
mod past;
mod points;
mod slots;

pub(super) use moment::{Band, Moment, Side};
pub(super) use points::{Point, step_for, stretches};
pub(super) use slots::{Slot, Slots};

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use awatch::engine::{SeriesState, Snapshot};
use awatch::{Interval, Record, Store, StoreError, Timestamp};

use super::process::Process;

/// So long everything seen is kept, or so many steps where that is longer.
const KEPT: Duration = Duration::from_mins(15);
/// So many steps are kept at least.
const KEPT_STEPS: u32 = 60;
/// The most values ever kept: 16 MB of them.
const MOST_VALUES: usize = 4 << 20;
/// Older moments know their bands to within this time.
const BANDS_EACH: Duration = Duration::from_secs(10);
/// Moments that were not seen have the bands of the one before, unless that is too long before.
const BANDS_HELD: Duration = Duration::from_mins(1);

/// Moments from early to late, and the series they are of.
#[derive(Debug)]
pub(super) struct History {
    pub(super) slots: Slots,
    moments: VecDeque<Moment>,
    /// The time between two moments, unless all series report less often.
    least_step: Interval,
    /// The time between two moments.
    step: Interval,
    /// The first moment that was seen rather than read from the store.
    began: Option<Timestamp>,
    /// The time of the newest snapshot.
    now: Option<Timestamp>,
    /// The latest bands that are kept for good.
    keyframe: Option<(Timestamp, Arc<[Band]>)>,
    /// How the series were in the newest moment, by slot.
    states: Vec<Option<SeriesState>>,
    /// The records that the newest processes were made of.
    records: Vec<Record>,
}

impl History {
    pub(super) fn new(step: Interval) -> Self {
        Self {
            slots: Slots::default(),
            moments: VecDeque::new(),
            least_step: step,
            step,
            began: None,
            now: None,
            keyframe: None,
            states: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Takes in how things are. Moments are kept as long as [`Self::kept`]; longer while `is_looking_back`.
    pub(super) fn push(&mut self, snapshot: &Snapshot, is_looking_back: bool) {
        self.step = self.step_of(snapshot);
        let at = snapshot.at.floor(self.step);
        match self.moments.back().map(|last| last.at) {
            // Time went back: what was seen of its future is of no use.
            Some(last) if last > at => {
                self.moments.clear();
                self.began = None;
            }
            Some(last) if last == at => drop(self.moments.pop_back()),
            _ => {}
        }
        self.settle_bands();
        (self.now, self.began) = (Some(snapshot.at), self.began.or(Some(at)));
        let moment = self.moment(snapshot, at);
        self.moments.push_back(moment);
        self.forget(is_looking_back);
    }

    /// The shortest time between two readings of what is watched: nothing new comes more often.
    fn step_of(&self, snapshot: &Snapshot) -> Interval {
        let all = snapshot.targets.iter().flat_map(|target| &target.series);
        let watched = all.filter(|series| series.source.as_str() != "awatch");
        let shortest = watched.map(|series| series.meta.interval).min();
        shortest.unwrap_or(self.least_step).max(self.least_step)
    }

    /// So long moments are kept.
    fn kept(&self) -> Duration {
        KEPT.max(self.step.as_duration().saturating_mul(KEPT_STEPS))
    }

    fn moment(&mut self, snapshot: &Snapshot, at: Timestamp) -> Moment {
        let all = snapshot.targets.iter().flat_map(|target| &target.series);
        let places: Vec<usize> = all.clone().map(|series| self.slots.place(series, at)).collect();
        let (mut values, mut bands) = (vec![f32::NAN; self.slots.len()], vec![Band::NONE; self.slots.len()]);
        self.states.clear();
        self.states.resize(self.slots.len(), None);
        for (series, place) in all.zip(places) {
            if let (Some(value), Some(band), Some(state)) =
                (values.get_mut(place), bands.get_mut(place), self.states.get_mut(place))
            {
                *value = moment::narrow(series.value.filter(|_| series.state == SeriesState::Present));
                *band = Band::of(series);
                *state = Some(series.state);
            }
        }
        let last = self.moments.back();
        let anomalies = Moment::anomalies(snapshot, last);
        let health = Moment::health(snapshot, last);
        let processes = self.processes(snapshot);
        Moment { at, values: values.into(), bands: bands.into(), anomalies, health, processes }
    }

    /// The bands of the newest moment become those of the last keyframe, unless that is too old.
    fn settle_bands(&mut self) {
        let Some(last) = self.moments.back_mut() else { return };
        match &self.keyframe {
            Some((at, bands)) if last.at.since(*at).is_some_and(|age| age < BANDS_EACH) => {
                last.bands = Arc::clone(bands);
            }
            _ => self.keyframe = Some((last.at, Arc::clone(&last.bands))),
        }
    }

    /// The processes, shared with the moment before while nothing changed.
    fn processes(&mut self, snapshot: &Snapshot) -> Arc<[Process]> {
        let records: Vec<&Record> =
            snapshot.records.values().flatten().filter(|record| record.kind == "process").collect();
        match self.moments.back() {
            Some(last) if records.iter().copied().eq(&self.records) => Arc::clone(&last.processes),
            _ => {
                self.records = records.into_iter().cloned().collect();
                self.records.iter().map(Process::of).collect()
            }
        }
    }

    /// Lets go of what is older than is kept.
    fn forget(&mut self, is_looking_back: bool) {
        let most = MOST_VALUES / self.slots.len().max(1);
        let Some(newest) = self.moments.back().map(|moment| moment.at) else { return };
        let kept = self.kept();
        let is_old = |moment: &Moment| newest.since(moment.at).is_some_and(|age| age > kept);
        while self.moments.len() > most || (!is_looking_back && self.moments.front().is_some_and(is_old)) {
            self.moments.pop_front();
        }
        if let Some(oldest) = self.moments.front() {
            self.slots.forget(oldest.at);
        }
    }

    /// Puts what the store has of the time that is kept before the oldest moment before it; whether there was anything.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub(super) fn extend(&mut self, store: &dyn Store) -> Result<bool, StoreError> {
        let Some(oldest) = self.moments.front() else { return Ok(false) };
        let has_room = self.moments.len() < MOST_VALUES / self.slots.len().max(1);
        let start = oldest.at.minus(self.kept());
        let read = past::read(store, &self.slots, start, oldest.at, self.step)?;
        if !has_room || read.is_empty() {
            return Ok(false);
        }
        for moment in read.into_iter().rev() {
            self.moments.push_front(moment);
        }
        Ok(true)
    }

    /// Puts what the store has between the two newest moments between them, when more than a step lies there; whether
    /// there was anything.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub(super) fn fill(&mut self, store: &dyn Store) -> Result<bool, StoreError> {
        let (Some(newest), Some(before)) = (self.moments.back(), self.moments.iter().nth_back(1)) else {
            return Ok(false);
        };
        let gap = newest.at.since(before.at).unwrap_or_default();
        if gap <= self.step.as_duration() {
            return Ok(false);
        }
        let start = before.at.plus(self.step.as_duration()).max(newest.at.minus(self.kept()));
        let bands = (gap <= BANDS_HELD).then(|| Arc::clone(&before.bands));
        let mut read = past::read(store, &self.slots, start, newest.at, self.step)?;
        read.retain(|moment| moment.at > before.at);
        if read.is_empty() {
            return Ok(false);
        }
        let newest = self.moments.pop_back();
        self.moments.extend(read.into_iter().map(|moment| match &bands {
            Some(bands) => Moment { bands: Arc::clone(bands), ..moment },
            None => moment,
        }));
        self.moments.extend(newest);
        Ok(true)
    }

    /// Whether nobody watched at `at`: anomalies and bands of then are not known.
    pub(super) fn is_before_watching(&self, at: Timestamp) -> bool {
        self.began.is_some_and(|began| at < began)
    }

    /// The time of the newest snapshot.
    pub(super) fn now(&self) -> Option<Timestamp> {
        self.now
    }

    /// The time from the oldest moment until the one at `end` is over.
    pub(super) fn span(&self, end: usize) -> Duration {
        let ends = self.moments.get(end).zip(self.moments.front());
        let time = ends.and_then(|(end, oldest)| end.at.since(oldest.at)).unwrap_or_default();
        time.saturating_add(self.step.as_duration())
    }

    /// The moment at that index.
    pub(super) fn get(&self, index: usize) -> Option<&Moment> {
        self.moments.get(index)
    }

    /// The index of the last moment at or before `at`, or of the first one.
    pub(super) fn index_at(&self, at: Timestamp) -> usize {
        self.moments.partition_point(|moment| moment.at <= at).saturating_sub(1)
    }

    /// The index of the newest moment, when there is one.
    pub(super) fn newest(&self) -> Option<usize> {
        self.moments.len().checked_sub(1)
    }

    /// The time between two moments.
    pub(super) fn step(&self) -> Interval {
        self.step
    }

    /// How a series was in the newest moment.
    pub(super) fn state(&self, slot: usize) -> Option<SeriesState> {
        self.states.get(slot).copied().flatten()
    }

    /// The last `count` stretches of `step` up to the moment at `end`, of one series.
    pub(super) fn points(&self, slot: usize, end: usize, count: usize, step: Interval) -> Vec<Point> {
        points::points(
            self.moments.range(..=end.min(self.moments.len().saturating_sub(1))),
            slot,
            count,
            step,
        )
    }

    /// Bytes that values and bands take.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        let mut seen = std::collections::BTreeSet::new();
        let bands = self.moments.iter().filter(|moment| seen.insert(moment.bands.as_ptr()));
        let bands: usize = bands.map(|moment| moment.bands.len() * size_of::<Band>()).sum();
        let values: usize = self.moments.iter().map(|moment| moment.values.len() * size_of::<f32>()).sum();
        bands + values + self.moments.len() * size_of::<Moment>()
    }
}
