//! Small plug-ins for the tests of the engine.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use awatch_core::detect::{Change, ChangeKind, Decider, DeciderFactory, Decisions, Explanation};
use awatch_core::store::{Appended, Budget, Maintained, Scan, Usage};
use awatch_core::{
    Clock, CollectError, Collector, Column, DetectError, DetectorFactory, Engine, EngineBuilder,
    EngineOptions, Event, EventKind, Interval, Learn, Matcher, OnlineDetector, Query, Row, SampleBatch,
    Scope, Scores, SeriesMeta, Severity, Shutdown, Signal, SimClock, Sink, SinkError, Store, StoreError,
    Target, Timestamp, Unit,
};

/// The start of every simulated run: a whole second.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_800_000_000);

/// An engine on a simulated clock, without self metrics, with what the tests vary left to the caller.
pub(crate) fn builder(clock: &SimClock) -> EngineBuilder {
    let options = EngineOptions { self_metrics: false, ..EngineOptions::default() };
    Engine::builder(Target::new("host").unwrap()).clock(clock.clone()).default_policy(AtEdge).options(options)
}

/// Runs to the end of a script and answers how long it took in simulated seconds.
pub(crate) fn run(engine: &mut Engine, shutdown: &Shutdown) -> f64 {
    engine.run(shutdown).unwrap().lasted.as_secs_f64()
}

/// Sleeps on the simulated clock: how a plug-in hangs in these tests.
pub(crate) fn sleep(clock: &SimClock, span: Duration) {
    clock.wait(&Signal::new(), Some(clock.monotonic() + span));
}

/// A collector that does what a closure says; the tick in seconds since [`START`].
pub(crate) struct Scripted<F> {
    pub(crate) name: &'static str,
    pub(crate) script: F,
}

impl<F> std::fmt::Debug for Scripted<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl<F: FnMut(i64, &mut SampleBatch) -> Result<(), CollectError> + Send> Collector for Scripted<F> {
    fn name(&self) -> &str {
        self.name
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        let second = (out.at().as_nanos() - START.as_nanos()) / 1_000_000_000;
        (self.script)(second, out)
    }
}

/// A collector named `steady` that reports the gauge `steady` = 0.5 and ends the run at `end` seconds.
pub(crate) fn steady(end: i64, shutdown: &Shutdown) -> impl Collector + use<> {
    let shutdown = shutdown.clone();
    Scripted {
        name: "steady",
        script: move |second, out: &mut SampleBatch| {
            if second >= end {
                shutdown.trigger();
            }
            out.gauge("steady", [], &Unit::RATIO, 0.5)?;
            Ok(())
        },
    }
}

/// Keeps events for the test to look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(pub(crate) Arc<Mutex<Vec<Event>>>);

impl Kept {
    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    /// The tags of the events, with the second at which each happened.
    pub(crate) fn tags(&self) -> Vec<(f64, String)> {
        self.events().iter().map(|event| (second(event.at), tag(&event.kind))).collect()
    }

    pub(crate) fn count(&self, wanted: &str) -> usize {
        self.tags().iter().filter(|(_, tag)| tag == wanted).count()
    }

    /// The event with that tag; the test fails unless there is exactly one.
    pub(crate) fn only(&self, wanted: &str) -> Event {
        let mut all = self.events();
        all.retain(|event| tag(&event.kind) == wanted);
        assert_eq!(all.len(), 1, "{wanted} among {:?}", self.tags());
        all.remove(0)
    }
}

pub(crate) fn second(at: Timestamp) -> f64 {
    (at.as_nanos() - START.as_nanos()) as f64 / 1e9
}

/// The tag of an event in its JSON.
pub(crate) fn tag(kind: &EventKind) -> String {
    let json = serde_json::to_value(kind).unwrap();
    json["kind"].as_str().unwrap().to_owned()
}

impl Sink for Kept {
    fn name(&self) -> &'static str {
        "kept"
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        self.0.lock().unwrap().push(event.clone());
        Ok(())
    }
}

/// What a [`Level`] does at a certain value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mischief {
    pub(crate) panics_at: Option<f64>,
    pub(crate) hangs_at: Option<(f64, Duration, SimClock)>,
}

/// Scores each value as it is; the edge is 1.
#[derive(Clone, Debug, Default)]
pub(crate) struct Level(pub(crate) Mischief);

#[derive(Debug)]
struct LevelBank {
    mischief: Mischief,
    columns: Vec<Option<Column>>,
    rows: u64,
}

impl DetectorFactory for Level {
    fn kind(&self) -> &'static str {
        "level"
    }

    fn scope(&self) -> Scope {
        Scope::Series
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        Box::new(LevelBank { mischief: self.0.clone(), columns: Vec::new(), rows: 0 })
    }
}

