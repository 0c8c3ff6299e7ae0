//! Reading the store on disk while it is written.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use awatch_core::store::Budget;
use awatch_core::{Matcher, Store, Timestamp};
use awatch_store::parquet::{ParquetReader, ParquetStore, ParquetStoreConfig};
use tempfile::TempDir;

use crate::samples::{START, all, batch, expected, read, tick};

const SERIES: usize = 5;
const LEISURE: Budget = Budget { time: Duration::from_mins(1), bytes: None };

fn writer(dir: &TempDir) -> ParquetStore {
    let config = ParquetStoreConfig::default().with_segment_span(Duration::from_mins(5));
    let config = config.with_late_window(Duration::from_hours(24 * 30));
    config.with_retention(Duration::from_hours(24 * 3650)).open(dir.path()).unwrap()
}

fn fill(store: &ParquetStore, ticks: std::ops::Range<i64>) {
    let mut batch = batch();
    for n in ticks {
        tick(&mut batch, SERIES, n);
        assert_eq!(store.append(&batch).unwrap().stored, SERIES as u64);
    }
}

#[test]
fn a_reader_sees_what_was_appended_last_before_it_is_flushed() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir);
    let reader = ParquetReader::open(dir.path()).unwrap();
    assert_eq!(all(&reader).len(), 0);
    for n in 0..5 {
        fill(&writer, n * 100..(n + 1) * 100);
        assert_eq!(all(&reader), expected(SERIES, 0..(n + 1) * 100));
        writer.maintain(Timestamp::from_secs(START + (n + 1) * 200), LEISURE).unwrap();
        assert_eq!(all(&reader), expected(SERIES, 0..(n + 1) * 100));
    }
    writer.maintain(Timestamp::from_secs(START + 10 * 86_400), LEISURE).unwrap();
    assert_eq!(all(&reader), expected(SERIES, 0..500));
    assert_eq!(reader.series(&Matcher::all()).unwrap().len(), SERIES);
    assert_eq!(reader.usage().samples, writer.usage().samples);
    writer.delete_before(Timestamp::from_secs(START + 50), &Matcher::all()).unwrap();
    assert_eq!(all(&reader), expected(SERIES, 50..500));
    assert_eq!(reader.unreadable(), []);
    let oldest = reader.maintain(Timestamp::from_secs(START), LEISURE).unwrap().oldest;
    assert_eq!(oldest, Some(Timestamp::from_secs(START + 50)));
}

#[test]
fn readers_beside_a_writer_see_a_whole_past_at_any_moment() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir);
    let (written, done) = (AtomicI64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let reader = ParquetReader::open(dir.path()).unwrap();
                    let mut looks = 0;
                    while looks == 0 || !done.load(Ordering::Acquire) {
                        let before = written.load(Ordering::Acquire);
                        let (content, errors) = read(&reader, "*", Timestamp::MIN, Timestamp::MAX);
                        assert_eq!(errors, Vec::<String>::new());
                        let ticks = content
                            .values()
                            .map(|samples| i64::try_from(samples.len()).unwrap())
                            .max()
                            .unwrap_or(0);
                        assert!(ticks >= before, "{ticks} ticks after {before} had been appended");
                        assert!(
                            content == expected(SERIES, 0..ticks),
                            "{ticks} ticks, but not as they were written"
                        );
                        looks += 1;
                    }
                })
            })
            .collect();
        for n in 0..1500 {
            fill(&writer, n..n + 1);
            written.store(n + 1, Ordering::Release);
            if n % 100 == 99 {
                writer.maintain(Timestamp::from_secs(START + n), LEISURE).unwrap();
            }
            if n == 1200 {
                writer.maintain(Timestamp::from_secs(START + 3 * 86_400), LEISURE).unwrap();
            }
        }
        done.store(true, Ordering::Release);
        for reader in readers {
            reader.join().unwrap();
        }
    });
}

#[test]
fn a_reader_changes_nothing_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    drop(writer(&dir));
    let reader = ParquetReader::open(dir.path()).unwrap();
    let error = reader.append(&batch()).unwrap_err();
    assert_eq!(error.to_string(), format!("appending in the store in {} failed", dir.path().display()));
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "it is open for reading only: use the process that writes it");
    assert!(reader.delete_before(Timestamp::MAX, &Matcher::all()).is_err());
    reader.flush().unwrap();
    writer(&dir);
    let missing = dir.path().join("none");
    let error = ParquetReader::open(&missing).unwrap_err();
    assert_eq!(error.to_string(), format!("opening {} failed", missing.display()));
}
