//! A process that writes is killed, again and again, at moments nobody chose; what it had been promised is there.
//!
//! 20 times by default. `AWATCH_KILLS=200` makes it more.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use awatch_core::store::Budget;
use awatch_core::{Store, Timestamp};
use awatch_store::ByteSize;
use awatch_store::parquet::{ParquetStore, ParquetStoreConfig};

use crate::samples::{batch, expected, read, tick};

const SERIES: usize = 5;
/// Kills of one store before another is begun.
const KILLS_PER_STORE: u64 = 20;
const DIR: &str = "AWATCH_KILL_DIR";

/// Small enough that sealing and writing as one happen all the time.
fn open(dir: &Path) -> ParquetStore {
    let config = ParquetStoreConfig::default().with_segment_span(Duration::from_mins(10));
    let config =
        config.with_retention(Duration::from_hours(24 * 3650)).with_late_window(Duration::from_mins(1));
    config.with_max_memory(ByteSize::from_mib(16)).open(dir).unwrap()
}

/// How many whole ticks a store has from the beginning, all of them as they were written.
fn ticks(store: &ParquetStore) -> i64 {
    let (content, errors) = read(store, "*", Timestamp::MIN, Timestamp::MAX);
    assert_eq!(errors, Vec::<String>::new());
    let ticks = content.values().map(|samples| i64::try_from(samples.len()).unwrap()).max().unwrap_or(0);
    assert_eq!(content, expected(SERIES, 0..ticks), "{ticks} ticks, but not as they were written");
    ticks
}

/// What the process does that is killed: a batch after the other, flushed and tidied up now and then.
#[test]
#[ignore = "only as a process of its own"]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let store = open(Path::new(&dir));
    let first = ticks(&store);
    let (mut batch, mut out) = (batch(), std::io::stdout());
    for n in first.. {
        tick(&mut batch, SERIES, n);
        assert_eq!(store.append(&batch).unwrap().stored, SERIES as u64);
        writeln!(out, "appended {}", n + 1).unwrap();
        if n % 97 == 0 {
            store.flush().unwrap();
            writeln!(out, "flushed {}", n + 1).unwrap();
        }
        if n % 61 == 0 {
            let budget = Budget { time: Duration::from_micros(n.unsigned_abs() % 7 * 500), bytes: None };
            store.maintain(batch.at(), budget).unwrap();
        }
    }
}

fn spawn(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "kill::child"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets a process write until it has said so many lines, kills it, and answers what it had appended and flushed.
fn kill_after(dir: &Path, lines: usize) -> (i64, i64) {
    let mut child = spawn(dir);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut appended, mut flushed) = (0, 0);
    let mut note = |line: &str| match line.split_once(' ') {
        Some(("appended", n)) => appended = n.parse().unwrap_or(appended),
        Some(("flushed", n)) => flushed = n.parse().unwrap_or(flushed),
        _ => {}
    };
    for line in said.by_ref().take(lines) {
        note(&line.unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it was killed; the last line may be torn.
    for line in said.map_while(Result::ok) {
        note(&line);
    }
    (appended, flushed)
}

#[test]
fn what_was_promised_survives_every_kill() {
    let kills: u64 = std::env::var("AWATCH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let (mut dir, mut random) = (tempfile::tempdir().unwrap(), 0x9E37_79B9_7F4A_7C15_u64);
    let (mut torn, mut sealed) = (0, 0);
    for kill in 0..kills {
        if kill % KILLS_PER_STORE == 0 {
            dir = tempfile::tempdir().unwrap();
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (appended, flushed) = kill_after(dir.path(), 20 + usize::try_from(random >> 54).unwrap());
        let store = open(dir.path());
        let held = ticks(&store);
        assert!(held >= flushed, "{flushed} ticks were flushed, {held} are there");
        // The process ended and the machine did not: nothing that `append` answered to is missing.
        assert!(held >= appended, "{appended} ticks were appended, {held} are there");
        assert_eq!((store.recovery().damaged_records, store.recovery().unreadable.len()), (0, 0));
        torn += store.recovery().torn_bytes;
        sealed = sealed.max(store.usage().samples - store.recovery().replayed_samples);
    }
    println!("{kills} kills, {torn} torn bytes, {sealed} samples in segments at the end");
    assert!(sealed > 0, "no segment was ever finished: the process is killed too early");
}