impl OnlineDetector for LevelBank {
    fn bind(&mut self, index: usize, column: Option<&Column>) {
        if index == self.columns.len() {
            self.columns.push(None);
        }
        self.columns[index] = column.cloned();
    }

    fn step(&mut self, row: Row<'_>, _: Learn, out: &mut Scores) {
        self.rows += 1;
        for (index, value) in row.values.iter().enumerate() {
            assert!(Some(*value) != self.mischief.panics_at, "value {value}");
            if let Some((at, span, clock)) = &self.mischief.hangs_at
                && value == at
            {
                sleep(clock, *span);
            }
            if value.is_nan() { out.set_missing(index) } else { out.set(index, *value) }
        }
    }

    fn explain(&self, output: usize, row: Row<'_>, _: &Scores) -> Explanation {
        let column = self.columns[output].as_ref().unwrap();
        let sentence = format!("{} is {}", column.key, row.values[output]);
        Explanation { sentence, contributions: Vec::new() }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        awatch_core::state::encode("level", &self.rows)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), DetectError> {
        self.rows = awatch_core::state::decode("level", state)?;
        Ok(())
    }

    fn memory(&self) -> usize {
        self.columns.len() * 64
    }
}

/// Opens an alert at score 1, closes it below; holds while missing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtEdge;

#[derive(Debug, Default)]
struct AtEdgeBank(Vec<Option<(Timestamp, f64)>>);

impl DeciderFactory for AtEdge {
    fn create(&self) -> Box<dyn Decider> {
        Box::new(AtEdgeBank::default())
    }
}

impl Decider for AtEdgeBank {
    fn bind(&mut self, output: usize, _: bool) {
        if output == self.0.len() {
            self.0.push(None);
        }
        self.0[output] = None;
    }

    fn step(&mut self, row: Row<'_>, scores: &Scores, out: &mut Decisions) {
        for (output, open) in self.0.iter_mut().enumerate() {
            let Some(score) = scores.score(output) else { continue };
            out.anomaly_score[output] = score;
            let severity = if score >= 2.0 { Severity::High } else { Severity::Low };
            let kind = match (&open, score >= 1.0) {
                (None, true) => ChangeKind::Opened,
                (Some(_), false) => ChangeKind::Closed,
                (Some((_, peak)), true) if score >= 2.0 && *peak < 2.0 => ChangeKind::Raised,
                _ => continue,
            };
            let since = open.map_or(row.at, |(since, _)| since);
            *open = (kind != ChangeKind::Closed).then_some((since, score));
            out.changes.push(Change { output, kind, severity, since, peak: score });
        }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        awatch_core::state::encode("at_edge", &self.0)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), DetectError> {
        self.0 = awatch_core::state::decode("at_edge", state)?;
        Ok(())
    }

    fn memory(&self) -> usize {
        self.0.len() * 24
    }
}

/// Keeps the samples it is given as `(metric, second, value)`; can be made to fail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heap {
    pub(crate) samples: Arc<Mutex<Vec<(String, f64, f64)>>>,
    pub(crate) fails: Arc<std::sync::atomic::AtomicBool>,
}

impl Store for Heap {
    fn append(&self, batch: &SampleBatch) -> Result<Appended, StoreError> {
        if self.fails.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(StoreError::Io { what: "writing".to_owned(), source: "disk full".into() });
        }
        let mut kept = self.samples.lock().unwrap();
        for sample in batch.samples() {
            let meta = batch.resolve(sample.series).unwrap();
            kept.push((meta.key.metric().to_string(), second(sample.at), sample.value));
        }
        Ok(Appended { stored: batch.samples().len() as u64, rejected: 0 })
    }

    fn scan(&self, _: &Query) -> Result<Scan<'_>, StoreError> {
        Ok(Box::new(std::iter::empty()))
    }

    fn series(&self, _: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        Ok(Vec::new())
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn maintain(&self, _: Timestamp, budget: Budget) -> Result<Maintained, StoreError> {
        let mut samples = self.samples.lock().unwrap();
        let keep = budget.bytes.map_or(usize::MAX, |bytes| usize::try_from(bytes / 16).unwrap());
        let evicted = samples.len().saturating_sub(keep);
        samples.drain(..evicted);
        Ok(Maintained { evicted: evicted as u64, ..Maintained::default() })
    }

    fn delete_before(&self, _: Timestamp, _: &Matcher) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn usage(&self) -> Usage {
        let samples = self.samples.lock().unwrap().len() as u64;
        Usage { series: 0, samples, bytes: samples * 16 }
    }
}

