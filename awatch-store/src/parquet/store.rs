use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use awatch_core::store::{Appended, BlockData, Budget, Maintained, Scan, Usage};
use awatch_core::{Matcher, Query, SampleBatch, SeriesKey, SeriesMeta, Store, StoreError, Timestamp};

use super::append::{Appender, Collected};
use super::config::{ParquetStoreConfig, nanos};
use super::error::{FileError, ParquetStoreError};
use super::generation::Generation;
use super::layer::layers;
use super::lock::WriterLock;
use super::log::{self, Log, LogName, Syncer};
use super::opening::{self, Removal};
use super::recovery::Recovery;
use super::scan::Slices;
use super::segment::Cache;
use super::state::State;
use super::upkeep::Upkeep;

/// History in Parquet files, with a log in front of them. See the [module](super) for what it promises.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use awatch_core::series::Registry;
/// use awatch_core::{Interval, Name, SampleBatch, Store, Target, Timestamp, Unit};
/// use awatch_store::parquet::ParquetStoreConfig;
///
/// let dir = tempfile::tempdir()?;
/// let store = ParquetStoreConfig::default().open(dir.path())?;
/// let (target, at) = (Target::new("web-1")?, Timestamp::from_secs(1_700_000_000));
/// let mut batch = SampleBatch::new(Arc::new(Registry::new(10)), Name::new("queue")?, target, Interval::SECOND, at);
/// batch.gauge("queue.depth", [], &Unit::count("message"), 17.0)?;
/// store.append(&batch)?;
/// store.flush()?;
/// drop(store);
///
/// let store = ParquetStoreConfig::default().open(dir.path())?;
/// assert_eq!(store.recovery().replayed_samples, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ParquetStore {
    pub(super) dir: PathBuf,
    pub(super) config: ParquetStoreConfig,
    recovery: Recovery,
    state: RwLock<State>,
    pub(super) cache: Arc<Cache>,
    upkeep: Mutex<Upkeep>,
    /// Locked after `upkeep` and before `state`.
    appender: Mutex<Appender>,
    syncer: Syncer,
    /// The last to go.
    _lock: WriterLock,
}

impl ParquetStore {
    pub(super) fn open(dir: &Path, config: ParquetStoreConfig) -> Result<Self, ParquetStoreError> {
        let logs_dir = log::directory(dir);
        fs::create_dir_all(&logs_dir).map_err(FileError::of("creating", &logs_dir))?;
        let lock = WriterLock::take(dir)?;
        let mut recovery = Recovery::default();
        let mut listing = opening::list(dir)?;
        let sequences: Vec<u64> = log::list(dir)?.iter().map(|log| log.sequence).collect();
        let last = listing.segments.iter().map(|found| found.name.last).chain(sequences).max().unwrap_or(0);
        let mut replays = opening::replay(dir, &mut listing, &mut recovery)?.replays;
        let removals: Vec<Removal> = replays.iter().flat_map(|(_, replay)| replay.removals.clone()).collect();
        for path in &listing.leftovers {
            fs::remove_file(path).map_err(FileError::of("removing", path))?;
            recovery.leftovers += 1;
        }
        let segments = opening::open(listing.segments, &mut recovery);
        let (log, active, next) = match replays.pop() {
            Some((name, replay)) => (Log::resume(&name, replay.read_to.end)?, replay.generation, last + 1),
            None => (Log::create(dir, last + 1)?, Generation::new(last + 1), last + 2),
        };
        let io = |source| ParquetStoreError::Io { what: "starting the thread of the log".to_owned(), source };
        let syncer = Syncer::start(config.loss_window).map_err(io)?;
        syncer.watch(Some(Arc::clone(log.file())));
        let frozen = replays.into_iter().map(|(_, replay)| replay.generation).collect();
        let mut store = Self {
            dir: dir.to_owned(),
            recovery,
            state: RwLock::new(State::new(segments, frozen, active)),
            cache: Arc::default(),
            upkeep: Mutex::default(),
            appender: Mutex::new(Appender::new(dir, nanos(config.late_window), log, next)),
            syncer,
            _lock: lock,
            config,
        };
        for Removal { cutoff, matcher, sequence } in &removals {
            if let Err(error) = store.remove_from_segments(*cutoff, matcher, *sequence) {
                store.recovery.leave_out(dir.to_owned(), &error);
            }
        }
        Ok(store)
    }

