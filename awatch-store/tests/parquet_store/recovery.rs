//! What becomes of the store on disk after a crash, with damaged files, and while the disk refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use awatch_core::store::Budget;
use awatch_core::{Store, Timestamp};
use awatch_store::parquet::{ParquetStore, ParquetStoreConfig};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::samples::{START, all, batch, expected, meta, read, tick};

const LEISURE: Budget = Budget { time: Duration::from_mins(1), bytes: None };
const SERIES: usize = 5;
const HOUR: i64 = 3600;

fn open(dir: &Path) -> ParquetStore {
    ParquetStoreConfig::default().with_retention(Duration::from_hours(24 * 3650)).open(dir).unwrap()
}

fn fill(store: &ParquetStore, ticks: std::ops::Range<i64>) {
    let mut batch = batch();
    for n in ticks {
        tick(&mut batch, SERIES, n);
        store.append(&batch).unwrap();
    }
}

/// How many samples all series have in so many ticks.
fn samples_of(ticks: i64) -> u64 {
    ticks.unsigned_abs() * SERIES as u64
}

/// The present so many seconds after the samples start.
fn maintain(store: &ParquetStore, secs: i64) {
    store.maintain(Timestamp::from_secs(START + secs), LEISURE).unwrap();
}

/// A store of two sealed hours, the second across midnight, and some minutes in the log; closed.
fn three_parts() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    maintain(&store, 0);
    fill(&store, 0..HOUR);
    maintain(&store, HOUR);
    fill(&store, HOUR..2 * HOUR);
    maintain(&store, 2 * HOUR);
    fill(&store, 2 * HOUR..2 * HOUR + 300);
    drop(store);
    dir
}

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn flip(path: &Path, place: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[place] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

#[test]
fn hours_are_sealed_midnight_splits_files_and_the_rest_stays_in_the_log() {
    let dir = three_parts();
    let segments: Vec<String> = files(dir.path(), ".parquet")
        .iter()
        .map(|path| path.strip_prefix(dir.path()).unwrap().to_str().unwrap().to_owned())
        .collect();
    let starts: Vec<&str> =
        segments.iter().map(|path| &path[..path.len() - "-1a2b3c4d.parquet".len()]).collect();
    assert_eq!(
        starts,
        [
            "tier=raw/date=2023-11-14/0000000001-0000000001-0",
            "tier=raw/date=2023-11-14/0000000002-0000000002-0",
            "tier=raw/date=2023-11-15/0000000002-0000000002-0",
        ]
    );
    assert_eq!(files(dir.path(), ".log").len(), 1);
    let store = open(dir.path());
    assert!(store.recovery().is_clean(), "{:?}", store.recovery());
    assert_eq!(store.recovery().replayed_samples, samples_of(300));
    assert_eq!(all(&store), expected(SERIES, 0..2 * HOUR + 300));
    let usage = store.usage();
    assert_eq!((usage.series, usage.samples), (SERIES as u64, samples_of(2 * HOUR + 300)));
    assert!(store.disk_bytes() > 0);
}

#[test]
fn a_day_that_is_over_becomes_one_file() {
    let dir = three_parts();
    let store = open(dir.path());
    maintain(&store, 3 * HOUR + 300);
    fill(&store, 3 * HOUR + 300..3 * HOUR + 301);
    let day = 86_400;
    for _ in 0..3 {
        maintain(&store, 3 * day);
    }
    let names: Vec<String> = files(dir.path(), ".parquet")
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap()[..23].to_owned())
        .collect();
    assert_eq!(names, ["0000000001-0000000002-0", "0000000002-0000000004-0"]);
    let mut wanted = expected(SERIES, 0..2 * HOUR + 300);
    for (key, samples) in expected(SERIES, 3 * HOUR + 300..3 * HOUR + 301) {
        wanted.entry(key).or_default().extend(samples);
    }
    assert_eq!(all(&store), wanted);
    drop(store);
    assert_eq!(all(&open(dir.path())), wanted);
}

