//! A lane on its own thread: a detector that hangs holds up nobody but itself.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::lane::{Lane, LaneInput, LaneOutput};
use super::lanes::LaneNews;
use crate::time::{Clock, Signal, Woken};

#[derive(Debug)]
pub(super) struct LaneThread {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Lane>>,
    /// Told and not yet answered.
    pending: u64,
    /// Since when it has kept the engine waiting.
    lagging: Option<Duration>,
    stuck: bool,
    missed: u64,
}

#[derive(Debug, Default)]
struct Shared {
    inbox: Mutex<VecDeque<LaneInput>>,
    outbox: Mutex<VecDeque<LaneOutput>>,
    told: Signal,
    /// The engine does not wait for it: an answer is mail like any other.
    behind: AtomicBool,
    stop: AtomicBool,
    stopped: Signal,
}

impl Shared {
    fn inbox(&self) -> MutexGuard<'_, VecDeque<LaneInput>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outbox(&self) -> MutexGuard<'_, VecDeque<LaneOutput>> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LaneThread {
    pub(super) fn start(
        mut lane: Lane,
        clock: &Arc<dyn Clock>,
        answered: Signal,
        mail: Signal,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (own, clock, mut presence) = (Arc::clone(&shared), Arc::clone(clock), clock.enter());
        let thread =
            std::thread::Builder::new().name(format!("awatch-{}", lane.name())).spawn(move || {
                presence.begin();
                while !own.stop.load(Ordering::Acquire) {
                    let input = own.inbox().pop_front();
                    let Some(input) = input else {
                        clock.wait(&own.told, None);
                        continue;
                    };
                    let output = lane.handle(&input);
                    own.outbox().push_back(output);
                    answered.raise();
                    if own.behind.load(Ordering::Acquire) {
                        mail.raise();
                    }
                }
                own.stopped.raise();
                lane
            })?;
        Ok(Self { shared, thread: Some(thread), pending: 0, lagging: None, stuck: false, missed: 0 })
    }

    /// Queues an input; `false` when it is a row and the queue is full.
    pub(super) fn send(&mut self, input: LaneInput, capacity: usize) -> bool {
        let mut inbox = self.shared.inbox();
        // What is not a row (a series that came or went) cannot be left out without harm, and is rare.
        if matches!(input, LaneInput::Row(_)) && inbox.len() >= capacity {
            drop(inbox);
            self.missed += 1;
            return false;
        }
        inbox.push_back(input);
        drop(inbox);
        self.pending += 1;
        self.shared.told.raise();
        true
    }

    pub(super) fn receive(&mut self, mut take: impl FnMut(LaneOutput)) {
        let mut outbox = self.shared.outbox();
        for output in outbox.drain(..) {
            self.pending = self.pending.saturating_sub(1);
            take(output);
        }
    }

    /// Whether the engine should wait for it: it has something to answer and is not known to be slow.
    pub(super) fn is_awaited(&self) -> bool {
        self.lagging.is_none() && self.shared.outbox().len() as u64 != self.pending
    }

    pub(super) fn lag(&mut self, now: Duration) {
        self.lagging = Some(now);
        self.shared.behind.store(true, Ordering::Release);
    }

    pub(super) fn is_behind(&self) -> bool {
        self.lagging.is_some()
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.stuck
    }

    pub(super) fn watch(&mut self, now: Duration, stuck_after: Duration) -> Option<LaneNews> {
        let since = self.lagging?;
        if self.pending == 0 {
            self.lagging = None;
            self.shared.behind.store(false, Ordering::Release);
            let missed = std::mem::take(&mut self.missed);
            return std::mem::take(&mut self.stuck).then_some(LaneNews::Recovered { missed });
        }
        if !self.stuck && now.saturating_sub(since) >= stuck_after {
            self.stuck = true;
            return Some(LaneNews::Stuck { waiting: self.pending });
        }
        None
    }

    /// Stops the thread and takes the lane back; `None` when it does not come back in time and is left behind.
    pub(super) fn stop(mut self, clock: &dyn Clock, until: Duration) -> Option<Lane> {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.told.raise();
        let woken = clock.wait(&self.shared.stopped, Some(until));
        let thread = self.thread.take()?;
        if woken == Woken::Signalled || thread.is_finished() { thread.join().ok() } else { None }
    }
}