    /// How it was set up.
    #[must_use]
    pub fn config(&self) -> &ParquetStoreConfig {
        &self.config
    }

    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What opening it found.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// What it takes on disk, in bytes: the segments and the log.
    #[must_use]
    pub fn disk_bytes(&self) -> u64 {
        let frozen: Vec<u64> = self.read().frozen.iter().map(Generation::sequence).collect();
        let length =
            |sequence| fs::metadata(LogName::of(&self.dir, sequence).path).map_or(0, |about| about.len());
        let logs: u64 = frozen.into_iter().map(length).sum();
        let segments: u64 = self.read().segments().iter().map(|segment| segment.bytes()).sum();
        segments + logs + self.appender().log_bytes()
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn appender(&self) -> MutexGuard<'_, Appender> {
        self.appender.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn upkeep(&self) -> MutexGuard<'_, Upkeep> {
        self.upkeep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Freezes what was appended, to be sealed, and begins another generation; answers whether it could.
    fn freeze(&self, appender: &mut Appender, or_without: bool) -> bool {
        let is_logged = appender.sync(&self.syncer);
        let Some(next) = appender.begin(&self.syncer, or_without) else { return false };
        let mut state = self.write();
        let mut old = std::mem::replace(&mut state.active, next);
        old.is_logged &= is_logged;
        if old.is_empty() {
            drop(state);
            // What stays is empty, and removed at the next opening.
            let _ = log::remove(&self.dir, old.sequence());
        } else {
            state.frozen.push(old);
        }
        true
    }

    /// Makes a batch ready, in a new generation when it does not go with this one.
    fn collect(&self, appender: &mut Appender, batch: &SampleBatch) -> Appended {
        loop {
            let collected = appender.collect(batch, |meta| self.write().active.admit(meta));
            match collected {
                Collected::Ready(done) => return done,
                Collected::Conflict => self.freeze(appender, true),
            };
        }
    }

    /// Room for what is appended; what takes too much becomes a segment early.
    fn make_room(&self, appender: &mut Appender, bound: usize) -> Result<(), StoreError> {
        let (memory, active) = {
            let state = self.read();
            (state.memory(), state.active.bytes())
        };
        if active > bound / 2 {
            self.freeze(appender, false);
        }
        if memory <= bound {
            return Ok(());
        }
        let full = std::io::Error::other(format!(
            "{memory} bytes wait to be written to disk, and {bound} may: call `maintain` more often or raise `max_memory`"
        ));
        Err(StoreError::io(format!("keeping samples of the store in {} in memory", self.dir.display()), full))
    }
}

impl Store for ParquetStore {
    /// Takes about 0.1 µs per sample in batches of hundreds: a record of the log, and the compression of what came
    /// before.
    ///
    /// # Errors
    /// [`StoreError::Io`] when so much waits to be written to disk that memory does not suffice.
    fn append(&self, batch: &SampleBatch) -> Result<Appended, StoreError> {
        let mut appender = self.appender();
        if !appender.notice(&self.syncer) {
            self.write().active.is_logged = false;
        }
        self.make_room(
            &mut appender,
            usize::try_from(self.config.max_memory.as_bytes()).unwrap_or(usize::MAX),
        )?;
        let done = self.collect(&mut appender, batch);
        let is_logged = appender.write(&self.syncer);
        let mut state = self.write();
        state.active.is_logged &= is_logged;
        state.active.begin(appender.present());
        state.active.append(appender.entries());
        Ok(done)
    }

    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError> {
        if query.end < query.start {
            return Err(StoreError::EmptyRange { start: query.start, end: query.end });
        }
        let (from, to) = (query.start.as_nanos(), query.end.as_nanos());
        let state = self.read();
        let found = layers(state.segments(), state.generations(), &query.matcher, from, to);
        drop(state);
        let (layers, series) = found.arrange();
        Ok(Box::new(Slices::new(layers, series, from, to, Arc::clone(&self.cache))))
    }

    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        let state = self.read();
        let meant = state.series().filter(|meta| matcher.matches(&meta.key));
        let by_key: BTreeMap<&SeriesKey, &Arc<SeriesMeta>> = meant.map(|meta| (&meta.key, meta)).collect();
        Ok(by_key.into_values().map(Arc::clone).collect())
    }

