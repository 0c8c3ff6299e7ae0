//! The loop: collectors in, rows through detectors, events out.
//!
//! An [`Engine`] is driven in one of three ways, through the same code and with the same bits for the same arrivals:
//!
//! - [`Engine::run`] lives in real time: every collector, detector and sink on its own thread, so that none can hold up
//!   the others.
//! - [`Engine::poll`] is for a loop of the program's own: it calls the collectors that are due, on the caller's thread.
//! - [`Engine::step`] and [`Engine::advance_to`] take batches and time from the caller: tests and replay.
//!
//! # Where what is handled
//! | what | where |
//! |---|---|
//! | late and early data, samples of expired series | `arrival` |
//! | series that come, go, change their source or interval | `places` |
//! | complete and incomplete rows | `rows` |
//! | counters to rates, counter resets | `rates` |
//! | missing rows, silence, expiry, budgets, restarting rows after a step of the clock | `passing` |
//! | noticing that the clock jumped or the machine slept | `clock_watch` in a run, `poll` otherwise |
//! | collectors that hang, panic or overrun | `collectors`, `live` |
//! | recording what arrives, and its failure | `recording` |
//! | detectors that hang or panic | `lane_thread`, `cell` |
//! | sinks that block or fail | `sinks` |

mod anomalies;
mod arrival;
mod block;
mod builder;
mod cell;
mod checkpoint;
mod clock_watch;
mod collectors;
mod container;
mod core;
mod custom;
mod error;
mod guard;
mod handle;
mod lane;
mod lane_state;
mod lane_thread;
mod lanes;
mod live;
mod mailbox;
mod options;
mod passing;
mod places;
mod rates;
mod recording;
mod rows;
mod self_metrics;
mod shutdown;
mod sinks;
mod snapshot;
mod source;
mod spawn;
mod stats;

pub use builder::EngineBuilder;
pub use checkpoint::Restored;
pub use custom::{Counter, Gauge};
pub use error::EngineError;
pub use handle::EngineHandle;
pub use lane::Watch;
pub use live::Summary;
pub use options::EngineOptions;
pub use shutdown::Shutdown;
pub use snapshot::{SeriesSnapshot, SeriesState, Snapshot, TargetSnapshot};
pub use spawn::Running;

use std::sync::Arc;
use std::time::Duration;

use self::checkpoint::Checkpoints;
use self::collectors::{CollectorThread, Station};
use self::core::Core;
use self::lanes::Lanes;
use self::mailbox::{Outcome, Report};
use self::sinks::{SinkNews, Sinks};
use crate::series::{Name, Target};
use crate::time::Clock;
use crate::{EventKind, Interval, Registry, SampleBatch, Timestamp};

/// Between two calls of `poll`, or two runs, the clock may go back by this much before it counts as set.
const CLOCK_TOLERANCE: Duration = Duration::from_millis(500);

/// Watches: calls collectors, keeps history, runs detectors, tells what is unusual.
///
/// # Example
/// ```
/// use awatch_core::engine::Engine;
/// use awatch_core::{Target, Timestamp, Unit};
///
/// let mut engine = Engine::builder(Target::new("web-1")?).build()?;
/// let depth = engine.handle().gauge("queue.depth", &[], Unit::count("item"))?;
/// depth.set(3.0);
/// engine.poll(Timestamp::from_secs(1_800_000_000));
/// assert_eq!(engine.snapshot().targets[0].series[0].value, Some(3.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    core: Core,
    lanes: Lanes,
    sinks: Sinks,
    seats: Vec<Seat>,
    handle: EngineHandle,
    clock: Arc<dyn Clock>,
    target: Arc<Target>,
    checkpoints: Option<Checkpoints>,
    restored: bool,
    /// How often a checkpoint was asked for.
    saves: u64,
}

/// A collector's place in the engine, and what was told of it.
#[derive(Debug)]
struct Seat {
    name: Name,
    interval: Interval,
    place: SeatPlace,
    trouble: Trouble,
    missed: u64,
    dropped_told: u64,
}

