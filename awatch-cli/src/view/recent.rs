use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use awatch::{Event, Sink};

/// The latest events of a run.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<VecDeque<Event>>);

/// As many as the tallest terminal could want.
const KEPT: usize = 200;

impl Recent {
    /// A sink that keeps the latest.
    pub(crate) fn sink(self: &Arc<Self>) -> impl Sink + 'static {
        let recent = Arc::clone(self);
        awatch::sink::from_fn("awatch-view", move |event| recent.push(event.clone()))
    }

    /// The latest events, the newest last.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn push(&self, event: Event) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == KEPT {
            events.pop_front();
        }
        events.push_back(event);
    }
}
