use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use awatch::{Event, Sink};

/// The latest events of a run.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<VecDeque<Event>>);

/// As many as anybody looks back at.
const KEPT: usize = 200;

impl Recent {
    /// A sink that keeps the latest.
    pub(crate) fn sink(self: &Arc<Self>) -> impl Sink + 'static {
        let recent = Arc::clone(self);
        awatch::sink::from_fn("awatch-view", move |event| recent.push(event.clone()))
    }

    /// The events with a higher number than that, oldest first, as far as they are kept.
    pub(crate) fn after(&self, number: u64) -> Vec<Event> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = events.iter().rev().take_while(|event| event.number > number).count();
        events.iter().skip(events.len() - new).cloned().collect()
    }

    fn push(&self, event: Event) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == KEPT {
            events.pop_front();
        }
        events.push_back(event);
    }
}
