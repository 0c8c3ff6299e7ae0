use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::Signal;

/// Ends a run, from any thread. Clones end the same run.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_triggered: AtomicBool,
    woken: Mutex<Vec<Signal>>,
}

impl Shutdown {
    /// A shutdown that was not triggered.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the run, now or as soon as it starts.
    pub fn trigger(&self) {
        self.0.is_triggered.store(true, Ordering::Release);
        for signal in self.0.woken.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            signal.raise();
        }
    }

    /// Whether the run is to end.
    #[must_use]
    pub fn is_triggered(&self) -> bool {
        self.0.is_triggered.load(Ordering::Acquire)
    }

    /// Also raises `signal` when triggered, for a thread that waits for it on a [`Clock`](crate::Clock).
    pub fn wakes(&self, signal: Signal) {
        self.0.woken.lock().unwrap_or_else(PoisonError::into_inner).push(signal);
    }
}
