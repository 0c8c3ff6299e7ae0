use awatch_core::detect::{ContributionsMut, Detector, DynFit, Score};
use awatch_core::{DetectError, Frame, FrameView};

use super::{batch_inputs, law};

/// Checks the laws of [`Detector`] on the model that `fit` fits to `train`, with those rows and some beyond them, and on
/// made-up histories: constant, duplicate and empty columns, gaps, infinities, too few rows, and one with an outlier.
///
/// # Panics
/// When a law is broken, naming it; when `train` cannot be fitted or has fewer than two rows or no columns.
pub fn batch(fit: &dyn DynFit, train: FrameView<'_>) {
    assert!(train.len() >= 2 && !train.columns().is_empty(), "give at least two rows and a column");
    let model = fit.fit_dyn(train).expect("the training rows can be fitted");
    let rows = widened(train);
    let rows = rows.view();
    let scores = scored(&*model, rows);
    scores_are_numbers(&scores);
    fitted_again_scores_the_same(fit, train, rows, &scores);
    rows_are_scored_by_themselves(&*model, rows, &scores);
    contributions_are_numbers(&*model, rows);
    refuses_other_columns(&*model, rows);
    refuses_other_sizes(&*model, rows);
    batch_inputs::threads_do_not_matter(&*model, rows, &scores);
    batch_inputs::columns_are_matched_by_name(&*model, rows, &scores);
    batch_inputs::any_history_is_fitted_or_refused(fit);
    batch_inputs::an_outlier_stands_out(fit);
}

/// The rows, each also thrice as large, and one without any value.
pub(super) fn widened(train: FrameView<'_>) -> Frame {
    let mut frame = Frame::new(train.columns().to_vec());
    for (row, at) in train.rows().zip(train.at()) {
        let larger: Vec<f64> = row.iter().map(|value| value * 3.0 + 1.0).collect();
        let none = vec![f64::NAN; row.len()];
        let gap: Vec<f64> =
            row.iter().enumerate().map(|(i, value)| if i == 0 { f64::NAN } else { *value }).collect();
        for row in [row, &larger, &none, &gap] {
            frame.push(*at, row).expect("as many columns");
        }
    }
    frame
}

pub(super) fn scored(model: &dyn Detector, rows: FrameView<'_>) -> Vec<Option<u64>> {
    let mut out = vec![Some(Score(f64::NAN)); rows.len()];
    model.score(rows, &mut out).expect("rows of its columns can be scored");
    out.into_iter().map(|score| score.map(|Score(score)| score.to_bits())).collect()
}

fn scores_are_numbers(scores: &[Option<u64>]) {
    for (index, score) in scores.iter().enumerate() {
        let number = score.map(f64::from_bits);
        law(number.is_none_or(f64::is_finite), "a score is a number", || format!("row {index}: {number:?}"));
    }
    law(scores.iter().any(Option::is_some), "rows it was fitted on have scores", || {
        "none has one".to_owned()
    });
}

fn fitted_again_scores_the_same(
    fit: &dyn DynFit,
    train: FrameView<'_>,
    rows: FrameView<'_>,
    scores: &[Option<u64>],
) {
    let again = fit.fit_dyn(train).expect("the training rows can be fitted");
    law(scored(&*again, rows) == scores, "the same training gives the same bits", || {
        "scores differ".to_owned()
    });
}

fn rows_are_scored_by_themselves(model: &dyn Detector, rows: FrameView<'_>, scores: &[Option<u64>]) {
    for (index, ((row, at), score)) in rows.rows().zip(rows.at()).zip(scores).enumerate() {
        let mut one = Frame::new(rows.columns().to_vec());
        one.push(*at, row).expect("as many columns");
        let alone = scored(model, one.view());
        let kept = alone.as_slice() == [*score];
        law(kept, "the score of a row does not depend on the others", || {
            format!("row {index}: {alone:?}, {score:?}")
        });
    }
}

fn contributions_are_numbers(model: &dyn Detector, rows: FrameView<'_>) {
    let columns = rows.columns().len();
    let mut values = vec![f64::NAN; rows.values().len()];
    let out = ContributionsMut::new(&mut values, rows.len(), columns).expect("sized");
    model.contributions(rows, out).expect("rows of its columns have contributions");
    for (index, row) in values.chunks(columns).enumerate() {
        let kept = row.iter().all(|value| value.is_finite());
        law(kept, "a contribution is a number", || format!("row {index}: {row:?}"));
    }
}

fn refuses_other_columns(model: &dyn Detector, rows: FrameView<'_>) {
    const LAW: &str = "rows of other columns are refused";
    law(model.columns() == rows.columns(), "a model has the columns of its training", || {
        format!("{:?}", model.columns())
    });
    let mut fewer = Frame::new(rows.columns()[1..].to_vec());
    let mut more = Frame::new(rows.columns().iter().chain(rows.columns().first()).cloned().collect());
    for (at, row) in rows.at().iter().zip(rows.rows()).take(2) {
        fewer.push(*at, &row[1..]).expect("as many columns");
        let longer: Vec<f64> = row.iter().copied().chain([0.0]).collect();
        more.push(*at, &longer).expect("as many columns");
    }
    for other in [fewer.view(), more.view()] {
        let scored = model.score(other, &mut vec![None; other.len()]);
        let detail = || format!("{} columns: {scored:?}", other.columns().len());
        law(matches!(scored, Err(DetectError::Columns { .. })), LAW, detail);
    }
}

fn refuses_other_sizes(model: &dyn Detector, rows: FrameView<'_>) {
    const LAW: &str = "a buffer of another size is refused";
    let scored = model.score(rows, &mut vec![None; rows.len() - 1]);
    law(matches!(scored, Err(DetectError::OutputSize { .. })), LAW, || format!("scores: {scored:?}"));
    let columns = rows.columns().len();
    let mut values = vec![0.0; (rows.len() - 1) * columns];
    let out = ContributionsMut::new(&mut values, rows.len() - 1, columns).expect("sized");
    let given = model.contributions(rows, out);
    law(matches!(given, Err(DetectError::OutputSize { .. })), LAW, || format!("contributions: {given:?}"));
}
