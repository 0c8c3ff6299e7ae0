//! Things that go wrong while the engine lives: the rest is unharmed, and an event tells of it.
//!
//! All on a simulated clock with every plug-in on its own thread, exactly as in real time.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use awatch_core::{
    Clock, CollectError, EngineOptions, Event, EventKind, SampleBatch, Shutdown, SimClock, Sink, SinkError,
    Unit,
};
use support::*;

fn options() -> EngineOptions {
    EngineOptions { self_metrics: false, ..EngineOptions::default() }
}

#[test]
fn a_collector_that_hangs_is_told_of_and_holds_up_nobody() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let sleeper = clock.clone();
    let hanging = Scripted {
        name: "hanging",
        script: move |second, out: &mut SampleBatch| {
            if second == 20 {
                sleep(&sleeper, Duration::from_mins(1));
            }
            out.gauge("hanging", [], &Unit::RATIO, 0.5)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(hanging)
        .collector(steady(120, &shutdown))
        .watch("level", Level::default())
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(heap.seconds("steady"), seconds(0, 121), "the other collector is on every tick of the grid");
    let stuck = kept.only("collector.stuck");
    assert_eq!(second(stuck.at).floor(), 30.0);
    let recovered = kept.only("collector.recovered");
    assert!(matches!(recovered.kind, EventKind::CollectorRecovered { missed: 0, .. }));
    assert_eq!(kept.count("source.silent"), 1);
    assert_eq!(kept.count("source.resumed"), 1);
    let mut expected = seconds(0, 21);
    expected.extend(seconds(80, 121));
    assert_eq!(heap.seconds("hanging"), expected, "it goes on when its call returns, on the grid");
}

#[test]
fn a_collector_that_never_returns_does_not_keep_the_run_from_ending() {
    let (clock, shutdown) = (SimClock::new(START), Shutdown::new());
    let sleeper = clock.clone();
    let hanging = Scripted {
        name: "hanging",
        script: move |_, _: &mut SampleBatch| {
            sleep(&sleeper, Duration::from_hours(100));
            Ok(())
        },
    };
    let mut engine = builder(&clock).collector(hanging).collector(steady(30, &shutdown)).build().unwrap();
    let summary = engine.run(&shutdown).unwrap();
    assert_eq!(summary.left_behind, [awatch_core::Name::new("hanging").unwrap()]);
    assert!((33.0..34.0).contains(&summary.lasted.as_secs_f64()), "{summary:?}");
}

#[test]
fn a_collector_that_panics_rests_and_is_called_again() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let panicking = Scripted {
        name: "panicking",
        script: move |second, out: &mut SampleBatch| {
            assert!(!(10..13).contains(&second), "no such device");
            out.gauge("panicking", [], &Unit::RATIO, 0.5)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(panicking)
        .collector(steady(60, &shutdown))
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(heap.seconds("steady"), seconds(0, 61));
    let panics: Vec<_> = kept.tags().into_iter().filter(|(_, tag)| tag == "collector.panicked").collect();
    assert_eq!(
        panics.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
        [10.0, 11.0],
        "one second of rest, then two"
    );
    let recovered = kept.only("collector.recovered");
    assert_eq!(recovered.at, at(13.0));
    assert!(
        matches!(recovered.kind, EventKind::CollectorRecovered { missed: 3, .. }),
        "10, 11 and the rest at 12"
    );
    assert_eq!(heap.seconds("panicking"), [seconds(0, 10), seconds(13, 61)].concat());
}

#[test]
fn a_collector_that_fails_is_told_of_once_and_keeps_what_it_found() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let failing = Scripted {
        name: "failing",
        script: move |second, out: &mut SampleBatch| {
            out.gauge("found", [], &Unit::RATIO, 0.5)?;
            let error = CollectError::unavailable("/proc/gone", "no such file");
            if (5..9).contains(&second) { Err(error) } else { Ok(()) }
        },
    };
    let mut engine = builder(&clock)
        .collector(failing)
        .collector(steady(20, &shutdown))
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let failed = kept.only("collector.failed");
    let EventKind::CollectorFailed { error, .. } = failed.kind else { panic!() };
    assert_eq!(error, "/proc/gone is not available: no such file");
    assert_eq!(kept.only("collector.recovered").at, at(9.0));
    assert_eq!(heap.seconds("found"), seconds(0, 21));
}

/// A sink that blocks on its second event.
#[derive(Debug)]
struct Blocking {
    clock: SimClock,
    seen: Arc<AtomicI64>,
}

impl Sink for Blocking {
    fn name(&self) -> &'static str {
        "blocking"
    }

    fn emit(&mut self, _: &Event) -> Result<(), SinkError> {
        if self.seen.fetch_add(1, Ordering::Relaxed) == 1 {
            sleep(&self.clock, Duration::from_secs(100));
        }
        Ok(())
    }
}

