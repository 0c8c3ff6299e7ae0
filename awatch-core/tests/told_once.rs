//! Trouble that stays is told once, not at every tick; and what is only in trouble is neither silent nor gone.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use std::sync::atomic::Ordering;
use std::time::Duration;

use awatch_core::{
    DetectorFactory, EngineOptions, Event, EventKind, Interval, OnlineDetector, SampleBatch, Scope, Shutdown,
    SimClock, Sink, SinkError, Unit,
};
use support::*;

fn options() -> EngineOptions {
    EngineOptions { self_metrics: false, ..EngineOptions::default() }
}

#[test]
fn a_store_that_fails_for_good_is_told_of_once() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let fails = heap.fails.clone();
    let breaking = Scripted {
        name: "breaking",
        script: move |second, out: &mut SampleBatch| {
            fails.store(second >= 5, Ordering::Relaxed);
            out.gauge("x", [], &Unit::RATIO, 0.0)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(breaking)
        .collector(steady(200, &shutdown))
        .store(heap)
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(kept.only("store.failed").at.as_nanos(), at(5.0).as_nanos());
    assert_eq!(kept.count("store.recovered"), 0);
}

#[test]
fn a_source_that_is_always_late_is_told_of_once_and_is_alive() {
    let kept = Kept::default();
    let mut engine = builder(&SimClock::new(START))
        .options(EngineOptions { expire_after: Duration::from_mins(1), ..options() })
        .sink(kept.clone())
        .build()
        .unwrap();
    let mut batch = engine.batch(name("a"), Interval::SECOND, START);
    batch.gauge("x", [], &Unit::RATIO, 0.1).unwrap();
    let series = batch.samples()[0].series;
    for second in seconds(0, 300) {
        batch.restart(at(second));
        batch.push(series, 0.1);
        engine.step(&batch, at(second + 2.0)).unwrap();
    }
    assert_eq!(kept.tags(), [(3.0, "data.late".to_owned())]);
    assert_eq!(engine.registry().len(), 1);
    assert_eq!(stat(&mut engine, "awatch.samples.late"), 299);
    for second in seconds(310, 320) {
        batch.restart(at(second));
        batch.push(series, 0.1);
        engine.step(&batch, at(second)).unwrap();
    }
    assert_eq!(stat(&mut engine, "awatch.samples.late"), 299, "it may come in time again");
    assert_eq!(stat(&mut engine, "awatch.samples.rejected"), 0, "with the number that its series has");
}

#[test]
fn a_source_that_is_always_ahead_is_told_of_once() {
    let kept = Kept::default();
    let mut engine = builder(&SimClock::new(START)).sink(kept.clone()).build().unwrap();
    for second in seconds(0, 300) {
        Pushed::new("a", "host", "x").send_at(&mut engine, second + 5.0, 0.5, second);
    }
    let EventKind::DataAhead { ahead_seconds, .. } = kept.only("data.ahead").kind else { panic!() };
    assert_eq!(ahead_seconds, 5.0);
    assert_eq!(stat(&mut engine, "awatch.samples.ahead"), 300);
}

/// A sink that refuses anomalies, and the news that it delivers again.
#[derive(Debug)]
struct Picky;

impl Sink for Picky {
    fn name(&self) -> &'static str {
        "picky"
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        match event.kind {
            EventKind::SinkRecovered { .. } | EventKind::AnomalyOpened { .. } => {
                Err(SinkError::permanent("no", "400"))
            }
            _ => Ok(()),
        }
    }
}

#[test]
fn a_sink_that_refuses_the_news_of_itself_makes_no_loop() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let once = Scripted {
        name: "once",
        script: |second, out: &mut SampleBatch| {
            out.gauge("x", [], &Unit::RATIO, if second == 5 { 1.5 } else { 0.1 })?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(once)
        .collector(steady(120, &shutdown))
        .watch("level", Level::default())
        .sink(Picky)
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!((kept.count("anomaly.opened"), kept.count("anomaly.closed")), (1, 1));
    assert_eq!((kept.count("sink.failed"), kept.count("sink.recovered")), (1, 1));
}

#[test]
fn memory_that_is_used_up_again_and_again_is_told_of_once_an_hour() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let bursts = Scripted {
        name: "bursts",
        script: |second, out: &mut SampleBatch| {
            if second % 40 < 20 {
                out.gauge("x", [], &Unit::RATIO, 0.1)?;
            }
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .options(EngineOptions { max_memory: 3_000, ..options() })
        .collector(bursts)
        .named_collector(
            name("rare"),
            Some(Interval::from_secs(30).unwrap()),
            Box::new(steady(7100, &shutdown)),
        )
        .store(Heap::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let mut told = kept.tags();
    told.retain(|(_, tag)| tag == "memory.exceeded");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].0 - told[0].0 >= 3600.0, "{told:?}");
}

/// A detector that cannot be made.
#[derive(Clone, Debug)]
struct Unmakeable;

impl DetectorFactory for Unmakeable {
    fn kind(&self) -> &'static str {
        "unmakeable"
    }

    fn scope(&self) -> Scope {
        Scope::Series
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        panic!("no model")
    }
}

#[test]
fn a_detector_that_cannot_be_made_is_told_of_once_and_harms_nobody() {
    let (stepped, live) = (Kept::default(), Kept::default());
    let build = |clock: &SimClock, kept: &Kept| {
        builder(clock).watch("unmakeable", Unmakeable).watch("level", Level::default()).sink(kept.clone())
    };
    let mut engine = build(&SimClock::new(START), &stepped).build().unwrap();
    for second in seconds(0, 60) {
        Pushed::new("a", "host", "x").send(&mut engine, second, if second == 30.0 { 1.5 } else { 0.1 });
    }
    assert_eq!(stepped.only("anomaly.opened").at, at(30.0));

    let (clock, shutdown) = (SimClock::new(START), Shutdown::new());
    let mut engine = build(&clock, &live).collector(steady(60, &shutdown)).build().unwrap();
    assert!(engine.run(&shutdown).unwrap().left_behind.is_empty());
    for kept in [stepped, live] {
        let kind = kept.only("detector.panicked").kind;
        let EventKind::DetectorPanicked { watch, message, disabled, .. } = kind else { panic!() };
        assert_eq!((watch.as_str(), message.as_str(), disabled), ("unmakeable", "no model", true));
    }
}
