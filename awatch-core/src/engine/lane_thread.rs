//! A lane on its own thread: a detector that hangs holds up nobody but itself.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::lane::{Lane, LaneInput, LaneOutput};
use super::lanes::LaneNews;
use crate::time::{Clock, Presence, Signal, Woken};

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

    /// The life of the thread: what was told before the end is still done.
    fn work(
        &self,
        mut lane: Lane,
        clock: &dyn Clock,
        mut presence: Presence,
        answered: &Signal,
        mail: &Signal,
    ) -> Lane {
        presence.begin();
        loop {
            let input = self.inbox().pop_front();
            if let Some(input) = input {
                let output = lane.handle(&input);
                self.outbox().push_back(output);
                answered.raise();
                if self.behind.load(Ordering::Acquire) {
                    mail.raise();
                }
            } else if self.stop.load(Ordering::Acquire) {
                self.stopped.raise();
                return lane;
            } else {
                clock.wait(&self.told, None);
            }
        }
    }
}

impl LaneThread {
    pub(super) fn start(
        lane: Lane,
        clock: &Arc<dyn Clock>,
        answered: Signal,
        mail: Signal,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (own, clock, presence) = (Arc::clone(&shared), Arc::clone(clock), clock.enter());
        let thread = std::thread::Builder::new().name(format!("awatch-{}", lane.name()));
        let thread = thread.spawn(move || own.work(lane, &*clock, presence, &answered, &mail))?;
        Ok(Self { shared, thread: Some(thread), pending: 0, lagging: None, stuck: false, missed: 0 })
    }

    /// Queues an input; answers how many rows were dropped because as many ticks as allowed are waiting.
    pub(super) fn send(&mut self, input: LaneInput, capacity: usize) -> u64 {
        let mut inbox = self.shared.inbox();
        match &input {
            LaneInput::Rows(rows) if ticks(&inbox) >= capacity => {
                self.missed += 1;
                return rows.len() as u64;
            }
            // Questions are not put to one that does not answer.
            LaneInput::Report | LaneInput::Weigh | LaneInput::Save(_) if self.lagging.is_some() => return 0,
            // Series that come and go cannot be left out without harm, and are bounded themselves.
            _ => inbox.push_back(input),
        }
        drop(inbox);
        self.pending += 1;
        self.shared.told.raise();
        0
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
            return Some(LaneNews::Stuck { waiting: ticks(&self.shared.inbox()) as u64 });
        }
        None
    }

    pub(super) fn ask_to_stop(&self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.told.raise();
    }

    /// Waits for the thread to finish what it was told, hands over its last answers and takes the lane back; itself
    /// when it does not come back in time and is left behind.
    pub(super) fn join(
        mut self: Box<Self>,
        clock: &dyn Clock,
        until: Duration,
        answer: impl FnMut(LaneOutput),
    ) -> Result<Lane, Box<Self>> {
        let woken = clock.wait(&self.shared.stopped, Some(until));
        self.receive(answer);
        let has_ended = self.thread.as_ref().is_some_and(JoinHandle::is_finished);
        if woken == Woken::TimedOut && !has_ended {
            return Err(self);
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(lane)) => Ok(lane),
            _ => Err(self),
        }
    }

    /// Rows that it was told and that nobody will see the scores of.
    pub(super) fn abandoned(&self) -> u64 {
        let rows = |input: &LaneInput| if let LaneInput::Rows(rows) = input { rows.len() as u64 } else { 0 };
        self.shared.inbox().iter().map(rows).sum()
    }
}

/// How many ticks are waiting.
fn ticks(inbox: &VecDeque<LaneInput>) -> usize {
    inbox.iter().filter(|input| matches!(input, LaneInput::Rows(_))).count()
}
