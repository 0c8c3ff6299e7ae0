//! History in files: recordings as CSV or Parquet, read and written.
//!
//! [`open`] reads a file as a [`Recording`], [`create`] begins one as a [`Recorder`]; the ending of the name says which
//! format. The layout is the same in both and is described in `docs/history-files.md`: one sample per row, with the
//! columns of [`COLUMNS`]. A table with one column per metric, as most people have, is read as well.
//!
//! # What a recording keeps
//! What decides the events of an engine: which batches arrived, in which order, when, from which source, at which
//! tick and interval, with which samples bit for bit. A replay gives the same events to the byte. Not kept: records
//! (the top processes), the attributes of targets, and what never reached the engine as a batch: the failure of a
//! collector, or that the clock was set or the machine slept. A replay lives through the time that those left out.
//!
//! A file without the time of arrival is played in the order of its timestamps, in whatever order its rows lie: what
//! does not fit in memory is sorted in a temporary file. See [`ReadOptions`].

#[cfg(any(feature = "csv", feature = "parquet"))]
mod arrange;
#[cfg(feature = "csv")]
mod csv;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod dictionary;
mod format;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod group;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod interval;
mod layout;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod row;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod sort;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod survey;
#[cfg(any(feature = "csv", feature = "parquet"))]
pub(crate) mod text;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod wide;
#[cfg(any(feature = "csv", feature = "parquet"))]
mod written;

use std::path::Path;

use awatch_core::{Recorder, Recording, RecordingError};

#[cfg(feature = "csv")]
pub use self::csv::{CsvRecorder, CsvRecording};
use self::format::Format;
pub use self::layout::COLUMNS;
pub use self::options::ReadOptions;
#[cfg(feature = "parquet")]
pub use self::parquet::{ParquetRecorder, ParquetRecording};

/// The file at `path` as a recording, read as its name ends: `.csv` or `.parquet`.
///
/// # Errors
/// [`RecordingError`] when the name ends otherwise or the format is not built in, the file cannot be read, or its
/// columns are not those of a history file.
pub fn open(path: &Path) -> Result<Box<dyn Recording>, RecordingError> {
    open_with(path, &ReadOptions::default())
}

/// As [`open`], with options.
///
/// # Errors
/// As [`open`].
pub fn open_with(path: &Path, options: &ReadOptions) -> Result<Box<dyn Recording>, RecordingError> {
    #[cfg(not(any(feature = "csv", feature = "parquet")))]
    let _ = options;
    match Format::of(path)? {
        #[cfg(feature = "csv")]
        Format::Csv => Ok(Box::new(CsvRecording::open(path, options)?)),
        #[cfg(feature = "parquet")]
        Format::Parquet => Ok(Box::new(ParquetRecording::open(path, options)?)),
        #[cfg(not(all(feature = "csv", feature = "parquet")))]
        other => Err(other.missing(path)),
    }
}

/// Begins a recording in a new file at `path`, written as its name ends: `.csv` or `.parquet`.
///
/// # Errors
/// [`RecordingError`] when the name ends otherwise or the format is not built in, the file exists already, or it
/// cannot be written.
pub fn create(path: &Path) -> Result<Box<dyn Recorder>, RecordingError> {
    match Format::of(path)? {
        #[cfg(feature = "csv")]
        Format::Csv => Ok(Box::new(CsvRecorder::create(path)?)),
        #[cfg(feature = "parquet")]
        Format::Parquet => Ok(Box::new(ParquetRecorder::create(path)?)),
        #[cfg(not(all(feature = "csv", feature = "parquet")))]
        other => Err(other.missing(path)),
    }
}

/// The error of a new file that could not be begun.
#[cfg(any(feature = "csv", feature = "parquet"))]
fn not_created(path: &Path, error: std::io::Error) -> RecordingError {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        let problem = "there is such a file already: remove it, or choose another name";
        return RecordingError::malformed(path.display().to_string(), problem);
    }
    RecordingError::io(format!("creating {}", path.display()), error)
}
