use awatch_core::detect::{ContributionsMut, Detector, Fit, Score};
use awatch_core::{ColumnKey, DetectError, FrameView};

use super::grow::Grower;
use super::keys::Keys;
use super::trees::{self, MOST_COLUMNS, Trees};
use super::{IsolationForest, KIND, explain, path_length};
use crate::batch::{self, Checked};
use crate::parameter;
use crate::random::Random;

/// The fewest rows a forest is grown on.
const FEWEST_ROWS: usize = 2;

/// Rows the medians are taken from, drawn at random: their standard error is then 4 % of a standard deviation.
const MEDIAN_ROWS: usize = 1024;

/// A grown forest. The score of a row is in (0, 1], higher = more anomalous, about 0.5 for a usual row.
#[derive(Clone, Debug, PartialEq)]
pub struct IsolationForestModel {
    pub(super) columns: Vec<ColumnKey>,
    pub(super) medians: Vec<Option<f64>>,
    pub(super) trees: Trees,
}

impl IsolationForestModel {
    /// The median of a column in the history, in its unit, to which a missing value is set; `None` when the column never
    /// had a value.
    #[must_use]
    pub fn median(&self, column: usize) -> Option<f64> {
        self.medians.get(column).copied().flatten()
    }

    /// Memory used, in bytes, column names left out.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.trees.memory() + self.medians.capacity() * size_of::<Option<f64>>()
    }

    /// Sets the keys of a row; whether the row has a value.
    pub(super) fn set_keys(&self, row: usize, values: &[f64], keys: &mut Keys) -> bool {
        keys.set(row, values.iter().zip(&self.medians).map(|(value, median)| distance(*value, *median)));
        values.iter().any(|value| value.is_finite())
    }
}

/// How far a value is from its column's median, in single precision; 0 when it is missing or the column unknown.
#[expect(clippy::cast_possible_truncation, reason = "single precision is part of the algorithm here")]
fn distance(value: f64, median: Option<f64>) -> f32 {
    match median {
        Some(median) if value.is_finite() => ((value - median) as f32).clamp(f32::MIN, f32::MAX),
        _ => 0.0,
    }
}

/// Grows the trees one after another, each from a stream of random numbers of its own. Columns that never had a value
/// are not cut.
impl Fit for Checked<IsolationForest> {
    type Model = IsolationForestModel;

    fn fit(&self, train: FrameView<'_>) -> Result<IsolationForestModel, DetectError> {
        let usable = batch::usable_rows(KIND, train, FEWEST_ROWS)?;
        let width = train.columns().len();
        if width > MOST_COLUMNS {
            return Err(parameter("columns", &width, "give a forest at most 8191 columns"));
        }
        let config = self.config();
        let medians = medians(train, &usable, &mut Random::new(config.seed, u64::MAX));
        let sample = config.sample.min(usable.len());
        let limit = sample.next_power_of_two().trailing_zeros();
        let cut: Vec<u16> = (0..=u16::MAX)
            .zip(&medians)
            .filter_map(|(column, median)| median.is_some().then_some(column))
            .collect();
        let mut trees = Trees::new(config.trees, limit, sample);
        let mut values = vec![0.0; sample * width];
        let mut order: Vec<u16> = Vec::with_capacity(sample);
        for tree in 0..config.trees {
            let mut random = Random::new(config.seed, tree as u64);
            for (place, drawn) in random.sample(sample, usable.len()).into_iter().enumerate() {
                let row = train.values().get(usable[drawn] * width..).unwrap_or_default();
                for ((value, median), out) in
                    row.iter().zip(&medians).zip(values[place..].iter_mut().step_by(sample))
                {
                    *out = distance(*value, *median);
                }
            }
            order.clear();
            order.extend((0..=u16::MAX).take(sample));
            trees.push(&Grower::new(&values, sample, &cut, limit, random).tree(&mut order));
        }
        Ok(IsolationForestModel { columns: train.columns().to_vec(), medians, trees })
    }
}

/// The median of each column over drawn rows, or over all when it has no value in those.
fn medians(train: FrameView<'_>, usable: &[usize], random: &mut Random) -> Vec<Option<f64>> {
    let width = train.columns().len();
    let drawn = random.sample(MEDIAN_ROWS, usable.len());
    let of_column = |column: usize| {
        let value = |index: &usize| train.values().get(usable[*index] * width + column).copied();
        let known: Vec<f64> = drawn.iter().filter_map(value).filter(|value| value.is_finite()).collect();
        median(known).or_else(|| median(train.column(column).filter(|value| value.is_finite()).collect()))
    };
    (0..width).map(of_column).collect()
}

/// The middle value, the upper one of two; `None` without values.
fn median(mut values: Vec<f64>) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() { None } else { Some(*values.select_nth_unstable_by(middle, f64::total_cmp).1) }
}

impl Detector for IsolationForestModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn columns(&self) -> &[ColumnKey] {
        &self.columns
    }

    fn score(&self, rows: FrameView<'_>, out: &mut [Option<Score>]) -> Result<(), DetectError> {
        batch::check_score(&self.columns, rows, out.len())?;
        let width = self.columns.len();
        let block = trees::block_rows(width).min(rows.len()).max(1);
        let mut keys = Keys::new(block, width);
        let mut sums = vec![0_u64; block];
        let mut rows = rows.rows();
        for places in out.chunks_mut(block) {
            for (row, (place, values)) in places.iter_mut().zip(rows.by_ref()).enumerate() {
                *place = self.set_keys(row, values, &mut keys).then_some(Score(0.0));
            }
            let sums = &mut sums[..places.len()];
            sums.fill(0);
            self.trees.add_paths(&keys, sums);
            for (place, sum) in places.iter_mut().zip(sums) {
                let score = path_length::score(*sum, self.trees.len(), self.trees.rows());
                *place = place.map(|_| Score(score));
            }
        }
        Ok(())
    }

    fn contributions(&self, rows: FrameView<'_>, mut out: ContributionsMut<'_>) -> Result<(), DetectError> {
        batch::check_contributions(&self.columns, rows, &mut out)?;
        for (row, places) in rows.rows().zip(out.rows()) {
            explain::shares(self, row, places);
        }
        Ok(())
    }
}
