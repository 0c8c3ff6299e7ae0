//! One series, read from early to late.

use std::time::Duration;

use awatch_core::series::{Growth, LastTotal};
use awatch_core::store::{BlockData, Bucket, SeriesBlock};
use awatch_core::{Interval, Timestamp};

use super::accumulate::Accumulator;
use super::cells::Cells;
use super::grid::Grid;
use super::plan::{Planned, Reading};
use super::{Aggregation, QueryError};

/// The range of a query and its steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) grid: Grid,
    /// Whether the steps lie on the grid, and are not the range itself.
    pub(super) stepped: bool,
    pub(super) over_time: Aggregation,
    /// How much earlier than the start the scan began.
    pub(super) look_back: Duration,
}

/// Why a block was not taken in.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is a summary of that length, longer than what was looked back.
    LookBack(Interval),
    /// It cannot be answered.
    Error(QueryError),
}

/// What was read of a series so far.
#[derive(Debug)]
pub(super) struct Reader {
    last: LastTotal,
    step: usize,
    /// The first instant after the present step; the earliest while there is none.
    step_end: Timestamp,
    sum: Accumulator,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { last: LastTotal::default(), step: 0, step_end: Timestamp::MIN, sum: Accumulator::default() }
    }

    /// How many numbers it keeps.
    pub(super) fn kept(&self) -> usize {
        self.sum.kept()
    }

    /// Takes in samples later than those before; gives the steps that are over to `cells`.
    pub(super) fn take(
        &mut self,
        series: &Planned,
        block: &SeriesBlock,
        range: &Range,
        cells: &mut Cells,
    ) -> Result<(), Refused> {
        match &block.data {
            BlockData::Raw { at, values } => {
                for (at, value) in at.iter().zip(values).filter(|(_, value)| value.is_finite()) {
                    self.sample(series.reading, *at, *value, range, cells);
                }
            }
            BlockData::Rollup { step, buckets } => {
                check(series, *step, range)?;
                for bucket in buckets.iter().filter(|bucket| is_usable(bucket)) {
                    self.bucket(series, *step, bucket, range, cells)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn sample(&mut self, reading: Reading, at: Timestamp, value: f64, range: &Range, cells: &mut Cells) {
        let (amount, span) = match reading {
            Reading::Level => (value, 1.0),
            Reading::Delta { seconds } => (value, seconds),
            Reading::Growth { gap } => match self.last.see(at, value) {
                Growth::Grown { by, over } if over <= gap => (by, over.as_secs_f64()),
                _ => return,
            },
        };
        if at < range.start || at >= range.end {
            return;
        }
        self.go_to(at, range, cells);
        if matches!(range.over_time, Aggregation::Quantile(_)) {
            self.sum.keep(amount, span);
        } else {
            self.sum.add(amount, span);
        }
    }

    fn bucket(
        &mut self,
        series: &Planned,
        step: Interval,
        bucket: &Bucket,
        range: &Range,
        cells: &mut Cells,
    ) -> Result<(), Refused> {
        let grown = self.growth(series, step, bucket);
        if bucket.at < range.start || bucket.at >= range.end {
            return Ok(());
        }
        self.go_to(bucket.at, range, cells);
        if range.stepped && bucket.at.plus(step.as_duration()) > self.step_end {
            return Err(Refused::Error(QueryError::StepCutsRollup {
                series: Box::new(series.meta.key.clone()),
                step: range.grid.step(),
                kept: step.as_duration(),
            }));
        }
        match (series.reading, grown) {
            (Reading::Level, _) => self.sum.merge(bucket, 1.0),
            (Reading::Delta { seconds }, _) => self.sum.merge(bucket, seconds),
            (Reading::Growth { .. }, Some((by, over))) => self.sum.grow(by, over.as_secs_f64()),
            (Reading::Growth { .. }, None) => {}
        }
        Ok(())
    }

    /// What a counter grew by from the last total before to the last of this summary, which is taken to be of its last
    /// tick. `None` when that is not known: after a gap, or when it started again.
    fn growth(&mut self, series: &Planned, step: Interval, bucket: &Bucket) -> Option<(f64, Duration)> {
        let Reading::Growth { gap } = series.reading else { return None };
        let to_last_tick = step.as_duration().saturating_sub(series.meta.interval.as_duration());
        let restarted = bucket.last < bucket.max || self.last.total().is_some_and(|total| bucket.min < total);
        match self.last.see(bucket.at.plus(to_last_tick), bucket.last) {
            Growth::Grown { by, over } if !restarted && over <= gap.max(step.as_duration()) => {
                Some((by, over))
            }
            _ => None,
        }
    }

    /// Closes the present step when `at` is after it.
    fn go_to(&mut self, at: Timestamp, range: &Range, cells: &mut Cells) {
        if at >= self.step_end {
            self.close(range, cells);
            (self.step, self.step_end) = range.grid.find(at);
        }
    }

    /// Gives what the present step comes to to `cells`.
    pub(super) fn close(&mut self, range: &Range, cells: &mut Cells) {
        if let Some(value) = self.sum.take(range.over_time) {
            cells.put(self.step, range.grid.len(), value);
        }
    }
}

/// Whether summaries of that length can answer what is asked.
fn check(series: &Planned, step: Interval, range: &Range) -> Result<(), Refused> {
    let is_growth = matches!(series.reading, Reading::Growth { .. });
    let instead = match range.over_time {
        Aggregation::Quantile(_) if is_growth => "rate or sum",
        Aggregation::Quantile(_) => "avg, min or max",
        Aggregation::Min | Aggregation::Max | Aggregation::Last if is_growth => "rate, sum or total",
        _ if is_growth && step.as_duration() > range.look_back => return Err(Refused::LookBack(step)),
        _ => return Ok(()),
    };
    Err(Refused::Error(QueryError::NotInRollup {
        series: Box::new(series.meta.key.clone()),
        aggregation: range.over_time,
        kept: step.as_duration(),
        instead,
    }))
}

fn is_usable(bucket: &Bucket) -> bool {
    bucket.count > 0
        && [bucket.min, bucket.max, bucket.sum, bucket.last].iter().all(|number| !number.is_nan())
}