#[derive(Debug)]
enum SeatPlace {
    Here(Box<Station>),
    There(CollectorThread),
    /// Its thread did not come back from the last run, so far.
    Lost(Option<CollectorThread>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    None,
    Failing,
    Stuck,
}

impl Seat {
    fn new(station: Station) -> Self {
        Self {
            name: station.name.clone(),
            interval: station.interval,
            place: SeatPlace::Here(Box::new(station)),
            trouble: Trouble::None,
            missed: 0,
            dropped_told: 0,
        }
    }
}

impl Engine {
    /// Begins an engine whose collectors report on `target` unless they say otherwise.
    #[must_use]
    pub fn builder(target: Arc<Target>) -> EngineBuilder {
        EngineBuilder::new(target)
    }

    /// The program's way to this engine from other threads.
    #[must_use]
    pub fn handle(&self) -> EngineHandle {
        self.handle.clone()
    }

    /// Whom collectors report on unless they say otherwise.
    #[must_use]
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// The registry of all series, for batches given to [`Engine::step`].
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.core.registry
    }

    /// The engine's time: the latest it was told of, by an arrival or otherwise; `None` before the first.
    #[must_use]
    pub fn now(&self) -> Option<Timestamp> {
        Some(self.core.now).filter(|now| *now != Timestamp::MIN)
    }

    /// Whether series may expire while time passes until `at`: batches made before must be made again then.
    #[must_use]
    pub fn may_expire_until(&self, at: Timestamp) -> bool {
        self.core.sweeps_until(at)
    }

    /// An empty batch of `source` for the tick `at`, to be filled and given to [`Engine::step`].
    #[must_use]
    pub fn batch(&self, source: Name, interval: Interval, at: Timestamp) -> SampleBatch {
        SampleBatch::new(Arc::clone(self.registry()), source, Arc::clone(&self.target), interval, at)
    }

