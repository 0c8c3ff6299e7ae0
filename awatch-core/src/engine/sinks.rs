//! The sinks: each fed from a bounded queue on its own thread, or by the caller.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::guard::guard;
use crate::series::Name;
use crate::time::{Clock, Signal, Woken};
use crate::{Event, EventKind, Sink};

/// How often an event is tried again, and how long after the first failure; twice as long each time.
const RETRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// A sink with its name.
pub(super) type NamedSink = (Name, Box<dyn Sink>);

/// All sinks.
#[derive(Debug)]
pub(super) struct Sinks {
    sinks: Vec<Slot>,
    capacity: usize,
}

#[derive(Debug)]
struct Slot {
    name: Name,
    place: Place,
    shared: Arc<Shared>,
    told: Told,
}

#[derive(Debug)]
enum Place {
    Here(Box<dyn Sink>),
    There(JoinHandle<Box<dyn Sink>>),
    /// Its thread did not come back from the last run, so far.
    Lost(Option<JoinHandle<Box<dyn Sink>>>),
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<VecDeque<Arc<Event>>>,
    wake: Signal,
    stop: AtomicBool,
    stopped: Signal,
    /// Events that were not delivered.
    dropped: AtomicU64,
    is_full: AtomicBool,
    /// Why the last event was not delivered; `None`: it was.
    failure: Mutex<Option<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Fine,
    Failed,
    Blocked,
}

/// What became of a sink.
#[derive(Debug)]
pub(super) enum SinkNews {
    Failed(String),
    Blocked(u64),
    Recovered(u64),
}

impl Sinks {
    pub(super) fn new(sinks: Vec<NamedSink>, capacity: usize) -> Self {
        let slot =
            |(name, sink)| Slot { name, place: Place::Here(sink), shared: Arc::default(), told: Told::Fine };
        Self { sinks: sinks.into_iter().map(slot).collect(), capacity: capacity.max(1) }
    }

