//! A store in memory: compressed, bounded by time and by bytes.

mod chunk;
pub(crate) mod codec;
mod config;
mod contents;
mod head;
pub(crate) mod history;
mod scan;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use awatch_core::store::{Appended, Budget, Maintained, Scan, Usage};
use awatch_core::{Matcher, Query, SampleBatch, SeriesKey, SeriesMeta, Store, StoreError, Timestamp};

pub use config::{MemoryStoreConfig, MemoryStoreConfigError};

use contents::Contents;
use scan::{Slices, unreadable};

/// Series looked at under one lock; a writer waits for so many at most.
const GROUP: usize = 64;

/// The recent past of all series, in memory: by default the last hour in at most 32 MiB.
///
/// Per series it keeps a head of at most 256 plain samples and, before it, compressed chunks that never change. Samples
/// on the grid of their series take no bytes for their times, runs of one value none for their values; readings of a
/// host take about one byte and a half per sample in all. Chunks fill up at different ticks for different series, so
/// that no tick pays for all of them.
///
/// Readers copy the heads and share the chunks they need, a few series at a time, and decode them without a lock: they
/// see each series as of one moment, and the writer waits some microseconds at most.
///
/// # Bounds
/// Bytes: after every batch, the oldest parts of whichever series are let go until the rest fits; the indices and the
/// unused room of every buffer count, the descriptions of the series (shared with their registry) do not. Time: samples
/// older than the retention are rejected, measured from the present; [`maintain`](Store::maintain) tells the present
/// and removes what is older. The present otherwise follows the newest sample. A chunk goes as a whole once its last sample is
/// due, which is at most a quarter of the retention (or 16 samples, when those take longer) after its first.
///
/// # Late samples
/// Any order is taken. A clock that jumped back by less than the retention makes appending about three times as dear
/// until the instants are past that were stored before.
///
/// # Example
/// ```
/// use awatch_core::Store;
/// use awatch_store::MemoryStoreConfig;
///
/// let store = MemoryStoreConfig::default().with_max_bytes("8MiB".parse()?).build()?;
/// assert_eq!(store.usage().samples, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MemoryStore {
    contents: RwLock<Contents>,
    config: MemoryStoreConfig,
}

impl MemoryStore {
    fn new(config: MemoryStoreConfig) -> Self {
        Self { contents: RwLock::new(Contents::new(config.bounds())), config }
    }

    /// How it was set up.
    #[must_use]
    pub fn config(&self) -> &MemoryStoreConfig {
        &self.config
    }

    fn read(&self) -> RwLockReadGuard<'_, Contents> {
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Contents> {
        self.contents.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows `look` every series meant, in order of key, letting the writer in between.
    fn walk(&self, matcher: &Matcher, mut look: impl FnMut(&history::History)) {
        let mut after: Option<Arc<SeriesMeta>> = None;
        loop {
            let contents = self.read();
            let mut last = None;
            for (_, history) in contents.series_after(after.as_ref().map(|meta| &meta.key), GROUP) {
                last = Some(&history.meta);
                if matcher.matches(&history.meta.key) {
                    look(history);
                }
            }
            let Some(last) = last.map(Arc::clone) else { return };
            after = Some(last);
        }
    }

    fn delete_group(
        &self,
        cutoff: i64,
        matcher: &Matcher,
        after: Option<&SeriesKey>,
    ) -> Result<Group, StoreError> {
        let mut contents = self.write();
        let mut group = Group::default();
        let mut meant = Vec::new();
        for (index, history) in contents.series_after(after, GROUP) {
            group.last = Some(Arc::clone(&history.meta));
            if matcher.matches(&history.meta.key) && history.first().is_some_and(|first| first < cutoff) {
                meant.push((index, Arc::clone(&history.meta)));
            }
        }
        for (index, meta) in meant {
            let gone = contents.change(index, |history| history.delete_before(cutoff));
            let gone = gone.unwrap_or(Ok(0)).map_err(|source| unreadable(&meta.key, source))?;
            group.deleted += u64::try_from(gone).unwrap_or(0);
        }
        Ok(group)
    }

    fn oldest(&self) -> Option<Timestamp> {
        let groups = (0..).map(|group| group * GROUP..(group + 1) * GROUP);
        let oldest = groups.map_while(|group| self.read().oldest(group)).min();
        oldest.filter(|oldest| *oldest < i64::MAX).map(Timestamp::from_nanos)
    }
}

/// What was done to a few series.
#[derive(Default)]
struct Group {
    /// The last of them; none when there are no more.
    last: Option<Arc<SeriesMeta>>,
    deleted: u64,
}

impl Store for MemoryStore {
    /// Takes about 10 ns per sample, and 30 ns more to compress it later. Samples of a series that expired before the
    /// store ever saw it are rejected, as are those older than the retention.
    fn append(&self, batch: &SampleBatch) -> Result<Appended, StoreError> {
        Ok(self.write().append(batch))
    }

    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError> {
        if query.end < query.start {
            return Err(StoreError::EmptyRange { start: query.start, end: query.end });
        }
        let (from, to) = (query.start.as_nanos(), query.end.as_nanos());
        let mut series = Vec::new();
        self.walk(&query.matcher, |history| series.extend(history.snapshot(from, to)));
        Ok(Box::new(Slices::new(series, from, to)))
    }

    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        let mut series = Vec::new();
        self.walk(matcher, |history| series.push(Arc::clone(&history.meta)));
        Ok(series)
    }

    /// Nothing to do.
    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Removes what is older than the retention and, when `budget` says so, the oldest down to its size. Also tells
    /// the store the present, from which it measures what is too old to be taken.
    ///
    /// The time of the budget is spent at one microsecond per series cleaned.
    fn maintain(&self, now: Timestamp, budget: Budget) -> Result<Maintained, StoreError> {
        let mut left = usize::try_from(budget.time.as_micros()).unwrap_or(usize::MAX).max(GROUP);
        let mut done = Maintained::default();
        self.write().set_present(now.as_nanos());
        loop {
            let (expired, more) = self.write().expire(now.as_nanos(), GROUP);
            done.expired += expired;
            left = left.saturating_sub(GROUP);
            if !more || left == 0 {
                break;
            }
        }
        let mut contents = self.write();
        if let Some(bytes) = budget.bytes {
            done.evicted += contents.shrink(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        done.evicted += std::mem::take(&mut contents.evicted);
        drop(contents);
        done.oldest = self.oldest();
        Ok(done)
    }

    /// Exact: compresses again what shares a chunk with later samples.
    fn delete_before(&self, cutoff: Timestamp, matcher: &Matcher) -> Result<u64, StoreError> {
        let mut deleted = 0;
        let mut after: Option<Arc<SeriesMeta>> = None;
        loop {
            let group =
                self.delete_group(cutoff.as_nanos(), matcher, after.as_ref().map(|meta| &meta.key))?;
            deleted += group.deleted;
            after = match group.last {
                Some(last) => Some(last),
                None => return Ok(deleted),
            };
        }
    }

    fn usage(&self) -> Usage {
        self.read().usage()
    }
}
