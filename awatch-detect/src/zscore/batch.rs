use awatch_core::detect::{ContributionsMut, Detector, Fit, Score};
use awatch_core::{ColumnKey, DetectError, FrameView};

use super::reservoir::level;
use super::{Form, KIND, ZScoreFactory};

/// The fewest rows a model is fitted to.
const FEWEST_ROWS: usize = 2;

/// The exact level and spread of each column of a window of history.
///
/// The score of a row is the root mean square of the z-scores of its values, missing ones left out; a row without any
/// value has none. The contribution of a column is its `z² / (columns present × score)`: they add up to the score.
#[derive(Clone, Debug, PartialEq)]
pub struct ZScoreModel {
    columns: Vec<ColumnKey>,
    levels: Vec<Level>,
}

/// Level and spread of one column; NaN when it never had a value.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Level {
    centre: f64,
    spread: f64,
}

impl ZScoreModel {
    /// The level of a column, in its unit: mean or median of the window; `None` when it had no value there.
    #[must_use]
    pub fn centre(&self, column: usize) -> Option<f64> {
        self.levels.get(column).map(|level| level.centre).filter(|centre| !centre.is_nan())
    }

    /// The spread of a column, in its unit, at least the minimum; `None` when it had no value in the window.
    #[must_use]
    pub fn spread(&self, column: usize) -> Option<f64> {
        self.levels.get(column).map(|level| level.spread).filter(|spread| !spread.is_nan())
    }

    /// Per column the square of the z-score, NaN where there is none.
    fn squares<'a>(&'a self, row: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let square = |(level, value): (&Level, &f64)| {
            let z = (value - level.centre) / level.spread;
            if value.is_finite() { (z * z).min(f64::MAX) } else { f64::NAN }
        };
        self.levels.iter().zip(row).map(square)
    }

    /// The score of a row and how many columns took part.
    fn score_row(&self, row: &[f64]) -> Option<(f64, usize)> {
        let known = || self.squares(row).filter(|square| !square.is_nan());
        let count = known().count();
        (count > 0)
            .then(|| (known().map(|square| square / count as f64).sum::<f64>().min(f64::MAX).sqrt(), count))
    }
}

/// The exact, unweighted statistics of the given window: mean and population standard deviation, or the
/// median and the spread of the robust form. Half-life and minimum history play no part. O(rows × columns), with a sort for the robust form.
impl Fit for ZScoreFactory {
    type Model = ZScoreModel;

    fn fit(&self, train: FrameView<'_>) -> Result<ZScoreModel, DetectError> {
        if train.len() < FEWEST_ROWS {
            return Err(DetectError::TooFewRows { kind: KIND, rows: train.len(), needed: FEWEST_ROWS });
        }
        let level = |(index, key): (usize, &ColumnKey)| {
            let values: Vec<f64> = train.column(index).filter(|value| value.is_finite()).collect();
            let (centre, spread) = match self.config().form {
                Form::Moments => mean_and_deviation(&values),
                Form::Robust => of_order(values),
            };
            let config = &self.config().min_spread;
            let least = config.of(&key.unit).max(config.relative * centre.abs());
            Level { centre, spread: if centre.is_nan() { f64::NAN } else { spread.max(least) } }
        };
        let levels = train.columns().iter().enumerate().map(level).collect();
        Ok(ZScoreModel { columns: train.columns().to_vec(), levels })
    }
}

impl Detector for ZScoreModel {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn columns(&self) -> &[ColumnKey] {
        &self.columns
    }

    fn score(&self, rows: FrameView<'_>, out: &mut [Option<Score>]) -> Result<(), DetectError> {
        DetectError::check_columns(&self.columns, rows.columns())?;
        if out.len() != rows.len() {
            return Err(DetectError::OutputSize { needed: rows.len(), given: out.len() });
        }
        for (row, place) in rows.rows().zip(out) {
            *place = self.score_row(row).map(|(score, _)| Score(score));
        }
        Ok(())
    }

    fn contributions(&self, rows: FrameView<'_>, mut out: ContributionsMut<'_>) -> Result<(), DetectError> {
        DetectError::check_columns(&self.columns, rows.columns())?;
        let given = out.rows().map(|row| row.len()).sum();
        let needed = rows.len().saturating_mul(self.columns.len());
        if given != needed {
            return Err(DetectError::OutputSize { needed, given });
        }
        for (row, places) in rows.rows().zip(out.rows()) {
            let share = self.score_row(row).filter(|(score, _)| *score > 0.0);
            for (square, place) in self.squares(row).zip(places) {
                let part = |(score, count): (f64, usize)| square / count as f64 / score;
                *place = share.map(part).filter(|part| !part.is_nan()).unwrap_or(0.0);
            }
        }
        Ok(())
    }
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / count).sum::<f64>();
    let variance = values.iter().map(|value| (value - mean).powi(2).min(f64::MAX) / count).sum::<f64>();
    if values.is_empty() { (f64::NAN, f64::NAN) } else { (mean, variance.min(f64::MAX).sqrt()) }
}

fn of_order(mut values: Vec<f64>) -> (f64, f64) {
    if values.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    values.sort_by(f64::total_cmp);
    level(&values)
}
