use awatch_core::detect::{Detector, DynFit, Score};
use awatch_core::{ColumnKey, DetectError, Frame, FrameView, Labels, Name, Timestamp, Unit};

use super::batch::scored;
use super::law;
use super::random::Random;
use crate::batch::ColumnMap;

/// Columns of the made-up histories.
const COLUMNS: usize = 6;

/// Scored on several threads at once, rows have the scores they have on one.
pub(super) fn threads_do_not_matter(model: &dyn Detector, rows: FrameView<'_>, scores: &[Option<u64>]) {
    let same = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| scored(model, rows) == scores)).collect();
        threads.into_iter().all(|thread| thread.join().unwrap_or(false))
    });
    law(same, "rows scored on several threads have the same bits", || "scores differ".to_owned());
}

/// Rows whose columns are in another order have the same scores when matched by name; without a column they have some.
pub(super) fn columns_are_matched_by_name(model: &dyn Detector, rows: FrameView<'_>, scores: &[Option<u64>]) {
    let reversed = |columns: &[ColumnKey]| columns.iter().rev().cloned().collect::<Vec<_>>();
    let mut other = Frame::new(reversed(rows.columns()));
    for (row, at) in rows.rows().zip(rows.at()) {
        let row: Vec<f64> = row.iter().rev().copied().collect();
        other.push(*at, &row).expect("as many columns");
    }
    let other = other.view();
    let map = ColumnMap::new(model.columns(), other.columns()).expect("all are there");
    let kept = scored(model, map.arrange(other).view()) == scores;
    law(kept, "columns matched by name give the same bits", || "scores differ".to_owned());

    let fewer = other.columns().get(1..).unwrap_or_default();
    let refused = ColumnMap::new(model.columns(), fewer);
    let kept = matches!(refused, Err(DetectError::Columns { .. }));
    law(kept, "an absent column is refused when a model is loaded", || format!("{refused:?}"));
    let map = ColumnMap::tolerant(model.columns(), fewer);
    let mut frame = Frame::new(fewer.to_vec());
    for (row, at) in other.rows().zip(other.at()) {
        frame.push(*at, row.get(1..).unwrap_or_default()).expect("as many columns");
    }
    for score in scored(model, map.arrange(frame.view()).view()).into_iter().flatten() {
        let score = f64::from_bits(score);
        law(score.is_finite(), "an absent column is missing while running", || format!("{score}"));
    }
}

/// Whatever is given as history is fitted, or refused with an error that says why; then every row has a number or none.
pub(super) fn any_history_is_fitted_or_refused(fit: &dyn DynFit) {
    const LAW: &str = "any history is fitted or refused";
    let nothing = Frame::new(Vec::new());
    let fitted = fit.fit_dyn(nothing.view());
    let kept = matches!(fitted, Err(DetectError::NoColumns { .. } | DetectError::TooFewRows { .. }));
    law(kept, LAW, || format!("without columns: {fitted:?}"));
    for rows in [0, 1] {
        let fitted = fit.fit_dyn(made_up(rows, |_, noise| noise).view());
        let kept = matches!(fitted, Err(DetectError::TooFewRows { .. }));
        law(kept, LAW, || format!("{rows} rows: {fitted:?}"));
    }
    for (what, frame) in hard_histories() {
        match fit.fit_dyn(frame.view()) {
            Ok(model) => {
                for score in scored(&*model, extremes().view()).into_iter().flatten() {
                    let score = f64::from_bits(score);
                    law(score.is_finite(), "a score is a number", || format!("fitted on {what}: {score}"));
                }
            }
            Err(error) => {
                let kept = matches!(error, DetectError::TooFewRows { .. });
                law(kept, LAW, || format!("{what}: {error}"));
            }
        }
    }
}

