//! The collectors: each called on the grid of its interval, on its own thread or by the caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::guard::guard;
use super::mailbox::{Mailbox, Outcome, Report};
use crate::series::{Name, Target};
use crate::time::{Clock, Presence, Signal, Woken};
use crate::{Collector, Interval, Registry, SampleBatch, Timestamp};

/// After a panic a collector rests this long, twice as long after each further one.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_mins(5);

/// A collector with what is needed to call it.
#[derive(Debug)]
pub(super) struct Station {
    collector: Box<dyn Collector>,
    pub(super) name: Name,
    pub(super) interval: Interval,
    index: usize,
    registry: Arc<Registry>,
    target: Arc<Target>,
    panics: u32,
    /// The first tick that may be collected.
    next: Option<Timestamp>,
    /// How long it rests before that, after a panic.
    rest: Duration,
    missed: u64,
}

impl Station {
    pub(super) fn new(
        collector: Box<dyn Collector>,
        name: Name,
        interval: Interval,
        index: usize,
        registry: Arc<Registry>,
        target: Arc<Target>,
    ) -> Self {
        Self {
            collector,
            name,
            interval,
            index,
            registry,
            target,
            panics: 0,
            next: None,
            rest: Duration::ZERO,
            missed: 0,
        }
    }

    /// The tick to collect at `now`, when one is due. Ticks that passed unseen are counted as missed.
    pub(super) fn due(&mut self, now: Timestamp) -> Option<Timestamp> {
        let tick = now.floor(self.interval);
        let Some(next) = self.next else {
            self.next = Some(if tick == now { now } else { now.next_on(self.interval) });
            return self.next.filter(|next| *next == now);
        };
        if now < next {
            let wait = next.since(now).unwrap_or_default();
            if wait > self.interval.as_duration() + self.rest {
                // The clock went back: go on at the new time.
                self.next = Some(now.next_on(self.interval));
            }
            return None;
        }
        let skipped =
            tick.since(next).unwrap_or_default().as_nanos() / self.interval.as_duration().as_nanos().max(1);
        self.missed = self.missed.saturating_add(u64::try_from(skipped).unwrap_or(u64::MAX));
        Some(tick)
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.next
    }

    /// Goes on at the next tick of the grid when the one it waited for lies in the past: the clock was set, or there was
    /// a pause. Nothing was missed.
    pub(super) fn restart(&mut self, now: Timestamp) {
        if self.next.is_some_and(|next| next <= now) {
            (self.next, self.rest) = (None, Duration::ZERO);
        }
    }

    /// Calls the collector for a tick; `now` tells when it returned.
    pub(super) fn collect(&mut self, tick: Timestamp, now: impl FnOnce() -> Timestamp) -> Report {
        let (registry, target) = (Arc::clone(&self.registry), Arc::clone(&self.target));
        let mut batch = SampleBatch::new(registry, self.name.clone(), target, self.interval, tick);
        let outcome = match guard(|| self.collector.collect(&mut batch)) {
            Ok(Ok(())) => Outcome::Done,
            Ok(Err(error)) => Outcome::Failed(super::chain(&error)),
            Err(message) => {
                self.panics = self.panics.saturating_add(1);
                let rest =
                    FIRST_REST.saturating_mul(1 << self.panics.saturating_sub(1).min(16)).min(LONGEST_REST);
                Outcome::Panicked { message, rest }
            }
        };
        if matches!(outcome, Outcome::Done) {
            self.panics = 0;
        }
        self.rest = match &outcome {
            Outcome::Panicked { rest, .. } => *rest,
            _ => Duration::ZERO,
        };
        let after = tick.plus(self.rest).max(tick.plus(self.interval.as_duration()));
        self.next =
            Some(if after.floor(self.interval) == after { after } else { after.next_on(self.interval) });
        let missed = std::mem::take(&mut self.missed);
        self.missed = skipped(tick, after, self.interval);
        Report { collector: self.index, batch, received: now(), outcome, missed }
    }
}

/// A collector on a thread of its own.
#[derive(Debug)]
pub(super) struct CollectorThread {
    thread: JoinHandle<Station>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    restart: AtomicBool,
    wake: Signal,
    stopped: Signal,
    /// When the call under way began, in nanoseconds of the monotonic clock plus one; 0: none is.
    busy_since: AtomicU64,
}

