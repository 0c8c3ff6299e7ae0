use std::path::Path;
use std::sync::Arc;

use awatch_core::{Arrival, Recording, RecordingError, Registry, Timestamp};

use super::rows::CsvRows;
use crate::file::ReadOptions;
use crate::file::arrange::Arranged;

/// A CSV file as a recording.
///
/// Reads it line by line; a file that does not say when each row arrived is read twice, the first time to find
/// intervals and order. Memory: a few hundred bytes per series, and what sorting takes when the file is not in the
/// order of time.
#[derive(Debug)]
pub struct CsvRecording(Arranged<CsvRows>);

impl CsvRecording {
    /// The file at `path`.
    ///
    /// # Errors
    /// [`RecordingError`] when it cannot be read or is not a history file.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Self, RecordingError> {
        Ok(Self(Arranged::new(CsvRows::open(path, options)?, options)?))
    }
}

impl Recording for CsvRecording {
    fn next_arrival(&mut self, registry: &Arc<Registry>) -> Result<Option<Arrival>, RecordingError> {
        self.0.next_arrival(registry)
    }

    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.0.span()
    }
}
