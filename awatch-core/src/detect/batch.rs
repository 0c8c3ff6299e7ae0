use std::fmt::Debug;

use super::DetectError;
use crate::FrameView;
use crate::series::ColumnKey;

/// A raw score: unbounded, higher = more anomalous, its scale the detector's own.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Score(pub f64);

/// The configuration of a batch detector: fits a model to history.
pub trait Fit: Debug + Send + Sync {
    /// The fitted detector.
    type Model: Detector;

    /// Fits a model to `train`: `rows × columns`, NaN = missing.
    ///
    /// # Errors
    /// [`DetectError`] when there is too little to learn from.
    fn fit(&self, train: FrameView<'_>) -> Result<Self::Model, DetectError>;
}

/// [`Fit`] without the type of its model, for configuration and bindings. Every `Fit` with an owned model is one.
pub trait DynFit: Debug + Send + Sync {
    /// Fits a model to `train`.
    ///
    /// # Errors
    /// As [`Fit::fit`].
    fn fit_dyn(&self, train: FrameView<'_>) -> Result<Box<dyn Detector>, DetectError>;
}

impl<F: Fit<Model: 'static>> DynFit for F {
    fn fit_dyn(&self, train: FrameView<'_>) -> Result<Box<dyn Detector>, DetectError> {
        Ok(Box::new(self.fit(train)?))
    }
}

/// A fitted batch detector. The score of a row never depends on which other rows are scored with it.
pub trait Detector: Debug + Send + Sync {
    /// The algorithm: `ecod`, `isolation_forest`.
    fn kind(&self) -> &'static str;

    /// The columns it was fitted on, in order.
    fn columns(&self) -> &[ColumnKey];

    /// Scores each row into its place of `out`; `None` where a row cannot be scored.
    ///
    /// # Errors
    /// [`DetectError`] when the columns are others, or `out` does not have one place per row.
    fn score(&self, rows: FrameView<'_>, out: &mut [Option<Score>]) -> Result<(), DetectError>;

    /// How much each column contributed to the score of each row; where the mathematics allows it they add up to it.
    ///
    /// # Errors
    /// As [`Detector::score`].
    fn contributions(&self, rows: FrameView<'_>, out: ContributionsMut<'_>) -> Result<(), DetectError>;
}

/// Where contributions are written: `rows × columns`, row-major.
#[derive(Debug)]
pub struct ContributionsMut<'a> {
    values: &'a mut [f64],
    columns: usize,
}

impl<'a> ContributionsMut<'a> {
    /// The buffer for `rows` rows of `columns` columns.
    ///
    /// # Errors
    /// [`DetectError::OutputSize`] when it does not have `rows × columns` places.
    pub fn new(values: &'a mut [f64], rows: usize, columns: usize) -> Result<Self, DetectError> {
        let needed = rows.saturating_mul(columns);
        if values.len() == needed {
            Ok(Self { values, columns })
        } else {
            Err(DetectError::OutputSize { needed, given: values.len() })
        }
    }

    /// The rows to fill, in order.
    pub fn rows(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.values.chunks_exact_mut(self.columns.max(1))
    }
}
