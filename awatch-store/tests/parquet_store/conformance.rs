//! The store on disk keeps the laws of a store, also when it is sealed and opened again all the time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use awatch_core::store::{Appended, Budget, Maintained, Scan, Slice, Usage};
use awatch_core::{Matcher, Query, SampleBatch, SeriesMeta, Store, StoreError, Timestamp};
use awatch_store::conformance;
use awatch_store::parquet::{ParquetStore, ParquetStoreConfig};
use tempfile::TempDir;

const LEISURE: Budget = Budget { time: Duration::from_mins(1), bytes: None };

fn config() -> ParquetStoreConfig {
    ParquetStoreConfig::default().with_retention(Duration::from_hours(24 * 3650))
}

/// A store that is tidied up after so many batches, and closed and opened again after so many.
#[derive(Debug)]
struct Busy {
    store: RwLock<Option<ParquetStore>>,
    batches: AtomicU64,
    seal_every: u64,
    reopen_every: u64,
    dir: TempDir,
}

impl Busy {
    fn new(seal_every: u64, reopen_every: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = RwLock::new(Some(config().open(dir.path()).unwrap()));
        Self { store, batches: AtomicU64::new(0), seal_every, reopen_every, dir }
    }

    fn with<T>(&self, use_it: impl FnOnce(&ParquetStore) -> T) -> T {
        use_it(self.store.read().unwrap_or_else(PoisonError::into_inner).as_ref().unwrap())
    }

    fn reopen(&self) {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        drop(store.take());
        let again = config().open(self.dir.path()).unwrap();
        assert!(again.recovery().is_clean(), "{:?}", again.recovery());
        *store = Some(again);
    }
}

impl Store for Busy {
    fn append(&self, batch: &SampleBatch) -> Result<Appended, StoreError> {
        let done = self.with(|store| store.append(batch));
        let count = self.batches.fetch_add(1, Ordering::Relaxed) + 1;
        if count.is_multiple_of(self.seal_every) {
            // Twice the span of a segment later, so that what came is sealed; then back to the present of the samples.
            self.with(|store| store.maintain(batch.at().plus(Duration::from_hours(2)), LEISURE))?;
        }
        if count.is_multiple_of(self.reopen_every) {
            self.reopen();
        }
        done
    }

    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError> {
        let slices: Vec<Result<Slice, StoreError>> =
            self.with(|store| store.scan(query).map(Iterator::collect))?;
        Ok(Box::new(slices.into_iter()))
    }

    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        self.with(|store| store.series(matcher))
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.with(Store::flush)
    }

    fn maintain(&self, now: Timestamp, budget: Budget) -> Result<Maintained, StoreError> {
        self.with(|store| store.maintain(now, budget))
    }

    fn delete_before(&self, cutoff: Timestamp, matcher: &Matcher) -> Result<u64, StoreError> {
        self.with(|store| store.delete_before(cutoff, matcher))
    }

    fn usage(&self) -> Usage {
        self.with(Store::usage)
    }
}

#[test]
fn it_keeps_every_law_in_memory_and_log() {
    conformance::check(|| Box::new(Busy::new(u64::MAX, u64::MAX)));
}

#[test]
fn it_keeps_every_law_while_it_is_opened_again() {
    conformance::check(|| Box::new(Busy::new(u64::MAX, 277)));
}

#[test]
fn it_keeps_every_law_while_it_is_sealed() {
    conformance::check(|| Box::new(Busy::new(431, 1013)));
}
