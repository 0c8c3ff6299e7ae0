use awatch_core::detect::{ContributionsMut, Score};
use awatch_core::{ColumnKey, DetectError, FrameView};

use super::knots::{Knots, knots_of};
use super::shape::shape;
use super::{Logs, Resolution, Skew};
use crate::batch;

/// The fewest rows a distribution is made of.
const FEWEST_ROWS: usize = 2;

/// Rows that are scored column by column.
const BLOCK: usize = 128;

/// The tail probabilities of every column; scores are sums over columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TailModel {
    pub(super) columns: Vec<ColumnKey>,
    pub(super) tails: Vec<Tail>,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tail {
    pub(super) knots: Knots,
    pub(super) skew: Skew,
}

impl TailModel {
    pub(crate) fn fit(
        kind: &'static str,
        train: FrameView<'_>,
        resolution: Resolution,
    ) -> Result<Self, DetectError> {
        batch::usable_rows(kind, train, FEWEST_ROWS)?;
        let tail = |column: usize| {
            let mut values: Vec<f64> = train.column(column).filter(|value| value.is_finite()).collect();
            let (skew, spread) = shape(&values);
            values.sort_unstable_by(f64::total_cmp);
            let rows = u32::try_from(values.len()).unwrap_or(u32::MAX);
            Tail { knots: Knots::new(knots_of(&values, resolution), rows, spread), skew }
        };
        let tails = (0..train.columns().len()).map(tail).collect();
        Ok(Self { columns: train.columns().to_vec(), tails })
    }

    pub(crate) fn columns(&self) -> &[ColumnKey] {
        &self.columns
    }

    pub(crate) fn memory(&self) -> usize {
        let heap = |tail: &Tail| size_of::<Tail>() + tail.knots.memory();
        size_of::<Self>() + self.tails.iter().map(heap).sum::<usize>()
    }

    pub(crate) fn score(
        &self,
        rows: FrameView<'_>,
        out: &mut [Option<Score>],
        contribution: impl Fn(Skew, Logs) -> f64,
    ) -> Result<(), DetectError> {
        batch::check_score(&self.columns, rows, out.len())?;
        let width = self.columns.len();
        for (values, places) in rows.values().chunks(width.max(1) * BLOCK).zip(out.chunks_mut(BLOCK)) {
            let mut sums = [None; BLOCK];
            // Column by column, so that the knots of one stay in the nearest cache; each row is summed in the same order.
            for (column, tail) in self.tails.iter().enumerate() {
                for (row, sum) in values.chunks_exact(width.max(1)).zip(&mut sums) {
                    if let Some(value) = row.get(column).filter(|value| value.is_finite()) {
                        let part = contribution(tail.skew, tail.knots.tails(*value));
                        *sum = Some(sum.unwrap_or(0.0) + part);
                    }
                }
            }
            for (place, sum) in places.iter_mut().zip(sums) {
                *place = sum.map(Score);
            }
        }
        Ok(())
    }

    pub(crate) fn contributions(
        &self,
        rows: FrameView<'_>,
        mut out: ContributionsMut<'_>,
        contribution: impl Fn(Skew, Logs) -> f64,
    ) -> Result<(), DetectError> {
        batch::check_contributions(&self.columns, rows, &mut out)?;
        for (row, places) in rows.rows().zip(out.rows()) {
            for ((value, tail), place) in row.iter().zip(&self.tails).zip(places) {
                let part = |value| contribution(tail.skew, tail.knots.tails(value));
                *place = if value.is_finite() { part(*value) } else { 0.0 };
            }
        }
        Ok(())
    }
}