#[test]
fn a_sink_that_blocks_holds_up_nobody_and_what_it_misses_is_counted() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let flapping = Scripted {
        name: "flapping",
        script: move |second, out: &mut SampleBatch| {
            out.gauge("flapping", [], &Unit::RATIO, f64::from(i32::from(second % 2 == 0)) * 1.5)?;
            Ok(())
        },
    };
    let seen = Arc::new(AtomicI64::new(0));
    let mut engine = builder(&clock)
        .options(EngineOptions { event_queue: 10, ..options() })
        .collector(flapping)
        .collector(steady(200, &shutdown))
        .watch("level", Level::default())
        .store(heap.clone())
        .sink(Blocking { clock: clock.clone(), seen: Arc::clone(&seen) })
        .sink(kept.clone())
        .build()
        .unwrap();
    let summary = engine.run(&shutdown).unwrap();
    assert_eq!(heap.seconds("steady"), seconds(0, 201));
    assert_eq!(kept.count("anomaly.opened"), 101, "the other sink got every event");
    let blocked = kept.only("sink.blocked");
    assert!(second(blocked.at) < 20.0);
    let EventKind::SinkRecovered { dropped, .. } = kept.only("sink.recovered").kind else { panic!() };
    assert!(dropped > 50);
    let got = u64::try_from(seen.load(Ordering::Relaxed)).unwrap();
    assert_eq!(
        got + summary.lost + 2,
        summary.events,
        "every event but the two about itself was delivered or counted"
    );
}

#[test]
fn a_sink_that_fails_is_tried_again_and_told_of() {
    #[derive(Debug)]
    struct Failing(i64);
    impl Sink for Failing {
        fn name(&self) -> &'static str {
            "failing"
        }
        fn emit(&mut self, _: &Event) -> Result<(), SinkError> {
            self.0 += 1;
            // The first event is lost for good after four tries, the second succeeds at its second try.
            match self.0 {
                1..=5 => Err(SinkError::retryable("posting to the webhook", "connection refused")),
                10 => panic!("sink bug"),
                _ => Ok(()),
            }
        }
    }
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let flapping = Scripted {
        name: "flapping",
        script: move |second, out: &mut SampleBatch| {
            out.gauge("flapping", [], &Unit::RATIO, f64::from(i32::from(second % 10 == 5)) * 1.5)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(flapping)
        .collector(steady(60, &shutdown))
        .watch("level", Level::default())
        .sink(Failing(0))
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let errors: Vec<String> = kept
        .events()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::SinkFailed { error, .. } => Some(error),
            _ => None,
        })
        .collect();
    assert_eq!(errors, ["posting to the webhook: connection refused", "panic: sink bug"]);
    assert_eq!(kept.count("sink.recovered"), 2);
}

