//! Arrivals to write, and arrivals as a test compares them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use awatch_core::{
    Arrival, Interval, Kind, Labels, Name, Recording, RecordingError, Registry, SampleBatch, SeriesKey,
    SeriesMeta, Target, Timestamp, Unit,
};
use awatch_store::file::{self, ReadOptions};
use proptest::prelude::*;

/// The formats, as names end.
pub(crate) const FORMATS: [&str; 2] = ["csv", "parquet"];

/// An arrival without the ids of any registry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plain {
    pub(crate) received: Timestamp,
    pub(crate) source: String,
    pub(crate) interval: Interval,
    pub(crate) at: Timestamp,
    pub(crate) samples: Vec<PlainSample>,
}

/// A sample: series, unit, kind, interval, time, bits of the value.
pub(crate) type PlainSample = (String, String, Kind, Interval, Timestamp, u64);

pub(crate) fn plain(arrival: &Arrival) -> Plain {
    let batch = &arrival.batch;
    let sample = |sample: &awatch_core::Sample| {
        let meta = batch.resolve(sample.series).unwrap();
        let unit = meta.unit.to_string();
        (meta.key.to_string(), unit, meta.kind, meta.interval, sample.at, sample.value.to_bits())
    };
    Plain {
        received: arrival.received,
        source: batch.source().to_string(),
        interval: batch.interval(),
        at: batch.at(),
        samples: batch.samples().iter().map(sample).collect(),
    }
}

pub(crate) fn registry() -> Arc<Registry> {
    Arc::new(Registry::new(100_000))
}

/// All arrivals of a recording.
pub(crate) fn play(recording: &mut dyn Recording) -> Result<Vec<Plain>, RecordingError> {
    let registry = registry();
    let mut all = Vec::new();
    while let Some(arrival) = recording.next_arrival(&registry)? {
        all.push(plain(&arrival));
    }
    Ok(all)
}

/// A file with that text.
pub(crate) fn text_file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// What a CSV file `history.csv` with that text plays; its error with the folder left out.
pub(crate) fn csv(text: &str, options: &ReadOptions) -> Result<Vec<Plain>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = text_file(folder.path(), "history.csv", text);
    let played = file::open_with(&path, options).and_then(|mut recording| play(&mut *recording));
    played.map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

/// Writes arrivals to a new file and answers its path.
pub(crate) fn write(folder: &Path, format: &str, arrivals: &[Arrival]) -> PathBuf {
    let path = folder.join(format!("recorded.{format}"));
    let mut recorder = file::create(&path).unwrap();
    for arrival in arrivals {
        recorder.arrived(&arrival.batch, arrival.received).unwrap();
    }
    recorder.finish().unwrap();
    path
}

/// One sample of a drawn batch: series, whether it is of another instant, value.
type Draw = (usize, Option<i64>, f64);

/// A drawn batch: source, milliseconds since the one before, lateness of its tick in ms, samples.
type BatchDraw = (usize, i64, i64, Vec<Draw>);

/// Recordings of every shape: empty batches, late ones, several of one source at one instant, samples of other
/// instants, many targets.
pub(crate) fn recordings() -> impl Strategy<Value = Vec<Arrival>> {
    let number = prop_oneof![
        4 => (0..100_i32).prop_map(f64::from),
        1 => proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO
    ];
    let draw = (0..12_usize, proptest::option::weighted(0.1, -5000..5000_i64), number);
    let step = prop_oneof![2 => Just(0_i64), 3 => 1..3000_i64, 1 => Just(1000)];
    let batch = (
        0..3_usize,
        step,
        prop_oneof![3 => Just(0_i64), 1 => 0..3000_i64],
        proptest::collection::vec(draw, 0..6),
    );
    proptest::collection::vec(batch, 0..30).prop_map(|batches| make(&batches))
}

fn make(batches: &[BatchDraw]) -> Vec<Arrival> {
    let registry = registry();
    let mut received = Timestamp::from_nanos(1_800_000_000_123_456_789);
    let mut made = Vec::new();
    for (source, step, late, samples) in batches {
        received = received.plus(Duration::from_millis(step.unsigned_abs()));
        let at = received.minus(Duration::from_millis(late.unsigned_abs()));
        let interval = Interval::new(Duration::from_millis([1000, 250, 60_000][*source])).unwrap();
        let source = Name::new(["host", "demo of 'sorts'", "ünï"][*source]).unwrap();
        let target = Target::new("home").unwrap();
        let mut batch = SampleBatch::new(Arc::clone(&registry), source, target, interval, at);
        for (series, other, value) in samples {
            let id = batch.series(&meta(*series, interval)).unwrap();
            let at = other.map_or(at, |other| Timestamp::from_nanos(at.as_nanos() + other));
            batch.push_at(id, at, *value);
        }
        made.push(Arrival { batch, received });
    }
    made
}

/// One of twelve series; the last has an interval of its own.
fn meta(series: usize, interval: Interval) -> SeriesMeta {
    let labels = match series % 4 {
        0 => Labels::none(),
        1 => Labels::new([("device", "sda")]).unwrap(),
        2 => Labels::new([("path", "C:\\a, \"b\""), ("=empty".trim_start_matches('='), "")]).unwrap(),
        _ => Labels::new([("line", "one\ntwo"), ("eq", "a=b")]).unwrap(),
    };
    let target = Target::new(if series < 8 { "web-1" } else { "web 2" }).unwrap();
    let key = SeriesKey::new(target, Name::new(format!("metric.{series}")).unwrap(), labels);
    let kind = [Kind::Gauge, Kind::CumulativeCounter, Kind::DeltaSum][series % 3];
    let unit = [Unit::RATIO, Unit::BYTES, Unit::count("packet, \"lost\"")][series % 3].clone();
    let interval = if series == 11 { Interval::from_secs(300).unwrap() } else { interval };
    SeriesMeta { key, unit, kind, interval }
}
