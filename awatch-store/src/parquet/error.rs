use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use awatch_core::{StoreError, duration};

use crate::ByteSize;

/// A store on disk cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParquetStoreError {
    /// A duration of the configuration is too short or too long.
    #[error(
        "a `{key}` of {} is out of range: use {} to {}",
        duration::format(*given),
        duration::format(*least),
        duration::format(*most)
    )]
    Span {
        /// The key.
        key: &'static str,
        /// What was given.
        given: Duration,
        /// The shortest that works.
        least: Duration,
        /// The longest that works.
        most: Duration,
    },
    /// The memory does not suffice for anything useful.
    #[error("`max_memory` of {given} is too small: use {least} or more, for example \"128MiB\"")]
    MaxMemory {
        /// What was given.
        given: ByteSize,
        /// The least that works.
        least: ByteSize,
    },
    /// Another process, or another store of this one, writes there.
    #[error("the store in {} is being written by {}: end that first, or open it for reading only", dir.display(), Holder(*process))]
    Locked {
        /// The directory.
        dir: PathBuf,
        /// The id of the process, when it could be read.
        process: Option<u32>,
    },
    /// A log is of a later format.
    #[error("{} is in format {version}, and this program knows formats up to {known}: use a newer awatch", file.display())]
    NewerFormat {
        /// The file.
        file: PathBuf,
        /// Its format.
        version: u32,
        /// The newest format that is known here.
        known: u32,
    },
    /// A file or directory could not be used.
    #[error("{what} failed")]
    Io {
        /// The operation and the file.
        what: String,
        /// Why.
        source: io::Error,
    },
}

struct Holder(Option<u32>);

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(process) => write!(f, "process {process}"),
            None => f.write_str("another process"),
        }
    }
}

/// An operation on a file that failed.
#[derive(Debug, thiserror::Error)]
#[error("{verb} {}", path.display())]
pub(in crate::parquet) struct FileError {
    verb: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl FileError {
    /// For `map_err`: what was tried with which file.
    pub(in crate::parquet) fn of(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { verb, path: path.to_owned(), source }
    }
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        Self::io(error.to_string(), error.source)
    }
}

impl From<FileError> for ParquetStoreError {
    fn from(error: FileError) -> Self {
        Self::Io { what: error.to_string(), source: error.source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_file_and_the_remedy() {
        let dir = PathBuf::from("/data/awatch");
        let locked = ParquetStoreError::Locked { dir: dir.clone(), process: Some(7) };
        assert_eq!(
            locked.to_string(),
            "the store in /data/awatch is being written by process 7: end that first, or open it for reading only"
        );
        let newer = ParquetStoreError::NewerFormat { file: dir.join("log/1.log"), version: 3, known: 1 };
        assert_eq!(
            newer.to_string(),
            "/data/awatch/log/1.log is in format 3, and this program knows formats up to 1: use a newer awatch"
        );
        let full = FileError::of("writing", &dir)(io::Error::other("disk full"));
        assert_eq!(StoreError::from(full).to_string(), "writing /data/awatch failed");
    }
}
