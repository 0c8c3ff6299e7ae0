use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use awatch_core::store::{Appended, Budget, Maintained, Scan, Usage};
use awatch_core::{Matcher, Query, SampleBatch, SeriesKey, SeriesMeta, Store, StoreError, Timestamp};

use super::error::{FileError, ParquetStoreError};
use super::generation::Generation;
use super::layer::layers;
use super::log;
use super::opening::{self, Replay, Replayed};
use super::recovery::{Recovery, Unreadable};
use super::scan::Slices;
use super::segment::{Cache, Segment};

/// How often a look at the directory is repeated when files go while it is taken.
const LOOKS: usize = 5;

/// A store on disk, read while another process writes it, or nobody.
///
/// Every question first looks at the directory and at the end of the log, so that it is answered with what the writer
/// appended last. Nothing is locked and nothing is written; a scan keeps its files open, so that it goes on when the
/// writer removes them.
///
/// # Example
/// ```
/// use awatch_core::{Matcher, Store};
/// use awatch_store::parquet::{ParquetReader, ParquetStoreConfig};
///
/// let dir = tempfile::tempdir()?;
/// let writer = ParquetStoreConfig::default().open(dir.path())?;
/// let reader = ParquetReader::open(dir.path())?;
/// assert_eq!(reader.series(&Matcher::all())?.len(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ParquetReader {
    dir: PathBuf,
    cache: Arc<Cache>,
    view: Mutex<View>,
}

/// What was found at the last look.
#[derive(Debug, Default)]
struct View {
    segments: Vec<Arc<Segment>>,
    /// By generation.
    logs: BTreeMap<u64, Replay>,
    unreadable: Vec<Unreadable>,
}

impl ParquetReader {
    /// Opens the store in the directory `dir`.
    ///
    /// # Errors
    /// [`ParquetStoreError`] when there is no such directory, it cannot be read, or a log is of a later format.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, ParquetStoreError> {
        let dir = dir.as_ref();
        std::fs::read_dir(dir).map_err(FileError::of("opening", dir))?;
        let mut view = View::default();
        view.refresh(dir)?;
        Ok(Self { dir: dir.to_owned(), cache: Arc::default(), view: Mutex::new(view) })
    }

    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The files that could not be read when they were last looked at, and are left out of every answer.
    #[must_use]
    pub fn unreadable(&self) -> Vec<Unreadable> {
        self.view().unreadable.clone()
    }

    fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refreshed(&self) -> Result<MutexGuard<'_, View>, StoreError> {
        let mut view = self.view();
        let looked = view.refresh(&self.dir);
        looked.map_err(|error| {
            StoreError::io(format!("looking at the store in {}", self.dir.display()), error)
        })?;
        Ok(view)
    }

    fn refuse(&self, what: &str) -> StoreError {
        let cause = std::io::Error::other("it is open for reading only: use the process that writes it");
        StoreError::io(format!("{what} in the store in {}", self.dir.display()), cause)
    }
}

impl View {
    fn refresh(&mut self, dir: &Path) -> Result<(), ParquetStoreError> {
        // The logs first: one that goes before the segments are listed is in one of them by then.
        self.read_logs(dir)?;
        let mut recovery = Recovery::default();
        let listing = opening::list(dir)?;
        let mut known: BTreeMap<PathBuf, Arc<Segment>> =
            self.segments.drain(..).map(|segment| (segment.path().to_owned(), segment)).collect();
        for found in listing.segments {
            match known.remove(&found.path) {
                Some(segment) => self.segments.push(segment),
                None => self.segments.extend(opening::open(vec![found], &mut recovery)),
            }
        }
        self.segments.sort_by_key(|segment| (segment.day(), segment.name()));
        // What is gone by now was replaced, and the next look finds by what.
        recovery.unreadable.retain(|unreadable| unreadable.file.exists());
        self.unreadable = recovery.unreadable;
        Ok(())
    }

