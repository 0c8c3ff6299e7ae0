//! Budgets, expiry and resets: what the engine bounds and forgets, and what it says of it.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use std::time::Duration;

use awatch_core::{EngineOptions, EventKind, SampleBatch, Shutdown, SimClock, Timestamp, Unit};
use support::*;

fn options() -> EngineOptions {
    EngineOptions { self_metrics: false, ..EngineOptions::default() }
}

#[test]
fn a_full_series_budget_refuses_new_series_and_keeps_the_known() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let growing = Scripted {
        name: "growing",
        script: move |second, out: &mut SampleBatch| {
            for pid in 0..=second {
                out.gauge("process.cpu", [("pid", &pid.to_string())], &Unit::RATIO, 0.1)?;
            }
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .options(EngineOptions { max_series: 20, ..options() })
        .collector(growing)
        .collector(steady(130, &shutdown))
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    let summary = engine.run(&shutdown).unwrap();
    assert_eq!(summary.series, 20);
    assert_eq!(heap.seconds("steady"), seconds(0, 131), "the known series go on");
    let told: Vec<f64> =
        kept.tags().into_iter().filter(|(_, t)| t == "series.refused").map(|(s, _)| s).collect();
    assert_eq!(told, [20.0, 80.0], "told once a minute at most");
    assert!(summary.lost >= 100, "each refused sample is counted");
}

#[test]
fn the_memory_budget_shortens_history_first_and_then_refuses_series() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let mut engine = builder(&clock)
        .options(EngineOptions { max_memory: 2_000, ..options() })
        .collector(steady(200, &shutdown))
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let EventKind::MemoryExceeded { used, max, evicted, refusing_series } = kept.only("memory.exceeded").kind
    else {
        panic!()
    };
    assert_eq!((max, refusing_series), (2_000, false));
    assert!(used <= max && evicted > 0, "{used} used, {evicted} evicted");
    assert_eq!(heap.seconds("steady").last(), Some(&200.0), "the newest samples are kept");

    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let later = Scripted {
        name: "later",
        script: move |second, out: &mut SampleBatch| {
            if second >= 30 {
                out.gauge("new", [], &Unit::RATIO, 0.1)?;
            }
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .options(EngineOptions { max_memory: 500, ..options() })
        .collector(later)
        .collector(steady(60, &shutdown))
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let EventKind::MemoryExceeded { refusing_series, .. } = kept.only("memory.exceeded").kind else {
        panic!()
    };
    assert!(refusing_series);
    let EventKind::CollectorFailed { error, .. } = kept.only("collector.failed").kind else { panic!() };
    assert_eq!(
        error,
        "series host/new refused: the memory budget is used up; raise `max_memory` or collect less"
    );
}

#[test]
fn series_that_stop_appearing_expire_and_may_come_back() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let device = Scripted {
        name: "device",
        script: move |second, out: &mut SampleBatch| {
            if !(20..200).contains(&second) {
                out.gauge("disk.busy", [("device", "sdb")], &Unit::RATIO, 1.5)?;
            }
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .options(EngineOptions { expire_after: Duration::from_mins(1), ..options() })
        .collector(device)
        .collector(steady(230, &shutdown))
        .watch("level", Level::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let expired = kept.only("series.expired");
    let EventKind::SeriesExpired { count: 1, examples } = expired.kind else { panic!() };
    assert_eq!(examples, ["host/disk.busy{device=\"sdb\"}"]);
    assert_eq!(second(expired.at), 80.0);
    assert_eq!(
        kept.only("anomaly.closed").at,
        at(80.0),
        "an alert of a series ends with it, and holds until then"
    );
    assert_eq!(kept.count("anomaly.opened"), 2, "the series that comes back is seen anew");
}

#[test]
fn a_counter_that_resets_is_told_of_and_its_rate_is_never_wrong() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let restarting = Scripted {
        name: "restarting",
        script: move |second, out: &mut SampleBatch| {
            // The service restarts at 30: its total falls from 15 to 0.
            out.counter("requests", [], &Unit::count("request"), f64::from(second as i32 % 30) * 0.5)?;
            out.counter("other", [], &Unit::count("request"), f64::from(second as i32) * 0.5)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(restarting)
        .collector(steady(50, &shutdown))
        .watch("level", Level::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let reset = kept.only("counter.reset");
    assert_eq!(reset.at, at(30.0));
    let EventKind::CounterReset { count: 1, example, .. } = reset.kind else { panic!() };
    assert_eq!(example, "host/requests");
    assert_eq!(kept.count("anomaly.opened"), 0);
    let snapshot = engine.snapshot();
    let rate = snapshot.targets[0].series.iter().find(|s| s.column.metric == "requests").unwrap();
    assert_eq!((rate.value, rate.column.unit.as_str()), (Some(0.5), "{request}/s"));
}

#[test]
fn a_store_that_fails_does_not_stop_detection() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let fails = heap.fails.clone();
    let toggling = Scripted {
        name: "toggling",
        script: move |second, out: &mut SampleBatch| {
            fails.store((10..20).contains(&second), std::sync::atomic::Ordering::Relaxed);
            out.gauge("x", [], &Unit::RATIO, if second == 15 { 1.5 } else { 0.0 })?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(toggling)
        .collector(steady(40, &shutdown))
        .watch("level", Level::default())
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    let summary = engine.run(&shutdown).unwrap();
    let EventKind::StoreFailed { error } = kept.only("store.failed").kind else { panic!() };
    assert_eq!(error, "writing failed: disk full");
    assert_eq!(kept.only("anomaly.opened").at, at(15.0));
    let EventKind::StoreRecovered { lost } = kept.only("store.recovered").kind else { panic!() };
    assert_eq!(lost, summary.lost);
    assert!((19..=21).contains(&lost), "{lost}");
}

#[test]
fn a_batch_of_the_far_future_does_not_make_what_follows_late() {
    let clock = SimClock::new(START);
    let kept = Kept::default();
    let mut engine = builder(&clock).watch("level", Level::default()).sink(kept.clone()).build().unwrap();
    for second in 0..10 {
        let batch = gauge(&engine, "s", "x", second, 0.5);
        engine.step(&batch, batch.at()).unwrap();
    }
    let ahead = gauge(&engine, "s", "x", 3600, 0.5);
    engine.step(&ahead, at(10.0)).unwrap();
    for second in 10..20 {
        let batch = gauge(&engine, "s", "x", second, 0.5);
        engine.step(&batch, batch.at()).unwrap();
    }
    let EventKind::DataAhead { ahead_seconds, .. } = kept.only("data.ahead").kind else { panic!() };
    assert!((ahead_seconds - 3590.0).abs() < 1e-9);
    assert_eq!(kept.count("data.late"), 0);
}

#[test]
fn a_batch_of_another_engine_is_refused() {
    let clock = SimClock::new(START);
    let (mut one, other) = (builder(&clock).build().unwrap(), builder(&clock).build().unwrap());
    let error = one.step(&gauge(&other, "s", "x", 0, 0.5), Timestamp::EPOCH).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the batch of `s` was made for another engine: make it with this engine's `batch`"
    );
}
