//! Recordings through an engine with the real detectors: in one piece, in steps, at any pace, from a file, from a
//! store, after a restart, the events are the same to the byte.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use awatch::collect::replay::{Replay, Speed, Stopped, StoreRecording};
use awatch::detect::zscore::ZScore;
use awatch::store::{MemoryStoreConfig, Query, file};
use awatch::{
    Arrival, CollectError, Collector, EngineBuilder, EngineOptions, Event, Interval, Matcher, Name,
    Recording, RecordingError, Registry, SampleBatch, Shutdown, SimClock, Sink, SinkError, Store, Target,
    Timestamp, Unit,
};
use proptest::prelude::*;

const START: Timestamp = Timestamp::from_secs(1_800_000_000);

/// Keeps each event as its line of JSON.
#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<String>>);

impl Lines {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Sink for Lines {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        let line =
            serde_json::to_string(event).map_err(|error| SinkError::permanent("writing JSON", error))?;
        let mut text = self.0.lock().unwrap();
        text.push_str(&line);
        text.push('\n');
        Ok(())
    }
}

fn builder(lines: &Lines) -> EngineBuilder {
    let options = EngineOptions {
        self_metrics: false,
        event_queue: 100_000,
        // So that series are forgotten and come back within a test.
        silent_after: Duration::from_secs(20),
        expire_after: Duration::from_mins(1),
        ..EngineOptions::default()
    };
    awatch::engine(Target::new("web-1").unwrap())
        .clock(SimClock::new(START))
        .options(options)
        .watch("zscore", ZScore::default().build().unwrap())
        .sink(lines.clone())
}

/// A made-up history: two sources, of which one pauses, comes late and brings samples of other instants, and a series
/// that comes and goes.
#[derive(Clone, Debug)]
struct World {
    seed: u64,
    seconds: u64,
    second: u64,
    source: usize,
}

impl World {
    fn new(seed: u64, seconds: u64) -> Self {
        Self { seed, seconds, second: 0, source: 0 }
    }

    fn draw(&self, of: u64, below: u64) -> u64 {
        let mut x = self.seed
            ^ self.second.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ of.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 30)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % below
    }

    fn fill(&self, batch: &mut SampleBatch) {
        let noise = |of| self.draw(of, 1000) as f64 / 1000.0;
        let spike = if self.second % 90 > 80 { 40.0 } else { 0.0 };
        if self.source == 0 {
            batch.gauge("cpu", [], &Unit::RATIO, noise(1) + spike).unwrap();
            batch.counter("requests", [], &Unit::count("request"), (self.second * 10) as f64).unwrap();
            if self.second % 200 < 100 {
                batch.gauge("load", [("queue", "a,b")], &Unit::RATIO, noise(2)).unwrap();
            }
            return;
        }
        batch.gauge("errors", [], &Unit::count("error"), noise(3) + spike).unwrap();
        batch.set_target(Target::new("web-2").unwrap());
        batch.gauge("errors", [], &Unit::count("error"), noise(4)).unwrap();
        if self.draw(5, 10) == 0 {
            let id = batch.samples()[0].series;
            batch.push_at(id, batch.at().minus(Duration::from_secs(3)), 0.5);
        }
    }
}

impl Recording for World {
    fn next_arrival(&mut self, registry: &Arc<Registry>) -> Result<Option<Arrival>, RecordingError> {
        while self.second < self.seconds {
            let at = START.plus(Duration::from_secs(self.second));
            let name = Name::new(["host", "app"][self.source]).unwrap();
            let target = Target::new("web-1").unwrap();
            let mut batch = SampleBatch::new(Arc::clone(registry), name, target, Interval::SECOND, at);
            // The second source pauses longer than series live, then than it takes to be silent; some batches are empty.
            let is_there = self.source == 0 || !matches!(self.second % 300, 100..190 | 240..265);
            if is_there && self.draw(6, 12) > 0 {
                self.fill(&mut batch);
            }
            let late = if self.source == 1 { 400 * self.draw(7, 2) } else { 0 };
            let received = at.plus(Duration::from_millis(late));
            self.second += self.source as u64;
            self.source = 1 - self.source;
            if is_there {
                return Ok(Some(Arrival { batch, received }));
            }
        }
        Ok(None)
    }
}

