use awatch_core::detect::{ContributionsMut, Detector, Fit, Score};
use awatch_core::{ColumnKey, DetectError, FrameView, state};

use super::config::{MOST_NEIGHBOURS, MOST_ROWS};
use super::neighbours::Neighbours;
use super::{KIND, KNearest};
use crate::batch::{self, Checked, SavedModel};
use crate::random::Random;
use crate::scaling::{FARTHEST, Scaling};

/// A sample of a history. The score of a row is its distance to the nearest rows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct KNearestModel {
    columns: Vec<ColumnKey>,
    scaling: Scaling,
    neighbours: usize,
    /// Scaled rows, one after another.
    sample: Vec<f64>,
}

/// Buffers that rows share.
#[derive(Debug, Default)]
struct Scratch {
    scaled: Vec<f64>,
    weights: Vec<f64>,
    neighbours: Neighbours,
}

/// What a row is measured to.
#[derive(Clone, Copy, Debug)]
struct Measured {
    score: f64,
    /// The number of the neighbour in the sample.
    neighbour: usize,
    /// All columns per column the row has.
    scale: f64,
}

impl KNearestModel {
    /// How many rows of the history it keeps.
    #[must_use]
    pub fn sample(&self) -> usize {
        self.sample.len() / self.columns.len().max(1)
    }

    /// Memory used, in bytes, column names left out.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.sample.capacity() * size_of::<f64>() + self.scaling.memory()
    }

    fn measure(&self, row: &[f64], scratch: &mut Scratch) -> Option<Measured> {
        let Scratch { scaled, weights, neighbours } = scratch;
        let known = self.scaling.scale(row, scaled);
        let weight =
            |(column, value): (usize, &f64)| if self.scaling.knows(column, *value) { 1.0 } else { 0.0 };
        weights.clear();
        weights.extend(row.iter().enumerate().map(weight));
        if known == 0 {
            return None;
        }
        let scale = row.len() as f64 / known as f64;
        let (distance, neighbour) = neighbours.farthest(&self.sample, scaled, weights, self.neighbours)?;
        Some(Measured { score: (scale * distance).sqrt(), neighbour, scale })
    }

    fn score_row(&self, row: &[f64], scratch: &mut Scratch) -> Option<f64> {
        self.measure(row, scratch).map(|measured| measured.score)
    }

    fn contribute(&self, row: &[f64], out: &mut [f64], scratch: &mut Scratch) {
        out.fill(0.0);
        let Some(measured) = self.measure(row, scratch).filter(|measured| measured.score > 0.0) else {
            return;
        };
        let neighbour =
            self.sample.chunks_exact(row.len().max(1)).nth(measured.neighbour).unwrap_or_default();
        let differences = scratch.scaled.iter().zip(neighbour).map(|(a, b)| a - b);
        for ((place, difference), weight) in out.iter_mut().zip(differences).zip(&scratch.weights) {
            *place = weight * measured.scale * difference * difference / measured.score;
        }
    }
}

/// Scales the columns and draws the sample.
impl Fit for Checked<KNearest> {
    type Model = KNearestModel;

    fn fit(&self, train: FrameView<'_>) -> Result<KNearestModel, DetectError> {
        let config = self.config();
        let usable = batch::usable_rows(KIND, train, config.neighbours.max(2))?;
        let scaling = Scaling::fit(train, &config.min_spread);
        let drawn = Random::new(config.seed, 0).sample(config.sample, usable.len());
        let width = train.columns().len();
        let mut sample = Vec::with_capacity(drawn.len() * width);
        let mut scaled = Vec::with_capacity(width);
        for place in drawn {
            let start = usable.get(place).map_or(0, |row| row * width);
            scaling.scale(train.values().get(start..start + width).unwrap_or_default(), &mut scaled);
            sample.extend_from_slice(&scaled);
        }
        Ok(KNearestModel {
            columns: train.columns().to_vec(),
            scaling,
            neighbours: config.neighbours,
            sample,
        })
    }
}

impl Detector for KNearestModel {
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

impl SavedModel for KNearestModel {
    fn save(&self) -> Result<Vec<u8>, DetectError> {
        state::encode(KIND, &(&self.columns, &self.scaling, &self.neighbours, &self.sample))
    }

    fn load(bytes: &[u8]) -> Result<Self, DetectError> {
        let refused = |reason: String| Err(DetectError::State { kind: KIND, reason });
        let (columns, scaling, neighbours, sample): (Vec<ColumnKey>, Scaling, usize, Vec<f64>) =
            state::decode(KIND, bytes)?;
        let model = Self { columns, scaling, neighbours, sample };
        model.scaling.check(KIND, model.columns.len())?;
        let rows = model.sample();
        if !(1..=MOST_NEIGHBOURS).contains(&model.neighbours)
            || !(model.neighbours..=MOST_ROWS).contains(&rows)
            || model.sample.len() != rows * model.columns.len()
        {
            return refused(format!(
                "{} values are no sample for {} neighbours",
                model.sample.len(),
                model.neighbours
            ));
        }
        if !model.sample.iter().all(|value| value.abs() <= FARTHEST) {
            return refused("a value of its sample is not a number of standard deviations".to_owned());
        }
        Ok(model)
    }
}
