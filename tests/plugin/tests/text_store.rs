//! What the text store promises beyond the laws of stores.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use awatch::store::{BlockData, Budget};
use awatch::{Interval, Matcher, Name, Query, Registry, SampleBatch, Store, Target, Timestamp, Unit};
use outside_plugin::text_store::{TextConfig, TextStore};

const RETENTION: Duration = Duration::from_secs(3600);

fn open(file: &Path) -> TextStore {
    TextStore::open(TextConfig { file: file.to_owned(), retention: RETENTION }).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_secs(1_800_000_000 + second)
}

fn fill(store: &TextStore, seconds: std::ops::Range<i64>) {
    let target = Target::new("shop").unwrap();
    let source = Name::new("test").unwrap();
    let mut batch = SampleBatch::new(Arc::new(Registry::new(10)), source, target, Interval::SECOND, at(0));
    for second in seconds {
        batch.restart(at(second));
        batch.gauge("load", [], &Unit::RATIO, second as f64 / 7.0).unwrap();
        store.append(&batch).unwrap();
    }
}

fn samples(store: &TextStore) -> Vec<(Timestamp, f64)> {
    let query = Query { matcher: Matcher::all(), start: Timestamp::MIN, end: Timestamp::MAX };
    let blocks = store.scan(&query).unwrap().flat_map(|slice| slice.unwrap().blocks);
    let pairs = blocks.map(|block| match block.data {
        BlockData::Raw { at, values } => at.into_iter().zip(values).collect(),
        _ => Vec::new(),
    });
    pairs.flatten().collect()
}

fn budget(bytes: Option<u64>) -> Budget {
    Budget { time: Duration::from_secs(1), bytes }
}

#[test]
fn what_was_flushed_is_there_after_a_crash_in_the_middle_of_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history");
    let store = open(&file);
    fill(&store, 0..100);
    store.flush().unwrap();
    let before = samples(&store);
    let whole = std::fs::read(&file).unwrap();
    for cut in [1, 5, 20] {
        let mut torn = whole.clone();
        torn.extend_from_slice(&b"0 1800000000000000000 2.5e-1"[..cut]);
        std::fs::write(&file, torn).unwrap();
        let again = open(&file);
        assert_eq!(samples(&again), before);
        fill(&again, 100..101);
        again.flush().unwrap();
        assert_eq!(samples(&open(&file)).len(), 101);
    }
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes");
    std::fs::write(&file, "buy milk\n").unwrap();
    let config = TextConfig { file: file.clone(), retention: RETENTION };
    let error = TextStore::open(config).unwrap_err();
    assert_eq!(error.to_string(), format!("stored data of line 1 of {} cannot be read back", file.display()));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "buy milk\n");
}

#[test]
fn housekeeping_removes_what_is_old_then_what_is_too_much_and_makes_the_file_smaller() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history");
    let store = open(&file);
    fill(&store, 0..5000);
    let done = store.maintain(at(5000), budget(None)).unwrap();
    assert_eq!((done.expired, done.evicted, done.oldest), (1400, 0, Some(at(1400))));
    let done = store.maintain(at(5000), budget(Some(32_000))).unwrap();
    assert_eq!((done.expired, done.evicted, done.oldest), (0, 2600, Some(at(4000))));
    store.flush().unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1001);
    assert_eq!(samples(&open(&file)), samples(&store));
}
