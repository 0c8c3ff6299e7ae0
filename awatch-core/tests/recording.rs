//! What arrives is written down as it came; a recorder that fails ends the recording and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking and compares exact numbers of its own making"
)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use awatch_core::recording::{Recorder, RecordingError};
use awatch_core::{Engine, SampleBatch, Shutdown, SimClock, Timestamp, Unit};
use support::*;

/// What the recorder was given, and how often it was finished.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<(Vec<Came>, usize)>>);

/// The source, the tick and the time of arrival of a batch.
type Came = (String, Timestamp, Timestamp);

#[derive(Debug)]
struct Writer {
    told: Told,
    fails_at: Option<usize>,
    panics: bool,
}

impl Recorder for Writer {
    fn arrived(&mut self, batch: &SampleBatch, received: Timestamp) -> Result<(), RecordingError> {
        let written = self.told.0.lock().unwrap().0.len();
        if self.fails_at == Some(written) {
            assert!(!self.panics, "the pen broke");
            return Err(RecordingError::io("writing history.csv", "no space left"));
        }
        self.told.0.lock().unwrap().0.push((batch.source().to_string(), batch.at(), received));
        Ok(())
    }

    fn finish(&mut self) -> Result<(), RecordingError> {
        self.told.0.lock().unwrap().1 += 1;
        Ok(())
    }
}

fn watched(clock: &SimClock, shutdown: &Shutdown, kept: &Kept, writer: Writer) -> Engine {
    let noisy = Scripted {
        name: "noisy",
        script: |second, out: &mut SampleBatch| {
            out.gauge("x", [], &Unit::RATIO, second as f64)?;
            Ok(())
        },
    };
    builder(clock)
        .collector(noisy)
        .collector(steady(20, shutdown))
        .sink(kept.clone())
        .recorder(writer)
        .build()
        .unwrap()
}

#[test]
fn every_batch_is_written_down_in_the_order_of_arrival() {
    let (clock, shutdown, kept, told) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Told::default());
    let mut engine =
        watched(&clock, &shutdown, &kept, Writer { told: told.clone(), fails_at: None, panics: false });
    run(&mut engine, &shutdown);
    let (arrivals, finished) = told.0.lock().unwrap().clone();
    assert_eq!(finished, 1);
    assert!(arrivals.is_sorted_by_key(|(_, _, received)| *received));
    assert!(arrivals.iter().all(|(_, at, received)| at <= received));
    for source in ["noisy", "steady"] {
        let ticks: Vec<f64> =
            arrivals.iter().filter(|(name, _, _)| name == source).map(|(_, at, _)| second(*at)).collect();
        assert_eq!(ticks, (0..=20).map(f64::from).collect::<Vec<_>>(), "{source}");
    }
    assert_eq!(kept.count("recording.failed"), 0);
}

#[test]
fn a_clock_that_is_set_back_does_not_set_the_recording_back() {
    let (clock, shutdown, kept, told) =
        (SimClock::new(START), Shutdown::new(), Kept::default(), Told::default());
    let mut engine =
        watched(&clock, &shutdown, &kept, Writer { told: told.clone(), fails_at: None, panics: false });
    let second = |n: i64| START.plus(Duration::from_hours(2)).plus(Duration::from_secs(n.unsigned_abs()));
    for at in (0..5).map(second) {
        engine.poll(at);
    }
    for at in (0..5).map(|n| second(n).minus(Duration::from_hours(1))) {
        engine.poll(at);
    }
    assert_eq!(kept.count("clock.stepped"), 1);
    let (arrivals, _) = told.0.lock().unwrap().clone();
    let of_noisy: Vec<_> = arrivals.iter().filter(|(name, _, _)| name == "noisy").collect();
    // At the new time it waits for the next tick.
    assert_eq!(of_noisy.len(), 9);
    assert!(arrivals.is_sorted_by_key(|(_, _, received)| *received), "{arrivals:?}");
    assert!(of_noisy.last().is_some_and(|(_, at, _)| *at < START.plus(Duration::from_hours(2))));
}

#[test]
fn a_recorder_that_fails_ends_the_recording_and_nothing_else() {
    for (panics, error) in
        [(false, "writing history.csv failed: no space left"), (true, "panic: the pen broke")]
    {
        let (clock, shutdown, kept, told) =
            (SimClock::new(START), Shutdown::new(), Kept::default(), Told::default());
        let writer = Writer { told: told.clone(), fails_at: Some(5), panics };
        let mut engine = watched(&clock, &shutdown, &kept, writer);
        run(&mut engine, &shutdown);
        let failed = kept.only("recording.failed");
        assert_eq!(failed.kind.to_string(), format!("recording ended: {error}"));
        assert_eq!(told.0.lock().unwrap().0.len(), 5);
        assert_eq!(told.0.lock().unwrap().1, 0, "what failed is not finished");
        assert!(stat(&mut engine, "awatch.batches") >= 60, "all arrived all the same");
    }
}
