//! How a run ends: what waits is scored, what hangs costs nobody else anything, and what is lost is counted.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use std::time::Duration;

use awatch_core::{Event, SampleBatch, Shutdown, SimClock, Sink, SinkError, Unit};
use support::*;

#[test]
fn a_collector_that_hangs_at_the_end_costs_no_watch_and_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    let (clock, shutdown) = (SimClock::new(START), Shutdown::new());
    let sleeper = clock.clone();
    let hanging = Scripted {
        name: "hanging",
        script: move |_, _: &mut SampleBatch| {
            sleep(&sleeper, Duration::from_hours(100));
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(hanging)
        .collector(steady(30, &shutdown))
        .watch("one", Level::default())
        .watch("two", Level::default())
        .build()
        .unwrap();
    engine.checkpoint_to(&path, Duration::from_hours(1)).unwrap();
    assert_eq!(engine.run(&shutdown).unwrap().left_behind, [name("hanging")]);

    let mut next = builder(&SimClock::new(START))
        .watch("one", Level::default())
        .watch("two", Level::default())
        .build()
        .unwrap();
    assert_eq!(next.restore(&std::fs::read(&path).unwrap()).unwrap().fresh, []);
    assert_eq!(next.snapshot().at, engine.snapshot().at, "it was written at the end");
}

#[test]
fn rows_that_wait_for_a_slow_detector_are_scored_at_the_end() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let values = Scripted {
        name: "values",
        script: |second, out: &mut SampleBatch| {
            let value = match second {
                27 => 0.75,
                29 => 4.0,
                _ => 0.1,
            };
            out.gauge("x", [], &Unit::RATIO, value)?;
            Ok(())
        },
    };
    let slow =
        Mischief { hangs_at: Some((0.75, Duration::from_secs(4), clock.clone())), ..Mischief::default() };
    let mut engine = builder(&clock)
        .collector(values)
        .collector(steady(30, &shutdown))
        .watch("slow", Level(slow))
        .sink(kept.clone())
        .build()
        .unwrap();
    let summary = engine.run(&shutdown).unwrap();
    assert_eq!((summary.left_behind, summary.lost), (Vec::new(), 0));
    assert_eq!(kept.only("anomaly.opened").at, at(29.0));
    assert_eq!(kept.only("anomaly.closed").at, at(30.0));
}

/// A sink that never returns.
#[derive(Debug)]
struct Stuck(SimClock);

impl Sink for Stuck {
    fn name(&self) -> &'static str {
        "stuck"
    }

    fn emit(&mut self, _: &Event) -> Result<(), SinkError> {
        sleep(&self.0, Duration::from_hours(100));
        Ok(())
    }
}

#[test]
fn what_still_waits_for_a_stuck_sink_is_counted_as_lost() {
    let (clock, shutdown) = (SimClock::new(START), Shutdown::new());
    let flapping = Scripted {
        name: "flapping",
        script: |second, out: &mut SampleBatch| {
            out.gauge("f", [], &Unit::RATIO, if second % 2 == 0 { 1.5 } else { 0.1 })?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(flapping)
        .collector(steady(40, &shutdown))
        .watch("level", Level::default())
        .sink(Stuck(clock.clone()))
        .build()
        .unwrap();
    let summary = engine.run(&shutdown).unwrap();
    assert_eq!(summary.left_behind, [name("stuck")]);
    assert!(summary.events >= 40);
    assert_eq!(summary.lost, summary.events);
}
