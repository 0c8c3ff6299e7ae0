//! A store that is one text file, one line per sample: for looking into with `grep`, and for little data.
//!
//! ```text
//! series 0 {"key":{…},"unit":"1","kind":"gauge","interval":"1s"}
//! 0 1800000000000000000 2.5e-1
//! gone 0 1800000000000000000
//! ```
//! The second line is a sample of series 0; the third says that everything of series 0 before that instant is deleted.
//! A last line that was cut short by a crash is ignored and overwritten. All samples are held in memory too.

mod contents;
mod file;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use awatch::config::{ConfigError, Table};
use awatch::store::{Appended, BlockData, Budget, Maintained, Scan, SeriesBlock, Slice, Usage};
use awatch::{Matcher, Query, SampleBatch, SeriesMeta, Store, StoreError, Timestamp};
use serde::Deserialize;

use contents::Contents;
use file::Log;

/// The word after `kind =`.
pub const KIND: &str = "text";

/// How the store is configured.
#[derive(Clone, Debug, Deserialize)]
pub struct TextConfig {
    /// The file; made when it is not there.
    pub file: PathBuf,
    /// How long samples are kept: `"1d"` unless told otherwise.
    #[serde(with = "awatch::duration", default = "day")]
    pub retention: Duration,
}

fn day() -> Duration {
    Duration::from_secs(86_400)
}

/// Builds it from its table of the configuration.
///
/// # Errors
/// [`ConfigError`] at the first mistake; an unreadable file too.
pub fn from_table(table: &Table) -> Result<TextStore, ConfigError> {
    let config: TextConfig = table.deserialize()?;
    TextStore::open(config).map_err(|error| {
        let why = std::error::Error::source(&error).map(|why| format!(": {why}")).unwrap_or_default();
        table.error_at("file", format!("{error}{why}"))
    })
}

/// The store.
#[derive(Debug)]
pub struct TextStore {
    retention: Duration,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    contents: Contents,
    log: Log,
}

impl TextStore {
    /// Opens the file and reads what is in it.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read, or is not such a file.
    pub fn open(config: TextConfig) -> Result<Self, StoreError> {
        let (log, contents) = Log::open(&config.file)?;
        Ok(Self { retention: config.retention, inner: Mutex::new(Inner { contents, log }) })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for TextStore {
    fn append(&self, batch: &SampleBatch) -> Result<Appended, StoreError> {
        let mut inner = self.lock();
        let Inner { contents, log } = &mut *inner;
        let mut appended = Appended::default();
        for sample in batch.samples() {
            let Some(meta) = batch.resolve(sample.series) else {
                appended.rejected += 1;
                continue;
            };
            let (number, is_new) = contents.number(&meta);
            if is_new {
                log.series(number, &meta)?;
            }
            log.sample(number, sample.at, sample.value)?;
            contents.insert(number, sample.at, sample.value);
            appended.stored += 1;
        }
        Ok(appended)
    }

    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError> {
        let Query { matcher, start, end } = query;
        if end < start {
            return Err(StoreError::EmptyRange { start: *start, end: *end });
        }
        let mut blocks = Vec::new();
        for series in self.lock().contents.chosen(matcher) {
            let (at, values): (Vec<Timestamp>, Vec<f64>) = series.between(*start, *end).unzip();
            if !at.is_empty() {
                let data = BlockData::Raw { at, values };
                blocks.push(SeriesBlock { meta: Arc::clone(&series.meta), data });
            }
        }
        let slice = Slice { start: *start, end: *end, blocks };
        Ok(Box::new(
            std::iter::once(Ok(slice)).filter(|slice| !matches!(slice, Ok(s) if s.blocks.is_empty())),
        ))
    }

    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        Ok(self.lock().contents.chosen(matcher).map(|series| Arc::clone(&series.meta)).collect())
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.lock().log.sync()
    }

    fn maintain(&self, now: Timestamp, budget: Budget) -> Result<Maintained, StoreError> {
        let mut inner = self.lock();
        let Inner { contents, log } = &mut *inner;
        let expired = remove(contents, log, now.minus(self.retention), &Matcher::all())?;
        let mut evicted = 0;
        while let Some(bytes) = budget.bytes
            && contents.bytes() > bytes
            && let Some(oldest) = contents.oldest()
        {
            let cutoff = oldest.plus(Duration::from_nanos(1));
            evicted += remove(contents, log, cutoff, &Matcher::all())?;
        }
        if log.is_mostly_gone(contents) {
            log.rewrite(contents)?;
        }
        Ok(Maintained { expired, evicted, oldest: contents.oldest() })
    }

    fn delete_before(&self, cutoff: Timestamp, matcher: &Matcher) -> Result<u64, StoreError> {
        let mut inner = self.lock();
        let Inner { contents, log } = &mut *inner;
        remove(contents, log, cutoff, matcher)
    }

    fn usage(&self) -> Usage {
        let inner = self.lock();
        let (series, samples) = inner.contents.counts();
        Usage { series, samples, bytes: inner.contents.bytes() }
    }
}

fn remove(
    contents: &mut Contents,
    log: &mut Log,
    cutoff: Timestamp,
    matcher: &Matcher,
) -> Result<u64, StoreError> {
    let numbers: Vec<usize> = contents.chosen(matcher).map(|series| series.number).collect();
    let mut removed = 0;
    for number in numbers {
        let gone = contents.remove_before(number, cutoff);
        if gone > 0 {
            log.gone(number, cutoff)?;
        }
        removed += gone;
    }
    Ok(removed)
}
