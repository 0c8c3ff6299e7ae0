//! Batch detectors: fitting a day of seconds, scoring it, and scoring one row.
//!
//! 86,400 × 38 is a day of seconds of a server with 38 metrics, the shape of a well-known public recording of servers and
//! what published timings of peers are told for. One row is what arrives live. The columns are correlated, skewed, discrete and
//! constant ones. Nearest neighbours score a tenth of the day: the time per row is the same.

use std::hint::black_box;

use awatch_core::detect::DynFit;
use awatch_core::{ColumnKey, Detector, Frame, Labels, Name, Timestamp, Unit};
use awatch_detect::copod::Copod;
use awatch_detect::ecod::Ecod;
use awatch_detect::isolation_forest::IsolationForest;
use awatch_detect::knn::KNearest;
use awatch_detect::mahalanobis::Mahalanobis;
use awatch_detect::pca::Pca;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const ROWS: usize = 86_400;
const COLUMNS: usize = 38;

/// Rows of five hidden loads and noise.
fn history(rows: usize) -> Frame {
    let mut bits = 42_u64;
    let mut unit = || {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    };
    let column = |index: usize| ColumnKey {
        metric: Name::new(format!("bench.{index}")).expect("a name"),
        labels: Labels::none(),
        unit: Unit::RATIO,
    };
    let mut frame = Frame::new((0..COLUMNS).map(column).collect());
    let mut row = [0.0; COLUMNS];
    for second in 0..rows {
        let loads: [f64; 5] = std::array::from_fn(|_| unit() + unit() + unit() - 1.5);
        for (index, value) in row.iter_mut().enumerate() {
            let load = loads[index % 5] + 0.5 * loads[index % 3] + 0.3 * (unit() - 0.5);
            *value = match index % 8 {
                5 => (2.0 * load).exp(),
                6 => (3.0 * load).round(),
                7 if index == 7 => 1.0,
                _ => load,
            };
        }
        frame.push(Timestamp::from_secs(i64::try_from(second).unwrap_or(0)), &row).expect("as many columns");
    }
    frame
}

/// A row as far out as none of the history.
fn outlier(columns: &[ColumnKey]) -> Frame {
    let mut frame = Frame::new(columns.to_vec());
    frame.push(Timestamp::EPOCH, &[40.0; COLUMNS]).expect("as many columns");
    frame
}

/// The fitted model, having scored an outlier above a usual row.
fn fitted(fit: &dyn DynFit, history: &Frame, usual: &Frame) -> Box<dyn Detector> {
    let model = fit.fit_dyn(history.view()).expect("rows enough");
    let score = |frame: &Frame| {
        let mut out = vec![None; frame.view().len()];
        model.score(frame.view(), &mut out).expect("its columns");
        out.last().copied().flatten()
    };
    assert!(score(&outlier(model.columns())) > score(usual), "{} tells an outlier", model.kind());
    model
}

fn detectors(c: &mut Criterion) {
    let day = history(ROWS);
    let (tenth, one) = (history(ROWS / 10), history(1));
    let forest = IsolationForest::default().build().expect("valid");
    let ecod = Ecod::default().build().expect("valid");
    let copod = Copod::default().build().expect("valid");
    let pca = Pca::default().build().expect("valid");
    let mahalanobis = Mahalanobis::default().build().expect("valid");
    let knn = KNearest::default().build().expect("valid");
    let all: [(&dyn DynFit, &Frame); 6] =
        [(&forest, &day), (&ecod, &day), (&copod, &day), (&pca, &day), (&mahalanobis, &day), (&knn, &tenth)];
    for (fit, scored) in all {
        let model = fitted(fit, &day, &one);
        let mut group = c.benchmark_group(model.kind());
        group.sample_size(10);
        group.bench_function(format!("fit/rows={ROWS}/columns={COLUMNS}"), |b| {
            b.iter(|| black_box(fit.fit_dyn(day.view()).expect("rows enough")));
        });
        for frame in [scored, &one] {
            let rows = frame.view().len();
            let mut out = vec![None; rows];
            group.throughput(Throughput::Elements(rows as u64));
            group.bench_function(format!("score/rows={rows}/columns={COLUMNS}"), |b| {
                b.iter(|| {
                    model.score(frame.view(), &mut out).expect("its columns");
                    black_box(&out);
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, detectors);
criterion_main!(benches);