#[test]
fn a_second_writer_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let error = ParquetStoreConfig::default().open(dir.path()).unwrap_err().to_string();
    let wanted = format!(
        "the store in {} is being written by process {}: end that first, or open it for reading only",
        dir.path().display(),
        std::process::id()
    );
    assert_eq!(error, wanted);
    drop(first);
    open(dir.path());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_log_cut_anywhere_gives_what_was_written_until_there(cut: prop::sample::Index) {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        fill(&store, 0..50);
        drop(store);
        let log = &files(dir.path(), ".log")[0];
        let bytes = fs::read(log).unwrap();
        fs::write(log, &bytes[..cut.index(bytes.len())]).unwrap();
        let store = open(dir.path());
        let held = all(&store);
        let ticks = held.values().map(|samples| i64::try_from(samples.len()).unwrap()).max().unwrap_or(0);
        prop_assert_eq!(held, expected(SERIES, 0..ticks));
        // It goes on from there, and keeps what comes.
        fill(&store, ticks..60);
        drop(store);
        let store = open(dir.path());
        prop_assert!(store.recovery().is_clean(), "{:?}", store.recovery());
        prop_assert_eq!(all(&store), expected(SERIES, 0..60));
    }
}

#[test]
fn a_damaged_record_costs_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    fill(&store, 0..50);
    drop(store);
    let log = &files(dir.path(), ".log")[0];
    let middle = fs::read(log).unwrap().len() / 2;
    flip(log, middle);
    let store = open(dir.path());
    assert_eq!(store.recovery().damaged_records, 1);
    assert_eq!(store.recovery().replayed_samples, samples_of(49));
    let held = all(&store);
    assert!(held.values().all(|samples| samples.len() == 49));
    assert!(!store.recovery().is_clean());
}

#[test]
fn a_flipped_byte_in_a_segment_is_named_and_the_rest_is_answered() {
    let dir = three_parts();
    let segment = &files(dir.path(), ".parquet")[0];
    flip(segment, 1000);
    let store = open(dir.path());
    let (content, errors) = read(&store, "*", Timestamp::MIN, Timestamp::MAX);
    assert_eq!(errors, [format!("stored data of {} cannot be read back", segment.display())]);
    assert_eq!(content, expected(SERIES, HOUR..2 * HOUR + 300));
}

#[test]
fn a_segment_whose_end_is_damaged_is_told_of_at_the_opening_and_left_out() {
    let dir = three_parts();
    let segment = &files(dir.path(), ".parquet")[1];
    let length = fs::metadata(segment).unwrap().len();
    flip(segment, usize::try_from(length).unwrap() - 200);
    let store = open(dir.path());
    let [unreadable] = &store.recovery().unreadable[..] else { panic!("{:?}", store.recovery()) };
    assert_eq!(&unreadable.file, segment);
    let midnight = 6400;
    let mut wanted = expected(SERIES, 0..HOUR);
    for (key, samples) in expected(SERIES, midnight..2 * HOUR + 300) {
        wanted.entry(key).or_default().extend(samples);
    }
    assert_eq!(all(&store), wanted);
}

#[test]
fn a_segment_cut_short_is_told_of_at_the_opening() {
    let dir = three_parts();
    let segment = &files(dir.path(), ".parquet")[2];
    let bytes = fs::read(segment).unwrap();
    fs::write(segment, &bytes[..bytes.len() / 2]).unwrap();
    let store = open(dir.path());
    assert_eq!(store.recovery().unreadable.len(), 1);
    assert!(all(&store).values().all(|samples| samples.len() > 6000));
}

