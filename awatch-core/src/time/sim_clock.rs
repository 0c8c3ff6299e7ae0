use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Clock, Presence, Signal, Timestamp, Woken};

/// A simulated clock that is also a deterministic scheduler of the threads that wait on it.
///
/// Exactly one announced thread ([`Clock::enter`]) works at a time. When it waits, the next one whose signal is
/// up goes on (the one that has waited longest first); when there is none, time leaps to the earliest deadline
/// and its thread goes on. A day of an engine with all its threads passes in seconds, and twice in the same way.
///
/// Threads that start while others are already at work are admitted in the order of their announcement. A thread
/// that blocks on anything else than the clock stops simulated time; a signal raised by a thread that was not
/// announced is seen when the turn is next passed on. The wall clock can be moved apart
/// from the monotonic one: [`step_wall`](SimClock::step_wall).
#[derive(Clone, Debug)]
pub struct SimClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    wall: Timestamp,
    monotonic: Duration,
    /// Announced threads at work: one, or none.
    working: usize,
    next_ticket: u64,
    waiting: BTreeMap<u64, Waiter>,
}

#[derive(Debug)]
struct Waiter {
    signal: Signal,
    until: Option<Duration>,
    turn: Arc<Turn>,
}

#[derive(Debug, Default)]
struct Turn {
    granted: Mutex<Option<Woken>>,
    changed: Condvar,
}

impl SimClock {
    /// A clock whose wall time is `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        let state = State {
            wall: start,
            monotonic: Duration::ZERO,
            working: 0,
            next_ticket: 0,
            waiting: BTreeMap::new(),
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Moves the wall clock to `wall` while the monotonic clock stands still: what a time server or an operator
    /// does, and what a machine sees when it wakes from suspension.
    pub fn step_wall(&self, wall: Timestamp) {
        self.lock().wall = wall;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn queue(&mut self, signal: Signal, until: Option<Duration>) -> (u64, Arc<Turn>) {
        let (ticket, turn) = (self.next_ticket, Arc::new(Turn::default()));
        self.next_ticket += 1;
        self.waiting.insert(ticket, Waiter { signal, until, turn: Arc::clone(&turn) });
        (ticket, turn)
    }

    /// A thread is gone: either it was at work, or it never began and still stands in the queue.
    fn leave(&mut self, first_ticket: u64) {
        if self.waiting.remove(&first_ticket).is_none() {
            self.working = self.working.saturating_sub(1);
        }
        self.pass_turn();
    }

    /// Hands the turn on when nobody works.
    fn pass_turn(&mut self) {
        if self.working > 0 {
            return;
        }
        let signalled = self.waiting.iter().find(|(_, waiter)| waiter.signal.is_raised()).map(|(id, _)| *id);
        if let Some(ticket) = signalled {
            self.grant(ticket, Woken::Signalled);
            return;
        }
        let earliest = self
            .waiting
            .iter()
            .filter_map(|(ticket, waiter)| waiter.until.map(|until| (until, *ticket)))
            .min();
        if let Some((until, ticket)) = earliest {
            let leap = until.saturating_sub(self.monotonic);
            self.monotonic += leap;
            self.wall = self.wall.plus(leap);
            self.grant(ticket, Woken::TimedOut);
        }
    }

    fn grant(&mut self, ticket: u64, woken: Woken) {
        if let Some(waiter) = self.waiting.remove(&ticket) {
            waiter.signal.take();
            self.working += 1;
            *waiter.turn.granted.lock().unwrap_or_else(PoisonError::into_inner) = Some(woken);
            waiter.turn.changed.notify_one();
        }
    }
}

impl Turn {
    fn take(&self) -> Woken {
        let granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        let granted = self
            .changed
            .wait_while(granted, |granted| granted.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        granted.unwrap_or(Woken::TimedOut)
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        self.lock().wall
    }

    fn monotonic(&self) -> Duration {
        self.lock().monotonic
    }

    fn wait(&self, signal: &Signal, until: Option<Duration>) -> Woken {
        let turn = {
            let mut state = self.lock();
            let (_, turn) = state.queue(signal.clone(), until);
            state.working = state.working.saturating_sub(1);
            state.pass_turn();
            turn
        };
        turn.take()
    }

    fn enter(&self) -> Presence {
        let (ticket, turn) = {
            let mut state = self.lock();
            let now = state.monotonic;
            state.queue(Signal::new(), Some(now))
        };
        let (at_begin, at_end) = (self.clone(), self.clone());
        let begin = move || {
            at_begin.lock().pass_turn();
            turn.take();
        };
        Presence::new(begin, move || at_end.lock().leave(ticket))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three threads that wait in steps of different length; the log of who woke when.
    fn trace() -> Vec<(u64, u128)> {
        let clock = SimClock::new(Timestamp::EPOCH);
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut threads = Vec::new();
        let announced = [(0, 300), (1, 200), (2, 300)].map(|(id, step)| (id, step, clock.enter()));
        for (id, step, mut presence) in announced {
            let (clock, log) = (clock.clone(), Arc::clone(&log));
            threads.push(std::thread::spawn(move || {
                presence.begin();
                let signal = Signal::new();
                for round in 1..=4 {
                    let until = Duration::from_millis(step * round);
                    assert_eq!(clock.wait(&signal, Some(until)), Woken::TimedOut);
                    log.lock().unwrap().push((id, clock.monotonic().as_millis()));
                }
            }));
        }
        for thread in threads {
            thread.join().unwrap();
        }
        let log = log.lock().unwrap();
        log.clone()
    }

    #[test]
    fn threads_take_turns_in_the_order_of_their_deadlines() {
        let expected = vec![
            (1, 200),
            (0, 300),
            (2, 300),
            (1, 400),
            (0, 600),
            (2, 600),
            (1, 600),
            (1, 800),
            (0, 900),
            (2, 900),
            (0, 1200),
            (2, 1200),
        ];
        for _ in 0..20 {
            assert_eq!(trace(), expected);
        }
    }

    #[test]
    fn a_raised_signal_goes_before_a_deadline_and_the_wall_steps_alone() {
        let clock = SimClock::new(Timestamp::from_secs(100));
        let mut presence = clock.enter();
        presence.begin();
        let signal = Signal::new();
        signal.raise();
        assert_eq!(clock.wait(&signal, Some(Duration::from_secs(5))), Woken::Signalled);
        assert_eq!(clock.monotonic(), Duration::ZERO);
        clock.step_wall(Timestamp::from_secs(40));
        assert_eq!(clock.wait(&signal, Some(Duration::from_secs(5))), Woken::TimedOut);
        assert_eq!(clock.now(), Timestamp::from_secs(45));
        assert_eq!(clock.monotonic(), Duration::from_secs(5));
    }
}
