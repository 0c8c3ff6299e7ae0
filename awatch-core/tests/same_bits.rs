//! Stepped, replayed, polled, live, restored: the same arrivals give the same events.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use awatch_core::{Clock, Engine, Event, EventKind, SampleBatch, Shutdown, SimClock, Timestamp, Unit};
use proptest::prelude::*;
use support::*;

const NAMES: [&str; 3] = ["a", "b", "c"];
const LOADS: [&str; 3] = ["a.load", "b.load", "c.load"];

fn json(events: &[Event]) -> String {
    events.iter().map(|event| serde_json::to_string(event).unwrap() + "\n").collect()
}

/// A load that goes over the edge now and then, differently for each source.
fn load(source: i64, second: i64) -> f64 {
    let mixed = (second * 7919 + source * 104_729) % 1000;
    if mixed < 20 { 1.0 + mixed as f64 / 10.0 } else { mixed as f64 / 1001.0 }
}

fn engine(clock: &SimClock, kept: &Kept) -> Engine {
    builder(clock)
        .watch("one", Level::default())
        .watch("two", Level::default())
        .sink(kept.clone())
        .build()
        .unwrap()
}

fn feed(engine: &mut Engine, from: i64, to: i64) {
    for second in from..to {
        for source in 0..3 {
            // Each source is away for half a minute at some time.
            if (second - 100 * (source + 1)).unsigned_abs() < 15 {
                continue;
            }
            let batch =
                gauge(engine, NAMES[source as usize], LOADS[source as usize], second, load(source, second));
            engine.step(&batch, batch.at()).unwrap();
        }
    }
    engine.advance_to(at(to as f64));
}

#[test]
fn live_and_polled_and_stepped_give_the_same_bytes() {
    let collector = |source: i64, end: Option<Shutdown>| Scripted {
        name: NAMES[source as usize],
        script: move |second, out: &mut SampleBatch| {
            if let Some(shutdown) = end.as_ref().filter(|_| second == 600) {
                shutdown.trigger();
            }
            out.gauge(LOADS[source as usize], [], &Unit::RATIO, load(source, second))?;
            Ok(())
        },
    };
    let build = |kept: &Kept, clock: &SimClock, shutdown: &Shutdown| {
        builder(clock)
            .collector(collector(0, None))
            .collector(collector(1, None))
            .collector(collector(2, Some(shutdown.clone())))
            .watch("one", Level::default())
            .watch("two", Level::default())
            .sink(kept.clone())
            .build()
            .unwrap()
    };
    let (clock, shutdown) = (SimClock::new(START), Shutdown::new());
    let (live, polled, stepped) = (Kept::default(), Kept::default(), Kept::default());
    run(&mut build(&live, &clock, &shutdown), &shutdown);

    let mut engine = build(&polled, &clock, &Shutdown::new());
    let mut now = START;
    while now <= at(600.0) {
        now = engine.poll(now);
    }

    let mut engine = self::engine(&SimClock::new(START), &stepped);
    for second in 0..=600 {
        for source in 0..3 {
            let batch =
                gauge(&engine, NAMES[source as usize], LOADS[source as usize], second, load(source, second));
            engine.step(&batch, batch.at()).unwrap();
        }
    }
    assert!(live.events().len() > 50);
    assert_eq!(json(&live.events()), json(&stepped.events()));
    assert_eq!(json(&polled.events()), json(&stepped.events()));
}

#[test]
fn a_restored_engine_goes_on_with_the_same_bytes() {
    let (whole, halves) = (Kept::default(), Kept::default());
    feed(&mut engine(&SimClock::new(START), &whole), 0, 600);
    for cut in [1, 95, 107, 300, 599] {
        halves.0.lock().unwrap().clear();
        let mut first = engine(&SimClock::new(START), &halves);
        feed(&mut first, 0, cut);
        let saved = first.checkpoint().unwrap();
        drop(first);
        let mut second = engine(&SimClock::new(START), &halves);
        assert_eq!(second.restore(&saved).unwrap().fresh, []);
        assert_eq!(second.checkpoint().unwrap(), saved, "what is restored saves to the same bytes");
        feed(&mut second, cut, 600);
        assert_eq!(json(&halves.events()), json(&whole.events()), "cut at {cut}");
    }
}

#[test]
fn a_damaged_checkpoint_is_refused_and_changes_nothing() {
    let kept = Kept::default();
    let mut first = engine(&SimClock::new(START), &kept);
    feed(&mut first, 0, 50);
    let saved = first.checkpoint().unwrap();
    let mut fresh = engine(&SimClock::new(START), &kept);
    let error = fresh.restore(&saved[..saved.len() - 7]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the checkpoint cannot be used: its checksum does not fit: it is damaged or cut short; start without it, or \
         restore it from a copy"
    );
    assert!(fresh.restore(&saved).is_ok());
    let error = fresh.restore(&saved).unwrap_err();
    assert!(error.to_string().contains("the engine has already begun"));
}

