//! A joint detector: how far is this row from the rows of the last minutes that resemble it most?
//!
//! Unlike a score per series it sees combinations: traffic without load, load without traffic. The distance of a row is
//! that to the fifth-nearest remembered row, in spreads of the columns (root mean square over the columns that both rows
//! have); the score says how many times the usual distance that is. It costs O(rows × columns) a row, and remembers at
//! most 600 rows.

use std::collections::VecDeque;
use std::time::Duration;

use awatch::config::{ConfigError, Table};
use awatch::detect::decide::Policy;
use awatch::detect::{
    Column, Contribution, DeciderFactory, DetectError, DetectorFactory, Explanation, Learn, OnlineDetector,
    Row, Scope, Scores,
};
use serde::{Deserialize, Serialize};

/// The word after `kind =`.
pub const KIND: &str = "neighbours";

const NEIGHBOURS: usize = 5;
const MIN_ROWS: usize = 30;
const MAX_ROWS: usize = 600;
/// The score from which on a row is unusual.
const EDGE: f64 = 4.0;
/// No distance is less than this for being usual, in spreads: a target at rest is no reason to tell every move.
const LEAST_USUAL: f64 = 0.1;
/// The usual distance is the mean of so many, later decaying.
const USUAL_OF: f64 = 100.0;
/// How many distances are needed to know what is usual.
const MIN_DISTANCES: u32 = 20;
/// Beyond this numbers are taken for it, so that no square overflows.
const LARGEST: f64 = 1e100;

/// How the detector is configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Neighbours {
    /// How long rows are remembered: `"5m"` unless told otherwise.
    #[serde(with = "awatch::duration")]
    pub memory: Duration,
}

impl Default for Neighbours {
    fn default() -> Self {
        Self { memory: Duration::from_secs(300) }
    }
}

/// Builds it from its table of the configuration.
///
/// # Errors
/// [`ConfigError`] at the first mistake.
pub fn from_table(table: &Table) -> Result<Neighbours, ConfigError> {
    let config: Neighbours = table.deserialize()?;
    if config.memory < Duration::from_secs(60) {
        return Err(table.error_at("memory", "this is too short; write at least \"1m\""));
    }
    Ok(config)
}

impl DetectorFactory for Neighbours {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn scope(&self) -> Scope {
        Scope::Target
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        Box::new(Recent { memory: self.memory, columns: Vec::new(), state: State::default(), nearest: None })
    }

    fn policy(&self) -> Option<Box<dyn DeciderFactory>> {
        let policy = Policy::default().with_edge(EDGE).build().ok()?;
        Some(Box::new(policy))
    }
}

/// A remembered row: the time since the one before, and its values.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Past {
    elapsed: Duration,
    values: Vec<f64>,
}

/// All that is remembered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct State {
    rows: VecDeque<Past>,
    /// The decayed mean of the distances, and how many there were.
    usual: f64,
    distances: u32,
}

/// What the row just scored was compared with: the nearest row, and the spread of each column.
#[derive(Clone, Debug)]
struct Nearest {
    values: Vec<f64>,
    spreads: Vec<f64>,
}

#[derive(Debug)]
struct Recent {
    memory: Duration,
    columns: Vec<Option<Column>>,
    state: State,
    /// For explaining the row just stepped: not part of the state.
    nearest: Option<Nearest>,
}

impl OnlineDetector for Recent {
    fn bind(&mut self, index: usize, column: Option<&Column>) {
        if index >= self.columns.len() {
            self.columns.resize(index + 1, None);
        }
        self.columns[index] = column.cloned();
        for row in &mut self.state.rows {
            row.values.resize(self.columns.len(), f64::NAN);
            row.values[index] = f64::NAN;
        }
    }

    fn step(&mut self, row: Row<'_>, learn: Learn, out: &mut Scores) {
        let values: Vec<f64> =
            self.columns.iter().zip(row.values).map(|(c, value)| seen(c, *value)).collect();
        self.nearest = None;
        if values.iter().all(|value| value.is_nan()) {
            out.set_missing(0);
            return;
        }
        let distance = self.compare(&values);
        if let Some(distance) = distance.filter(|_| self.state.distances >= MIN_DISTANCES) {
            out.set(0, distance / self.state.usual.max(LEAST_USUAL));
        }
        if learn == Learn::Yes {
            self.state.learn(distance);
            self.remember(Past { elapsed: row.elapsed, values });
        }
    }

