use std::collections::{BTreeMap, btree_map::Entry};
use std::sync::Arc;

use awatch::{Matcher, SeriesKey, SeriesMeta, Timestamp};

/// What a sample is counted as.
const SAMPLE_BYTES: u64 = 32;

/// All samples in memory.
#[derive(Debug, Default)]
pub(super) struct Contents {
    numbers: BTreeMap<SeriesKey, usize>,
    all: Vec<Series>,
}

/// One series.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) number: usize,
    pub(super) meta: Arc<SeriesMeta>,
    samples: BTreeMap<Timestamp, f64>,
}

impl Series {
    pub(super) fn between(&self, start: Timestamp, end: Timestamp) -> impl Iterator<Item = (Timestamp, f64)> {
        self.samples.range(start..end).map(|(at, value)| (*at, *value))
    }

    pub(super) fn samples(&self) -> impl Iterator<Item = (Timestamp, f64)> {
        self.samples.iter().map(|(at, value)| (*at, *value))
    }
}

impl Contents {
    /// The number of a series in the file, and whether it was just given.
    pub(super) fn number(&mut self, meta: &Arc<SeriesMeta>) -> (usize, bool) {
        match self.numbers.entry(meta.key.clone()) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(place) => {
                let number = self.all.len();
                place.insert(number);
                self.all.push(Series { number, meta: Arc::clone(meta), samples: BTreeMap::new() });
                (number, true)
            }
        }
    }

    /// Whether there is such a series.
    pub(super) fn insert(&mut self, number: usize, at: Timestamp, value: f64) -> bool {
        let series = self.all.get_mut(number);
        series.map(|series| series.samples.insert(at, value)).is_some()
    }

    /// How many were removed.
    pub(super) fn remove_before(&mut self, number: usize, cutoff: Timestamp) -> u64 {
        let Some(series) = self.all.get_mut(number) else { return 0 };
        let kept = series.samples.split_off(&cutoff);
        std::mem::replace(&mut series.samples, kept).len() as u64
    }

    /// The series with samples that are meant, sorted by key.
    pub(super) fn chosen(&self, matcher: &Matcher) -> impl Iterator<Item = &Series> {
        self.numbers
            .iter()
            .filter(|(key, _)| matcher.matches(key))
            .filter_map(|(_, number)| self.all.get(*number))
            .filter(|series| !series.samples.is_empty())
    }

    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.all.iter().filter_map(|series| series.samples.keys().next()).min().copied()
    }

    /// Series with samples, and samples.
    pub(super) fn counts(&self) -> (u64, u64) {
        let lengths = self.all.iter().map(|series| series.samples.len() as u64).filter(|length| *length > 0);
        lengths.fold((0, 0), |(series, samples), length| (series + 1, samples + length))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.counts().1 * SAMPLE_BYTES
    }
}
