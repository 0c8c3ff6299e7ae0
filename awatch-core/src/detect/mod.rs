//! What a detector is, what it answers, and what is decided from the answer.
//!
//! Two families. A [`Detector`] is fitted on history by a [`Fit`] and then never changes: rows in, scores out.
//! An [`OnlineDetector`] lives on the stream: it scores each row from the state before it, then learns from it.
//! The engine runs online detectors; each is created by its [`DetectorFactory`], one per group of series.

mod batch;
mod decision;
mod explanation;
mod online;
mod scores;

pub use batch::{ContributionsMut, Detector, DynFit, Fit, Score};
pub use decision::{Change, ChangeKind, Decider, DeciderFactory, Decisions};
pub use explanation::{Contribution, Explanation};
pub use online::{Column, DetectorFactory, Learn, OnlineDetector, Row, Scope};
pub use scores::{Readiness, Scores, ScoresMut};

use crate::series::ColumnKey;

/// A detector could not be made, fitted, applied or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// A parameter has a value it cannot have.
    #[error("parameter `{parameter}` is {given}: {remedy}")]
    Parameter {
        /// Its name.
        parameter: &'static str,
        /// The value given.
        given: String,
        /// What it may be.
        remedy: &'static str,
    },
    /// There is too little to learn from.
    #[error("{rows} rows are too few to fit {kind}: give at least {needed}")]
    TooFewRows {
        /// The detector.
        kind: &'static str,
        /// Rows given.
        rows: usize,
        /// Rows needed.
        needed: usize,
    },
    /// There is nothing to learn from in a row.
    #[error("there are no columns to fit {kind} to: give at least one")]
    NoColumns {
        /// The detector.
        kind: &'static str,
    },
    /// The rows do not have the columns the model was fitted on.
    #[error(
        "column {position} is {found} where the model has {expected}: give the columns of the training data in their order"
    )]
    Columns {
        /// Which column, counted from 0.
        position: usize,
        /// What the model has there.
        expected: String,
        /// What was given.
        found: String,
    },
    /// The buffer for the answer has another size than the answer.
    #[error("the answer has {needed} places and the buffer {given}")]
    OutputSize {
        /// Places needed.
        needed: usize,
        /// Places given.
        given: usize,
    },
    /// Saved state cannot be loaded.
    #[error("saved state of {kind} cannot be loaded: {reason}")]
    State {
        /// The detector or policy.
        kind: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl DetectError {
    /// Checks the columns of rows against those of a model.
    ///
    /// # Errors
    /// [`DetectError::Columns`] at the first difference.
    pub fn check_columns(model: &[ColumnKey], rows: &[ColumnKey]) -> Result<(), Self> {
        let absent = || "absent".to_owned();
        let text = |key: &ColumnKey| format!("{key} in {}", key.unit);
        for position in 0..model.len().max(rows.len()) {
            let (expected, found) = (model.get(position), rows.get(position));
            if expected != found {
                let (expected, found) = (expected.map_or_else(absent, text), found.map_or_else(absent, text));
                return Err(Self::Columns { position, expected, found });
            }
        }
        Ok(())
    }
}
