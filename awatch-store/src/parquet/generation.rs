//! What was appended since a log was begun, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use awatch_core::{Matcher, SeriesId, SeriesKey, SeriesMeta};

use super::day::Day;
use super::log::Entry;
use crate::memory::codec::DecodeError;
use crate::memory::history::{History, Snapshot};

/// The longest time that samples of a series wait uncompressed, in nanoseconds.
const MAX_SPAN: i64 = 900_000_000_000;

/// What a series costs beside its samples, in bytes.
const SERIES_BYTES: usize = 512;

/// The samples of one log: compressed histories of its series, which have the numbers of the log.
#[derive(Debug)]
pub(super) struct Generation {
    sequence: u64,
    histories: Vec<Option<History>>,
    by_key: BTreeMap<SeriesKey, u32>,
    days: BTreeSet<Day>,
    latest_day: Option<Day>,
    samples: usize,
    bytes: usize,
    /// When it was begun, as its samples tell.
    born: Option<i64>,
    /// Whether the log has all of it.
    pub(super) is_logged: bool,
}

/// What a generation made of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admitted {
    /// Known by that number.
    Known(u32),
    /// Has that number from now on; to be defined in the log.
    Defined(u32),
    /// Known in another unit or kind: the two cannot be in one generation.
    Conflict,
}

impl Generation {
    pub(super) fn new(sequence: u64) -> Self {
        Self {
            sequence,
            histories: Vec::new(),
            by_key: BTreeMap::new(),
            days: BTreeSet::new(),
            latest_day: None,
            samples: 0,
            bytes: 0,
            born: None,
            is_logged: true,
        }
    }

