use awatch_core::detect::{ContributionsMut, Detector, Fit, Score};
use awatch_core::{ColumnKey, DetectError, FrameView, state};

use super::shrinkage::{LEAST_SHRINKAGE, ledoit_wolf, shrunk};
use super::{KIND, Mahalanobis};
use crate::batch::{self, Checked, SavedModel};
use crate::linear::{Lower, Symmetric};
use crate::scaling::Scaling;

/// The fewest rows a covariance is taken from.
const FEWEST_ROWS: usize = 2;

/// Centre and shape of a history. The score of a row is its squared distance.
#[derive(Clone, Debug, PartialEq)]
pub struct MahalanobisModel {
    columns: Vec<ColumnKey>,
    scaling: Scaling,
    shrinkage: f64,
    /// The inverse of the lower Cholesky factor of the covariance: it turns the history's shape into a ball.
    whitening: Lower,
}

/// Buffers that rows share.
#[derive(Debug, Default)]
struct Scratch {
    scaled: Vec<f64>,
    white: Vec<f64>,
    back: Vec<f64>,
}

impl MahalanobisModel {
    /// How much of the covariance was replaced by the identity, from 0 to 1: near 1 when the history had too few rows to
    /// tell a relation.
    #[must_use]
    pub fn shrinkage(&self) -> f64 {
        self.shrinkage
    }

    /// Memory used, in bytes, column names left out.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.whitening.memory() + self.scaling.memory()
    }

    /// Brings a row into the ball; whether it has a value.
    fn whiten(&self, row: &[f64], scratch: &mut Scratch) -> bool {
        let known = self.scaling.scale(row, &mut scratch.scaled);
        self.whitening.times(&scratch.scaled, &mut scratch.white);
        known > 0
    }

    fn score_row(&self, row: &[f64], scratch: &mut Scratch) -> Option<f64> {
        self.whiten(row, scratch).then(|| scratch.white.iter().map(|value| value * value).sum())
    }

    fn contribute(&self, row: &[f64], out: &mut [f64], scratch: &mut Scratch) {
        out.fill(0.0);
        if self.whiten(row, scratch) {
            self.whitening.transposed_times(&scratch.white, &mut scratch.back);
            for (place, (scaled, back)) in out.iter_mut().zip(scratch.scaled.iter().zip(&scratch.back)) {
                *place = scaled * back;
            }
        }
    }
}

/// Scales the columns, and shrinks and inverts their covariance.
impl Fit for Checked<Mahalanobis> {
    type Model = MahalanobisModel;

    fn fit(&self, train: FrameView<'_>) -> Result<MahalanobisModel, DetectError> {
        let usable = batch::usable_rows(KIND, train, FEWEST_ROWS)?.len();
        let scaling = Scaling::fit(train, &self.config().min_spread);
        let rows = scaling.scale_all(train);
        let mut covariance = Symmetric::second_moments(&rows, train.columns().len());
        let estimate = ledoit_wolf(&rows, &covariance);
        // What a column moved less than its least spread, or was missing, it is taken to have moved on its own.
        covariance.diagonal_mut().for_each(|variance| *variance = variance.max(1.0));
        // The first has an inverse; should rounding decide otherwise, the identity always has.
        let inverse = |shrinkage| Some((shrinkage, shrunk(covariance.clone(), shrinkage).whitening()?));
        let found = [estimate.max(LEAST_SHRINKAGE), 1.0].into_iter().find_map(inverse);
        let too_few = DetectError::TooFewRows { kind: KIND, rows: usable, needed: usable + 1 };
        let (shrinkage, whitening) = found.ok_or(too_few)?;
        Ok(MahalanobisModel { columns: train.columns().to_vec(), scaling, shrinkage, whitening })
    }
}

impl Detector for MahalanobisModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn columns(&self) -> &[ColumnKey] {
        &self.columns
    }

    fn score(&self, rows: FrameView<'_>, out: &mut [Option<Score>]) -> Result<(), DetectError> {
        batch::check_score(&self.columns, rows, out.len())?;
        let mut scratch = Scratch::default();
        for (row, place) in rows.rows().zip(out) {
            *place = self.score_row(row, &mut scratch).map(Score);
        }
        Ok(())
    }

    fn contributions(&self, rows: FrameView<'_>, mut out: ContributionsMut<'_>) -> Result<(), DetectError> {
        batch::check_contributions(&self.columns, rows, &mut out)?;
        let mut scratch = Scratch::default();
        for (row, places) in rows.rows().zip(out.rows()) {
            self.contribute(row, places, &mut scratch);
        }
        Ok(())
    }
}

impl SavedModel for MahalanobisModel {
    fn save(&self) -> Result<Vec<u8>, DetectError> {
        state::encode(KIND, &(&self.columns, &self.scaling, &self.shrinkage, &self.whitening))
    }

    fn load(bytes: &[u8]) -> Result<Self, DetectError> {
        let refused = |reason: &str| Err(DetectError::State { kind: KIND, reason: reason.to_owned() });
        let (columns, scaling, shrinkage, whitening): (Vec<ColumnKey>, Scaling, f64, Lower) =
            state::decode(KIND, bytes)?;
        let model = Self { columns, scaling, shrinkage, whitening };
        model.scaling.check(KIND, model.columns.len())?;
        if !model.whitening.is_factor(model.columns.len()) {
            return refused("its covariance is not one of its columns");
        }
        if !(0.0..=1.0).contains(&model.shrinkage) {
            return refused("its shrinkage is not from 0 to 1");
        }
        Ok(model)
    }
}
