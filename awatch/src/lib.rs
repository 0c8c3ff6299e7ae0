//! Watches infrastructure inside your own process: collects, keeps history, learns what is usual, explains what is not.
//!
//! No server, no broker, no database, no account, and no connection to anywhere: an [`Engine`] in your program calls
//! collectors at their intervals, keeps the samples in a store, gives them to detectors row by row, and tells what is
//! unusual as events with a sentence, the values that were expected, and a severity. Every part is a trait; what comes
//! along implements the same traits that you do.
//!
//! # Begin
//! Watch this machine and a number of your own:
//!
//! ```
//! use awatch::prelude::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(all(feature = "collect", feature = "detect", feature = "store"))] {
//! let engine = watch_this_host()?
//!     .watch("mine", ZScore::default().build()?)
//!     .sink(awatch::sink::from_fn("print", |event| println!("{event}")))
//!     .build()?;
//! let depth = engine.handle().gauge("queue.depth", &[], Unit::count("job"))?;
//! let running = engine.spawn()?;
//!
//! for job in 0..20 {
//!     depth.set(f64::from(job % 7)); // from any thread, as often as you like
//!     std::thread::sleep(std::time::Duration::from_millis(100)); // your work
//! }
//!
//! let (_engine, summary) = running.stop()?;
//! println!("{} samples of {} series", summary.samples, summary.series);
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! [`watch_this_host`] is the program `awatch` without a configuration file. [`engine`](fn@engine) begins with nothing
//! but the standard decision policy, [`Engine::builder`] with nothing at all, and [`plugins`] reads a file.
//!
//! # The words
//! | word | meaning |
//! |---|---|
//! | [`Target`] | what is watched: a host, a service, a container |
//! | series | a [metric](series::SeriesKey) of a target with its labels, such as `system.disk.io{device="sda"}`; names and units follow OpenTelemetry |
//! | [`Unit`], [`Kind`] | what the numbers of a series mean; counters are stored as totals and seen by detectors as rates |
//! | [`SampleBatch`] | what a collector brings at a tick |
//! | row | the values of a group of series at one tick; NaN = missing |
//! | score | what a detector answers: unbounded, higher = more anomalous |
//! | anomaly score | the score in parts of the edge: 1 = just unusual |
//! | alert | what a decision policy makes of anomaly scores: "3 s of 5 s", hysteresis, quiet period |
//! | [`Watch`] | a detector under a name, on the series that a [pattern](series::Matcher) means, with its policy |
//! | [`Anomaly`] | alerts of one watch on one target that came close together |
//! | [`Event`] | an anomaly opened, changed or closed, or something that happened to the watching itself |
//! | [`Health`] | 100, nothing unusual, down to 0, with its reasons |
//!
//! Missing, late, silent, not ready and zero are different things here and stay different: see [`SeriesState`](engine::SeriesState),
//! [`Readiness`](detect::Readiness) and the kinds of [`Event`].
//!
//! # Three ways to drive an engine
//! The same code runs in all three, and the same arrivals give the same events, bit for bit:
//!
//! 1. **Live**: [`Engine::spawn`], or [`Engine::run`] on a thread of yours. Every collector, detector and sink works on a
//!    thread of its own: one that is slow, hangs or panics holds up nobody, and an event tells of it.
//! 2. **In a loop of yours**: [`Engine::poll`] calls what is due on your thread and says when to come back. No thread is
//!    started.
//! 3. **Batch by batch**: [`Engine::step`] and [`Engine::advance_to`] take data and time from you, for tests and replay.
//!
//! Inside an async program, spawn the engine; a [handle](EngineHandle) is never blocked for long, and a sink may send
//! events to a channel of the runtime.
//!
//! ```
//! use awatch::{Engine, Interval, Name, Target, Timestamp, Unit};
//!
//! let mut engine = Engine::builder(Target::new("web-1")?).build()?;
//! let at = Timestamp::from_secs(1_800_000_000);
//! let mut batch = engine.batch(Name::new("mine")?, Interval::SECOND, at);
//! batch.gauge("queue.depth", [], &Unit::count("job"), 3.0)?;
//! engine.step(&batch, at)?;
//! assert_eq!(engine.snapshot().targets[0].series[0].value, Some(3.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Numbers of your own
//! A handle gives a [`Gauge`] or a [`Counter`] that any thread sets with one atomic store; the engine reads it at each
//! tick as the source `custom`. For whatever needs work to be read, write a collector.
//!
//! # Plug-ins
//! Each trait has an example on its page and a suite in [`conformance`] that your tests call:
//!
//! - **[`Collector`]**: reads a source once per tick into a batch. Takes as long as it takes: ticks that pass meanwhile
//!   are skipped and counted.
//! - **[`OnlineDetector`]** with its [`DetectorFactory`]: scores each row from the state before it, then learns. Explains
//!   itself when an alert opens. Saves and loads its state. [`Detector`] and [`Fit`] are the batch family.
//! - **[`Decider`]**: a decision policy, where [`decide::Policy`](detect) does not suffice.
//! - **[`Store`](trait@Store)**: keeps samples and gives them back by time and series.
//! - **[`Sink`]**: takes events. [`sink`] has files, writers and functions.
//! - **[`Clock`]**: the only source of time. [`SimClock`] runs a live engine in simulated time.
//!
//! To let a configuration file name a plug-in, register its kind: [`plugins`].
//!
//! # What an engine tells
//! [`EventKind`] lists every kind of event; as JSON they are one flat object each, described in `docs/events.md`. An event
//! is printed as one line for people. A [snapshot](engine::Snapshot) says how everything is at a moment: values, what is
//! usual for them, open anomalies, health, and the engine's own counts.
//!
//! # Restarts
//! [`Engine::checkpoint`] and [`Engine::restore`] keep everything that remembers (what detectors learnt, open anomalies,
//! policies, counters) as one checksummed piece; [`Engine::checkpoint_to`] and [`Engine::restore_from`] do so with a file.
//! An engine that was restored goes on with the same bits. History is the store's.
//!
//! # Limits
//! [`EngineOptions`] bounds the number of series, memory and every queue. What is dropped, late, ahead of time, rejected or
//! not stored is counted in the engine's own metrics (source `awatch`) and told by an event: nothing is lost silently.
//! One engine and one store per tenant is the rule.
//!
//! # Features
//! | feature | brings | default |
//! |---|---|---|
//! | `collect` | [`collect`]: the host, its processes, the program itself; `demo`: worlds that do not exist; `replay` | yes |
//! | `detect` | z-score, thresholds, decision policies in [`detect`] | yes |
//! | `store` | the store in memory and queries in [`store`] | yes |
//! | `csv`, `parquet` | recordings as files, written and played, in `store::file` | no |
//!
//! Without any of them the traits, the engine, [`plugins`] and [`sink`] are left.

