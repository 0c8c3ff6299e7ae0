//! The batch detectors give the values of scikit-learn and PyOD; `scripts/goldens/batch_detectors.py` computed them.
#![allow(clippy::unwrap_used, reason = "a golden file that cannot be read fails the test")]

use awatch_core::detect::{ContributionsMut, Detector, Fit};
use awatch_core::{ColumnKey, Frame, Labels, Name, Timestamp, Unit};
use awatch_detect::copod::Copod;
use awatch_detect::ecod::Ecod;
use awatch_detect::knn::KNearest;
use awatch_detect::mahalanobis::Mahalanobis;
use awatch_detect::pca::Pca;
use awatch_detect::zscore::MinSpread;
use serde_json::Value;

struct Golden(Value);

impl Golden {
    fn read() -> Self {
        Self(serde_json::from_str(include_str!("golden/batch_detectors.json")).unwrap())
    }

    fn list(&self, name: &str) -> Vec<f64> {
        self.0[name].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    }

    fn rows(&self, name: &str) -> Vec<Vec<f64>> {
        let row = |row: &Value| row.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
        self.0[name].as_array().unwrap().iter().map(row).collect()
    }

    fn frame(&self, name: &str) -> Frame {
        let column = |index| ColumnKey {
            metric: Name::new(format!("golden.{index}")).unwrap(),
            labels: Labels::none(),
            unit: Unit::new("{golden}"),
        };
        let rows = self.rows(name);
        let mut frame = Frame::new((0..rows[0].len()).map(column).collect());
        for row in rows {
            frame.push(Timestamp::EPOCH, &row).unwrap();
        }
        frame
    }
}

fn scores(model: &impl Detector, rows: &Frame) -> Vec<f64> {
    let mut out = vec![None; rows.view().len()];
    model.score(rows.view(), &mut out).unwrap();
    out.into_iter().map(|score| score.unwrap().0).collect()
}

fn contributions(model: &impl Detector, rows: &Frame) -> Vec<f64> {
    let (count, columns) = (rows.view().len(), rows.view().columns().len());
    let mut values = vec![0.0; count * columns];
    model.contributions(rows.view(), ContributionsMut::new(&mut values, count, columns).unwrap()).unwrap();
    values
}

#[track_caller]
fn assert_near(ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len());
    for (index, (one, other)) in ours.iter().zip(theirs).enumerate() {
        assert!((one - other).abs() <= 1e-9 * other.abs().max(1.0), "value {index}: {one} and {other}");
    }
}

#[test]
fn ecod_and_copod_score_the_history_as_pyod_does() {
    let golden = Golden::read();
    let train = golden.frame("train");
    let ecod = Ecod::default().build().unwrap().fit(train.view()).unwrap();
    assert_near(&scores(&ecod, &train), &golden.list("ecod"));
    let copod = Copod::default().build().unwrap().fit(train.view()).unwrap();
    assert_near(&scores(&copod, &train), &golden.list("copod"));
    let sums: Vec<f64> = contributions(&ecod, &train).chunks(6).map(|row| row.iter().sum()).collect();
    assert_near(&sums, &golden.list("ecod"));
}

/// No least spread, as scikit-learn knows none.
fn none() -> MinSpread {
    MinSpread::default().with_unit("{golden}", 1e-12).with_relative(0.0)
}

#[test]
fn pca_leaves_the_residuals_of_scikit_learn() {
    let golden = Golden::read();
    let model =
        Pca::default().with_min_spread(none()).build().unwrap().fit(golden.frame("train").view()).unwrap();
    assert_eq!(Some(model.components() as u64), golden.0["pca_components"].as_u64());
    for (rows, residuals) in [("train", "pca_squared_residuals"), ("beyond", "pca_squared_residuals_beyond")]
    {
        let rows = golden.frame(rows);
        let theirs = golden.rows(residuals);
        assert_near(&contributions(&model, &rows), &theirs.concat());
        let sums: Vec<f64> = theirs.iter().map(|row| row.iter().sum()).collect();
        assert_near(&scores(&model, &rows), &sums);
    }
}

#[test]
fn mahalanobis_has_the_shrinkage_and_the_distances_of_scikit_learn() {
    let golden = Golden::read();
    let mahalanobis = Mahalanobis::default().with_min_spread(none()).build().unwrap();
    let model = mahalanobis.fit(golden.frame("train").view()).unwrap();
    assert_near(&[model.shrinkage()], &[golden.0["ledoit_wolf_shrinkage"].as_f64().unwrap()]);
    for (rows, distances) in [("train", "mahalanobis"), ("beyond", "mahalanobis_beyond")] {
        assert_near(&scores(&model, &golden.frame(rows)), &golden.list(distances));
    }
}

#[test]
fn knn_over_all_rows_has_the_distances_of_pyod() {
    let golden = Golden::read();
    let knn = KNearest::default().with_min_spread(none()).build().unwrap();
    let model = knn.fit(golden.frame("train").view()).unwrap();
    assert_eq!(model.sample(), 160);
    assert_near(&scores(&model, &golden.frame("beyond")), &golden.list("knn_beyond"));
}
