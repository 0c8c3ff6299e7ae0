//! Whose a series, an anomaly and a place is: when sources share a series, and when the configuration changed since a
//! checkpoint.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use std::time::Duration;

use awatch_core::{EngineBuilder, EngineOptions, EventKind, Health, Interval, SimClock, Timestamp};
use support::*;

/// An engine that watches the level.
fn engine() -> EngineBuilder {
    builder(&SimClock::new(START)).watch("one", Level::default())
}

/// The checkpoint of an engine that saw 30 seconds of `value` of the source `host`.
fn saved(engine: EngineBuilder, value: f64) -> Vec<u8> {
    let mut engine = engine.build().unwrap();
    for second in seconds(0, 30) {
        Pushed::new("host", "h", "x").send(&mut engine, second, value);
    }
    engine.checkpoint().unwrap()
}

#[test]
fn a_collector_that_was_renamed_since_the_checkpoint_takes_over_its_series() {
    let kept = Kept::default();
    let mut engine = engine().sink(kept.clone()).build().unwrap();
    engine.restore(&saved(self::engine(), 0.5)).unwrap();
    for second in seconds(30, 8000) {
        Pushed::new("renamed", "h", "x").send(&mut engine, second, if second == 7990.0 { 1.5 } else { 0.5 });
    }
    assert_eq!(kept.only("anomaly.opened").at, at(7990.0));
    assert_eq!(kept.count("series.shared"), 1);
    assert_eq!(kept.count("source.silent"), 1, "the old name");
    let targets = engine.snapshot().targets;
    assert_eq!(targets.len(), 1);
    assert_eq!(targets[0].health, Health::full(), "the old name does not count for ever");
    assert_eq!(targets[0].series.len(), 1);
    assert_eq!(targets[0].series[0].source, name("renamed"));
    assert_eq!(targets[0].series[0].value, Some(0.5));
}

#[test]
fn a_collector_whose_interval_changed_since_the_checkpoint_goes_on_in_the_new_one() {
    let kept = Kept::default();
    let mut engine = engine().sink(kept.clone()).build().unwrap();
    engine.restore(&saved(self::engine(), 0.5)).unwrap();
    let slower = Pushed { interval: Interval::from_secs(20).unwrap(), ..Pushed::new("host", "h", "x") };
    for tick in 3..30 {
        slower.send(&mut engine, f64::from(tick * 20), if tick == 25 { 1.5 } else { 0.5 });
    }
    assert_eq!(kept.only("anomaly.opened").at, at(500.0));
    assert_eq!(kept.only("source.resumed").at, at(60.0));
    assert_eq!(kept.count("source.silent"), 1, "only before it told its new interval");
    assert_eq!(stat(&mut engine, "awatch.samples.late"), 0);
}

#[test]
fn anomalies_of_a_watch_that_was_removed_since_the_checkpoint_are_closed() {
    let kept = Kept::default();
    let mut engine = engine().sink(kept.clone()).build().unwrap();
    let saved = saved(self::engine().watch("two", Level::default()), 5.0);
    assert_eq!(engine.restore(&saved).unwrap().fresh, []);
    Pushed::new("host", "h", "x").send(&mut engine, 30.0, 0.1);
    let closed: Vec<_> = kept
        .events()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::AnomalyClosed { anomaly, .. } => Some((anomaly.watch.to_string(), second(event.at))),
            _ => None,
        })
        .collect();
    assert_eq!(closed, [("two".to_owned(), 29.0), ("one".to_owned(), 30.0)]);
    let snapshot = engine.snapshot();
    assert!(snapshot.targets[0].anomalies.is_empty());
    assert_eq!(snapshot.targets[0].health, Health::full());
}

/// A checkpoint of one series whose watch has a state about the block of that number.
fn saved_with_block(block: usize) -> Vec<u8> {
    let saved = saved(engine(), 0.5);
    let detector = awatch_core::state::encode("level", &0_u64).unwrap();
    let decider = awatch_core::state::encode("at_edge", &Vec::<u8>::new()).unwrap();
    // The kind of the detector, then per block: number, places, detector, decider, tick of the last row.
    let cell = (block, Vec::<Option<usize>>::new(), detector, decider, None::<Timestamp>);
    let watch = awatch_core::state::encode("watch", &("level", vec![cell])).unwrap();
    // The head has 12 bytes; a part is its name and its content, each after its length; the checksum is last.
    let content = 12 + 2 + "engine".len() + 8;
    let length = u64::from_le_bytes(saved[content - 8..content].try_into().unwrap()) as usize;
    let mut bytes = saved[..content + length].to_vec();
    bytes.extend(("watch/one".len() as u16).to_le_bytes());
    bytes.extend(b"watch/one");
    bytes.extend((watch.len() as u64).to_le_bytes());
    bytes.extend(watch);
    let sum = crc32fast::hash(&bytes);
    bytes.extend(sum.to_le_bytes());
    bytes
}

#[test]
fn a_block_that_cannot_be_is_refused_when_a_checkpoint_is_restored() {
    assert_eq!(engine().build().unwrap().restore(&saved_with_block(0)).unwrap().fresh, []);
    let fresh = engine().build().unwrap().restore(&saved_with_block(1 << 60)).unwrap().fresh;
    assert_eq!(fresh.len(), 1);
    assert_eq!(fresh[0].0, name("one"));
    assert!(fresh[0].1.contains("it has a block 1152921504606846976, and there are "), "{}", fresh[0].1);
}

#[test]
fn two_sources_of_one_series_are_told_of_once_and_the_first_is_scored() {
    let kept = Kept::default();
    let mut engine = engine().sink(kept.clone()).build().unwrap();
    let [a, b] = ["a", "b"].map(|source| Pushed::new(source, "h", "x"));
    for second in seconds(0, 60) {
        a.send(&mut engine, second, 0.2);
        if second < 30.0 {
            b.send(&mut engine, second, 5.0);
        }
    }
    assert_eq!(kept.tags(), [(0.0, "series.shared".to_owned())]);
    assert_eq!(
        kept.only("series.shared").kind,
        EventKind::SeriesShared { series: "h/x".to_owned(), owner: name("a"), source: name("b") }
    );
    assert_eq!(stat(&mut engine, "awatch.samples.rejected"), 30);
}

#[test]
fn a_source_whose_series_all_expired_is_no_reason_to_refuse_a_checkpoint() {
    let options = EngineOptions {
        self_metrics: false,
        expire_after: Duration::from_secs(30),
        ..EngineOptions::default()
    };
    let builder = || engine().options(options.clone());
    let mut first = builder().build().unwrap();
    Pushed::new("gone", "h", "x").send(&mut first, 0.0, 0.1);
    for second in seconds(0, 120) {
        Pushed::new("host", "h", "y").send(&mut first, second, 0.1);
    }
    assert_eq!(stat(&mut first, "awatch.series.expired"), 1);
    let saved = first.checkpoint().unwrap();
    assert_eq!(builder().build().unwrap().restore(&saved).unwrap().fresh, []);
}
