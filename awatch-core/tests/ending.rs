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

use awatch_core::{
    Engine, EngineOptions, Event, Interval, SampleBatch, Shutdown, SimClock, Sink, SinkError, Target, Unit,
};
use support::*;

/// On the real clock: on a simulated one everything else has ended before the wait for the collector is over.
#[test]
fn a_collector_that_hangs_at_the_end_costs_no_watch_and_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    let shutdown = Shutdown::new();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let hanging = Scripted {
        name: "hanging",
        script: move |_, _: &mut SampleBatch| {
            let _ = released.recv();
            Ok(())
        },
    };
    let (end, mut calls) = (shutdown.clone(), 0);
    let working = Scripted {
        name: "working",
        script: move |_, out: &mut SampleBatch| {
            calls += 1;
            if calls == 5 {
                end.trigger();
            }
            out.gauge("x", [], &Unit::RATIO, 0.5)?;
            Ok(())
        },
    };
    let build = || {
        Engine::builder(Target::new("host").unwrap())
            .default_policy(AtEdge)
            .watch("one", Level::default())
            .watch("two", Level::default())
    };
    let mut engine = build()
        .options(EngineOptions {
            self_metrics: false,
            shutdown_grace: Duration::from_secs(1),
            ..Default::default()
        })
        .interval(Interval::new(Duration::from_millis(100)).unwrap())
        .collector(hanging)
        .collector(working)
        .build()
        .unwrap();
    engine.checkpoint_to(&path, Duration::from_hours(1)).unwrap();
    assert_eq!(engine.run(&shutdown).unwrap().left_behind, [name("hanging")]);
    drop(release);
    let mut next = build().build().unwrap();
    assert_eq!(next.restore(&std::fs::read(&path).unwrap()).unwrap().fresh, [], "every watch is in it");
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
