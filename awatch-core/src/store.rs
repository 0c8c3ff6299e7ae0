//! The history: what a store is and what is asked of it.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::series::{Matcher, SeriesMeta};
use crate::{Interval, SampleBatch, Timestamp};

/// Keeps samples and gives them back by time and series.
///
/// One writer (the engine) and any number of readers use it at once, so every method takes `&self`. Laws, checked by
/// the conformance suite: what was appended is found by the next scan; within a series times ascend; of two samples of
/// one series and instant the last appended stays; numbers come back bit for bit; scanning one range in one piece or
/// in many gives the same.
pub trait Store: Debug + Send + Sync {
    /// Adds the samples of a batch.
    ///
    /// # Errors
    /// [`StoreError`] when nothing of the batch was kept.
    fn append(&self, batch: &SampleBatch) -> Result<Appended, StoreError>;

    /// The samples a query asks for, as consecutive slices of time from early to late, each with a block per series.
    ///
    /// # Errors
    /// [`StoreError`] when the query cannot be answered; the slices may carry errors of their own.
    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError>;

    /// The series whose samples are kept, sorted by key.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError>;

    /// Makes durable what was appended. The only promise of durability: when it returns, a crash loses nothing that
    /// came before. A store in memory has nothing to do.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    fn flush(&self) -> Result<(), StoreError>;

    /// Does housekeeping (compression, retention) as of `now`, for about as long and down to the size `budget` says.
    /// Safe to break off; goes on at the next call.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be done.
    fn maintain(&self, now: Timestamp, budget: Budget) -> Result<Maintained, StoreError>;

    /// Removes the samples before `cutoff` of the series meant, and answers how many. May keep what shares a block
    /// with later samples.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be removed.
    fn delete_before(&self, cutoff: Timestamp, matcher: &Matcher) -> Result<u64, StoreError>;

    /// What it holds now. Cheap: called often.
    fn usage(&self) -> Usage;
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Samples kept.
    pub stored: u64,
    /// Samples not kept, because older than the store takes or of an expired series.
    pub rejected: u64,
}

/// How far housekeeping may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The time it may take, as a hint.
    pub time: Duration,
    /// The size to come down to, in bytes, on top of the store's own bound; `None`: no other bound.
    pub bytes: Option<u64>,
}

/// What housekeeping did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Maintained {
    /// Samples removed because they were older than the store is to keep.
    pub expired: u64,
    /// Samples removed before their time to stay within a size.
    pub evicted: u64,
    /// The oldest instant still held, when anything is.
    pub oldest: Option<Timestamp>,
}

/// What a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Series with samples.
    pub series: u64,
    /// Samples.
    pub samples: u64,
    /// Bytes they take.
    pub bytes: u64,
}

/// Which samples are asked for: those of the series meant, from `start` until before `end`.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Which series.
    pub matcher: Matcher,
    /// The first instant.
    pub start: Timestamp,
    /// The first instant not asked for.
    pub end: Timestamp,
}

/// The slices that answer a query.
pub type Scan<'a> = Box<dyn Iterator<Item = Result<Slice, StoreError>> + Send + 'a>;

/// The samples of a stretch of time, of one or many series.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// One block per series that has samples in it, sorted by key.
    pub blocks: Vec<SeriesBlock>,
}

/// The samples of one series in a slice.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesBlock {
    /// The series.
    pub meta: Arc<SeriesMeta>,
    /// Its samples.
    pub data: BlockData,
}

/// Samples as they came, or summaries of them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BlockData {
    /// The samples themselves: times ascending, as many values as times.
    Raw {
        /// When.
        at: Vec<Timestamp>,
        /// The numbers, in the unit of the series; counters as totals.
        values: Vec<f64>,
    },
    /// One summary per step of time that had samples.
    Rollup {
        /// The length of a step.
        step: Interval,
        /// The summaries, ascending.
        buckets: Vec<Bucket>,
    },
}

/// The summary of the samples of one step of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// The start of the step.
    pub at: Timestamp,
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
    /// The sum of the values.
    pub sum: f64,
    /// How many there were.
    pub count: u64,
    /// The last one.
    pub last: f64,
}

/// A store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The query is not one: it ends before it starts.
    #[error("the query ends at {end}, before its start {start}: swap them")]
    EmptyRange {
        /// The start given.
        start: Timestamp,
        /// The end given.
        end: Timestamp,
    },
    /// Stored data cannot be read back.
    #[error("stored data of {what} cannot be read back")]
    Corrupt {
        /// The series or file.
        what: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The place where it keeps things failed.
    #[error("{what} failed")]
    Io {
        /// The operation and the file or address.
        what: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// `what` failed, because of `source`.
    pub fn io(what: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Io { what: what.into(), source: source.into() }
    }

    /// Stored data of `what` cannot be read back, because of `source`.
    pub fn corrupt(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt { what: what.into(), source: source.into() }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Io { .. })
    }
}
