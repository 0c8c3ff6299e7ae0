use awatch_core::detect::{ContributionsMut, Detector, Fit, Score};
use awatch_core::{ColumnKey, DetectError, FrameView};

use super::{Copod, KIND};
use crate::batch::{Checked, SavedModel};
use crate::tails::{Logs, Skew, TailModel};

/// The tail probabilities of every column of a history. The score of a row is 0 or more and the sum of its contributions.
#[derive(Clone, Debug, PartialEq)]
pub struct CopodModel {
    tails: TailModel,
}

impl CopodModel {
    /// Memory used, in bytes, column names left out.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.tails.memory()
    }
}

/// The larger of the tail on the side of the skewness, of both where there is none, and the mean of both.
fn contribution(skew: Skew, tails: Logs) -> f64 {
    let both = tails.left + tails.right;
    let picked = match skew {
        Skew::Left => tails.left,
        Skew::Right => tails.right,
        Skew::Neither => both,
    };
    picked.max(both / 2.0)
}

/// Sorts each column. O(columns × rows log rows).
impl Fit for Checked<Copod> {
    type Model = CopodModel;

    fn fit(&self, train: FrameView<'_>) -> Result<CopodModel, DetectError> {
        Ok(CopodModel { tails: TailModel::fit(KIND, train, self.config().resolution())? })
    }
}

impl Detector for CopodModel {
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

impl SavedModel for CopodModel {
    fn save(&self) -> Result<Vec<u8>, DetectError> {
        self.tails.save(KIND)
    }

    fn load(bytes: &[u8]) -> Result<Self, DetectError> {
        Ok(Self { tails: TailModel::load(KIND, bytes)? })
    }
}
