//! Series that are scored as one row: those of one source on one target, or all of a target.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::lane::BlockRow;
use super::rates::Rate;
use crate::series::{SeriesId, SeriesMeta, Target};
use crate::{Interval, Timestamp};

/// The series of one source on one target, in their places.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) source: usize,
    pub(super) target: Arc<Target>,
    pub(super) places: Vec<Option<Place>>,
    free: BTreeSet<usize>,
    /// The row being filled; NaN = nothing came.
    row: Vec<f64>,
    /// The values of the last row, as detectors saw them.
    pub(super) shown: Option<Arc<BlockRow>>,
    /// Rows that wait for the other sources of the target.
    pub(super) waiting: VecDeque<Arc<BlockRow>>,
    pub(super) frame: usize,
    /// Where each place stands in the frame of its target.
    pub(super) frame_places: Vec<usize>,
}

/// A series in its place.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: SeriesId,
    pub(super) meta: Arc<SeriesMeta>,
    pub(super) rate: Rate,
    pub(super) last_seen: Timestamp,
    /// Tells this tenant of the place from the others.
    pub(super) tenancy: u64,
}

/// A [`Place`] as saved.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PlaceState {
    pub(super) meta: SeriesMeta,
    pub(super) rate: Rate,
    pub(super) last_seen: Timestamp,
    pub(super) frame_place: usize,
}

impl Group {
    pub(super) fn new(source: usize, target: Arc<Target>, frame: usize) -> Self {
        Self {
            source,
            target,
            places: Vec::new(),
            free: BTreeSet::new(),
            row: Vec::new(),
            shown: None,
            waiting: VecDeque::new(),
            frame,
            frame_places: Vec::new(),
        }
    }

    /// Gives a series the lowest free place.
    pub(super) fn add(&mut self, place: Place, frame_place: usize) -> usize {
        let index = self.free.pop_first().unwrap_or(self.places.len());
        if index == self.places.len() {
            self.places.push(None);
            self.row.push(f64::NAN);
            self.frame_places.push(frame_place);
        }
        if let (Some(slot), Some(at)) = (self.places.get_mut(index), self.frame_places.get_mut(index)) {
            (*slot, *at) = (Some(place), frame_place);
        }
        index
    }

    /// Restores a place in its order; `None` leaves it free.
    pub(super) fn restore(&mut self, place: Option<(Place, usize)>) {
        let index = self.places.len();
        let (place, frame_place) = place.map_or((None, 0), |(place, at)| (Some(place), at));
        if place.is_none() {
            self.free.insert(index);
        }
        self.places.push(place);
        self.row.push(f64::NAN);
        self.frame_places.push(frame_place);
    }

    pub(super) fn remove(&mut self, index: usize) -> Option<Place> {
        let place = self.places.get_mut(index)?.take()?;
        self.free.insert(index);
        if let Some(value) = self.row.get_mut(index) {
            *value = f64::NAN;
        }
        Some(place)
    }

    pub(super) fn place_mut(&mut self, index: usize) -> Option<&mut Place> {
        self.places.get_mut(index)?.as_mut()
    }

    pub(super) fn fill(&mut self, index: usize, value: f64) {
        if let Some(slot) = self.row.get_mut(index) {
            *slot = value;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.free.len() == self.places.len()
    }

    /// Closes the row being filled.
    pub(super) fn take_row(
        &mut self,
        block: usize,
        at: Timestamp,
        previous: Option<Timestamp>,
        elapsed: Duration,
    ) -> Arc<BlockRow> {
        let row = Arc::new(BlockRow { block, at, previous, elapsed, values: self.row.as_slice().into() });
        self.row.fill(f64::NAN);
        self.shown = Some(Arc::clone(&row));
        row
    }

    /// Keeps a row until the row of its target is closed.
    pub(super) fn keep_for_frame(&mut self, row: &Arc<BlockRow>) {
        if self.waiting.len() >= MOST_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Arc::clone(row));
    }

    /// The row that belongs to a tick of the target's grid; forgets it and those before.
    pub(super) fn row_for_frame(&mut self, tick: Timestamp, interval: Interval) -> Option<Arc<BlockRow>> {
        let mut found = None;
        while self.waiting.front().is_some_and(|row| row.at.floor(interval) <= tick) {
            found = self.waiting.pop_front().filter(|row| row.at.floor(interval) == tick);
        }
        found
    }
}

/// So many rows of a group wait at most for a source of its target that reports later.
const MOST_WAITING: usize = 1024;

/// All series of a target that come at one interval, for detectors that look at a target as a whole.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) target: Arc<Target>,
    pub(super) interval: Interval,
    pub(super) groups: Vec<usize>,
    pub(super) width: usize,
    free: BTreeSet<usize>,
    pub(super) last_row: Option<Timestamp>,
}

impl Frame {
    pub(super) fn new(target: Arc<Target>, interval: Interval) -> Self {
        Self { target, interval, groups: Vec::new(), width: 0, free: BTreeSet::new(), last_row: None }
    }

    pub(super) fn take_place(&mut self) -> usize {
        self.free.pop_first().unwrap_or_else(|| {
            self.width += 1;
            self.width - 1
        })
    }

    pub(super) fn free_place(&mut self, place: usize) {
        self.free.insert(place);
    }

    /// Puts back which of its places are taken.
    pub(super) fn restore(&mut self, width: usize, taken: &BTreeSet<usize>) {
        self.width = width;
        self.free = (0..width).filter(|place| !taken.contains(place)).collect();
    }
}

/// The time that passed between two rows; one interval when unknown or when time did not go forward.
pub(super) fn elapsed(last: Option<Timestamp>, at: Timestamp, interval: Interval) -> Duration {
    last.and_then(|last| at.since(last)).filter(|span| !span.is_zero()).unwrap_or(interval.as_duration())
}
