use std::fmt::Debug;
use std::time::Duration;

use super::{DeciderFactory, DetectError, Explanation, Scores};
use crate::series::{ColumnKey, SeriesKey};
use crate::{Interval, Timestamp};

/// One row of a group of series.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its tick.
    pub at: Timestamp,
    /// The time that passed since the row before, as the detector is to see it; the interval for the first row and
    /// after a step of the wall clock. Never negative, unlike a difference of two `at`.
    pub elapsed: Duration,
    /// One number per bound column, NaN = missing. Counters come as rates per second.
    pub values: &'a [f64],
}

/// Whether a detector may learn from a row into the memory of its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learn {
    /// It may.
    Yes,
    /// It may not; light per-row adaptation that the detector declares still moves.
    No,
}

/// A series as a detector is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What it is, without the target.
    pub key: ColumnKey,
    /// The time expected between two rows.
    pub interval: Interval,
}

/// What one instance of a detector looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each column by itself: a bank, one score per column. Stepped as soon as a source reports.
    Series,
    /// A target as a whole: one joint score per row, in place 0. Stepped when the target's row is complete.
    Target,
}

/// A detector that lives on a stream of rows.
///
/// Laws, checked by the conformance suite: a row is scored from the state before it; the same rows give the same
/// bits; a detector saved, loaded and stepped on gives the same bits as one that went on; a missing value is neither
/// scored nor learnt; a column bound later starts without history and leaves the others alone.
pub trait OnlineDetector: Debug + Send {
    /// Gives place `index` to `column`, or takes the place from its series (`None`). A new series starts without
    /// history even where another was before. Places are given densely: `index` is at most the number of places. What
    /// [`step`](OnlineDetector::step) gets for a place without a series means nothing and is not to be scored.
    fn bind(&mut self, index: usize, column: Option<&Column>);

    /// Scores `row` from the present state into `out`, then moves the state. `row.values` has one number per place.
    ///
    /// `out` comes sized: one output per place ([`Scope::Series`]) or one in all ([`Scope::Target`]), each
    /// [`Readiness::Waiting`](super::Readiness::Waiting) until set.
    fn step(&mut self, row: Row<'_>, learn: Learn, out: &mut Scores);

    /// Why output `output` of the row just stepped got its score. Called right after [`step`](OnlineDetector::step)
    /// with the same row and its scores, and only when somebody is to read it.
    fn explain(&self, output: usize, row: Row<'_>, scores: &Scores) -> Explanation;

    /// All it remembers, to be given to [`load`](OnlineDetector::load) of an equally configured one.
    ///
    /// # Errors
    /// [`DetectError::State`] when the state cannot be written.
    fn save(&self) -> Result<Vec<u8>, DetectError>;

    /// Takes over saved state. The same columns were bound in the same places before. On an error nothing changed.
    ///
    /// # Errors
    /// [`DetectError::State`] when the bytes are not state of such a detector with as many columns.
    fn load(&mut self, state: &[u8]) -> Result<(), DetectError>;

    /// The memory it holds, in bytes, roughly.
    fn memory(&self) -> usize;
}

/// The configuration of an online detector: creates one instance per group of series.
pub trait DetectorFactory: Debug + Send + Sync {
    /// The algorithm: `zscore`, `threshold`.
    fn kind(&self) -> &'static str;

    /// What an instance looks at.
    fn scope(&self) -> Scope;

    /// A new instance without history and without columns.
    fn create(&self) -> Box<dyn OnlineDetector>;

    /// Whether the detector has any use for a series.
    fn watches(&self, key: &SeriesKey) -> bool {
        let _ = key;
        true
    }

    /// The decision policy it names as its default; `None`: the engine's.
    fn policy(&self) -> Option<Box<dyn DeciderFactory>> {
        None
    }
}
