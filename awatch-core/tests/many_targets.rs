//! Many targets, and what is scored about a target as a whole: no row is lost, and rows are complete.
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
    CollectError, Collector, EngineOptions, Event, Interval, SampleBatch, Shutdown, SimClock, Target, Unit,
};
use support::*;

fn options() -> EngineOptions {
    EngineOptions { self_metrics: false, ..EngineOptions::default() }
}

/// A gauge of a thousand targets of which some alert at each tick; ends the run at 20 seconds.
fn thousand(shutdown: &Shutdown) -> impl Collector + use<> {
    let targets: Vec<_> = (0..1000).map(|i| Target::new(format!("t{i}")).unwrap()).collect();
    let shutdown = shutdown.clone();
    Scripted {
        name: "thousand",
        script: move |second, out: &mut SampleBatch| {
            if second >= 20 {
                shutdown.trigger();
            }
            for (target, number) in targets.iter().zip(0_i64..) {
                out.set_target(target.clone());
                let value = if (second * 7 + number) % 97 == 0 { 1.5 } else { 0.5 };
                out.gauge("x", [], &Unit::RATIO, value)?;
            }
            Ok(())
        },
    }
}

#[test]
fn a_thousand_targets_lose_no_row_and_are_told_the_same_live_and_polled() {
    let build = |clock: &SimClock, shutdown: &Shutdown, kept: &Kept| {
        let builder = builder(clock).collector(thousand(shutdown)).watch("level", Level::default());
        builder.sink(kept.clone()).build().unwrap()
    };
    let (clock, shutdown, live) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let mut engine = build(&clock, &shutdown, &live);
    assert_eq!(engine.run(&shutdown).unwrap().rows, 21_000);
    assert_eq!(stat(&mut engine, "awatch.rows.dropped"), 0);

    let polled = Kept::default();
    let mut engine = build(&SimClock::new(START), &Shutdown::new(), &polled);
    let mut now = START;
    while now <= at(20.0) {
        now = engine.poll(now);
    }
    let (live, polled): (Vec<Event>, Vec<Event>) = (live.events(), polled.events());
    assert!(live.len() > 200, "{} events", live.len());
    assert!(live == polled, "live and polled differ");
}

#[test]
fn an_anomaly_of_a_whole_target_ends_with_it_and_the_next_target_is_told_anew() {
    let kept = Kept::default();
    let mut engine = builder(&SimClock::new(START))
        .options(EngineOptions { expire_after: Duration::from_secs(30), ..options() })
        .watch("whole", Whole::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    for (target, from, until) in [("old", 0, 100.0), ("new", 101, 200.0)] {
        for second in from..from + 5 {
            Pushed::new("a", target, "x").send(&mut engine, f64::from(second), 5.0);
        }
        engine.advance_to(at(until));
    }
    let mut told = kept.tags();
    told.retain(|(_, tag)| tag.starts_with("anomaly."));
    let expected = [(0.0, "opened"), (40.0, "closed"), (101.0, "opened"), (140.0, "closed")];
    assert_eq!(told, expected.map(|(second, tag)| (second, format!("anomaly.{tag}"))));
    assert!(engine.snapshot().targets.is_empty());
}

/// A collector that takes two and a half seconds and says so.
#[derive(Debug)]
struct Delayed(SimClock);

impl Collector for Delayed {
    fn name(&self) -> &'static str {
        "delayed"
    }

    fn delay(&self) -> Duration {
        Duration::from_secs(3)
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        sleep(&self.0, Duration::from_millis(2500));
        out.gauge("delayed", [], &Unit::RATIO, 0.2)?;
        Ok(())
    }
}

#[test]
fn a_source_that_is_known_to_come_late_is_waited_for() {
    let (clock, shutdown) = (SimClock::new(START), Shutdown::new());
    let (whole, heap) = (Whole::default(), Heap::default());
    let mut engine = builder(&clock)
        .collector(Delayed(clock.clone()))
        .collector(steady(30, &shutdown))
        .watch("whole", whole.clone())
        .store(heap.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(stat(&mut engine, "awatch.samples.late"), 0);
    let rows = whole.0.lock().unwrap();
    let complete: Vec<f64> = rows
        .iter()
        .filter(|(_, values)| values.contains(&0.5) && values.contains(&0.2))
        .map(|row| row.0)
        .collect();
    let mut delayed = heap.seconds("delayed");
    // Its first report comes at 2.5 s; nobody waits for a source that is not known yet.
    delayed.retain(|second| (2.5..27.0).contains(second));
    assert!(delayed.len() >= 9, "{delayed:?}");
    assert!(delayed.iter().all(|second| complete.contains(second)), "{complete:?} of {delayed:?}");
}

#[test]
fn sources_between_the_seconds_are_in_the_rows_of_their_target() {
    for offset in [0.1, 0.5] {
        let whole = Whole::default();
        let mut engine = builder(&SimClock::new(START)).watch("whole", whole.clone()).build().unwrap();
        for second in seconds(0, 60) {
            Pushed::new("a", "host", "x").send(&mut engine, second, 0.1);
            Pushed::new("b", "host", "y").send(&mut engine, second + offset, 0.2);
        }
        engine.advance_to(at(61.0));
        let rows = whole.0.lock().unwrap();
        assert!((59..=61).contains(&rows.len()), "{} rows with an offset of {offset}", rows.len());
        let complete = rows.iter().filter(|(_, values)| values == &[0.1, 0.2]).count();
        assert!(complete >= 59, "{complete} rows are complete with an offset of {offset}");
    }
}

#[test]
fn rows_of_a_target_whose_series_come_and_go_are_restored_as_they_were() {
    let options = || EngineOptions {
        expire_after: Duration::from_secs(15),
        silent_after: Duration::from_secs(5),
        ..options()
    };
    let build = |whole: &Whole| {
        builder(&SimClock::new(START)).options(options()).watch("whole", whole.clone()).build().unwrap()
    };
    let feed = |engine: &mut awatch_core::Engine, from: i32, to: i32| {
        for second in seconds(from, to) {
            let mut batch = engine.batch(name("g2"), Interval::SECOND, at(second));
            if second == 0.0 {
                batch.gauge("q", [], &Unit::RATIO, 0.1).unwrap();
            }
            batch.gauge("keep", [], &Unit::RATIO, 0.2).unwrap();
            engine.step(&batch, at(second)).unwrap();
            let mut batch = engine.batch(name("g1"), Interval::SECOND, at(second));
            if second < 40.0 {
                batch.gauge("p", [], &Unit::RATIO, 0.3).unwrap();
            }
            if second >= 35.0 {
                batch.gauge("r", [], &Unit::RATIO, 0.4).unwrap();
            }
            engine.step(&batch, at(second)).unwrap();
        }
    };
    let (straight, halves) = (Whole::default(), Whole::default());
    feed(&mut build(&straight), 0, 120);
    let mut first = build(&halves);
    feed(&mut first, 0, 100);
    let saved = first.checkpoint().unwrap();
    let mut second = build(&halves);
    assert_eq!(second.restore(&saved).unwrap().fresh, []);
    feed(&mut second, 100, 120);
    let text = |whole: &Whole| format!("{:?}", whole.0.lock().unwrap());
    assert_eq!(text(&halves), text(&straight));
}
