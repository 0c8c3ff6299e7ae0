use std::fmt::Debug;

use crate::Event;

/// A receiver of events. The engine calls it on a thread of its own, one event after the other.
///
/// A sink that blocks holds up nobody else; its queue is bounded, and what does not fit is dropped and counted.
///
/// # Example
/// ```
/// use awatch_core::{Event, Sink, SinkError};
///
/// #[derive(Debug)]
/// struct Stderr;
///
/// impl Sink for Stderr {
///     fn name(&self) -> &str {
///         "stderr"
///     }
///     fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
///         eprintln!("{event}");
///         Ok(())
///     }
/// }
/// ```
pub trait Sink: Debug + Send {
    /// Its name, unique within an engine.
    fn name(&self) -> &str;

    /// Takes one event.
    ///
    /// # Errors
    /// [`SinkError`]; a retryable one is tried again a few times, then the event is dropped and counted.
    fn emit(&mut self, event: &Event) -> Result<(), SinkError>;

    /// Called when no event is waiting, and at the end: write out what is buffered.
    ///
    /// # Errors
    /// [`SinkError`] when that failed.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// An event could not be delivered.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct SinkError {
    /// What failed.
    pub what: String,
    /// Whether trying again may help.
    pub is_retryable: bool,
    /// Why.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl SinkError {
    /// A failure that may pass.
    pub fn retryable(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { what: what.into(), is_retryable: true, source: Some(source.into()) }
    }

    /// A failure that will not pass.
    pub fn permanent(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { what: what.into(), is_retryable: false, source: Some(source.into()) }
    }
}
