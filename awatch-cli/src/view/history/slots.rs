use std::collections::HashMap;

use awatch::engine::SeriesSnapshot;
use awatch::{ColumnKey, Interval, Kind, Name, SeriesKey, Timestamp};

/// A series in the history.
#[derive(Clone, Debug)]
pub(in crate::view) struct Slot {
    pub(in crate::view) key: SeriesKey,
    /// As detectors see it.
    pub(in crate::view) column: ColumnKey,
    pub(in crate::view) source: Name,
    pub(in crate::view) kind: Kind,
    pub(in crate::view) interval: Interval,
    /// The column as anomalies name it: `metric{label="value"}`.
    pub(in crate::view) name: String,
    /// When it was there first.
    first: Timestamp,
    /// When it was there last.
    seen: Timestamp,
}

impl Slot {
    /// Whether no second reading of it is due yet: there may be no rate.
    pub(in crate::view) fn is_new(&self, now: Timestamp) -> bool {
        now.since(self.first).is_none_or(|age| age < 2 * self.interval.as_duration())
    }
}

/// The places of series in moments. A place is used again once no moment knows its series any more.
#[derive(Debug, Default)]
pub(in crate::view) struct Slots {
    slots: Vec<Option<Slot>>,
    places: HashMap<SeriesKey, usize>,
}

impl Slots {
    /// The place of a series that is there at `at`.
    pub(super) fn place(&mut self, series: &SeriesSnapshot, at: Timestamp) -> usize {
        if let Some(place) = self.places.get(&series.meta.key).copied() {
            if let Some(Some(slot)) = self.slots.get_mut(place) {
                slot.seen = at;
            }
            return place;
        }
        let slot = Slot {
            key: series.meta.key.clone(),
            column: series.column.clone(),
            source: series.source.clone(),
            kind: series.meta.kind,
            interval: series.meta.interval,
            name: series.column.to_string(),
            first: at,
            seen: at,
        };
        let free = self.slots.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.places.insert(slot.key.clone(), place);
        if let Some(free) = self.slots.get_mut(place) {
            *free = Some(slot);
        }
        place
    }

    /// Frees the places of series that were not there since `oldest`.
    pub(super) fn forget(&mut self, oldest: Timestamp) {
        for slot in &mut self.slots {
            if let Some(gone) = slot.take_if(|slot| slot.seen < oldest) {
                self.places.remove(&gone.key);
            }
        }
    }

    /// The series at a place.
    pub(in crate::view) fn get(&self, place: usize) -> Option<&Slot> {
        self.slots.get(place).and_then(Option::as_ref)
    }

    /// The place of a series.
    pub(in crate::view) fn find(&self, key: &SeriesKey) -> Option<usize> {
        self.places.get(key).copied()
    }

    /// The places and series there are.
    pub(in crate::view) fn iter(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().enumerate().filter_map(|(place, slot)| slot.as_ref().map(|slot| (place, slot)))
    }

    /// How many places there are, free ones included.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }
}
