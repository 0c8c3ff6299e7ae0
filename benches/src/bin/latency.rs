//! From the last sample that an alert needs to its event in the sink: prints the distribution.
//!
//! A live engine with 100 other series, its collectors, detectors and sink each on their own thread. One series crosses
//! its limit back and forth at every tick, so that every tick has an event. Beside it the floor: the same values through
//! two bare channels between three threads, with nothing done on the way.
//!
//! `cargo run --release -p awatch-benches --bin latency`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that fails by panicking and prints"
)]
#![allow(clippy::disallowed_methods, reason = "it measures real time")]

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use awatch::detect::threshold::Threshold;
use awatch::detect::zscore::ZScore;
use awatch::store::MemoryStoreConfig;
use awatch::{
    CollectError, Collector, Event, EventKind, Interval, SampleBatch, Shutdown, Sink, SinkError, Target, Unit,
};

const TICKS: usize = 1500;
const TICK: Duration = Duration::from_millis(20);
const RULES: &str = "[[rules]]\nmetric = \"crossing\"\nabove = 0.5\n";

type LastSample = Arc<Mutex<Option<Instant>>>;

#[derive(Debug)]
struct Crossing {
    last: LastSample,
    ticks: usize,
    shutdown: Shutdown,
}

impl Collector for Crossing {
    fn name(&self) -> &'static str {
        "crossing"
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        self.ticks += 1;
        if self.ticks > TICKS {
            self.shutdown.trigger();
        }
        for index in 0..100 {
            let value = ((self.ticks * 31 + index * 17) % 101) as f64;
            out.gauge("other", [("index", &index.to_string())], &Unit::count("item"), value)?;
        }
        out.gauge("crossing", [], &Unit::RATIO, if self.ticks.is_multiple_of(2) { 0.9 } else { 0.1 })?;
        *self.last.lock().unwrap() = Some(Instant::now());
        Ok(())
    }
}

#[derive(Debug)]
struct Stopwatch {
    last: LastSample,
    took: Arc<Mutex<Vec<Duration>>>,
}

impl Sink for Stopwatch {
    fn name(&self) -> &'static str {
        "stopwatch"
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        let is_alert =
            matches!(event.kind, EventKind::AnomalyOpened { .. } | EventKind::AnomalyClosed { .. });
        if let Some(last) = self.last.lock().unwrap().take().filter(|_| is_alert) {
            self.took.lock().unwrap().push(last.elapsed());
        }
        Ok(())
    }
}

fn awatch() -> Vec<Duration> {
    let (last, took, shutdown) = (LastSample::default(), Arc::new(Mutex::new(Vec::new())), Shutdown::new());
    let rules: Threshold = awatch::config::Table::parse("rules", RULES).unwrap().deserialize().unwrap();
    let mut engine = awatch::engine(Target::new("host").unwrap())
        .interval(Interval::new(TICK).unwrap())
        .store(MemoryStoreConfig::default().build().unwrap())
        .watch("rules", rules.build().unwrap())
        .watch("zscore", ZScore::default().build().unwrap())
        .collector(Crossing { last: Arc::clone(&last), ticks: 0, shutdown: shutdown.clone() })
        .sink(Stopwatch { last, took: Arc::clone(&took) })
        .build()
        .unwrap();
    engine.run(&shutdown).unwrap();
    let took = took.lock().unwrap();
    took.clone()
}

fn hop(to: Sender<Instant>) -> (Sender<Instant>, std::thread::JoinHandle<()>) {
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || receiver.into_iter().for_each(|at| to.send(at).unwrap()));
    (sender, thread)
}

fn floor() -> Vec<Duration> {
    let (result, results) = channel();
    let (last, sink) = hop(result);
    let (first, middle) = hop(last);
    let mut took = Vec::new();
    for _ in 0..TICKS {
        std::thread::park_timeout(TICK / 10);
        first.send(Instant::now()).unwrap();
        took.push(results.recv().unwrap().elapsed());
    }
    drop(first);
    middle.join().unwrap();
    sink.join().unwrap();
    took
}

fn print(name: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    let (p50, p99, max) = (at(50), at(99), at(100));
    println!("{name:<28} events {:>5}  p50 {p50:>9.1?}  p99 {p99:>9.1?}  max {max:>9.1?}", took.len());
}

fn main() {
    let took = awatch();
    assert!(took.len() > TICKS * 9 / 10, "nearly every tick has an event: {}", took.len());
    print("awatch: sample to sink", took);
    print("floor: two bare channels", floor());
}
