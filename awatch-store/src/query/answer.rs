use std::fmt;
use std::time::Duration;

use awatch_core::{Labels, Name, Timestamp, Unit};

use super::Aggregation;
use super::grid::Grid;

/// What a store knows about what was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// One curve per series or group that has a value in the range, sorted by name.
    pub curves: Vec<Curve>,
    /// The length of a step.
    pub step: Duration,
    /// Series or groups that match and have no value in the range.
    pub without_values: usize,
    /// Series or groups left out because of the limit.
    pub left_out: usize,
}

/// The values of a series, or of several made one, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is of.
    pub group: Group,
    /// The unit of its values.
    pub unit: Unit,
    /// What the values of each step are of the samples in it: never [`Avg`](Aggregation::Avg) for counters, which
    /// have a rate.
    pub over_time: Aggregation,
    /// What became of several series; `None` when it is one series.
    pub across: Option<Aggregation>,
    /// How many series it is made of.
    pub members: usize,
    grid: Grid,
    values: Vec<Option<f64>>,
}

/// What series have in common that became one curve: of a single series all there is.
///
/// Printed as `target/metric{label="value"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// Their target, if it is one.
    pub target: Option<Name>,
    /// Their metric.
    pub metric: Name,
    /// The labels they have in common by what was asked.
    pub labels: Labels,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(target) = &self.target {
            write!(f, "{target}/")?;
        }
        write!(f, "{}{}", self.metric, self.labels)
    }
}

impl Curve {
    /// As many values as the answer has steps.
    pub(super) fn new(about: About, grid: Grid, values: Vec<Option<f64>>) -> Self {
        let About { group, unit, over_time, across, members } = about;
        Self { group, unit, over_time, across, members, grid, values }
    }

    /// The value of each step, with the instant at which the step begins. `None`: there is nothing to tell of it; that
    /// is never 0.
    #[must_use]
    pub fn points(&self) -> impl ExactSizeIterator<Item = (Timestamp, Option<f64>)> + DoubleEndedIterator {
        self.values.iter().enumerate().map(|(index, value)| (self.grid.start_of(index), *value))
    }

    /// The values alone.
    #[must_use]
    pub fn values(&self) -> &[Option<f64>] {
        &self.values
    }
}

/// All of a curve but its values.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) group: Group,
    pub(super) unit: Unit,
    pub(super) over_time: Aggregation,
    pub(super) across: Option<Aggregation>,
    pub(super) members: usize,
}