#[test]
fn a_log_of_a_later_format_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let log = &files(dir.path(), ".log")[0];
    let mut bytes = fs::read(log).unwrap();
    bytes[8] = 2;
    let crc = crc32fast::hash(&bytes[..20]);
    bytes[20..24].copy_from_slice(&crc.to_le_bytes());
    fs::write(log, &bytes).unwrap();
    let error = ParquetStoreConfig::default().open(dir.path()).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "{} is in format 2, and this program knows formats up to 1: use a newer awatch",
            log.display()
        )
    );
    assert_eq!(fs::read(log).unwrap(), bytes);
}

#[test]
fn what_was_not_finished_is_removed() {
    let dir = three_parts();
    let segment = &files(dir.path(), ".parquet")[0];
    fs::write(segment.with_extension("tmp"), b"PAR1 and no more").unwrap();
    // A crash after a file was written anew and before the old one was removed leaves both.
    let name = segment.file_name().unwrap().to_str().unwrap();
    let older = segment.with_file_name(name.replace("0000000001-0-", "0000000001-1-"));
    fs::copy(segment, &older).unwrap();
    let store = open(dir.path());
    assert_eq!(store.recovery().leftovers, 2);
    assert!(older.exists() && !segment.exists());
    assert_eq!(all(&store), expected(SERIES, 0..2 * HOUR + 300));
}

#[test]
fn a_log_whose_segments_were_written_is_sealed_again_without_doubles() {
    let dir = three_parts();
    let store = open(dir.path());
    let log = files(dir.path(), ".log").pop().unwrap();
    let bytes = fs::read(&log).unwrap();
    maintain(&store, 4 * HOUR);
    assert_eq!(files(dir.path(), ".parquet").len(), 4);
    drop(store);
    // As a crash between the last rename and the removal of the log leaves it.
    fs::write(&log, bytes).unwrap();
    let store = open(dir.path());
    assert_eq!(files(dir.path(), ".parquet").len(), 3);
    assert_eq!(store.usage().samples, samples_of(2 * HOUR + 300));
    maintain(&store, 4 * HOUR);
    assert_eq!(all(&store), expected(SERIES, 0..2 * HOUR + 300));
}

#[test]
fn late_samples_are_taken_within_the_window_and_counted_beyond() {
    let dir = tempfile::tempdir().unwrap();
    let store =
        ParquetStoreConfig::default().with_late_window(Duration::from_mins(1)).open(dir.path()).unwrap();
    fill(&store, 0..200);
    let mut batch = batch();
    let id = batch.series(&meta(0)).unwrap();
    for back in [0, 59, 60, 61, 100] {
        batch.push_at(id, Timestamp::from_secs(START + 199 - back), 1.0);
    }
    let done = store.append(&batch).unwrap();
    assert_eq!((done.stored, done.rejected), (3, 2));
}

#[test]
fn retention_removes_whole_segments_once_their_last_sample_is_due() {
    let dir = three_parts();
    let store =
        ParquetStoreConfig::default().with_retention(Duration::from_hours(1)).open(dir.path()).unwrap();
    let done = store.maintain(Timestamp::from_secs(START + 2 * HOUR + 299), LEISURE).unwrap();
    let midnight = 6400;
    assert_eq!(done.expired, samples_of(HOUR));
    assert_eq!(done.oldest, Some(Timestamp::from_secs(START + HOUR)));
    let again = store.maintain(Timestamp::from_secs(START + 2 * HOUR + 299), LEISURE).unwrap();
    assert_eq!(again.expired, 0);
    let done = store.maintain(Timestamp::from_secs(START + midnight + HOUR), LEISURE).unwrap();
    assert_eq!(done.expired, samples_of(midnight - HOUR));
    assert_eq!(files(dir.path(), ".parquet").len(), 1);
}