impl Heap {
    pub(crate) fn seconds(&self, metric: &str) -> Vec<f64> {
        self.samples
            .lock()
            .unwrap()
            .iter()
            .filter(|(own, _, _)| own == metric)
            .map(|(_, at, _)| *at)
            .collect()
    }
}

/// The seconds from `from` to before `to`.
pub(crate) fn seconds(from: i32, to: i32) -> Vec<f64> {
    (from..to).map(f64::from).collect()
}

/// One batch of one gauge, made for `engine`.
pub(crate) fn gauge(engine: &Engine, source: &str, metric: &str, second: i64, value: f64) -> SampleBatch {
    let at = Timestamp::from_nanos(START.as_nanos() + second * 1_000_000_000);
    let mut batch = engine.batch(awatch_core::Name::new(source).unwrap(), Interval::SECOND, at);
    batch.gauge(metric, [], &Unit::RATIO, value).unwrap();
    batch
}

/// [`START`] plus so many seconds.
pub(crate) fn at(second: f64) -> Timestamp {
    START.plus(Duration::from_secs_f64(second))
}

/// A name that is known to be one.
pub(crate) fn name(name: &str) -> awatch_core::Name {
    awatch_core::Name::new(name).unwrap()
}

/// One of the engine's counts of itself.
pub(crate) fn stat(engine: &mut Engine, name: &str) -> u64 {
    engine.snapshot().stats[name]
}

/// One gauge of one source, to be pushed into an engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pushed {
    pub(crate) source: &'static str,
    pub(crate) target: &'static str,
    pub(crate) metric: &'static str,
    pub(crate) interval: Interval,
}

impl Pushed {
    /// A gauge of every second.
    pub(crate) fn new(source: &'static str, target: &'static str, metric: &'static str) -> Self {
        Self { source, target, metric, interval: Interval::SECOND }
    }

    /// Pushes it in time.
    pub(crate) fn send(self, engine: &mut Engine, second: f64, value: f64) {
        self.send_at(engine, second, value, second);
    }

    /// Pushes the value of a second at the second `received`.
    pub(crate) fn send_at(self, engine: &mut Engine, second: f64, value: f64, received: f64) {
        let mut batch = engine.batch(name(self.source), self.interval, at(second));
        batch.set_target(Target::new(self.target).unwrap());
        batch.gauge(self.metric, [], &Unit::RATIO, value).unwrap();
        engine.step(&batch, at(received)).unwrap();
    }
}

/// The values of a row, and its second.
type SeenRow = (f64, Vec<f64>);

/// Keeps the rows of whole targets; scores the largest value as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whole(pub(crate) Arc<Mutex<Vec<SeenRow>>>);

#[derive(Debug)]
struct WholeBank(Whole);

impl DetectorFactory for Whole {
    fn kind(&self) -> &'static str {
        "whole"
    }

    fn scope(&self) -> Scope {
        Scope::Target
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        Box::new(WholeBank(self.clone()))
    }
}

impl OnlineDetector for WholeBank {
    fn bind(&mut self, _: usize, _: Option<&Column>) {}

    fn step(&mut self, row: Row<'_>, _: Learn, out: &mut Scores) {
        self.0.0.lock().unwrap().push((second(row.at), row.values.to_vec()));
        let largest = row.values.iter().copied().fold(f64::NAN, f64::max);
        if largest.is_nan() { out.set_missing(0) } else { out.set(0, largest) }
    }

    fn explain(&self, _: usize, _: Row<'_>, _: &Scores) -> Explanation {
        Explanation { sentence: "the whole".to_owned(), contributions: Vec::new() }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        awatch_core::state::encode("whole", &())
    }

    fn load(&mut self, state: &[u8]) -> Result<(), DetectError> {
        awatch_core::state::decode("whole", state)
    }

    fn memory(&self) -> usize {
        8
    }
}

/// A store that takes five seconds for the batches of second 10.
#[derive(Debug)]
pub(crate) struct Stalling(pub(crate) SimClock, pub(crate) Heap);

impl Store for Stalling {
    fn append(&self, batch: &SampleBatch) -> Result<Appended, StoreError> {
        if batch.at() == at(10.0) {
            sleep(&self.0, Duration::from_secs(5));
        }
        self.1.append(batch)
    }

    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError> {
        self.1.scan(query)
    }

    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        self.1.series(matcher)
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.1.flush()
    }

    fn maintain(&self, now: Timestamp, budget: Budget) -> Result<Maintained, StoreError> {
        self.1.maintain(now, budget)
    }

    fn delete_before(&self, time: Timestamp, matcher: &Matcher) -> Result<u64, StoreError> {
        self.1.delete_before(time, matcher)
    }

    fn usage(&self) -> Usage {
        self.1.usage()
    }
}