    fn read_logs(&mut self, dir: &Path) -> Result<(), ParquetStoreError> {
        let mut before = std::mem::take(&mut self.logs);
        for name in log::list(dir)? {
            let mut replay = match before.remove(&name.sequence) {
                Some(replay) => replay,
                None => match Replay::of(&name) {
                    Ok(Replayed::Read(replay)) => replay,
                    Ok(Replayed::Empty | Replayed::Damaged) => continue,
                    Err(_) if !name.path.exists() => continue,
                    Err(error) => return Err(error),
                },
            };
            if let Ok(mut file) = File::open(&name.path) {
                replay.go_on(&mut file).map_err(FileError::of("reading", &name.path))?;
            }
            for removal in std::mem::take(&mut replay.removals) {
                for older in self.logs.values_mut() {
                    // The segments are written anew by the writer.
                    let _ = older.generation.delete_before(removal.cutoff, &removal.matcher);
                }
            }
            self.logs.insert(name.sequence, replay);
        }
        Ok(())
    }

    fn generations(&self) -> impl Iterator<Item = &Generation> {
        self.logs.values().map(|replay| &replay.generation)
    }

    fn series(&self) -> impl Iterator<Item = &Arc<SeriesMeta>> {
        let sealed = self.segments.iter().flat_map(|segment| segment.series()).map(|placed| &placed.meta);
        sealed.chain(self.generations().flat_map(Generation::series))
    }
}

impl Store for ParquetReader {
    /// # Errors
    /// Always: it is for reading only.
    fn append(&self, _batch: &SampleBatch) -> Result<Appended, StoreError> {
        Err(self.refuse("appending"))
    }

    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError> {
        if query.end < query.start {
            return Err(StoreError::EmptyRange { start: query.start, end: query.end });
        }
        let (from, to) = (query.start.as_nanos(), query.end.as_nanos());
        let mut looks = 0;
        loop {
            let view = self.refreshed()?;
            let found = layers(&view.segments, view.generations(), &query.matcher, from, to);
            drop(view);
            looks += 1;
            match found.arrange_pinned() {
                Ok((layers, series)) => {
                    return Ok(Box::new(Slices::new(layers, series, from, to, Arc::clone(&self.cache))));
                }
                Err(error) if looks == LOOKS => return Err(error.into()),
                Err(_) => {}
            }
        }
    }

    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        let view = self.refreshed()?;
        let meant = view.series().filter(|meta| matcher.matches(&meta.key));
        let by_key: BTreeMap<&SeriesKey, &Arc<SeriesMeta>> = meant.map(|meta| (&meta.key, meta)).collect();
        Ok(by_key.into_values().map(Arc::clone).collect())
    }

    /// Nothing to do.
    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Nothing to do: it is the writer's.
    fn maintain(&self, _now: Timestamp, _budget: Budget) -> Result<Maintained, StoreError> {
        let oldest = |view: &View| {
            let segments = view.segments.iter().map(|segment| segment.first());
            segments.chain(view.generations().filter_map(Generation::oldest)).min()
        };
        let oldest = oldest(&self.view()).map(Timestamp::from_nanos);
        Ok(Maintained { oldest, ..Maintained::default() })
    }

    /// # Errors
    /// Always: it is for reading only.
    fn delete_before(&self, _cutoff: Timestamp, _matcher: &Matcher) -> Result<u64, StoreError> {
        Err(self.refuse("deleting"))
    }

    /// As of the last question; the bytes are those of memory.
    fn usage(&self) -> Usage {
        let view = self.view();
        let series: std::collections::HashSet<&SeriesKey> = view.series().map(|meta| &meta.key).collect();
        let sealed: u64 = view.segments.iter().map(|segment| segment.rows()).sum();
        let recent: usize = view.generations().map(Generation::samples).sum();
        let bytes: usize = view.generations().map(Generation::bytes).sum();
        Usage { series: series.len() as u64, samples: sealed + recent as u64, bytes: bytes as u64 }
    }
}
