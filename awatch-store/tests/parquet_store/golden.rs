//! Stores of every format version that was released are read, to the bit.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use awatch_core::store::Budget;
use awatch_core::{Interval, Kind, Labels, Name, SeriesKey, SeriesMeta, Store, Target, Timestamp, Unit};
use awatch_store::parquet::{ParquetStore, ParquetStoreConfig};

use crate::samples::{Content, START, all, batch};

/// Around midnight, so that there are two segments; what comes after is in the log.
const TICKS: std::ops::Range<i64> = 6380..6450;
const SEALED: i64 = 6430;

fn golden(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/parquet/v{version}"))
}

fn open(dir: &Path) -> ParquetStore {
    ParquetStoreConfig::default().with_retention(Duration::from_hours(24 * 3650)).open(dir).unwrap()
}

/// Series of every kind, with everything that a definition can say.
fn metas() -> Vec<SeriesMeta> {
    let attributes = Labels::new([("os.type", "linux")]).unwrap();
    let target = Target::with_attributes(Name::new("web-1").unwrap(), attributes);
    let meta = |metric: &str, labels: &[(&str, &str)], unit, kind, secs| {
        let labels = Labels::new(labels.iter().copied()).unwrap();
        let key = SeriesKey::new(target.clone(), Name::new(metric).unwrap(), labels);
        SeriesMeta { key, unit, kind, interval: Interval::from_secs(secs).unwrap() }
    };
    vec![
        meta("cpu", &[], Unit::RATIO, Kind::Gauge, 1),
        meta("disk", &[("device", "sda"), ("path", r"C:\,x")], Unit::BYTES, Kind::CumulativeCounter, 10),
        meta("errors", &[("code", "500 größer")], Unit::count("error"), Kind::DeltaSum, 60),
    ]
}

fn value(series: usize, tick: i64) -> f64 {
    match series {
        0 => [0.1, -0.0, 5e-324, f64::MAX][usize::try_from(tick % 4).unwrap()],
        1 => (tick * 1500) as f64,
        _ => tick as f64 / 3.0,
    }
}

fn content() -> Content {
    let samples =
        |series| TICKS.map(move |n| ((START + n) * 1_000_000_000, value(series, n).to_bits())).collect();
    metas().into_iter().enumerate().map(|(series, meta)| (meta.key, samples(series))).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn version_1_is_read_to_the_bit() {
    let dir = tempfile::tempdir().unwrap();
    copy(&golden(1), dir.path());
    let store = open(dir.path());
    assert!(store.recovery().is_clean(), "{:?}", store.recovery());
    assert_eq!(store.recovery().replayed_samples, 20 * 3);
    assert_eq!(all(&store), content());
    let series = store.series(&"*".parse().unwrap()).unwrap();
    let series: Vec<SeriesMeta> = series.iter().map(|meta| (**meta).clone()).collect();
    assert_eq!(series, metas());
    assert!(series.iter().all(|meta| meta.key.target().attributes().get("os.type") == Some("linux")));
}

/// Writes the store of the present version, when a new one is to be released:
/// `cargo test -p awatch-store --features parquet --test parquet_store golden -- --ignored`.
#[test]
#[ignore = "writes files"]
fn write_golden() {
    let dir = golden(1);
    assert!(!dir.exists(), "{} is there: a version that was released never changes", dir.display());
    let store = open(&dir);
    store.maintain(Timestamp::from_secs(START), Budget { time: Duration::ZERO, bytes: None }).unwrap();
    let mut batch = batch();
    for n in TICKS {
        batch.restart(Timestamp::from_secs(START + n));
        for (series, meta) in metas().iter().enumerate() {
            let id = batch.series(meta).unwrap();
            batch.push(id, value(series, n));
        }
        store.append(&batch).unwrap();
        if n + 1 == SEALED {
            let budget = Budget { time: Duration::from_mins(1), bytes: None };
            store.maintain(Timestamp::from_secs(START + 3 * 3600), budget).unwrap();
        }
    }
    drop(store);
    fs::remove_file(dir.join("writer.lock")).unwrap();
}
