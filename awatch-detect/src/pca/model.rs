use awatch_core::detect::{ContributionsMut, Detector, Fit, Score};
use awatch_core::{ColumnKey, DetectError, FrameView, state};

use super::{KIND, Pca};
use crate::batch::{self, Checked, SavedModel};
use crate::linear::{Eigen, Symmetric};
use crate::scaling::Scaling;

/// The fewest rows directions are taken from.
const FEWEST_ROWS: usize = 2;

/// The leading directions of a history. The score of a row is the squared length of its residual.
#[derive(Clone, Debug, PartialEq)]
pub struct PcaModel {
    columns: Vec<ColumnKey>,
    scaling: Scaling,
    /// Unit vectors of one value per column, one after another.
    components: Vec<f64>,
}

/// Buffers that rows share.
#[derive(Debug, Default)]
struct Scratch {
    scaled: Vec<f64>,
    expected: Vec<f64>,
}

impl PcaModel {
    /// How many directions are taken as usual.
    #[must_use]
    pub fn components(&self) -> usize {
        self.components.len() / self.columns.len().max(1)
    }

    /// Memory used, in bytes, column names left out.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.components.capacity() * size_of::<f64>() + self.scaling.memory()
    }

    /// What each column is expected to be given all of them, in its unit; `None` for a column that never had a value in
    /// the history, and everywhere for a row of another width or without a value.
    #[must_use]
    pub fn expected(&self, row: &[f64]) -> Vec<Option<f64>> {
        let mut scratch = Scratch::default();
        if row.len() != self.columns.len() || !self.reconstruct(row, &mut scratch) {
            return vec![None; self.columns.len()];
        }
        let in_unit = |(column, scaled): (usize, &f64)| {
            self.scaling.level(column).map(|(mean, spread)| mean + scaled * spread)
        };
        scratch.expected.iter().enumerate().map(in_unit).collect()
    }

    /// Scales a row and projects it onto the directions; whether it has a value.
    fn reconstruct(&self, row: &[f64], scratch: &mut Scratch) -> bool {
        let known = self.scaling.scale(row, &mut scratch.scaled);
        scratch.expected.clear();
        scratch.expected.resize(row.len(), 0.0);
        for component in self.components.chunks_exact(row.len().max(1)) {
            let along: f64 = component.iter().zip(&scratch.scaled).map(|(a, b)| a * b).sum();
            for (place, part) in scratch.expected.iter_mut().zip(component) {
                *place += along * part;
            }
        }
        known > 0
    }

    /// The squared residual of each column; 0 for a missing value.
    fn squares<'a>(&'a self, row: &'a [f64], scratch: &'a Scratch) -> impl Iterator<Item = f64> + 'a {
        let ends = scratch.scaled.iter().zip(&scratch.expected);
        row.iter().zip(ends).enumerate().map(|(column, (value, (scaled, expected)))| {
            if self.scaling.knows(column, *value) { (scaled - expected).powi(2) } else { 0.0 }
        })
    }

    fn score_row(&self, row: &[f64], scratch: &mut Scratch) -> Option<f64> {
        self.reconstruct(row, scratch).then(|| self.squares(row, scratch).sum())
    }

    fn contribute(&self, row: &[f64], out: &mut [f64], scratch: &mut Scratch) {
        out.fill(0.0);
        if self.reconstruct(row, scratch) {
            out.iter_mut().zip(self.squares(row, scratch)).for_each(|(place, square)| *place = square);
        }
    }
}

/// Scales the columns and takes the eigenvectors of their covariance.
impl Fit for Checked<Pca> {
    type Model = PcaModel;

    fn fit(&self, train: FrameView<'_>) -> Result<PcaModel, DetectError> {
        batch::usable_rows(KIND, train, FEWEST_ROWS)?;
        let scaling = Scaling::fit(train, &self.config().min_spread);
        let width = train.columns().len();
        let eigen = Eigen::of(Symmetric::second_moments(&scaling.scale_all(train), width));
        let count = leading(&eigen.values, self.config().explained).min(width - 1);
        let components = eigen.vectors.into_iter().take(count * width).collect();
        Ok(PcaModel { columns: train.columns().to_vec(), scaling, components })
    }
}

/// How many of the eigenvalues, largest first, make up more than the share; none when all are 0.
fn leading(values: &[f64], share: f64) -> usize {
    let all: f64 = values.iter().map(|value| value.max(0.0)).sum();
    let mut sum = 0.0;
    let reaches = |value: &f64| {
        sum += value.max(0.0);
        sum > share * all
    };
    if all > 0.0 { values.iter().position(reaches).map_or(values.len(), |place| place + 1) } else { 0 }
}

impl Detector for PcaModel {
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

impl SavedModel for PcaModel {
    fn save(&self) -> Result<Vec<u8>, DetectError> {
        state::encode(KIND, &(&self.columns, &self.scaling, &self.components))
    }

    fn load(bytes: &[u8]) -> Result<Self, DetectError> {
        let refused = |reason: &str| Err(DetectError::State { kind: KIND, reason: reason.to_owned() });
        let (columns, scaling, components): (Vec<ColumnKey>, Scaling, Vec<f64>) = state::decode(KIND, bytes)?;
        let model = Self { columns, scaling, components };
        let width = model.columns.len();
        model.scaling.check(KIND, width)?;
        if !model.components.len().is_multiple_of(width) || model.components() >= width {
            return refused("its components are not some of its columns' directions");
        }
        // Of unit length no component is beyond 1.
        if model.components.iter().any(|part| !(-1.000_001..=1.000_001).contains(part)) {
            return refused("a component is not of unit length");
        }
        Ok(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_directions_as_explain_the_share() {
        assert_eq!(leading(&[6.0, 3.0, 1.0], 0.5), 1);
        assert_eq!(leading(&[6.0, 3.0, 1.0], 0.85), 2);
        assert_eq!(leading(&[6.0, 3.0, 1.0], 0.95), 3);
        assert_eq!(leading(&[0.0, 0.0], 0.85), 0);
    }
}
