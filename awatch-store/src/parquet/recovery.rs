use std::path::PathBuf;

/// What opening a store found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Samples taken from the log into memory.
    pub replayed_samples: u64,
    /// Bytes at the end of the log that were no whole record: the crash came while they were written. They are gone.
    pub torn_bytes: u64,
    /// Records of the log that were passed over because they are damaged or of no known series.
    pub damaged_records: u64,
    /// Files left over from writing or compaction that did not come to its end, and were removed.
    pub leftovers: u64,
    /// Files that could not be read and are left out of every answer until they are restored or removed.
    pub unreadable: Vec<Unreadable>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The file.
    pub file: PathBuf,
    /// Why, and what to do.
    pub reason: String,
}

impl Recovery {
    /// Whether everything was as a clean end leaves it.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.torn_bytes == 0 && self.damaged_records == 0 && self.leftovers == 0 && self.unreadable.is_empty()
    }

    pub(super) fn leave_out(&mut self, file: PathBuf, error: &dyn std::error::Error) {
        let mut reason = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            reason = format!("{reason}: {error}");
            source = error.source();
        }
        self.unreadable.push(Unreadable { file, reason });
    }
}