    fn explain(&self, _: usize, row: Row<'_>, _: &Scores) -> Explanation {
        let Some(nearest) = &self.nearest else {
            let sentence = format!("{} of {MIN_ROWS} rows remembered", self.state.rows.len());
            return Explanation { sentence, contributions: Vec::new() };
        };
        let mut contributions: Vec<Contribution> = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            let (Some(column), Some(value)) = (column, row.values.get(index)) else { continue };
            let (Some(expected), Some(spread)) = (nearest.values.get(index), nearest.spreads.get(index))
            else {
                continue;
            };
            let away = (bounded(*value) - expected) / spread;
            contributions.push(Contribution {
                column: column.key.clone(),
                contribution: if away.is_nan() { 0.0 } else { away * away },
                observed: Some(*value).filter(|value| value.is_finite()),
                expected: Some(*expected).filter(|value| value.is_finite()),
                lower: None,
                upper: None,
            });
        }
        let total: f64 = contributions.iter().map(|part| part.contribution).sum();
        for part in &mut contributions {
            part.contribution /= total.max(f64::MIN_POSITIVE);
        }
        contributions.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        Explanation { sentence: sentence(&contributions), contributions }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        awatch::state::encode(KIND, &(self.columns.len(), &self.state))
    }

    fn load(&mut self, state: &[u8]) -> Result<(), DetectError> {
        let (columns, state): (usize, State) = awatch::state::decode(KIND, state)?;
        let sound = columns == self.columns.len() && state.is_sound(columns);
        if !sound {
            let reason = format!("it is not of {} columns", self.columns.len());
            return Err(DetectError::State { kind: KIND, reason });
        }
        self.state = state;
        Ok(())
    }

    fn memory(&self) -> usize {
        self.state.rows.len() * (size_of::<Past>() + self.columns.len() * size_of::<f64>())
    }
}

impl State {
    fn learn(&mut self, distance: Option<f64>) {
        let Some(distance) = distance else { return };
        // What is far beyond the usual says little about it.
        let most = if self.distances < MIN_DISTANCES { f64::MAX } else { EDGE * self.usual.max(LEAST_USUAL) };
        self.distances = self.distances.saturating_add(1);
        let weight = 1.0 / f64::from(self.distances).min(USUAL_OF);
        self.usual += weight * (distance.min(most) - self.usual);
    }

    fn is_sound(&self, columns: usize) -> bool {
        let mut values = self.rows.iter().flat_map(|past| &past.values);
        self.rows.len() <= MAX_ROWS
            && self.rows.iter().all(|past| past.values.len() == columns)
            && values.all(|value| value.is_nan() || value.abs() <= LARGEST)
            && (0.0..=1e150).contains(&self.usual)
    }
}

impl Recent {
    /// The distance of a row, and what it was compared with.
    fn compare(&mut self, values: &[f64]) -> Option<f64> {
        let rows = &self.state.rows;
        if rows.len() < MIN_ROWS {
            return None;
        }
        let spreads: Vec<f64> = (0..values.len()).map(|column| self.spread(column)).collect();
        let far = |(index, past): (usize, &Past)| Some((distance(values, &past.values, &spreads)?, index));
        let mut distances: Vec<(f64, usize)> = rows.iter().enumerate().filter_map(far).collect();
        distances.sort_by(|a, b| a.0.total_cmp(&b.0));
        let nearest = distances.first().and_then(|(_, index)| rows.get(*index))?;
        let distance = distances.get(NEIGHBOURS - 1).map(|(distance, _)| *distance);
        self.nearest = Some(Nearest { values: nearest.values.clone(), spreads });
        distance
    }

    fn remember(&mut self, past: Past) {
        self.state.rows.push_back(past);
        let mut span =
            self.state.rows.iter().fold(Duration::ZERO, |sum, past| sum.saturating_add(past.elapsed));
        while span > self.memory || self.state.rows.len() > MAX_ROWS {
            let Some(gone) = self.state.rows.pop_front() else { break };
            span = span.saturating_sub(gone.elapsed);
        }
    }

    /// The standard deviation of a column over the remembered rows, with a floor for flat lines.
    fn spread(&self, column: usize) -> f64 {
        let values =
            || self.state.rows.iter().filter_map(|past| past.values.get(column)).filter(|v| !v.is_nan());
        let count = values().count().max(1) as f64;
        let mean = values().map(|value| value / count).sum::<f64>();
        let variance = values().map(|value| (value - mean) * (value - mean) / count).sum::<f64>();
        variance.sqrt().max(mean.abs() * 1e-3).max(1e-6)
    }
}

/// The number of a place, when it belongs to a column.
fn seen(column: &Option<Column>, value: f64) -> f64 {
    if column.is_some() { bounded(value) } else { f64::NAN }
}

fn bounded(value: f64) -> f64 {
    value.clamp(-LARGEST, LARGEST)
}

/// The root mean square of the differences in spreads over the columns that both have; `None` when there is none.
fn distance(one: &[f64], other: &[f64], spreads: &[f64]) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for ((one, other), spread) in one.iter().zip(other).zip(spreads) {
        let away = (one - other) / spread;
        if !away.is_nan() {
            sum += away * away;
            count += 1.0;
        }
    }
    (count > 0.0).then(|| f64::sqrt(sum / count))
}

fn sentence(contributions: &[Contribution]) -> String {
    let Some(Contribution { column, observed: Some(observed), expected: Some(expected), .. }) =
        contributions.first()
    else {
        return "no row like this was seen lately".to_owned();
    };
    let (observed, expected) = (column.unit.display(*observed), column.unit.display(*expected));
    format!(
        "no row like this was seen lately: {column} is {observed}, in the row most like it it was {expected}",
        column = column
    )
}
