use std::fmt;

use awatch_core::{Event, Sink, SinkError};

/// A sink that is a function. Made by [`from_fn`].
pub struct FnSink<F> {
    name: String,
    call: F,
}

/// Calls `call` with each event, on the sink's own thread.
///
/// # Example
/// ```
/// let (events, received) = std::sync::mpsc::channel();
/// let sink = awatch::sink::from_fn("channel", move |event| drop(events.send(event.clone())));
/// # drop((sink, received));
/// ```
pub fn from_fn<F: FnMut(&Event) + Send>(name: impl Into<String>, call: F) -> FnSink<F> {
    FnSink { name: name.into(), call }
}

impl<F: FnMut(&Event) + Send> Sink for FnSink<F> {
    fn name(&self) -> &str {
        &self.name
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        (self.call)(event);
        Ok(())
    }
}

impl<F> fmt::Debug for FnSink<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FnSink").field("name", &self.name).finish_non_exhaustive()
    }
}
