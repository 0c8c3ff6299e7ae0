//! Time that passes unwatched: stalls, pauses between runs, clocks that are set. Nothing in it is late, silent or gone.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use awatch_core::{
    Clock, Collector, Column, DetectError, DetectorFactory, Engine, EngineOptions, EventKind, Interval,
    Learn, OnlineDetector, Row, SampleBatch, Scope, Scores, Shutdown, SimClock, Unit, detect::Explanation,
};
use support::*;

fn options() -> EngineOptions {
    EngineOptions { self_metrics: false, ..EngineOptions::default() }
}

/// When the run under way ends.
#[derive(Clone, Debug, Default)]
struct Plan(Arc<Mutex<(i64, Shutdown)>>);

impl Plan {
    /// A collector of the gauge `x` = 0.5 that ends each run as planned.
    fn collector(&self) -> impl Collector + use<> {
        let plan = self.clone();
        Scripted {
            name: "x",
            script: move |second, out: &mut SampleBatch| {
                let (end, shutdown) = plan.0.lock().unwrap().clone();
                if second >= end {
                    shutdown.trigger();
                }
                out.gauge("x", [], &Unit::RATIO, 0.5)?;
                Ok(())
            },
        }
    }

    fn run(&self, engine: &mut Engine, end: i64) -> Vec<String> {
        let shutdown = Shutdown::new();
        *self.0.lock().unwrap() = (end, shutdown.clone());
        let left = engine.run(&shutdown).unwrap().left_behind;
        left.iter().map(ToString::to_string).collect()
    }
}

fn pause(clock: &SimClock, span: Duration) {
    let mut presence = clock.enter();
    presence.begin();
    sleep(clock, span);
}

/// Asserts that nothing was told but one `engine.resumed`; answers the seconds it tells of.
fn resumed_only(kept: &Kept) -> f64 {
    let tags = kept.tags();
    assert_eq!(tags.len(), 1, "{tags:?}");
    let EventKind::EngineResumed { down_seconds } = kept.only("engine.resumed").kind else { panic!() };
    down_seconds
}