    /// Delivers events to every sink: at once where it is here, else to its queue. News of a sink's own trouble go to the
    /// others: it could not take them, or would have trouble with them for ever.
    pub(super) fn deliver(&mut self, events: Vec<Event>) {
        for event in events {
            let event = Arc::new(event);
            let about = about(&event.kind);
            for slot in self.sinks.iter_mut().filter(|slot| about != Some(&slot.name)) {
                match &mut slot.place {
                    Place::Here(sink) => slot.shared.emit(&mut **sink, &event, |_| {}),
                    Place::There(_) => slot.shared.push(Arc::clone(&event), self.capacity),
                    Place::Lost(_) => {
                        slot.shared.dropped.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
    }

    /// What became of the sinks since the last look.
    pub(super) fn watch(&mut self) -> Vec<(Name, SinkNews)> {
        let capacity = self.capacity;
        self.sinks.iter_mut().filter_map(|slot| Some((slot.name.clone(), slot.watch(capacity)?))).collect()
    }

    /// Events that were not delivered to all sinks together.
    pub(super) fn dropped(&self) -> u64 {
        self.sinks.iter().map(|slot| slot.shared.dropped.load(Ordering::Relaxed)).sum()
    }

    /// Puts each sink on a thread of its own, those that came back late from an earlier run too.
    pub(super) fn spread(&mut self, clock: &Arc<dyn Clock>, mail: &Signal) -> std::io::Result<()> {
        for slot in &mut self.sinks {
            let sink = match std::mem::replace(&mut slot.place, Place::Lost(None)) {
                Place::Here(sink) => Some(sink),
                Place::Lost(Some(thread)) if thread.is_finished() => thread.join().ok(),
                place => {
                    slot.place = place;
                    None
                }
            };
            if let Some(sink) = sink {
                slot.shared.stop.store(false, Ordering::Release);
                slot.shared.stopped.take();
                slot.place = Place::There(start(sink, &slot.name, &slot.shared, clock, mail)?);
            }
        }
        Ok(())
    }

    /// Lets every sink finish its queue and brings it back, waiting at most until `until`; answers those left behind.
    /// What waits for them is counted as dropped.
    pub(super) fn gather(&mut self, clock: &dyn Clock, until: Duration) -> Vec<Name> {
        let mut lost = Vec::new();
        for slot in &self.sinks {
            slot.shared.stop.store(true, Ordering::Release);
            slot.shared.wake.raise();
        }
        for slot in &mut self.sinks {
            slot.place = match std::mem::replace(&mut slot.place, Place::Lost(None)) {
                Place::There(thread) => {
                    let woken = clock.wait(&slot.shared.stopped, Some(until));
                    if woken == Woken::Signalled || thread.is_finished() {
                        thread.join().map_or(Place::Lost(None), Place::Here)
                    } else {
                        slot.shared.abandon();
                        Place::Lost(Some(thread))
                    }
                }
                place => place,
            };
            if matches!(slot.place, Place::Lost(_)) {
                lost.push(slot.name.clone());
            }
        }
        lost
    }
}

/// The sink that an event is about.
fn about(kind: &EventKind) -> Option<&Name> {
    match kind {
        EventKind::SinkFailed { sink, .. }
        | EventKind::SinkBlocked { sink, .. }
        | EventKind::SinkRecovered { sink, .. } => Some(sink),
        _ => None,
    }
}

impl Slot {
    fn watch(&mut self, capacity: usize) -> Option<SinkNews> {
        let shared = &self.shared;
        let dropped = shared.dropped.load(Ordering::Relaxed);
        let failure = shared.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let waiting = shared.queue.lock().unwrap_or_else(PoisonError::into_inner).len();
        let is_full = shared.is_full.load(Ordering::Relaxed);
        let (told, news) = match (self.told, failure) {
            (Told::Fine, _) if is_full => (Told::Blocked, SinkNews::Blocked(dropped)),
            (Told::Fine, Some(error)) => (Told::Failed, SinkNews::Failed(error)),
            (Told::Failed | Told::Blocked, None) if waiting <= capacity / 2 => {
                shared.is_full.store(false, Ordering::Relaxed);
                (Told::Fine, SinkNews::Recovered(dropped))
            }
            _ => return None,
        };
        self.told = told;
        Some(news)
    }
}

impl Shared {
    fn push(&self, event: Arc<Event>, capacity: usize) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.len() >= capacity {
            self.is_full.store(true, Ordering::Relaxed);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        queue.push_back(event);
        drop(queue);
        self.wake.raise();
    }

    /// Counts what waits, and what is just being delivered, as dropped.
    fn abandon(&self) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        self.dropped.fetch_add(queue.len() as u64 + 1, Ordering::Relaxed);
        queue.clear();
    }

    fn pop(&self) -> Option<Arc<Event>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Hands one event to the sink, again after a pause where that may help.
    fn emit(&self, sink: &mut dyn Sink, event: &Event, pause: impl Fn(Duration)) {
        let mut tried = 0;
        let failure = loop {
            let (error, is_retryable) = match guard(|| sink.emit(event)) {
                Ok(Ok(())) => break None,
                Ok(Err(error)) => (super::chain(&error), error.is_retryable),
                Err(message) => (format!("panic: {message}"), false),
            };
            if !is_retryable || tried == RETRIES {
                self.dropped.fetch_add(1, Ordering::Relaxed);
                break Some(error);
            }
            pause(FIRST_PAUSE * (1 << tried));
            tried += 1;
        };
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    fn flush(&self, sink: &mut dyn Sink) {
        let failure = match guard(|| sink.flush()) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => super::chain(&error),
            Err(message) => format!("panic: {message}"),
        };
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }
}

fn start(
    mut sink: Box<dyn Sink>,
    name: &Name,
    shared: &Arc<Shared>,
    clock: &Arc<dyn Clock>,
    mail: &Signal,
) -> std::io::Result<JoinHandle<Box<dyn Sink>>> {
    let (shared, clock, mail, mut presence) =
        (Arc::clone(shared), Arc::clone(clock), mail.clone(), clock.enter());
    std::thread::Builder::new().name(format!("awatch-{name}")).spawn(move || {
        presence.begin();
        let pause = |span| {
            if !shared.stop.load(Ordering::Acquire) {
                clock.wait(&Signal::new(), Some(clock.monotonic() + span));
            }
        };
        loop {
            if let Some(event) = shared.pop() {
                shared.emit(&mut *sink, &event, pause);
                let is_troubled = shared.failure.lock().unwrap_or_else(PoisonError::into_inner).is_some();
                if is_troubled || shared.is_full.load(Ordering::Relaxed) {
                    mail.raise();
                }
            } else {
                shared.flush(&mut *sink);
                if shared.stop.load(Ordering::Acquire) {
                    break;
                }
                clock.wait(&shared.wake, None);
            }
        }
        shared.stopped.raise();
        sink
    })
}
