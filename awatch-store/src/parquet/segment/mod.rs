//! Segments: the samples of some time of one day as a Parquet file, sorted by series and time, that never changes.

mod cache;
mod file;
mod footer;
mod name;
mod read;
mod schema;
mod write;

use std::io;

pub(super) use cache::Cache;
pub(super) use file::Segment;
pub(super) use name::SegmentName;
pub(super) use read::Rows;
pub(super) use write::{Scope, SegmentWriter};

/// Why a segment cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum SegmentError {
    #[error(transparent)]
    File(#[from] super::error::FileError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Parquet(#[from] ::parquet::errors::ParquetError),
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("its footer has no `{key}`: it is no segment of a store")]
    Missing { key: &'static str },
    #[error("`{key}` in its footer is malformed")]
    Malformed { key: &'static str },
    #[error("it is in format {version}, and this program knows formats up to {known}: use a newer awatch")]
    Newer { version: u32, known: u32 },
    #[error("the checksum of {part} is wrong: the file was damaged; restore it from a copy or remove it")]
    Checksum { part: String },
    #[error("its row groups do not hold what its footer says")]
    Rows,
    #[error("a series is of a kind that the format has no name for")]
    Kind,
    #[error("the samples of a series are not in order")]
    Order,
}