#[test]
fn what_waited_for_a_stalled_store_is_scored_and_is_not_late() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let spike = Scripted {
        name: "spike",
        script: |second, out: &mut SampleBatch| {
            out.gauge("s", [], &Unit::RATIO, if (12..15).contains(&second) { 3.0 } else { 0.1 })?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(spike)
        .collector(steady(40, &shutdown))
        .watch("level", Level::default())
        .store(Stalling(clock.clone(), Heap::default()))
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(stat(&mut engine, "awatch.samples.late"), 0);
    assert_eq!(stat(&mut engine, "awatch.rows.missed"), 0);
    assert_eq!(kept.only("anomaly.opened").at, at(12.0));
    assert_eq!(kept.only("anomaly.closed").at, at(15.0));
}

#[test]
fn a_second_run_after_hours_says_so_once_and_nothing_else() {
    let (clock, kept, plan) = (SimClock::new(START), Kept::default(), Plan::default());
    let mut engine = builder(&clock)
        .collector(plan.collector())
        .watch("level", Level::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    plan.run(&mut engine, 30);
    pause(&clock, Duration::from_hours(2));
    plan.run(&mut engine, 7300);
    assert!((resumed_only(&kept) - 7200.0).abs() < 1.0);
    assert_eq!(stat(&mut engine, "awatch.rows.missed"), 0);
    assert_eq!(stat(&mut engine, "awatch.ticks.missed"), 0);
}

#[test]
fn a_run_hours_after_stepping_says_so_once_and_nothing_else() {
    let (clock, kept, plan) = (SimClock::new(at(7200.0)), Kept::default(), Plan::default());
    let mut engine = builder(&clock)
        .collector(plan.collector())
        .watch("level", Level::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    for second in seconds(0, 30) {
        Pushed::new("x", "host", "x").send(&mut engine, second, 0.5);
    }
    plan.run(&mut engine, 7300);
    assert!((resumed_only(&kept) - 7171.0).abs() < 1.0);
    assert_eq!(stat(&mut engine, "awatch.rows.missed"), 0);
}

#[test]
fn a_step_of_the_clock_is_no_gap_for_a_collector_of_a_long_interval() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let (stepping, end) = (clock.clone(), shutdown.clone());
    let mut calls = 0;
    let fast = Scripted {
        name: "fast",
        script: move |_, out: &mut SampleBatch| {
            calls += 1;
            if calls == 35 {
                stepping.step_wall(stepping.now().plus(Duration::from_secs(7225)));
            }
            if calls == 200 {
                end.trigger();
            }
            out.gauge("fast", [], &Unit::RATIO, 0.1)?;
            Ok(())
        },
    };
    let slow = Scripted {
        name: "slow",
        script: |_, out: &mut SampleBatch| {
            out.gauge("slow", [], &Unit::RATIO, 0.1)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(fast)
        .named_collector(name("slow"), Some(Interval::from_secs(30).unwrap()), Box::new(slow))
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(kept.tags().len(), 1, "{:?}", kept.tags());
    let EventKind::ClockStepped { by_seconds, .. } = kept.only("clock.stepped").kind else { panic!() };
    assert!((by_seconds - 7225.0).abs() < 1.0, "{by_seconds}");
    assert_eq!(stat(&mut engine, "awatch.rows.missed"), 0);
}

#[test]
fn polling_goes_on_when_the_clock_was_set_back() {
    let kept = Kept::default();
    let mut engine = builder(&SimClock::new(START))
        .collector(Plan::default().collector())
        .watch("level", Level::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    for second in seconds(0, 60) {
        engine.poll(at(second));
    }
    for second in 0..1800 {
        engine.poll(START.minus(Duration::from_secs(3600 - second)));
    }
    assert_eq!(kept.tags(), [(-3600.0, "clock.stepped".to_owned())]);
    assert_eq!(stat(&mut engine, "awatch.samples.late"), 0);
    assert_eq!(stat(&mut engine, "awatch.rows"), 1860);
}

#[test]
fn polling_goes_on_hours_after_a_restore() {
    let build = |kept: &Kept| {
        builder(&SimClock::new(START))
            .collector(Plan::default().collector())
            .watch("level", Level::default())
            .sink(kept.clone())
            .build()
            .unwrap()
    };
    let mut first = build(&Kept::default());
    for second in seconds(0, 60) {
        first.poll(at(second));
    }
    let saved = first.checkpoint().unwrap();
    let kept = Kept::default();
    let mut second = build(&kept);
    second.restore(&saved).unwrap();
    for later in seconds(7259, 7300) {
        second.poll(at(later));
    }
    assert_eq!(resumed_only(&kept), 7200.0);
}

#[test]
fn a_collector_that_comes_back_after_the_run_is_called_in_the_next() {
    let (clock, kept, heap, plan) = (SimClock::new(START), Kept::default(), Heap::default(), Plan::default());
    let sleeper = clock.clone();
    let slow = Scripted {
        name: "slow",
        script: move |second, out: &mut SampleBatch| {
            if second == 18 {
                sleep(&sleeper, Duration::from_secs(10));
            }
            out.gauge("slow", [], &Unit::RATIO, 0.5)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(plan.collector())
        .collector(slow)
        .watch("level", Level::default())
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    assert_eq!(plan.run(&mut engine, 20), ["slow"]);
    pause(&clock, Duration::from_secs(10));
    assert_eq!(plan.run(&mut engine, 100), Vec::<String>::new());
    let told = heap.seconds("slow");
    assert!(told.contains(&18.0), "what it brought late is stored");
    assert!(told.iter().filter(|second| **second > 40.0).count() >= 58, "{told:?}");
    assert_eq!(kept.count("engine.resumed"), 1);
    assert_eq!(kept.count("source.silent"), 0);
}

/// Keeps the elapsed time of each row as `(second, elapsed)`; takes 30 s for the row of second 10.
#[derive(Clone, Debug)]
struct Elapsed(SimClock, Arc<Mutex<Vec<(f64, f64)>>>);

#[derive(Debug)]
struct ElapsedBank(Elapsed);

impl DetectorFactory for Elapsed {
    fn kind(&self) -> &'static str {
        "elapsed"
    }

    fn scope(&self) -> Scope {
        Scope::Series
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        Box::new(ElapsedBank(self.clone()))
    }
}

impl OnlineDetector for ElapsedBank {
    fn bind(&mut self, _: usize, _: Option<&Column>) {}

    fn step(&mut self, row: Row<'_>, _: Learn, _: &mut Scores) {
        let Elapsed(clock, seen) = &self.0;
        seen.lock().unwrap().push((second(row.at), row.elapsed.as_secs_f64()));
        if row.at == at(10.0) {
            sleep(clock, Duration::from_secs(30));
        }
    }

    fn explain(&self, _: usize, _: Row<'_>, _: &Scores) -> Explanation {
        Explanation { sentence: String::new(), contributions: Vec::new() }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        awatch_core::state::encode("elapsed", &())
    }

    fn load(&mut self, state: &[u8]) -> Result<(), DetectError> {
        awatch_core::state::decode("elapsed", state)
    }

    fn memory(&self) -> usize {
        8
    }
}

#[test]
fn a_detector_that_missed_rows_is_told_how_much_time_passed() {
    let (clock, shutdown, seen) = (SimClock::new(START), Shutdown::new(), Arc::default());
    let mut engine = builder(&clock)
        .options(EngineOptions { row_queue: 5, ..options() })
        .collector(steady(60, &shutdown))
        .watch("elapsed", Elapsed(clock.clone(), Arc::clone(&seen)))
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let seen = seen.lock().unwrap();
    assert!(seen.len() < 61, "rows were dropped");
    for pair in seen.windows(2) {
        assert_eq!(pair[1].1, pair[1].0 - pair[0].0, "at second {}", pair[1].0);
    }
    assert!(seen.iter().any(|(_, elapsed)| *elapsed > 10.0));
}