#[test]
fn what_was_deleted_stays_deleted() {
    let dir = three_parts();
    let store = open(dir.path());
    let matcher = "m{n=2}".parse().unwrap();
    let deleted = store.delete_before(Timestamp::from_secs(START + 2 * HOUR + 100), &matcher).unwrap();
    assert_eq!(deleted, (2 * HOUR + 100).unsigned_abs());
    let mut wanted = expected(SERIES, 0..2 * HOUR + 300);
    wanted.insert(meta(2).key, expected(SERIES, 2 * HOUR + 100..2 * HOUR + 300)[&meta(2).key].clone());
    assert_eq!(all(&store), wanted);
    drop(store);
    let store = open(dir.path());
    assert_eq!(all(&store), wanted);
    assert_eq!(files(dir.path(), ".parquet").len(), 3);
    assert!(files(dir.path(), ".parquet").iter().all(|path| path.to_str().unwrap().contains("-1-")));
}

#[test]
fn a_deletion_cut_short_by_a_crash_is_completed() {
    let dir = three_parts();
    let copies: Vec<(PathBuf, Vec<u8>)> = files(dir.path(), ".parquet")
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    let store = open(dir.path());
    store.delete_before(Timestamp::from_secs(START + HOUR + 1), &"*".parse().unwrap()).unwrap();
    drop(store);
    // As a crash after the log was written and before any segment was.
    for path in files(dir.path(), ".parquet") {
        fs::remove_file(path).unwrap();
    }
    for (path, bytes) in copies {
        fs::write(path, bytes).unwrap();
    }
    assert_eq!(all(&open(dir.path())), expected(SERIES, HOUR + 1..2 * HOUR + 300));
}

#[test]
fn a_disk_that_takes_no_segment_leaves_everything_readable_and_the_log_in_place() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    maintain(&store, 0);
    fill(&store, 0..HOUR);
    fs::write(dir.path().join("tier=raw"), b"in the way").unwrap();
    let error = store.maintain(Timestamp::from_secs(START + HOUR), LEISURE).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("writing a segment of the store in {} failed", dir.path().display())
    );
    fill(&store, HOUR..HOUR + 10);
    assert_eq!(all(&store), expected(SERIES, 0..HOUR + 10));
    store.flush().unwrap();
    fs::remove_file(dir.path().join("tier=raw")).unwrap();
    maintain(&store, HOUR + 10);
    assert_eq!(files(dir.path(), ".parquet").len(), 1);
    assert_eq!(all(&store), expected(SERIES, 0..HOUR + 10));
}

#[test]
fn a_disk_that_takes_no_other_log_leaves_the_first_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    maintain(&store, 0);
    fill(&store, 0..HOUR);
    let next = dir.path().join("log/0000000002.log");
    fs::create_dir(&next).unwrap();
    let error = store.maintain(Timestamp::from_secs(START + HOUR), LEISURE).unwrap_err();
    assert_eq!(error.to_string(), format!("creating {} failed", next.display()));
    fill(&store, HOUR..HOUR + 10);
    store.flush().unwrap();
    fs::remove_dir(&next).unwrap();
    maintain(&store, HOUR + 10);
    assert_eq!(files(dir.path(), ".parquet").len(), 1);
    drop(store);
    assert_eq!(all(&open(dir.path())), expected(SERIES, 0..HOUR + 10));
}

#[test]
fn a_series_in_another_unit_keeps_both_files_and_answers_with_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    maintain(&store, 0);
    fill(&store, 0..10);
    let mut other = batch();
    let changed = awatch_core::SeriesMeta { unit: awatch_core::Unit::BYTES, ..meta(0) };
    let id = other.series(&changed).unwrap();
    other.push_at(id, Timestamp::from_secs(START + 10), 5.0);
    assert_eq!(store.append(&other).unwrap().stored, 1);
    let metas = store.series(&"m{n=0}".parse().unwrap()).unwrap();
    assert_eq!(*metas[0], changed);
    let (content, _) = read(&store, "m{n=0}", Timestamp::MIN, Timestamp::MAX);
    assert_eq!(content[&changed.key].len(), 1);
    for _ in 0..3 {
        maintain(&store, 5 * 86_400);
    }
    assert_eq!(files(dir.path(), ".parquet").len(), 2);
    assert_eq!(all(&store).len(), SERIES);
}
