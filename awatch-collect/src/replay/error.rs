use awatch_core::{EngineError, RecordingError};

/// A replay cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The recording cannot be read on.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The engine did not take a batch of the recording.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
