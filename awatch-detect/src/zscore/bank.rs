use std::fmt::Debug;
use std::time::Duration;

use awatch_core::detect::{Column, Readiness};
use awatch_core::{DetectError, Explanation, Learn, OnlineDetector, Row, Scores, state};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{KIND, MinSpread, ZScore, explain};

/// What a form of the z-score keeps of one series.
pub(super) trait Statistics: Clone + Debug + Default + Send + Serialize + DeserializeOwned {
    /// The level.
    fn centre(&self) -> f64;
    /// The measured spread, not negative.
    fn spread(&self) -> f64;
    /// Takes in a value.
    fn learn(&mut self, value: f64, update: Update);
    /// Whether it can be the result of learning at least one finite value.
    fn is_sound(&self) -> bool;
    /// Bytes on the heap.
    fn heap(&self) -> usize;
}

/// How a value is taken in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Update {
    /// Whether it is the first.
    pub(super) first: bool,
    /// Its weight among all, above 0 and at most 1.
    pub(super) weight: f64,
    /// The spread it was scored with, once the series is scored.
    pub(super) spread: Option<f64>,
}

/// The most one value weighs after the first thirty, however long the time before it: after a gap, or at an interval
/// as long as the half-life, the statistics still rest on thirty values.
const MOST_WEIGHT: f64 = 1.0 / 30.0;

/// An excursion beyond the edge that lasts at most so long, in seconds, or for a single row, is a burst: it is learnt
/// like any other value, but only once it is over, so that bursts that come again become usual.
const BURST: f64 = 5.0;

/// The most rows of a burst that are learnt.
const BURST_ROWS: f64 = 64.0;

/// What a value weighs in an excursion that lasts longer: what goes on is told before it is learnt.
const EXCURSION_WEIGHT: f64 = 0.125;

/// The fewest values a series is scored from.
const FEWEST_VALUES: f64 = 12.0;

/// The memory of one series; those of a bank lie side by side, each within a cache line or two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Series<S> {
    statistics: S,
    /// How many values it learnt.
    values: f64,
    /// The time for which it was seen, in seconds.
    seen: f64,
    /// For how long without a break values have been beyond the edge, in seconds.
    beyond: f64,
    /// How many values there were in the burst, and their mean; learnt when it ends.
    burst: (f64, f64),
    /// The first value.
    start: f64,
    /// Whether a value was another than the first.
    varied: bool,
    /// Whether a value was below zero.
    below_zero: bool,
}

/// A place of a bank: a series, or none.
#[derive(Clone, Debug)]
struct Place<S> {
    series: Series<S>,
    /// Least spread by unit; NaN when no series is bound.
    floor: f64,
    /// The most time one value stands for, in seconds.
    longest: f64,
    /// Whether the series had been flat before the row last stepped; only for the explanation.
    flat: bool,
}

/// The z-scores of many series.
#[derive(Debug)]
pub(super) struct Bank<S> {
    half_life: f64,
    min_history: f64,
    edge: f64,
    min_spread: MinSpread,
    places: Vec<Place<S>>,
    columns: Vec<Option<Column>>,
}

