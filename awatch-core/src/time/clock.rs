use std::fmt::Debug;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::Timestamp;

/// The source of time, and the only way a thread of the engine waits.
///
/// There are two times. [`now`](Clock::now) is the wall clock: it stamps samples and may jump.
/// [`monotonic`](Clock::monotonic) only goes forward and measures waiting; it stands still while the machine is
/// suspended. The engine compares the two to notice jumps and suspensions.
pub trait Clock: Debug + Send + Sync {
    /// The wall-clock time.
    fn now(&self) -> Timestamp;

    /// The time since some fixed origin; never goes backwards.
    fn monotonic(&self) -> Duration;

    /// Blocks the calling thread until `signal` is raised, or until [`monotonic`](Clock::monotonic) reaches
    /// `until` (`None`: no limit). Takes the signal down when it was up.
    fn wait(&self, signal: &Signal, until: Option<Duration>) -> Woken;

    /// Announces a thread that will wait on this clock, before it is started; the thread keeps the answer for as
    /// long as it lives. A simulated clock stands still while any announced thread is at work.
    fn enter(&self) -> Presence {
        Presence::default()
    }
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The signal was raised.
    Signalled,
    /// The time was reached first.
    TimedOut,
}

/// Kept by a thread that waits on a clock; dropping it says that the thread is gone.
#[derive(Default)]
pub struct Presence {
    begin: Option<Box<dyn FnOnce() + Send>>,
    leave: Option<Box<dyn FnOnce() + Send>>,
}

impl Presence {
    /// A presence whose start calls `begin` and whose end calls `leave`, each once.
    pub fn new(begin: impl FnOnce() + Send + 'static, leave: impl FnOnce() + Send + 'static) -> Self {
        Self { begin: Some(Box::new(begin)), leave: Some(Box::new(leave)) }
    }

    /// The announced thread calls this first of all; a simulated clock holds it there until its turn comes.
    pub fn begin(&mut self) {
        if let Some(begin) = self.begin.take() {
            begin();
        }
    }
}

impl Debug for Presence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presence").finish_non_exhaustive()
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            leave();
        }
    }
}

/// A flag that one thread waits for and any thread raises. Clones are the same flag.
///
/// Raising it twice before it is seen is the same as once: it says "look again", it does not count.
#[derive(Clone, Debug, Default)]
pub struct Signal(Arc<SignalState>);

#[derive(Debug, Default)]
struct SignalState {
    raised: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    /// A signal that is down.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Raises the flag and wakes who waits for it.
    pub fn raise(&self) {
        *self.0.raised.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }

    /// Takes the flag down; `true` when it was up.
    pub fn take(&self) -> bool {
        std::mem::take(&mut *self.0.raised.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the flag is up.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        *self.0.raised.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks in real time until the flag is up (and takes it down) or `span` is over (`None`: no limit).
    pub fn wait_for(&self, span: Option<Duration>) -> Woken {
        let raised = self.0.raised.lock().unwrap_or_else(PoisonError::into_inner);
        let mut raised = match span {
            None => self.0.changed.wait_while(raised, |up| !*up).unwrap_or_else(PoisonError::into_inner),
            Some(span) => {
                let (raised, _) = self
                    .0
                    .changed
                    .wait_timeout_while(raised, span, |up| !*up)
                    .unwrap_or_else(PoisonError::into_inner);
                raised
            }
        };
        if std::mem::take(&mut *raised) { Woken::Signalled } else { Woken::TimedOut }
    }
}

/// The machine's own clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    origin: std::time::Instant,
}

impl SystemClock {
    /// The machine's clocks, the monotonic one counted from now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clocks")]
    pub fn new() -> Self {
        Self { origin: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clocks")]
    fn now(&self) -> Timestamp {
        let now = std::time::SystemTime::now();
        match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Timestamp::EPOCH.plus(since),
            Err(before) => Timestamp::EPOCH.minus(before.duration()),
        }
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }

    fn wait(&self, signal: &Signal, until: Option<Duration>) -> Woken {
        signal.wait_for(until.map(|until| until.saturating_sub(self.monotonic())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raised_signal_ends_the_wait_once() {
        let (clock, signal) = (SystemClock::new(), Signal::new());
        signal.raise();
        signal.raise();
        assert_eq!(clock.wait(&signal, None), Woken::Signalled);
        assert_eq!(clock.wait(&signal, Some(Duration::ZERO)), Woken::TimedOut);
    }

    #[test]
    fn a_signal_wakes_another_thread() {
        let signal = Signal::new();
        let waiting = signal.clone();
        let thread = std::thread::spawn(move || SystemClock::new().wait(&waiting, None));
        signal.raise();
        assert_eq!(thread.join().unwrap(), Woken::Signalled);
    }
}
