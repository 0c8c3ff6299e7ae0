//! What grows is bounded, what waits has its own room, and time has an end.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use awatch_core::{EngineHandle, EngineOptions, Interval, SampleBatch, Shutdown, SimClock, Timestamp, Unit};
use support::*;

fn options() -> EngineOptions {
    EngineOptions { self_metrics: false, ..EngineOptions::default() }
}

#[test]
fn series_that_were_registered_and_never_scored_expire_too() {
    let mut engine = builder(&SimClock::new(START))
        .options(EngineOptions { expire_after: Duration::from_secs(30), max_series: 50, ..options() })
        .build()
        .unwrap();
    Pushed::new("a", "host", "x").send(&mut engine, 10.0, 0.5);
    let mut late = engine.batch(name("a"), Interval::SECOND, at(5.0));
    for number in 0..40 {
        late.gauge(&format!("late{number}"), [], &Unit::RATIO, 0.5).unwrap();
    }
    engine.step(&late, at(11.0)).unwrap();
    let mut missing = engine.batch(name("a"), Interval::SECOND, at(12.0));
    for number in 0..5 {
        missing.gauge(&format!("missing{number}"), [], &Unit::RATIO, f64::NAN).unwrap();
    }
    engine.step(&missing, at(12.0)).unwrap();
    assert_eq!(engine.registry().len(), 46);
    engine.advance_to(at(100_000.0));
    assert_eq!(engine.registry().len(), 0);
}

#[test]
fn time_may_be_let_pass_to_its_end() {
    let mut engine = builder(&SimClock::new(START)).build().unwrap();
    Pushed::new("a", "host", "x").send(&mut engine, 0.0, 0.5);
    engine.advance_to(Timestamp::from_nanos(i64::MAX - 5_000_000_000));
    engine.advance_to(Timestamp::MAX);
    assert_eq!(engine.registry().len(), 0);
}

#[test]
fn those_who_ask_how_things_are_do_not_crowd_out_those_who_report() {
    let (clock, shutdown, heap) = (SimClock::new(START), Shutdown::new(), Heap::default());
    let handle: Arc<OnceLock<EngineHandle>> = Arc::default();
    let asked = Arc::clone(&handle);
    let asking = Scripted {
        name: "asking",
        script: move |second, out: &mut SampleBatch| {
            if second == 11 {
                for _ in 0..300 {
                    let _ = asked.get().unwrap().snapshot(Duration::ZERO);
                }
            }
            out.gauge("asking", [], &Unit::RATIO, 0.1)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(asking)
        .collector(steady(30, &shutdown))
        .store(Stalling(clock.clone(), heap.clone()))
        .build()
        .unwrap();
    handle.set(engine.handle()).unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(stat(&mut engine, "awatch.batches.dropped"), 0);
    assert_eq!(heap.seconds("steady"), seconds(0, 31));
}