impl<S: Statistics> Bank<S> {
    pub(super) fn new(config: &ZScore) -> Self {
        Self {
            half_life: config.half_life.as_secs_f64(),
            min_history: config.min_history.as_secs_f64(),
            edge: config.edge,
            min_spread: config.min_spread.clone(),
            places: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// The weight of a value that comes `elapsed` after the one before, once there are many.
    fn weight(&self, elapsed: Duration) -> f64 {
        (1.0 - (-elapsed.as_secs_f64() / self.half_life).exp2()).min(MOST_WEIGHT)
    }
}

impl<S: Statistics> Series<S> {
    fn is_ready(&self, min_history: f64) -> bool {
        self.values >= FEWEST_VALUES && self.seen >= min_history
    }

    /// Takes in a value; `scored` is its score in edges and the spread it was scored with.
    fn learn(&mut self, value: f64, span: f64, weight: f64, scored: Option<(f64, f64)>) {
        let first = self.values < 1.0;
        self.values += 1.0;
        self.seen += span;
        self.start = if first { value } else { self.start };
        self.varied |= (value - self.start).abs() > 0.0;
        self.below_zero |= value < 0.0;
        let full = weight.max(self.values.recip());
        let spread = scored.map(|(_, spread)| spread);
        let update = Update { first, weight: full, spread };
        if scored.is_none_or(|(edges, _)| edges < 1.0) {
            self.learn_burst(update);
            self.statistics.learn(value, update);
            return;
        }
        self.beyond += span;
        if self.beyond > BURST.max(1.5 * span) {
            self.burst = (0.0, 0.0);
            self.statistics.learn(value, Update { weight: EXCURSION_WEIGHT * full, ..update });
        } else {
            let (rows, mean) = self.burst;
            let rows = (rows + 1.0).min(BURST_ROWS);
            self.burst = (rows, mean + (value / rows - mean / rows));
        }
    }

    /// Takes in the burst that is over, if there was one.
    fn learn_burst(&mut self, update: Update) {
        let (mut rows, mean) = self.burst;
        while rows >= 1.0 {
            self.statistics.learn(mean, update);
            rows -= 1.0;
        }
        (self.beyond, self.burst) = (0.0, (0.0, 0.0));
    }

    fn is_sound(&self) -> bool {
        let fresh = self.values < 1.0 && self.seen <= 0.0;
        let (rows, mean) = self.burst;
        let counts = [self.values, self.seen, self.beyond, BURST_ROWS - rows, rows];
        let numbers = self.start.is_finite()
            && mean.is_finite()
            && counts.iter().all(|count| count.is_finite() && *count >= 0.0);
        numbers && (fresh || self.statistics.is_sound())
    }
}

impl<S: Statistics> OnlineDetector for Bank<S> {
    fn bind(&mut self, index: usize, column: Option<&Column>) {
        if index >= self.places.len() {
            let empty = Place { series: Series::default(), floor: f64::NAN, longest: 0.0, flat: false };
            self.places.resize(index + 1, empty);
            self.columns.resize(index + 1, None);
        }
        let (Some(place), Some(own)) = (self.places.get_mut(index), self.columns.get_mut(index)) else {
            return;
        };
        *place = Place {
            series: Series::default(),
            floor: column.map_or(f64::NAN, |column| self.min_spread.of(&column.key.unit)),
            longest: column.map_or(0.0, |column| 2.0 * column.interval.as_secs_f64()),
            flat: false,
        };
        *own = column.cloned();
    }

    fn step(&mut self, row: Row<'_>, learn: Learn, out: &mut Scores) {
        let weight = self.weight(row.elapsed);
        let elapsed = row.elapsed.as_secs_f64();
        let (edge, min_history, relative) = (self.edge, self.min_history, self.min_spread.relative);
        let out = out.columns_mut();
        let band = out.expected.iter_mut().zip(out.lower).zip(out.upper);
        let outputs = out.readiness.iter_mut().zip(out.score).zip(band);
        for ((place, &value), output) in self.places.iter_mut().zip(row.values).zip(outputs) {
            if place.floor.is_nan() {
                continue;
            }
            let ((readiness, score), ((expected, lower), upper)) = output;
            if !value.is_finite() {
                *readiness = Readiness::Missing;
                continue;
            }
            let series = &mut place.series;
            let mut scored = None;
            if series.is_ready(min_history) {
                let centre = series.statistics.centre();
                let spread = series.statistics.spread().max(place.floor).max(relative * centre.abs());
                let half = edge * spread;
                let low = if series.below_zero { centre - half } else { (centre - half).max(0.0) };
                *readiness = Readiness::Ready;
                *score = ((value - centre).abs() / spread).min(f64::MAX);
                (*expected, *lower, *upper) = (centre, low.max(f64::MIN), (centre + half).min(f64::MAX));
                place.flat = !series.varied;
                scored = Some((*score / edge, spread));
            }
            if learn == Learn::Yes {
                series.learn(value, elapsed.min(place.longest), weight, scored);
            }
        }
    }

    fn explain(&self, output: usize, row: Row<'_>, scores: &Scores) -> Explanation {
        let column = self.columns.get(output).and_then(Option::as_ref).map(|column| &column.key);
        let flat = self.places.get(output).is_some_and(|place| place.flat);
        explain::of(column, output, row, scores, flat)
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        let bound = |place: &Place<S>| (!place.floor.is_nan()).then(|| place.series.clone());
        state::encode(KIND, &self.places.iter().map(bound).collect::<Vec<_>>())
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), DetectError> {
        let saved: Vec<Option<Series<S>>> = state::decode(KIND, bytes)?;
        let error = |reason: String| DetectError::State { kind: KIND, reason };
        if saved.len() != self.places.len() {
            return Err(error(format!("it has {} places and {} are bound", saved.len(), self.places.len())));
        }
        for (index, (place, saved)) in self.places.iter().zip(&saved).enumerate() {
            if saved.is_some() == place.floor.is_nan() {
                return Err(error(format!("place {index} has a series on one side only")));
            }
            if saved.as_ref().is_some_and(|series| !series.is_sound()) {
                return Err(error(format!("place {index} has numbers that no history leads to")));
            }
        }
        for (place, saved) in self.places.iter_mut().zip(saved) {
            place.series = saved.unwrap_or_default();
        }
        Ok(())
    }

    fn memory(&self) -> usize {
        let heap: usize = self.places.iter().map(|place| place.series.statistics.heap()).sum();
        let places = self.places.capacity() * size_of::<Place<S>>();
        size_of::<Self>() + places + heap + self.columns.capacity() * size_of::<Option<Column>>()
    }
}
