//! History in the order in which it arrived: written while an engine runs, and played again.

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

use crate::{Registry, SampleBatch, Timestamp};

/// A batch, and when the engine took it in.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// What arrived.
    pub batch: SampleBatch,
    /// When, on the clock of the engine it arrived at. Never before the arrival that came before.
    pub received: Timestamp,
}

/// History that can be played: batches in the order in which they arrived.
///
/// The same recording gives the same arrivals each time it is opened, so that an engine fed with it tells the same
/// events to the bit.
pub trait Recording: Debug + Send {
    /// The next arrival, with series registered in `registry`; `None` at the end.
    ///
    /// # Errors
    /// [`RecordingError`] when the history cannot be read on; asked again, it answers the same or `None`.
    fn next_arrival(&mut self, registry: &Arc<Registry>) -> Result<Option<Arrival>, RecordingError>;

    /// The first instant and the last one, when they are known beforehand: for progress, not for decisions.
    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        None
    }
}

impl Recorder for Box<dyn Recorder> {
    fn arrived(&mut self, batch: &SampleBatch, received: Timestamp) -> Result<(), RecordingError> {
        (**self).arrived(batch, received)
    }

    fn finish(&mut self) -> Result<(), RecordingError> {
        (**self).finish()
    }
}

impl Recording for Box<dyn Recording> {
    fn next_arrival(&mut self, registry: &Arc<Registry>) -> Result<Option<Arrival>, RecordingError> {
        (**self).next_arrival(registry)
    }

    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        (**self).span()
    }
}

/// Writes down what arrives at an engine, to be played again as a [`Recording`].
///
/// The engine calls it on its own thread with each batch, before anything is decided about it.
pub trait Recorder: Debug + Send {
    /// Writes down a batch that arrived at `received`.
    ///
    /// # Errors
    /// [`RecordingError`] when it could not be written; the engine ends the recording then and says so.
    fn arrived(&mut self, batch: &SampleBatch, received: Timestamp) -> Result<(), RecordingError>;

    /// Makes what was written readable by others: at the end of a run.
    ///
    /// # Errors
    /// [`RecordingError`] when it could not be written.
    fn finish(&mut self) -> Result<(), RecordingError>;
}

/// History could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The place where it is kept failed.
    #[error("{what} failed")]
    Io {
        /// The operation and the file or address.
        what: String,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It is not as a recording is written.
    #[error("{place}: {problem}")]
    Malformed {
        /// The file, with line or row when known.
        place: String,
        /// What is wrong there, and what to write instead.
        problem: String,
    },
    /// An arrival lies before the one before it.
    #[error(
        "{place}: received at {received}, before {previous} of the arrival before it: sort by time of arrival"
    )]
    OutOfOrder {
        /// The file, with line or row when known.
        place: String,
        /// The earlier time.
        received: Timestamp,
        /// The time before.
        previous: Timestamp,
    },
    /// The store it is read from failed.
    #[error(transparent)]
    Store(#[from] crate::StoreError),
}

impl RecordingError {
    /// `what` failed, because of `source`.
    pub fn io(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Io { what: what.into(), source: source.into() }
    }

    /// At `place` there is `problem`.
    pub fn malformed(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Malformed { place: place.into(), problem: problem.into() }
    }
}