#[test]
fn a_detector_that_hangs_holds_up_no_other() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let rising = Scripted {
        name: "rising",
        script: move |second, out: &mut SampleBatch| {
            let value = if second == 10 { 0.75 } else { f64::from(i32::from(second % 20 == 15)) * 1.5 };
            out.gauge("rising", [], &Unit::RATIO, value)?;
            Ok(())
        },
    };
    let hang =
        Mischief { hangs_at: Some((0.75, Duration::from_secs(30), clock.clone())), ..Mischief::default() };
    let mut engine = builder(&clock)
        .collector(rising)
        .collector(steady(80, &shutdown))
        .watch("hanging", Level(hang))
        .watch("well", Level::default())
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(heap.seconds("steady"), seconds(0, 81));
    let opened = |wanted: &str| -> Vec<f64> {
        let events = kept.events().into_iter();
        let of = events.filter_map(|event| match event.kind {
            EventKind::AnomalyOpened { anomaly } if anomaly.watch == wanted => Some(second(event.at)),
            _ => None,
        });
        of.collect()
    };
    assert_eq!(opened("well"), [15.0, 35.0, 55.0, 75.0]);
    assert_eq!(opened("hanging"), [15.0, 35.0, 55.0, 75.0], "it catches up with the rows that waited");
    assert_eq!(second(kept.only("detector.stuck").at).floor(), 20.0);
    assert_eq!(second(kept.only("detector.recovered").at).floor(), 40.0);
}

#[test]
fn a_detector_that_panics_starts_again_and_is_given_up_after_three() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let bad = Scripted {
        name: "bad",
        script: move |second, out: &mut SampleBatch| {
            out.gauge("bad", [], &Unit::RATIO, if second % 10 == 9 { 13.0 } else { 0.0 })?;
            Ok(())
        },
    };
    let panics = Mischief { panics_at: Some(13.0), ..Mischief::default() };
    let mut engine = builder(&clock)
        .collector(bad)
        .collector(steady(60, &shutdown))
        .watch("panicking", Level(panics))
        .watch("well", Level::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let told: Vec<(f64, bool)> = kept
        .events()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::DetectorPanicked { message, disabled, .. } => {
                assert_eq!(message, "value 13");
                Some((second(event.at), *disabled))
            }
            _ => None,
        })
        .collect();
    assert_eq!(told, [(9.0, false), (19.0, false), (29.0, true)]);
    assert_eq!(kept.count("anomaly.opened"), 6, "the other detector sees each of them");
}

#[test]
fn a_clock_that_jumps_back_an_hour_does_not_stop_detection() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let (stepping, end) = (clock.clone(), shutdown.clone());
    let mut calls = 0;
    let counter = Scripted {
        name: "counter",
        script: move |_, out: &mut SampleBatch| {
            calls += 1;
            if calls == 31 {
                stepping.step_wall(stepping.now().minus(Duration::from_hours(1)));
            }
            if calls == 61 {
                end.trigger();
            }
            // Half a unit per second; a spike well after the jump.
            let total = f64::from(calls) * 0.5 + if calls >= 50 { 10.0 } else { 0.0 };
            out.counter("work", [], &Unit::count("job"), total)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(counter)
        .watch("level", Level::default())
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    let EventKind::ClockStepped { by_seconds, .. } = kept.only("clock.stepped").kind else { panic!() };
    assert!((by_seconds + 3600.0).abs() < 1.0, "{by_seconds}");
    let opened = kept.only("anomaly.opened");
    assert!(
        (-3600.0 + 40.0..-3600.0 + 55.0).contains(&second(opened.at)),
        "only the real spike, at its new time"
    );
    assert_eq!(heap.samples.lock().unwrap().len(), 61, "every sample is kept");
    assert_eq!(kept.count("data.late") + kept.count("data.ahead"), 0);
    assert_eq!(kept.count("source.silent"), 0);
}

#[test]
fn two_hours_of_sleep_are_no_gap_no_silence_and_no_spike() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let (stepping, end) = (clock.clone(), shutdown.clone());
    let mut calls = 0;
    let counter = Scripted {
        name: "counter",
        script: move |_, out: &mut SampleBatch| {
            calls += 1;
            if calls == 31 {
                stepping.step_wall(stepping.now().plus(Duration::from_hours(2)));
            }
            if calls == 61 {
                end.trigger();
            }
            out.counter("work", [], &Unit::count("job"), f64::from(calls) * 0.5)?;
            Ok(())
        },
    };
    let mut engine = builder(&clock)
        .collector(counter)
        .watch("level", Level::default())
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    run(&mut engine, &shutdown);
    assert_eq!(kept.tags().iter().map(|(_, tag)| tag.as_str()).collect::<Vec<_>>(), ["clock.stepped"]);
    let EventKind::ClockStepped { by_seconds, .. } = kept.only("clock.stepped").kind else { panic!() };
    assert!((by_seconds - 7200.0).abs() < 1.0, "{by_seconds}");
    assert_eq!(heap.samples.lock().unwrap().len(), 61);
}

