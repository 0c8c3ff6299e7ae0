//! The batch detectors keep the laws of their traits.

use awatch_core::detect::{ContributionsMut, Detector, DynFit, Fit};
use awatch_core::{ColumnKey, Frame, Labels, Name, Timestamp, Unit};
use awatch_detect::batch::SavedModel;
use awatch_detect::conformance::{self, Options};
use awatch_detect::copod::Copod;
use awatch_detect::ecod::Ecod;
use awatch_detect::isolation_forest::IsolationForest;
use awatch_detect::knn::KNearest;
use awatch_detect::mahalanobis::Mahalanobis;
use awatch_detect::pca::Pca;

/// Columns of sines, a constant, gaps, and nothing at all.
fn history() -> Frame {
    let mut train = Frame::new(Options::default().columns.into_iter().map(|column| column.key).collect());
    for number in 0..300_u32 {
        let x = f64::from(number);
        let gap = if number % 9 == 0 { f64::NAN } else { x.cos() };
        let at = Timestamp::from_secs(i64::from(number));
        train.push(at, &[x.sin(), 0.0, gap, f64::NAN]).expect("four columns");
    }
    train
}

fn keeps_the_laws<F: Fit<Model: SavedModel + 'static>>(fit: &F) {
    let history = history();
    conformance::batch(fit, history.view());
    conformance::saved_model(fit, history.view());
    conformance::additive(fit, history.view());
}

#[test]
fn isolation_forest_keeps_the_laws() {
    keeps_the_laws(&IsolationForest::default().build().expect("valid"));
    keeps_the_laws(
        &IsolationForest::default().with_trees(60).with_sample(300).with_seed(3).build().expect("valid"),
    );
}

#[test]
fn ecod_keeps_the_laws() {
    keeps_the_laws(&Ecod::default().build().expect("valid"));
    keeps_the_laws(&Ecod::default().with_exact_rows(50).with_error(0.1).build().expect("valid"));
}

#[test]
fn copod_keeps_the_laws() {
    keeps_the_laws(&Copod::default().build().expect("valid"));
    keeps_the_laws(&Copod::default().with_exact_rows(50).with_error(0.1).build().expect("valid"));
}

#[test]
fn pca_keeps_the_laws() {
    keeps_the_laws(&Pca::default().build().expect("valid"));
    keeps_the_laws(&Pca::default().with_explained(0.0).build().expect("valid"));
}

#[test]
fn mahalanobis_keeps_the_laws() {
    keeps_the_laws(&Mahalanobis::default().build().expect("valid"));
}

#[test]
fn knn_keeps_the_laws() {
    keeps_the_laws(&KNearest::default().build().expect("valid"));
    keeps_the_laws(
        &KNearest::default().with_neighbours(1).with_sample(40).with_seed(9).build().expect("valid"),
    );
}

#[test]
fn a_saved_forest_is_small() {
    let forest = IsolationForest::default().build().expect("valid");
    let mut random = 1_u64;
    let mut unit = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut train = Frame::new((0..38).map(column).collect());
    for second in 0..1000 {
        let row: Vec<f64> = (0..38).map(|_| unit()).collect();
        train.push(Timestamp::from_secs(second), &row).expect("as many columns");
    }
    let model = forest.fit(train.view()).expect("rows enough");
    let (memory, saved) = (model.memory(), model.save().expect("can be saved").len());
    assert!(memory <= 400_000, "{memory} bytes in memory");
    assert!(saved <= 200_000, "{saved} bytes saved");
}

fn column(index: usize) -> ColumnKey {
    ColumnKey {
        metric: Name::new(format!("column.{index}")).expect("a name"),
        labels: Labels::none(),
        unit: Unit::RATIO,
    }
}

/// Two columns of which the second follows the first, and a third that never moves.
fn related() -> Frame {
    let mut train = Frame::new((0..3).map(column).collect());
    for second in 0..1000 {
        let at = Timestamp::from_secs(second);
        let wave = (second as f64 / 50.0).sin() * 0.2 + 0.5;
        let noise = (second as f64 * 12.9898).sin() * 0.01;
        train.push(at, &[wave, wave + noise, 0.3]).expect("three columns");
    }
    train
}

/// The score of a row and its largest contribution's column.
fn judged(model: &dyn Detector, row: &[f64; 3]) -> (f64, usize) {
    let mut rows = Frame::new(model.columns().to_vec());
    rows.push(Timestamp::EPOCH, row).expect("three columns");
    let mut score = [None];
    model.score(rows.view(), &mut score).expect("its columns");
    let mut parts = [0.0; 3];
    model
        .contributions(rows.view(), ContributionsMut::new(&mut parts, 1, 3).expect("sized"))
        .expect("its columns");
    let largest = (0..3).max_by(|a, b| parts[*a].total_cmp(&parts[*b])).expect("three columns");
    (score[0].expect("has values").0, largest)
}

#[test]
fn broken_relations_are_seen_by_those_that_look_at_columns_together() {
    let train = related();
    let fits: [&dyn DynFit; 3] = [
        &Pca::default().build().expect("valid"),
        &Mahalanobis::default().build().expect("valid"),
        &KNearest::default().build().expect("valid"),
    ];
    for fit in fits {
        let model = fit.fit_dyn(train.view()).expect("rows enough");
        let usual = judged(&*model, &[0.6, 0.6, 0.3]).0;
        let broken = judged(&*model, &[0.6, 0.4, 0.3]).0;
        assert!(broken > 3.0 * usual, "{}: {usual} {broken}", model.kind());
    }
}

#[test]
fn leaving_a_flat_line_is_seen_and_explained() {
    let train = related();
    let fits: [&dyn DynFit; 5] = [
        &Ecod::default().build().expect("valid"),
        &Copod::default().build().expect("valid"),
        &Pca::default().build().expect("valid"),
        &Mahalanobis::default().build().expect("valid"),
        &KNearest::default().build().expect("valid"),
    ];
    for fit in fits {
        let model = fit.fit_dyn(train.view()).expect("rows enough");
        let usual = judged(&*model, &[0.55, 0.55, 0.3]).0;
        let (score, column) = judged(&*model, &[0.55, 0.55, 0.9]);
        assert!(score > 2.0 * usual, "{}: {usual} {score}", model.kind());
        assert_eq!(column, 2, "{}", model.kind());
    }
}

#[test]
fn a_forest_names_the_column_that_is_far_out() {
    let model =
        IsolationForest::default().build().expect("valid").fit(related().view()).expect("rows enough");
    let (usual, _) = judged(&model, &[0.5, 0.5, 0.3]);
    let (score, column) = judged(&model, &[0.5, 3.0, 0.3]);
    assert!(score > 1.2 * usual, "{usual} {score}");
    assert_eq!(column, 1);
    assert!((model.median(2).expect("has values") - 0.3).abs() < 1e-12);
}

#[test]
fn pca_tells_what_it_expected_in_the_unit_of_the_column() {
    let model = Pca::default().build().expect("valid").fit(related().view()).expect("rows enough");
    assert_eq!(model.components(), 1);
    let expected = model.expected(&[0.6, 0.4, 0.3]);
    assert!(expected[1].is_some_and(|expected| (expected - 0.5).abs() < 0.02), "{expected:?}");
    assert_eq!(model.expected(&[0.6]), [None; 3]);
    assert_eq!(model.expected(&[f64::NAN; 3]), [None; 3]);
}
