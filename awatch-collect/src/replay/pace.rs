use std::sync::Arc;
use std::time::Duration;

use awatch_core::{Clock, Shutdown, Signal, SystemClock, Timestamp};

/// How fast recorded time passes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Speed {
    /// As fast as the machine can.
    #[default]
    Fastest,
    /// So many seconds of recorded time per second: 1.0 as it happened. What is not a positive number is as fast as
    /// the machine can.
    Times(f64),
}

/// What lies further behind than this is not caught up: somebody paused.
const CAUGHT_UP: Duration = Duration::from_secs(1);

/// Waits until recorded time has come, and notices when it is to end.
#[derive(Debug)]
pub(super) struct Pace {
    speed: Speed,
    clock: Arc<dyn Clock>,
    shutdown: Shutdown,
    signal: Signal,
    /// An instant of recorded time, and when on the clock it was.
    anchor: Option<(Timestamp, Duration)>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            speed: Speed::Fastest,
            clock: Arc::new(SystemClock::new()),
            shutdown: Shutdown::new(),
            signal: Signal::new(),
            anchor: None,
        }
    }

    /// Goes on with that speed. At the same one as before nothing changes: what is behind is made up for.
    pub(super) fn set_speed(&mut self, speed: Speed) {
        if self.speed != speed {
            self.speed = speed;
            self.anchor = None;
        }
    }

    pub(super) fn set_clock(&mut self, clock: Arc<dyn Clock>) {
        self.clock = clock;
        self.anchor = None;
    }

    pub(super) fn set_shutdown(&mut self, shutdown: &Shutdown) {
        shutdown.wakes(self.signal.clone());
        self.shutdown = shutdown.clone();
    }

    pub(super) fn is_ended(&self) -> bool {
        self.shutdown.is_triggered()
    }

    /// The clock, when there is something to wait for.
    pub(super) fn clock(&self) -> Option<Arc<dyn Clock>> {
        self.times().map(|_| Arc::clone(&self.clock))
    }

    /// Recorded time goes on from `position` now. Time lost since it stopped is not made up for.
    pub(super) fn resume(&mut self, position: Timestamp) {
        let now = self.clock.monotonic();
        let is_behind = |due: Duration| now.saturating_sub(due) > CAUGHT_UP;
        if self.due(position).is_none_or(is_behind) {
            self.anchor = Some((position, now));
        }
    }

    /// Waits until recorded time is `at`. `false` when it is to end before.
    pub(super) fn wait(&self, at: Timestamp) -> bool {
        let Some(due) = self.due(at) else { return !self.is_ended() };
        while !self.is_ended() {
            if self.clock.monotonic() >= due {
                return true;
            }
            self.clock.wait(&self.signal, Some(due));
        }
        false
    }

    /// When on the clock recorded time is `at`.
    fn due(&self, at: Timestamp) -> Option<Duration> {
        let (times, (from, began)) = (self.times()?, self.anchor?);
        let span = at.since(from).unwrap_or_default().as_secs_f64() / times;
        Some(began.saturating_add(Duration::try_from_secs_f64(span).unwrap_or(Duration::MAX)))
    }

    fn times(&self) -> Option<f64> {
        match self.speed {
            Speed::Times(times) if times.is_finite() && times > 0.0 => Some(times),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use awatch_core::SimClock;

    use super::*;

    #[test]
    fn work_does_not_slow_recorded_time_down_when_the_speed_is_set_again() {
        let clock = SimClock::new(Timestamp::EPOCH);
        let mut presence = clock.enter();
        presence.begin();
        let mut pace = Pace::new();
        pace.set_clock(Arc::new(clock.clone()));
        let second = Timestamp::from_secs;
        for played in 0..10 {
            pace.set_speed(Speed::Times(1.0));
            pace.resume(second(played));
            assert!(pace.wait(second(played + 1)));
            assert_eq!(clock.monotonic(), Duration::from_secs((played + 1).unsigned_abs()));
            // What is done with it takes half a second each time.
            clock.wait(&Signal::new(), Some(clock.monotonic() + Duration::from_millis(500)));
        }
        pace.set_speed(Speed::Times(2.0));
        pace.resume(second(10));
        assert!(pace.wait(second(20)));
        assert_eq!(clock.monotonic(), Duration::from_millis(15_500));
    }
}