#[test]
fn a_source_half_a_minute_late_is_stored_and_told_of_and_not_waited_for() {
    let (clock, shutdown, kept, heap) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Heap::default());
    let sleeper = clock.clone();
    let late = Scripted {
        name: "late",
        script: move |second, out: &mut SampleBatch| {
            if second == 20 {
                sleep(&sleeper, Duration::from_secs(30));
            }
            // Were the late row scored, it would alert.
            out.gauge("late", [], &Unit::RATIO, if second == 20 { 5.0 } else { 0.5 })?;
            Ok(())
        },
    };
    let patient = EngineOptions { stuck_after: Duration::from_mins(2), ..options() };
    let mut engine = builder(&clock)
        .options(patient)
        .collector(late)
        .collector(steady(80, &shutdown))
        .watch("level", Level::default())
        .store(heap.clone())
        .sink(kept.clone())
        .build()
        .unwrap();
    let summary = engine.run(&shutdown).unwrap();
    assert_eq!(heap.seconds("steady"), seconds(0, 81));
    let EventKind::DataLate { tick, late_seconds, .. } = kept.only("data.late").kind else { panic!() };
    assert_eq!((tick, late_seconds), (at(20.0), 30.0));
    assert_eq!(kept.count("anomaly.opened"), 0);
    assert_eq!(summary.lost, 1, "the late sample is counted");
    assert!(heap.samples.lock().unwrap().contains(&("late".to_owned(), 20.0, 5.0)), "and stored");
}

/// A store that blocks at one tick: it holds up the engine itself, and reports pile up.
#[derive(Debug)]
struct Slow(SimClock, Heap);
impl awatch_core::Store for Slow {
    fn append(&self, batch: &SampleBatch) -> Result<awatch_core::store::Appended, awatch_core::StoreError> {
        if batch.at() == at(10.0) && !batch.samples().is_empty() {
            sleep(&self.0, Duration::from_secs(20));
        }
        self.1.append(batch)
    }
    fn scan(&self, q: &awatch_core::Query) -> Result<awatch_core::store::Scan<'_>, awatch_core::StoreError> {
        self.1.scan(q)
    }
    fn series(
        &self,
        m: &awatch_core::Matcher,
    ) -> Result<Vec<Arc<awatch_core::SeriesMeta>>, awatch_core::StoreError> {
        self.1.series(m)
    }
    fn flush(&self) -> Result<(), awatch_core::StoreError> {
        self.1.flush()
    }
    fn maintain(
        &self,
        now: awatch_core::Timestamp,
        budget: awatch_core::store::Budget,
    ) -> Result<awatch_core::store::Maintained, awatch_core::StoreError> {
        self.1.maintain(now, budget)
    }
    fn delete_before(
        &self,
        t: awatch_core::Timestamp,
        m: &awatch_core::Matcher,
    ) -> Result<u64, awatch_core::StoreError> {
        self.1.delete_before(t, m)
    }
    fn usage(&self) -> awatch_core::store::Usage {
        self.1.usage()
    }
}

#[test]
fn a_full_queue_drops_the_newest_batch_and_counts_it() {
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let heap = Heap::default();
    let mut engine = builder(&clock)
        .options(EngineOptions { batch_queue: 5, ..options() })
        .collector(steady(60, &shutdown))
        .store(Slow(clock.clone(), heap.clone()))
        .sink(kept.clone())
        .build()
        .unwrap();
    let summary = engine.run(&shutdown).unwrap();
    let told = kept.events().into_iter().filter_map(|event| match event.kind {
        EventKind::BatchesDropped { collector, dropped } if collector == "steady" => Some(dropped),
        _ => None,
    });
    let told = told.max().unwrap();
    let missing = 61 - heap.seconds("steady").len() as u64;
    assert!((told..told * 2).contains(&missing), "{missing} missing, {told} told, which doubles each time");
    assert!(summary.lost >= missing);
}
