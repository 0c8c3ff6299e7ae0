use awatch_core::detect::{ContributionsMut, Detector, Fit, Score};
use awatch_core::{ColumnKey, DetectError, FrameView};

use super::{Ecod, KIND};
use crate::batch::{Checked, SavedModel};
use crate::tails::{Logs, Skew, TailModel};

/// The tail probabilities of every column of a history. The score of a row is 0 or more and the sum of its contributions.
#[derive(Clone, Debug, PartialEq)]
pub struct EcodModel {
    tails: TailModel,
}

impl EcodModel {
    /// Memory used, in bytes, column names left out.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.tails.memory()
    }
}

/// Minus the logarithm of the smaller tail; of both where the skewness picks none, as in PyOD.
fn contribution(skew: Skew, tails: Logs) -> f64 {
    match skew {
        Skew::Neither => tails.left + tails.right,
        Skew::Left | Skew::Right => tails.left.max(tails.right),
    }
}

/// Sorts each column. O(columns × rows log rows).
impl Fit for Checked<Ecod> {
    type Model = EcodModel;

    fn fit(&self, train: FrameView<'_>) -> Result<EcodModel, DetectError> {
        Ok(EcodModel { tails: TailModel::fit(KIND, train, self.config().resolution())? })
    }
}

impl Detector for EcodModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn columns(&self) -> &[ColumnKey] {
        self.tails.columns()
    }

    fn score(&self, rows: FrameView<'_>, out: &mut [Option<Score>]) -> Result<(), DetectError> {
        self.tails.score(rows, out, contribution)
    }

    fn contributions(&self, rows: FrameView<'_>, out: ContributionsMut<'_>) -> Result<(), DetectError> {
        self.tails.contributions(rows, out, contribution)
    }
}

impl SavedModel for EcodModel {
    fn save(&self) -> Result<Vec<u8>, DetectError> {
        self.tails.save(KIND)
    }

    fn load(bytes: &[u8]) -> Result<Self, DetectError> {
        Ok(Self { tails: TailModel::load(KIND, bytes)? })
    }
}