impl CollectorThread {
    pub(super) fn start(
        station: Station,
        clock: &Arc<dyn Clock>,
        mailbox: &Arc<Mailbox>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (own, clock, mailbox) = (Arc::clone(&shared), Arc::clone(clock), Arc::clone(mailbox));
        let presence = clock.enter();
        let name = format!("awatch-{}", station.name);
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || live(station, &own, &*clock, &mailbox, presence))?;
        Ok(Self { thread, shared })
    }

    /// How long the call under way takes already.
    pub(super) fn busy_for(&self, now: Duration) -> Option<Duration> {
        let since = self.shared.busy_since.load(Ordering::Acquire).checked_sub(1)?;
        Some(now.saturating_sub(Duration::from_nanos(since)))
    }

    /// Tells it that the clock was set: what it waits for is another instant now.
    pub(super) fn restart(&self) {
        self.shared.restart.store(true, Ordering::Release);
        self.shared.wake.raise();
    }

    pub(super) fn ask_to_stop(&self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.wake.raise();
    }

    /// Takes the collector back; itself when it does not return in time and is left behind, `None` when it is lost.
    pub(super) fn join(self, clock: &dyn Clock, until: Duration) -> Result<Station, Option<Self>> {
        let woken = clock.wait(&self.shared.stopped, Some(until));
        if woken == Woken::TimedOut && !self.thread.is_finished() {
            return Err(Some(self));
        }
        self.thread.join().map_err(|_| None)
    }
}

/// The ticks that a rest from `tick` until `after` leaves out.
fn skipped(tick: Timestamp, after: Timestamp, interval: Interval) -> u64 {
    let nanos = after.since(tick).unwrap_or_default().as_nanos();
    let steps = nanos.div_ceil(interval.as_duration().as_nanos().max(1));
    u64::try_from(steps).unwrap_or(u64::MAX).saturating_sub(1)
}

fn live(
    mut station: Station,
    shared: &Shared,
    clock: &dyn Clock,
    mailbox: &Mailbox,
    mut presence: Presence,
) -> Station {
    presence.begin();
    while !shared.stop.load(Ordering::Acquire) {
        let now = clock.now();
        if shared.restart.swap(false, Ordering::AcqRel) {
            station.restart(now);
        }
        if let Some(tick) = station.due(now) {
            let since = u64::try_from(clock.monotonic().as_nanos()).unwrap_or(u64::MAX - 1) + 1;
            shared.busy_since.store(since, Ordering::Release);
            let report = station.collect(tick, || clock.now());
            shared.busy_since.store(0, Ordering::Release);
            mailbox.report(report);
        } else {
            let left = station.next().and_then(|next| next.since(now)).unwrap_or_default();
            clock.wait(&shared.wake, Some(clock.monotonic() + left));
        }
    }
    shared.stopped.raise();
    station
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CollectError;

    #[derive(Debug)]
    struct Nothing;

    impl Collector for Nothing {
        fn name(&self) -> &'static str {
            "nothing"
        }
        fn collect(&mut self, _: &mut SampleBatch) -> Result<(), CollectError> {
            Ok(())
        }
    }

    fn station() -> Station {
        let name = Name::new("nothing").unwrap();
        let registry = Arc::new(Registry::new(10));
        Station::new(Box::new(Nothing), name, Interval::SECOND, 0, registry, Target::new("t").unwrap())
    }

    #[test]
    fn ticks_lie_on_the_grid_whenever_the_thread_wakes() {
        let mut station = station();
        assert_eq!(station.due(Timestamp::from_nanos(10_300_000_000)), None);
        assert_eq!(station.next(), Some(Timestamp::from_secs(11)));
        assert_eq!(station.due(Timestamp::from_nanos(11_020_000_000)), Some(Timestamp::from_secs(11)));
        station.collect(Timestamp::from_secs(11), Timestamp::default);
        assert_eq!(station.next(), Some(Timestamp::from_secs(12)));
    }

    #[test]
    fn ticks_that_passed_are_skipped_and_counted() {
        let mut station = station();
        assert_eq!(station.due(Timestamp::from_secs(10)), Some(Timestamp::from_secs(10)));
        station.collect(Timestamp::from_secs(10), Timestamp::default);
        let tick = station.due(Timestamp::from_nanos(14_500_000_000)).unwrap();
        assert_eq!(tick, Timestamp::from_secs(14));
        assert_eq!(station.collect(tick, Timestamp::default).missed, 3);
    }

    #[test]
    fn after_the_clock_went_back_it_goes_on_at_the_new_time() {
        let mut station = station();
        station.collect(Timestamp::from_secs(5000), Timestamp::default);
        assert_eq!(station.due(Timestamp::from_nanos(1_400_200_000_000)), None);
        assert_eq!(station.next(), Some(Timestamp::from_secs(1401)));
    }
}
