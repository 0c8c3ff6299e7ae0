//! The values of a curve while they come.

use super::Aggregation;
use super::accumulate::Accumulator;

/// A value per step: of one series, or of several being made one. Empty until the first comes.
#[derive(Debug)]
pub(super) enum Cells {
    /// Of one series.
    Single(Vec<Option<f64>>),
    /// Of several.
    Several {
        /// What becomes of their values.
        aggregation: Aggregation,
        /// Their values so far.
        sums: Vec<Accumulator>,
        /// How many numbers are kept.
        kept: usize,
    },
}

impl Cells {
    pub(super) fn new(across: Option<Aggregation>) -> Self {
        match across {
            None => Self::Single(Vec::new()),
            Some(aggregation) => Self::Several { aggregation, sums: Vec::new(), kept: 0 },
        }
    }

    /// Adds the value of a series at one of `len` steps.
    pub(super) fn put(&mut self, step: usize, len: usize, value: f64) {
        match self {
            Self::Single(values) => {
                if values.is_empty() {
                    values.resize(len, None);
                }
                if let Some(cell) = values.get_mut(step) {
                    *cell = Some(value);
                }
            }
            Self::Several { aggregation, sums, kept } => {
                if sums.is_empty() {
                    sums.resize(len, Accumulator::default());
                }
                let Some(cell) = sums.get_mut(step) else { return };
                if matches!(aggregation, Aggregation::Quantile(_)) {
                    cell.keep(value, 1.0);
                    *kept += 1;
                } else {
                    cell.add(value, 1.0);
                }
            }
        }
    }

    /// How many numbers are kept.
    pub(super) fn kept(&self) -> usize {
        match self {
            Self::Single(_) => 0,
            Self::Several { kept, .. } => *kept,
        }
    }

    /// The values, none when there never was one.
    pub(super) fn finish(self) -> Vec<Option<f64>> {
        match self {
            Self::Single(values) => values,
            Self::Several { aggregation, mut sums, .. } => {
                sums.iter_mut().map(|sum| sum.take(aggregation)).collect()
            }
        }
    }
}
