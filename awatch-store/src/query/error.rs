use std::time::Duration;

use awatch_core::duration::format;
use awatch_core::{SeriesKey, StoreError, Timestamp, Unit};

use super::{Aggregation, Group};

/// A query cannot be answered; the message says what to change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The range has no time in it.
    #[error("the range ends at {end}, not after its start {start}: give a later end or an earlier start")]
    EmptyRange {
        /// The start given.
        start: Timestamp,
        /// The end given.
        end: Timestamp,
    },
    /// The step is no time at all.
    #[error("the step is 0s: give a step of some length, for example 1m")]
    ZeroStep,
    /// The answer would be too large.
    #[error(
        "a step of {} gives {points} points for {series} series, more than {most}: use a step of {} or longer, a \
         shorter range, or fewer series", format(*step), format(*fits)
    )]
    TooManyPoints {
        /// The step asked for.
        step: Duration,
        /// How many points it would give over the range for all series.
        points: u128,
        /// How many series, or groups of series, there are.
        series: usize,
        /// How many points are allowed.
        most: usize,
        /// A step that fits.
        fits: Duration,
    },
    /// There are more series than points allowed.
    #[error("{series} series match, more than the {most} points allowed: use a narrower pattern or a limit")]
    TooManySeries {
        /// How many series, or groups of series, there are.
        series: usize,
        /// How many points are allowed.
        most: usize,
    },
    /// A quantile needs all numbers of a step at once, and these are too many.
    #[error(
        "{aggregation} needs more than {most} numbers in memory at once: use a shorter step, fewer series, or another \
         aggregation"
    )]
    TooManyNumbers {
        /// The quantile.
        aggregation: Aggregation,
        /// How many numbers are held at most.
        most: usize,
    },
    /// Only counters have a rate.
    #[error("{series} is a gauge and has no rate: use avg, or a pattern that only matches counters")]
    RateOfGauge {
        /// The gauge.
        series: Box<SeriesKey>,
    },
    /// The numbers it needs were summed up long ago.
    #[error(
        "of {series} only summaries of {} are left, which cannot tell {aggregation}: use {instead}, or a later start",
        format(*kept)
    )]
    NotInRollup {
        /// The series.
        series: Box<SeriesKey>,
        /// What was asked for.
        aggregation: Aggregation,
        /// The length of the summaries.
        kept: Duration,
        /// What they can tell.
        instead: &'static str,
    },
    /// The steps asked for cut through summaries.
    #[error(
        "of {series} only summaries of {kept} are left, which steps of {step} would cut: use {kept} or a multiple of it",
        step = format(*step), kept = format(*kept)
    )]
    StepCutsRollup {
        /// The series.
        series: Box<SeriesKey>,
        /// The step asked for.
        step: Duration,
        /// The length of the summaries.
        kept: Duration,
    },
    /// Series that are to become one have different units.
    #[error(
        "the series of {group} are in {one} and in {other}: give another unit its own group, or use a narrower pattern"
    )]
    MixedUnits {
        /// The group.
        group: Box<Group>,
        /// The unit of one series.
        one: Unit,
        /// The unit of another.
        other: Unit,
    },
    /// The aggregation is for time, not for series.
    #[error(
        "{aggregation} cannot make one of several series: use avg, min, max, sum, count, median or a quantile such as p95"
    )]
    NotAcross {
        /// The aggregation.
        aggregation: Aggregation,
    },
    /// The history cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}