/// Of columns that move together, a row in which each is far out and they do not scores above 99 of 100 usual ones.
pub(super) fn an_outlier_stands_out(fit: &dyn DynFit) {
    let load = |index: usize| ((index / COLUMNS) as f64 * 0.7).sin() * 1.5;
    let train = made_up(1000, |index, noise| load(index) + noise * 0.5);
    let model = fit.fit_dyn(train.view()).expect("a thousand usual rows can be fitted");
    let mut outlier = Frame::new(train.view().columns().to_vec());
    let row: Vec<f64> = (0..COLUMNS).map(|column| if column % 2 == 0 { 9.0 } else { -9.0 }).collect();
    outlier.push(Timestamp::EPOCH, &row).expect("as many columns");
    let mut found = [None];
    model.score(outlier.view(), &mut found).expect("rows of its columns can be scored");
    let mut usual = vec![None; train.view().len()];
    model.score(train.view(), &mut usual).expect("rows of its columns can be scored");
    let below = usual.iter().filter(|score| **score < found[0]).count();
    law(below >= 990, "an outlier stands out", || {
        format!("{:?} is above {below} of 1000", found[0].map(|Score(s)| s))
    });
}

fn hard_histories() -> Vec<(&'static str, Frame)> {
    let every = |step: usize, value: f64| {
        move |index: usize, noise: f64| if index.is_multiple_of(step) { value } else { noise }
    };
    vec![
        ("constants", made_up(50, |_, _| 4.0)),
        ("zeros", made_up(50, |_, _| 0.0)),
        ("a constant column", made_up(50, every(COLUMNS, 0.1))),
        ("two rows", made_up(2, |_, noise| noise)),
        ("two equal rows", made_up(2, |_, _| 1.0)),
        ("fewer rows than columns", made_up(4, |_, noise| noise)),
        ("duplicate columns", made_up(50, |index, _| (index / COLUMNS % 7) as f64)),
        ("gaps", made_up(50, every(4, f64::NAN))),
        ("a column without values", made_up(50, every(COLUMNS, f64::NAN))),
        ("no values", made_up(50, |_, _| f64::NAN)),
        ("infinities", made_up(50, every(5, f64::INFINITY))),
        ("minus infinities", made_up(50, every(7, f64::NEG_INFINITY))),
        ("the largest numbers", made_up(50, every(5, f64::MAX))),
        ("the largest numbers of both signs", made_up(50, |_, noise| noise.signum() * f64::MAX)),
        ("the least numbers", made_up(50, |_, noise| noise * f64::MIN_POSITIVE)),
        ("large offsets", made_up(50, |_, noise| 1e15 + noise)),
    ]
}

/// Rows at the ends of what a number can be.
fn extremes() -> Frame {
    let values =
        [0.0, -0.0, 1.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let mut frame = Frame::new(columns());
    for (shift, one) in values.iter().enumerate() {
        let mixed: Vec<f64> = values.iter().cycle().skip(shift).take(COLUMNS).copied().collect();
        frame.push(Timestamp::EPOCH, &mixed).expect("as many columns");
        frame.push(Timestamp::EPOCH, &[*one; COLUMNS]).expect("as many columns");
    }
    frame
}

/// Rows of `value(index, noise)`, with the index counted over all values.
fn made_up(rows: usize, value: impl Fn(usize, f64) -> f64) -> Frame {
    let mut random = Random(17);
    let mut frame = Frame::new(columns());
    for number in 0..rows {
        let row: Vec<f64> =
            (0..COLUMNS).map(|column| value(number * COLUMNS + column, random.normal())).collect();
        let at = Timestamp::from_secs(i64::try_from(number).unwrap_or(i64::MAX));
        frame.push(at, &row).expect("as many columns");
    }
    frame
}

fn columns() -> Vec<ColumnKey> {
    let column = |index: usize| ColumnKey {
        metric: Name::new(format!("conformance.{index}")).expect("a name"),
        labels: Labels::none(),
        unit: Unit::RATIO,
    };
    (0..COLUMNS).map(column).collect()
}