    /// Takes in one batch that arrived at `received`. One batch per source and tick; time goes on to `received` first,
    /// and never back.
    ///
    /// # Errors
    /// [`EngineError::ForeignBatch`] when the batch was made for another engine.
    pub fn step(&mut self, batch: &SampleBatch, received: Timestamp) -> Result<(), EngineError> {
        if !Arc::ptr_eq(batch.registry(), &self.core.registry) {
            return Err(EngineError::ForeignBatch { source_name: batch.source().clone() });
        }
        self.restored = false;
        let began = self.clock.monotonic();
        self.core.step(batch, received, &mut self.lanes);
        self.deliver();
        let took = self.clock.monotonic().saturating_sub(began);
        self.core.stats.step_nanos.set(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Lets time pass until `at` without data: rows that nobody filled are closed, "for 30s" and absence make progress.
    /// In one step or in many, the result is the same.
    pub fn advance_to(&mut self, at: Timestamp) {
        self.core.advance_to(at, &mut self.lanes);
        self.deliver();
    }

    /// Calls the collectors that are due at `now` on this thread, then lets time pass until `now`. Answers when there
    /// is next something to do.
    ///
    /// When `now` is earlier than before, the clock was set back; when it is much later than the last time (by
    /// `silent_after`), there was a pause that nobody watched. Either way rows start anew.
    pub fn poll(&mut self, now: Timestamp) -> Timestamp {
        self.resume(now);
        for index in 0..self.seats.len() {
            let report = self.seats.get_mut(index).and_then(|seat| match &mut seat.place {
                SeatPlace::Here(station) => station.due(now).map(|tick| station.collect(tick, || now)),
                _ => None,
            });
            if let Some(report) = report {
                self.reported(&report);
            }
        }
        self.advance_to(now);
        let next = self.seats.iter().filter_map(|seat| match &seat.place {
            SeatPlace::Here(station) => station.next(),
            _ => None,
        });
        next.chain(self.core.next_wake()).min().unwrap_or_else(|| now.next_on(self.core.options.interval))
    }

    /// How everything watched is now.
    pub fn snapshot(&mut self) -> Snapshot {
        let snapshot = snapshot::take(&mut self.core, &mut self.lanes);
        self.deliver();
        snapshot
    }

    /// Goes on at `now` after a restore, a pause or a step of the clock: the time in between was not watched.
    fn resume(&mut self, now: Timestamp) {
        let before = self.core.now;
        let restored = std::mem::take(&mut self.restored);
        if before == Timestamp::MIN || before == now {
            return;
        }
        let is_back = before.since(now).is_some_and(|back| back > CLOCK_TOLERANCE);
        let away = now.since(before).unwrap_or_default();
        if is_back {
            self.core.clock_stepped(before, now);
        } else if restored || away >= self.core.options.silent_after {
            self.core.start_anew(now);
            self.core.emit(now, EventKind::EngineResumed { down_seconds: away.as_secs_f64() });
        } else {
            return;
        }
        for seat in &mut self.seats {
            if let SeatPlace::Here(station) = &mut seat.place {
                station.restart(now);
            }
        }
        self.deliver();
    }

    /// Takes in what came of a collector's call.
    fn reported(&mut self, report: &Report) {
        let received = report.received;
        self.core.stats.ticks_missed.add(report.missed);
        if let Some(kind) = self.seats.get_mut(report.collector).and_then(|seat| seat.news(report)) {
            self.core.emit(received, kind);
        }
        if !matches!(report.outcome, Outcome::Done) {
            self.core.stats.collector_failures.add(1);
        }
        // What a collector added before it failed is as good as ever. Nothing at all from one that failed is no report.
        if matches!(report.outcome, Outcome::Done) || !report.batch.samples().is_empty() {
            let began = self.clock.monotonic();
            self.core.step(&report.batch, received, &mut self.lanes);
            let took = self.clock.monotonic().saturating_sub(began);
            self.core.stats.step_nanos.set(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        }
        self.deliver();
    }

    /// Hands out the events, and tells of sinks that have trouble with them.
    fn deliver(&mut self) {
        if !self.core.events.is_empty() {
            self.sinks.deliver(std::mem::take(&mut self.core.events));
            self.core.stats.events_dropped.set(self.sinks.dropped());
        }
        let at = self.core.now;
        let news = self.sinks.watch();
        if news.is_empty() {
            return;
        }
        for (sink, news) in news {
            self.core.emit(
                at,
                match news {
                    SinkNews::Failed(error) => EventKind::SinkFailed { sink, error },
                    SinkNews::Blocked(dropped) => EventKind::SinkBlocked { sink, dropped },
                    SinkNews::Recovered(dropped) => EventKind::SinkRecovered { sink, dropped },
                },
            );
        }
        self.sinks.deliver(std::mem::take(&mut self.core.events));
    }
}

impl Seat {
    /// What is to be told of a call that returned: its trouble when it begins, and its end.
    fn news(&mut self, report: &Report) -> Option<EventKind> {
        // A call that panicked brought nothing.
        self.missed += report.missed + u64::from(matches!(report.outcome, Outcome::Panicked { .. }));
        let collector = self.name.clone();
        match (&report.outcome, self.trouble) {
            (Outcome::Panicked { message, rest }, _) => {
                self.trouble = Trouble::Failing;
                let (message, retry_seconds) = (message.clone(), rest.as_secs_f64());
                Some(EventKind::CollectorPanicked { collector, message, retry_seconds })
            }
            (Outcome::Failed(error), Trouble::None | Trouble::Stuck) => {
                self.trouble = Trouble::Failing;
                Some(EventKind::CollectorFailed { collector, error: error.clone() })
            }
            (Outcome::Done, Trouble::Failing | Trouble::Stuck) => {
                self.trouble = Trouble::None;
                Some(EventKind::CollectorRecovered { collector, missed: std::mem::take(&mut self.missed) })
            }
            (Outcome::Done, Trouble::None) => {
                self.missed = 0;
                None
            }
            (Outcome::Failed(_), Trouble::Failing) => None,
        }
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
