use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use awatch::{Clock, SystemClock};

use crate::stop::Reason;

/// Waits for the end of a run.
pub(crate) struct Wait<'a> {
    reasons: &'a Receiver<Reason>,
    clock: &'a SystemClock,
    /// When the time asked for is over, in monotonic time.
    until: Option<Duration>,
}

impl<'a> Wait<'a> {
    /// For a run that begins now and lasts `time`, unless something else ends it.
    pub(crate) fn new(reasons: &'a Receiver<Reason>, clock: &'a SystemClock, time: Option<Duration>) -> Self {
        Self { reasons, clock, until: time.and_then(|time| clock.monotonic().checked_add(time)) }
    }

    /// The reason to end, when there is one within `patience`.
    pub(crate) fn within(&self, patience: Duration) -> Option<Reason> {
        let left = self.until.map_or(patience, |until| until.saturating_sub(self.clock.monotonic()));
        match self.reasons.recv_timeout(left.min(patience)) {
            Ok(reason) => Some(reason),
            Err(RecvTimeoutError::Disconnected) => Some(Reason::EngineGone),
            Err(RecvTimeoutError::Timeout) => self.is_time_over().then_some(Reason::TimeOver),
        }
    }

    /// The reason to end, whenever it comes.
    pub(super) fn for_reason(&self) -> Reason {
        if self.until.is_none() {
            return self.reasons.recv().unwrap_or(Reason::EngineGone);
        }
        loop {
            if let Some(reason) = self.within(Duration::MAX) {
                return reason;
            }
        }
    }

    /// The clock of the run.
    pub(crate) fn clock(&self) -> &SystemClock {
        self.clock
    }

    fn is_time_over(&self) -> bool {
        self.until.is_some_and(|until| until <= self.clock.monotonic())
    }
}