    pub(super) fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) fn samples(&self) -> usize {
        self.samples
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.by_key.len() * SERIES_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.samples == 0
    }

    /// The days it has samples of, or had before some were removed.
    pub(super) fn days(&self) -> &BTreeSet<Day> {
        &self.days
    }

    /// The first samples arrive as of then.
    pub(super) fn begin(&mut self, present: Option<i64>) {
        if self.born.is_none() {
            self.born = present;
        }
    }

    /// When it was begun, in nanoseconds.
    pub(super) fn born(&self) -> Option<i64> {
        self.born
    }

    /// The number of the series.
    pub(super) fn admit(&mut self, meta: &Arc<SeriesMeta>) -> Admitted {
        let Some(&series) = self.by_key.get(&meta.key) else {
            let series = u32::try_from(self.histories.len()).unwrap_or(u32::MAX);
            self.define(series, Arc::clone(meta));
            return Admitted::Defined(series);
        };
        let Some(history) = self.histories.get_mut(series as usize).and_then(Option::as_mut) else {
            return Admitted::Conflict;
        };
        let known = &history.meta;
        if known.unit != meta.unit || known.kind != meta.kind {
            return Admitted::Conflict;
        }
        if known.interval == meta.interval && known.key.target() == meta.key.target() {
            return Admitted::Known(series);
        }
        history.meta = Arc::clone(meta);
        Admitted::Defined(series)
    }

    /// Takes a series on under a number; answers whether the number is one.
    pub(super) fn define(&mut self, series: u32, meta: Arc<SeriesMeta>) -> bool {
        let place = series as usize;
        if place >= SeriesId::MAX_SERIES {
            return false;
        }
        if place >= self.histories.len() {
            self.histories.resize_with(place + 1, || None);
        }
        let Some(slot) = self.histories.get_mut(place) else { return false };
        if let Some(history) = slot {
            history.meta = meta;
        } else {
            self.by_key.insert(meta.key.clone(), series);
            *slot = Some(History::new(meta, place));
        }
        true
    }

    /// Takes samples in; answers how many were of no known series.
    pub(super) fn append(&mut self, entries: &[Entry]) -> u64 {
        let mut unknown = 0;
        if self.born.is_none() {
            self.born = entries.first().map(|entry| entry.at);
        }
        for entry in entries {
            let Some(history) = self.histories.get_mut(entry.series as usize).and_then(Option::as_mut) else {
                unknown += 1;
                continue;
            };
            let day = Some(Day::of(entry.at));
            if day != self.latest_day {
                self.latest_day = day;
                self.days.extend(day);
            }
            if history.append_next(entry.at, entry.value, MAX_SPAN) {
                self.samples += 1;
            } else {
                history.append(entry.at, entry.value, MAX_SPAN);
                let (before, now) = history.account();
                self.bytes = self.bytes + now.bytes - before.bytes;
                self.samples = self.samples + now.samples - before.samples;
            }
        }
        unknown
    }

    /// Up to `count` series after the key given, in order of key.
    pub(super) fn series_after(
        &self,
        after: Option<&SeriesKey>,
        count: usize,
    ) -> impl Iterator<Item = &History> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = self.by_key.range::<SeriesKey, _>((from, Bound::Unbounded)).take(count);
        range.filter_map(|(_, series)| self.histories.get(*series as usize)?.as_ref())
    }

    /// What there is within `from..to` of the series meant, in order of key.
    pub(super) fn snapshots(&self, matcher: &Matcher, from: i64, to: i64) -> Vec<Snapshot> {
        let meant = self.series_after(None, usize::MAX).filter(|history| matcher.matches(&history.meta.key));
        meant.filter_map(|history| history.snapshot(from, to)).collect()
    }

    /// The series that have samples, in order of key.
    pub(super) fn series(&self) -> impl Iterator<Item = &Arc<SeriesMeta>> {
        self.series_after(None, usize::MAX).filter(|history| !history.is_empty()).map(|history| &history.meta)
    }

    /// The oldest instant.
    pub(super) fn oldest(&self) -> Option<i64> {
        self.histories.iter().flatten().filter_map(History::first).min()
    }

    /// Removes the samples before `cutoff` of the series meant.
    pub(super) fn delete_before(
        &mut self,
        cutoff: i64,
        matcher: &Matcher,
    ) -> Result<(), (Arc<SeriesMeta>, DecodeError)> {
        for history in self.histories.iter_mut().flatten() {
            if matcher.matches(&history.meta.key) && history.first().is_some_and(|first| first < cutoff) {
                history.delete_before(cutoff).map_err(|source| (Arc::clone(&history.meta), source))?;
                let (before, now) = history.account();
                self.bytes = self.bytes + now.bytes - before.bytes;
                self.samples = self.samples + now.samples - before.samples;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use awatch_core::series::{Labels, Name, Target, Unit};
    use awatch_core::{Interval, Kind};

    use super::*;

    fn meta(unit: Unit, interval: u64) -> Arc<SeriesMeta> {
        let key = SeriesKey::new(Target::new("t").unwrap(), Name::new("m").unwrap(), Labels::none());
        Arc::new(SeriesMeta {
            key,
            unit,
            kind: Kind::Gauge,
            interval: Interval::from_secs(interval).unwrap(),
        })
    }

    #[test]
    fn a_series_is_defined_once_and_again_when_its_interval_changes() {
        let mut generation = Generation::new(1);
        assert_eq!(generation.admit(&meta(Unit::BYTES, 1)), Admitted::Defined(0));
        assert_eq!(generation.admit(&meta(Unit::BYTES, 1)), Admitted::Known(0));
        assert_eq!(generation.admit(&meta(Unit::BYTES, 5)), Admitted::Defined(0));
        assert_eq!(generation.admit(&meta(Unit::RATIO, 5)), Admitted::Conflict);
        assert_eq!(generation.series().count(), 0);
    }

    #[test]
    fn samples_of_no_series_are_counted_and_a_number_out_of_range_is_none() {
        let mut generation = Generation::new(1);
        assert!(!generation.define(u32::MAX, meta(Unit::BYTES, 1)));
        assert!(generation.define(3, meta(Unit::BYTES, 1)));
        let entry = |series, at| Entry { series, at, value: 1.0 };
        assert_eq!(generation.append(&[entry(3, 5), entry(2, 5), entry(3, -1), entry(9, 5)]), 2);
        assert_eq!((generation.samples(), generation.oldest(), generation.born()), (2, Some(-1), Some(5)));
        assert_eq!(generation.days().len(), 2);
        generation.delete_before(0, &Matcher::all()).unwrap();
        assert_eq!((generation.samples(), generation.oldest()), (1, Some(5)));
    }
}
