use awatch_core::FrameView;
use awatch_core::detect::{ContributionsMut, DynFit, Score};

use super::batch::widened;
use super::law;

/// Checks, for detectors that are additive, that the contributions of each row add up to its score.
///
/// # Panics
/// When they do not; when `train` cannot be fitted.
pub fn additive(fit: &dyn DynFit, train: FrameView<'_>) {
    let model = fit.fit_dyn(train).expect("the training rows can be fitted");
    let rows = widened(train);
    let rows = rows.view();
    let mut scores = vec![None; rows.len()];
    model.score(rows, &mut scores).expect("rows of its columns can be scored");
    let columns = rows.columns().len();
    let mut values = vec![0.0; rows.values().len()];
    let out = ContributionsMut::new(&mut values, rows.len(), columns).expect("sized");
    model.contributions(rows, out).expect("rows of its columns have contributions");
    for (index, (row, score)) in values.chunks(columns).zip(scores).enumerate() {
        let sum: f64 = row.iter().sum();
        let Score(score) = score.unwrap_or(Score(0.0));
        let kept = (sum - score).abs()
            <= 1e-9 * (1.0 + score.abs() + row.iter().map(|part| part.abs()).sum::<f64>());
        law(kept, "contributions add up to the score", || format!("row {index}: {row:?} and {score}"));
    }
}
