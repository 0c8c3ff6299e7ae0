use std::path::Path;
use std::sync::Arc;

use awatch::store::file::{self, ReadOptions};
use awatch::{Arrival, Kind, Recording, Registry, SeriesKey, Timestamp, Unit};

use crate::proc_files::shared_memory;

/// The most arrivals played of one file.
const MOST: usize = 2000;

/// A CSV file of the fuzzer's making.
pub fn csv_recording(data: &[u8]) {
    recording("fuzz.csv", data);
}

/// A Parquet file of the fuzzer's making.
pub fn parquet_recording(data: &[u8]) {
    recording("fuzz.parquet", data);
}

/// An arrival without the ids of a registry.
type Plain = (Timestamp, String, Timestamp, Vec<(SeriesKey, Unit, Kind, Timestamp, u64)>);

/// What is wrong is said of the file; what is read arrives in order, and comes back when it is recorded again.
fn recording(name: &str, data: &[u8]) {
    let folder =
        tempfile::Builder::new().prefix("awatch-file-").tempdir_in(shared_memory()).expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, data).expect("a file");
    let Some(played) = play(&path) else { return };
    let times: Vec<Timestamp> = played.iter().map(|arrival| arrival.received).collect();
    assert!(times.is_sorted(), "the order of arrival");
    let again = folder.path().join(format!("again-{name}"));
    let mut recorder = file::create(&again).expect("a new file");
    for Arrival { batch, received } in &played {
        recorder.arrived(batch, *received).expect("written");
    }
    recorder.finish().expect("written");
    let second = play(&again).expect("what was written can be read");
    let plain = |arrivals: &[Arrival]| arrivals.iter().map(plain).collect::<Vec<_>>();
    assert_eq!(plain(&played), plain(&second));
}

/// What a file plays up to its first mistake; `None` when it cannot be opened.
fn play(path: &Path) -> Option<Vec<Arrival>> {
    let named = |message: String| assert!(message.contains("fuzz."), "{message}");
    let mut recording = match file::open_with(path, &ReadOptions::default()) {
        Ok(recording) => recording,
        Err(error) => {
            named(error.to_string());
            return None;
        }
    };
    let registry = Arc::new(Registry::new(100_000));
    let mut played = Vec::new();
    while played.len() < MOST {
        match recording.next_arrival(&registry) {
            Ok(Some(arrival)) => played.push(arrival),
            Ok(None) => break,
            Err(error) => {
                named(error.to_string());
                break;
            }
        }
    }
    Some(played)
}

fn plain(arrival: &Arrival) -> Plain {
    let batch = &arrival.batch;
    let sample = |sample: &awatch::Sample| {
        let meta = batch.resolve(sample.series).expect("every id resolves");
        assert!(sample.value.is_finite());
        (meta.key.clone(), meta.unit.clone(), meta.kind, sample.at, sample.value.to_bits())
    };
    (
        arrival.received,
        format!("{} {}", batch.source(), batch.interval()),
        batch.at(),
        batch.samples().iter().map(sample).collect(),
    )
}