    fn flush(&self) -> Result<(), StoreError> {
        let mut upkeep = self.upkeep();
        let mut appender = self.appender();
        let is_logged = appender.notice(&self.syncer) && appender.sync(&self.syncer);
        let all_logged = is_logged && self.read().generations().all(|generation| generation.is_logged);
        if all_logged {
            return Ok(());
        }
        self.write().active.is_logged &= is_logged;
        if !self.freeze(&mut appender, false) {
            return Err(trouble(&mut appender, &self.dir));
        }
        drop(appender);
        self.seal_unlogged(&mut upkeep)
    }

    /// Seals what is due, removes the segments beyond the retention, and writes those of a day that is over as one.
    /// Also tells the store the present, from which it measures what is too late to be taken.
    ///
    /// The time of the budget is spent at 150 ns per sample, its bytes are those of memory. A segment goes as a whole
    /// once its last sample is due.
    ///
    /// # Errors
    /// [`StoreError`] when something could not be written or read; it is tried again at the next call. While the log
    /// cannot be written every call answers so.
    fn maintain(&self, now: Timestamp, budget: Budget) -> Result<Maintained, StoreError> {
        let now = now.as_nanos();
        let mut upkeep = self.upkeep();
        let logged = self.renew(now, budget);
        let expired = self.expire(&mut upkeep, now.saturating_sub(nanos(self.config.retention)));
        self.work(&mut upkeep, now, budget)?;
        logged?;
        let oldest = self.read().oldest().map(Timestamp::from_nanos);
        Ok(Maintained { expired, evicted: 0, oldest })
    }

    /// Exact: writes the segments that are concerned anew.
    fn delete_before(&self, cutoff: Timestamp, matcher: &Matcher) -> Result<u64, StoreError> {
        let mut upkeep = self.upkeep();
        let mut appender = self.appender();
        let count = self.count_before(cutoff, matcher)?;
        if count == 0 {
            return Ok(0);
        }
        upkeep.drop_job();
        let is_logged = appender.write_removal(cutoff.as_nanos(), &matcher.to_string(), &self.syncer)
            && appender.sync(&self.syncer);
        let mut state = self.write();
        state.active.is_logged &= is_logged;
        let State { frozen, active, .. } = &mut *state;
        for generation in frozen.iter_mut().chain([active]) {
            let removed = generation.delete_before(cutoff.as_nanos(), matcher);
            removed.map_err(|(meta, source)| StoreError::corrupt(meta.key.to_string(), source))?;
        }
        drop(state);
        drop(appender);
        self.remove_from_segments(cutoff.as_nanos(), matcher, u64::MAX)?;
        Ok(count)
    }

    /// The bytes are those of memory; [`disk_bytes`](ParquetStore::disk_bytes) are those on disk. Samples that a later
    /// segment replaces count until the two are written as one.
    fn usage(&self) -> Usage {
        self.read().usage()
    }
}

impl ParquetStore {
    /// Takes note of the present, and begins another generation when it is time or the log is lost.
    fn renew(&self, now: i64, budget: Budget) -> Result<(), StoreError> {
        let mut appender = self.appender();
        appender.set_present(now);
        let is_logging = appender.notice(&self.syncer);
        let (is_due, is_large) = {
            let mut state = self.write();
            state.active.is_logged &= is_logging;
            let span = nanos(self.config.segment_span);
            let is_due = state.active.born().is_some_and(|born| born.saturating_add(span) <= now);
            let bound = budget.bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX);
            (is_due, state.active.bytes() > bound / 2)
        };
        if (is_due || is_large || !is_logging) && !self.freeze(&mut appender, false) {
            return Err(trouble(&mut appender, &self.dir));
        }
        Ok(())
    }

    fn count_before(&self, cutoff: Timestamp, matcher: &Matcher) -> Result<u64, StoreError> {
        let query = Query { matcher: matcher.clone(), start: Timestamp::MIN, end: cutoff };
        let mut count = 0;
        for slice in self.scan(&query)? {
            for block in slice?.blocks {
                if let BlockData::Raw { at, .. } = block.data {
                    count += at.len() as u64;
                }
            }
        }
        Ok(count)
    }
}

impl Drop for ParquetStore {
    fn drop(&mut self) {
        // Nobody is left to tell; who has to know calls `flush` first.
        let _ = self.appender().sync(&self.syncer);
    }
}

fn trouble(appender: &mut Appender, dir: &Path) -> StoreError {
    appender.trouble().unwrap_or_else(|| {
        let cause = std::io::Error::other("the disk did not take it");
        StoreError::io(format!("writing the log of the store in {}", dir.display()), cause)
    })
}
