//! History files between Awatch and pyarrow, DuckDB and polars, both ways. `make readers` runs these tests.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use awatch_core::{
    Interval, Kind, Labels, Name, Registry, SampleBatch, SeriesKey, SeriesMeta, Target, Timestamp, Unit,
};
use awatch_store::file;

const START: Timestamp = Timestamp::from_secs(1_800_000_000);

/// What a program of this folder prints.
fn python(program: &str, argument: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join("../scripts/python"))
        .arg(root.join("tests/readers").join(program))
        .arg(argument)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn meta(target: &str, metric: &str, labels: &[(&str, &str)], unit: Unit, kind: Kind) -> SeriesMeta {
    let labels = Labels::new(labels.iter().copied()).unwrap();
    let key = SeriesKey::new(Target::new(target).unwrap(), Name::new(metric).unwrap(), labels);
    SeriesMeta { key, unit, kind, interval: Interval::SECOND }
}

/// The series of `write.py`.
fn series() -> [SeriesMeta; 3] {
    let disk = [("device", "sda"), ("path", "C:\\a,b")];
    [
        meta("web-1", "cpu.utilization", &[], Unit::RATIO, Kind::Gauge),
        meta("web-1", "disk.io", &disk, Unit::BYTES, Kind::CumulativeCounter),
        meta("web-2", "cpu.utilization", &[], Unit::RATIO, Kind::Gauge),
    ]
}

/// What the three libraries must read of what is written here, as `read.py` prints it.
#[test]
#[ignore = "needs Python: `make readers` runs it"]
fn others_read_what_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recorded.parquet");
    let mut recorder = file::create(&path).unwrap();
    let registry = Arc::new(Registry::new(10));
    let mut expected = Vec::new();
    for second in 0..2000_i32 {
        let at = START.plus(Duration::from_secs(second.unsigned_abs().into()));
        let received = at.plus(Duration::from_nanos(123_456_789));
        let (source, target) = (Name::new("host").unwrap(), Target::new("web-1").unwrap());
        let mut batch = SampleBatch::new(Arc::clone(&registry), source, target, Interval::SECOND, at);
        let (received_ns, at_ns) = (received.as_nanos(), at.as_nanos());
        let begin = |interval: &str, target: &str| {
            format!("{received_ns}, \"host\", \"{interval}\", {at_ns}, \"{target}\"")
        };
        if second % 100 == 50 {
            expected.push(format!("{}, null, null, null, null, null]", begin("1s", "web-1")));
        } else {
            for meta in &series() {
                let value = f64::from(second) / 4.0;
                let id = batch.series(meta).unwrap();
                batch.push(id, value);
                let kind = if meta.kind == Kind::Gauge { "gauge" } else { "counter" };
                let labels = if meta.key.labels().is_empty() { "" } else { r"device=sda,path=C:\\\\a\\,b" };
                let (begin, metric, unit) =
                    (begin("1s", meta.key.target().id().as_str()), meta.key.metric(), &meta.unit);
                expected
                    .push(format!("{begin}, \"{metric}\", \"{labels}\", \"{unit}\", \"{kind}\", {value}]"));
            }
        }
        recorder.arrived(&batch, received).unwrap();
    }
    recorder.finish().unwrap();
    let printed = python("read.py", &path);
    for library in ["pyarrow", "duckdb", "polars"] {
        let begin = format!("[\"with_{library}\", ");
        let read: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix(begin.as_str())).collect();
        assert_eq!(read.len(), expected.len(), "{library}");
        for (read, expected) in read.iter().zip(&expected) {
            let (read_begin, read_value) = read.rsplit_once(", ").unwrap();
            let (begin, value) = expected.rsplit_once(", ").unwrap();
            assert_eq!(read_begin, begin, "{library}");
            assert_eq!(number(read_value), number(value), "{library}: {read}");
        }
    }
}

/// The bits of a number, in decimals or as Python writes hexadecimal ones; nothing for null.
fn number(text: &str) -> Option<u64> {
    let text = text.trim_end_matches(']').trim_matches('"');
    if text == "null" {
        return None;
    }
    let Some(hex) = text.strip_prefix("0x") else { return Some(text.parse::<f64>().unwrap().to_bits()) };
    let (digits, exponent) = hex.split_once('p').unwrap();
    let (whole, fraction) = digits.split_once('.').unwrap();
    let mantissa = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap() as f64;
    let places = i32::try_from(fraction.len()).unwrap() * 4;
    Some((mantissa * 2_f64.powi(exponent.parse::<i32>().unwrap() - places)).to_bits())
}

#[test]
#[ignore = "needs Python: `make readers` runs it"]
fn what_others_write_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let names = python("write.py", folder.path());
    let names: Vec<&str> = names.lines().collect();
    assert!(names.len() > 50, "{names:?}");
    let keys = series().map(|meta| meta.key.to_string());
    for name in names {
        let mut recording = file::open(&folder.path().join(name)).unwrap();
        let registry = Arc::new(Registry::new(10));
        for second in 0..20_i32 {
            let at = START.plus(Duration::from_secs(second.unsigned_abs().into()));
            let arrival = recording.next_arrival(&registry).unwrap().unwrap();
            let batch = &arrival.batch;
            assert_eq!(
                (batch.at(), arrival.received, batch.interval()),
                (at, at, Interval::SECOND),
                "{name}"
            );
            assert_eq!(*batch.source(), "replay");
            let value = |sample: &awatch_core::Sample| {
                let meta = batch.resolve(sample.series).unwrap();
                assert!(series().contains(&meta), "{name}: {meta:?}");
                (meta.key.to_string(), sample.value.to_bits())
            };
            let read: BTreeMap<String, u64> = batch.samples().iter().map(value).collect();
            let expected = keys
                .iter()
                .zip([0.5, 1.5, 2.5])
                .map(|(key, part)| (key.clone(), (f64::from(second * 100) + part).to_bits()));
            let mut expected: BTreeMap<String, u64> = expected.collect();
            if second == 7 {
                expected.remove(&keys[0]);
                assert_eq!(batch.rejected(), 1, "{name}: the null is counted");
            }
            assert_eq!(read, expected, "{name}, second {second}");
        }
        assert!(recording.next_arrival(&registry).unwrap().is_none(), "{name}");
    }
}
