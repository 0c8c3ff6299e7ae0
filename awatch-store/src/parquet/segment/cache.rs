//! The page indices of the segments that were read last.

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use ::parquet::file::metadata::PageIndexPolicy;

use super::SegmentError;

/// Most segments whose indices are kept: a day of them, and some.
const MOST: usize = 32;

/// What a reader has to know of a file before it reads from it, kept for the next reader.
#[derive(Debug, Default)]
pub(in crate::parquet) struct Cache(Mutex<VecDeque<(PathBuf, ArrowReaderMetadata)>>);

impl Cache {
    pub(super) fn get(&self, path: &Path, file: &File) -> Result<ArrowReaderMetadata, SegmentError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.iter().position(|(known, _)| known == path)
            && let Some(found) = kept.remove(place)
        {
            let metadata = found.1.clone();
            kept.push_back(found);
            return Ok(metadata);
        }
        drop(kept);
        let options = ArrowReaderOptions::new()
            .with_page_index_policy(PageIndexPolicy::Required)
            .with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(file, options)?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((path.to_owned(), metadata.clone()));
        if kept.len() > MOST {
            kept.pop_front();
        }
        Ok(metadata)
    }

    /// Forgets a file.
    pub(super) fn forget(&self, path: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| known != path);
    }
}