fn whole(recording: impl Recording + 'static) -> String {
    let lines = Lines::default();
    let mut replay = Replay::new(builder(&lines).build().unwrap(), recording);
    assert_eq!(replay.finish().unwrap(), Stopped::Ended);
    lines.text()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// To second N, then step by step; any way there gives the same bytes.
    #[test]
    fn steps_give_the_same_as_one_piece(seed: u64, to in 0..500_u64, step in 1..5000_u64, by_arrival in 0..40) {
        let world = World::new(seed, 500);
        let expected = whole(world.clone());
        prop_assert!(expected.contains("anomaly.opened"));
        let lines = Lines::default();
        let mut replay = Replay::new(builder(&lines).build().unwrap(), world);
        replay.run_to(START.plus(Duration::from_secs(to))).unwrap();
        for _ in 0..by_arrival {
            replay.step_arrival().unwrap();
        }
        while replay.step(Duration::from_millis(step)).unwrap() == Stopped::Reached {}
        prop_assert_eq!(lines.text(), expected);
    }

    /// The pace decides when, not what.
    #[test]
    fn any_speed_gives_the_same(seed: u64, speed in 0.1..1000.0_f64) {
        let world = World::new(seed, 300);
        let (lines, clock) = (Lines::default(), SimClock::new(START));
        let engine = builder(&lines).build().unwrap();
        let mut replay = Replay::new(engine, world.clone()).with_clock(clock.clone()).with_speed(Speed::Times(speed));
        prop_assert_eq!(replay.finish().unwrap(), Stopped::Ended);
        let took = awatch::Clock::monotonic(&clock).as_secs_f64() * speed;
        prop_assert!((298.9..=299.5).contains(&took), "{}", took);
        prop_assert_eq!(lines.text(), whole(world));
    }

    /// Written down by an engine and played from the file, in either format, the events are those of the engine.
    #[test]
    fn a_recorded_run_is_played_to_the_same_events(seed: u64) {
        let world = World::new(seed, 400);
        let folder = tempfile::tempdir().unwrap();
        for format in ["csv", "parquet"] {
            let path = folder.path().join(format!("run.{format}"));
            let lines = Lines::default();
            let engine = builder(&lines).recorder(file::create(&path).unwrap()).build().unwrap();
            let mut replay = Replay::new(engine, world.clone());
            replay.finish().unwrap();
            replay.engine_mut().finish_recording();
            prop_assert_eq!(&whole(file::open(&path).unwrap()), &lines.text());
        }
    }

    /// An engine restored from a checkpoint goes on where that was taken.
    #[test]
    fn a_restored_engine_skips_what_it_knows(seed: u64, to in 0..400_u64) {
        let world = World::new(seed, 400);
        let lines = Lines::default();
        let mut replay = Replay::new(builder(&lines).build().unwrap(), world.clone());
        replay.run_to(START.plus(Duration::from_secs(to))).unwrap();
        let played = replay.arrivals();
        let saved = replay.into_engine().checkpoint().unwrap();
        let mut engine = builder(&lines).build().unwrap();
        prop_assert_eq!(engine.restore(&saved).unwrap().fresh, []);
        let mut replay = Replay::new(engine, world.clone());
        prop_assert_eq!(replay.finish().unwrap(), Stopped::Ended);
        prop_assert_eq!(replay.skipped(), played);
        prop_assert_eq!(lines.text(), whole(world));
    }
}

/// A collector of the world, for a live run.
#[derive(Debug)]
struct Live {
    world: World,
    shutdown: Shutdown,
}

impl Collector for Live {
    fn name(&self) -> &str {
        ["host", "app"][self.world.source]
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        self.world.second = out.at().since(START).unwrap_or_default().as_secs();
        if self.world.second >= self.world.seconds {
            self.shutdown.trigger();
        }
        self.world.fill(out);
        Ok(())
    }
}

#[test]
fn a_live_run_is_played_to_the_same_events() {
    let (lines, shutdown) = (Lines::default(), Shutdown::new());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.parquet");
    let mut builder = builder(&lines).recorder(file::create(&path).unwrap());
    for source in 0..2 {
        let world = World { source, ..World::new(5, 600) };
        builder = builder.collector(Live { world, shutdown: shutdown.clone() });
    }
    builder.build().unwrap().run(&shutdown).unwrap();
    assert!(lines.text().contains("anomaly.opened"), "{}", lines.text());
    assert_eq!(whole(file::open(&path).unwrap()), lines.text());
}

#[test]
fn a_replay_stops_between_two_arrivals_when_told_to() {
    let (lines, shutdown) = (Lines::default(), Shutdown::new());
    shutdown.trigger();
    let engine = builder(&lines).build().unwrap();
    let mut replay = Replay::new(engine, World::new(1, 50)).with_shutdown(&shutdown);
    assert_eq!(replay.finish().unwrap(), Stopped::Interrupted);
    assert_eq!((replay.position(), replay.arrivals()), (None, 0));
}

#[test]
fn a_store_is_played_by_time() {
    let lines = Lines::default();
    let store: Arc<dyn Store> = Arc::new(MemoryStoreConfig::default().build().unwrap());
    let engine = builder(&lines).shared_store(Arc::clone(&store)).build().unwrap();
    Replay::new(engine, World::new(3, 600)).finish().unwrap();
    let query = Query {
        matcher: Matcher::all(),
        start: START.minus(Duration::from_mins(1)),
        end: START.plus(Duration::from_mins(10)),
    };
    let recording = || StoreRecording::new(Arc::clone(&store), query.clone()).unwrap();
    let events = whole(recording());
    assert!(events.contains("anomaly.opened"), "{events}");
    assert_eq!(whole(recording()), events, "twice the same");

    let (registry, mut all) = (Arc::new(Registry::new(100)), recording());
    let (mut last, mut samples) = (Timestamp::MIN, 0);
    while let Some(Arrival { batch, received }) = all.next_arrival(&registry).unwrap() {
        assert!(received > last && batch.at() == received && *batch.source() == "replay");
        (last, samples) = (received, samples + batch.samples().len() as u64);
    }
    assert_eq!(samples, store.usage().samples);
}