#[test]
fn a_watch_that_was_not_there_starts_fresh_on_the_known_series() {
    let kept = Kept::default();
    let mut first = engine(&SimClock::new(START), &kept);
    feed(&mut first, 0, 50);
    let saved = first.checkpoint().unwrap();
    let kept = Kept::default();
    let mut grown = builder(&SimClock::new(START))
        .watch("one", Level::default())
        .watch("three", Level::default())
        .sink(kept.clone())
        .build()
        .unwrap();
    let restored = grown.restore(&saved).unwrap();
    assert_eq!(restored.fresh.len(), 1);
    assert_eq!(restored.fresh[0].0.as_str(), "three");
    let batch = gauge(&grown, "a", "a.load", 60, 5.0);
    grown.step(&batch, batch.at()).unwrap();
    let opened = kept.events().iter().filter(|event| json(&[(*event).clone()]).contains("\"three\"")).count();
    assert_eq!(opened, 1);
}

#[test]
fn a_run_that_resumes_says_so_and_does_not_count_the_time_it_was_down() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/checkpoint");
    let run_once = |start: Timestamp, kept: &Kept| {
        let (clock, shutdown) = (SimClock::new(start), Shutdown::new());
        let end = shutdown.clone();
        let (stop_at, stopping) = (start.plus(std::time::Duration::from_secs(30)), clock.clone());
        let counter = Scripted {
            name: "counter",
            script: move |second, out: &mut SampleBatch| {
                if stopping.now() >= stop_at {
                    end.trigger();
                }
                out.counter("work", [], &Unit::count("job"), second as f64 * 0.5)?;
                Ok(())
            },
        };
        let mut engine = builder(&clock)
            .collector(counter)
            .watch("one", Level::default())
            .sink(kept.clone())
            .build()
            .unwrap();
        engine.restore_from(&path).unwrap();
        engine.checkpoint_to(&path, std::time::Duration::from_secs(10)).unwrap();
        run(&mut engine, &shutdown);
    };
    let kept = Kept::default();
    run_once(START, &kept);
    run_once(at(5000.0), &kept);
    assert_eq!(kept.tags().iter().map(|(_, tag)| tag.as_str()).collect::<Vec<_>>(), ["engine.resumed"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Time passing in one step or in many is the same.
    #[test]
    fn time_may_be_cut_anywhere(cuts in proptest::collection::vec(0.0_f64..40.0, 0..30)) {
        let (one, many) = (Kept::default(), Kept::default());
        let (mut a, mut b) = (engine(&SimClock::new(START), &one), engine(&SimClock::new(START), &many));
        feed(&mut a, 0, 30);
        feed(&mut b, 0, 30);
        let mut cuts = cuts;
        cuts.sort_by(f64::total_cmp);
        for cut in cuts {
            b.advance_to(at(30.0 + cut));
        }
        a.advance_to(at(70.0));
        b.advance_to(at(70.0));
        prop_assert_eq!(json(&one.events()), json(&many.events()));
        prop_assert_eq!(a.checkpoint().unwrap(), b.checkpoint().unwrap());
    }

    /// Nothing that is read from outside can bring down a restore.
    #[test]
    fn changed_checkpoints_are_read_or_refused(changes in proptest::collection::vec((0_usize..4096, any::<u8>()), 1..4)) {
        let kept = Kept::default();
        let mut first = engine(&SimClock::new(START), &kept);
        feed(&mut first, 0, 20);
        let mut saved = first.checkpoint().unwrap();
        let body = saved.len() - 4;
        for (position, value) in changes {
            saved[position % body] = value;
        }
        // A right checksum lets the change through to the inner layers.
        let sum = crc32fast::hash(&saved[..body]);
        saved[body..].copy_from_slice(&sum.to_le_bytes());
        let mut fresh = engine(&SimClock::new(START), &kept);
        if fresh.restore(&saved).is_ok() {
            // Its series may have another unit now, so none is reported: time passes, and it is looked at.
            fresh.advance_to(at(40.0));
            fresh.snapshot();
        }
    }
}

#[test]
fn a_checkpoint_that_cannot_be_written_is_told_of_once_and_changes_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "in the way").unwrap();
    let (clock, shutdown, kept) = (SimClock::new(START), Shutdown::new(), Kept::default());
    let mut engine = builder(&clock).collector(steady(60, &shutdown)).sink(kept.clone()).build().unwrap();
    engine.checkpoint_to(folder.path().join("file/checkpoint"), std::time::Duration::from_mins(10)).unwrap();
    run(&mut engine, &shutdown);
    let EventKind::CheckpointFailed { error } = kept.only("checkpoint.failed").kind else { panic!() };
    assert!(error.starts_with("the checkpoint file "), "{error}");
    assert!(error.contains("could not be written"), "{error}");
}
