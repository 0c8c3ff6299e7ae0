//! Rows on one scale: as distances from the mean of the history, in standard deviations.

use awatch_core::{DetectError, FrameView};
use serde::{Deserialize, Serialize};

use crate::mean::mean;
use crate::zscore::MinSpread;

/// The farthest a value is from its mean, in standard deviations: squares of it, and their sums, stay finite.
pub(crate) const FARTHEST: f64 = 1e100;

/// Mean and spread of every column; none for a column that never had a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Scaling {
    levels: Vec<Option<Level>>,
}

/// Where the values of a column lie, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Level {
    mean: f64,
    /// The standard deviation of the population, at least the least spread taken for real.
    spread: f64,
}

impl Scaling {
    /// The levels of the columns of a history. O(rows × columns).
    pub(crate) fn fit(train: FrameView<'_>, least: &MinSpread) -> Self {
        let level = |(column, key): (usize, &awatch_core::ColumnKey)| {
            let values = || train.column(column).filter(|value| value.is_finite());
            let count = values().count() as f64;
            let mean = mean(values);
            let deviation = |value: f64| (value - mean).clamp(f64::MIN, f64::MAX);
            let largest = values().map(|value| deviation(value).abs()).fold(f64::MIN_POSITIVE, f64::max);
            // Deviations as parts of the largest cannot overflow.
            let variance = values().map(|value| (deviation(value) / largest).powi(2)).sum::<f64>() / count;
            let spread =
                (largest * variance.sqrt()).max(least.of(&key.unit)).max(least.relative * mean.abs());
            (count > 0.0).then_some(Level { mean, spread: spread.min(f64::MAX) })
        };
        Self { levels: train.columns().iter().enumerate().map(level).collect() }
    }

    /// Bytes on the heap.
    pub(crate) fn memory(&self) -> usize {
        self.levels.capacity() * size_of::<Option<Level>>()
    }

    /// Mean and spread of a column, in its unit.
    pub(crate) fn level(&self, column: usize) -> Option<(f64, f64)> {
        self.levels.get(column).copied().flatten().map(|level| (level.mean, level.spread))
    }

    /// Writes a row in standard deviations, 0 where a value is missing or the column unknown; how many values it has.
    pub(crate) fn scale(&self, row: &[f64], out: &mut Vec<f64>) -> usize {
        out.clear();
        let mut known = 0;
        out.extend(row.iter().zip(&self.levels).map(|(value, level)| match level {
            Some(level) if value.is_finite() => {
                known += 1;
                // Halves, so that the difference cannot overflow.
                let distance = (value / 2.0 - level.mean / 2.0) / level.spread * 2.0;
                distance.clamp(-FARTHEST, FARTHEST)
            }
            _ => 0.0,
        }));
        known
    }

    /// Whether a value of a column takes part in scores.
    pub(crate) fn knows(&self, column: usize, value: f64) -> bool {
        value.is_finite() && self.levels.get(column).is_some_and(Option::is_some)
    }

    /// All rows in standard deviations, one after another; rows without a value are left out.
    pub(crate) fn scale_all(&self, train: FrameView<'_>) -> Vec<f64> {
        let (mut all, mut scaled) = (Vec::new(), Vec::new());
        for row in train.rows() {
            if self.scale(row, &mut scaled) > 0 {
                all.extend_from_slice(&scaled);
            }
        }
        all
    }

    /// Refuses levels that are not finite or not one per column.
    pub(crate) fn check(&self, kind: &'static str, columns: usize) -> Result<(), DetectError> {
        let is_sound =
            |level: &Level| level.mean.is_finite() && level.spread.is_finite() && level.spread > 0.0;
        if columns == 0 || self.levels.len() != columns || !self.levels.iter().flatten().all(is_sound) {
            let reason = format!("the levels of its {columns} columns are not levels");
            return Err(DetectError::State { kind, reason });
        }
        Ok(())
    }
}