#[cfg(feature = "collect")]
pub mod demo;
pub mod plugins;
pub mod prelude;
pub mod sink;

mod preset;

pub use awatch_core::*;
pub use preset::{engine, this_host, watch_this_host};

#[cfg(feature = "collect")]
pub use awatch_collect as collect;
#[cfg(feature = "collect")]
pub use awatch_collect::replay;

/// Stores: the [`Store`](trait@Store) trait, queries, and the stores that come along.
pub mod store {
    pub use awatch_core::store::*;
    #[cfg(feature = "store")]
    pub use awatch_store::file;
    #[cfg(feature = "store")]
    pub use awatch_store::{
        ByteSize, MemoryStore, MemoryStoreConfig, MemoryStoreConfigError, ParseByteSizeError, query,
    };
}

/// Detectors and decisions: the traits, and the detectors and policies that come along.
pub mod detect {
    pub use awatch_core::detect::*;
    #[cfg(feature = "detect")]
    pub use awatch_detect::{decide, threshold, zscore};
}

/// The suites that every plug-in passes, yours included: call them from your tests.
pub mod conformance {
    #[cfg(feature = "collect")]
    pub use awatch_collect::conformance as collector;
    #[cfg(feature = "detect")]
    pub use awatch_detect::conformance as detector;
    #[cfg(feature = "store")]
    pub use awatch_store::conformance as store;
}

/// The code of the README, tested.
#[cfg(all(doctest, feature = "collect", feature = "detect", feature = "store"))]
#[doc = include_str!("../../README.md")]
struct Readme;
