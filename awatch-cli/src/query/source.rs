//! Where history comes from.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use awatch::store::{ByteSize, MemoryStore, MemoryStoreConfig, file};
use awatch::{
    Interval, Matcher, Recording, RecordingError, Registry, SampleBatch, SeriesId, Store, Timestamp,
};

use crate::failure::Failure;

/// History that can be queried.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) store: Arc<dyn Store>,
    /// The first instant of the history and the first full second after it; `None` when it is empty.
    pub(super) span: Option<(Timestamp, Timestamp)>,
    /// Samples that are too old to be kept beside the newest.
    pub(super) rejected: u64,
}

/// The history of the files, of which only the series meant are kept.
pub(super) fn open(files: &[impl AsRef<Path>], matchers: &[Matcher]) -> Result<Source, Failure> {
    if files.is_empty() {
        return Err(Failure::NoHistory);
    }
    let mut loader = Loader::new(matchers)?;
    for path in files {
        loader.load(&mut *file::open(path.as_ref())?)?;
    }
    Ok(Source { span: loader.span, rejected: loader.rejected, store: Arc::new(loader.store) })
}

/// Brings recordings into a store in memory.
#[derive(Debug)]
struct Loader<'a> {
    store: MemoryStore,
    registry: Arc<Registry>,
    matchers: &'a [Matcher],
    /// Whether a series is meant, by the place of its id; `None` before it came.
    meant: Vec<Option<bool>>,
    span: Option<(Timestamp, Timestamp)>,
    rejected: u64,
}

/// As long as a store in memory keeps anything.
const EVER: Duration = Duration::from_hours(3650 * 24);

impl<'a> Loader<'a> {
    fn new(matchers: &'a [Matcher]) -> Result<Self, Failure> {
        let config =
            MemoryStoreConfig::default().with_retention(EVER).with_max_bytes(ByteSize::from_bytes(u64::MAX));
        let store =
            config.build().map_err(|error| Failure::Setup { what: "the memory", source: error.into() })?;
        let registry = Arc::new(Registry::new(SeriesId::MAX_SERIES));
        Ok(Self { store, registry, matchers, meant: Vec::new(), span: None, rejected: 0 })
    }

    fn load(&mut self, recording: &mut dyn Recording) -> Result<(), RecordingError> {
        while let Some(arrival) = recording.next_arrival(&self.registry)? {
            self.widen(&arrival.batch);
            let batch =
                if self.matchers.is_empty() { arrival.batch } else { self.only_meant(&arrival.batch) };
            self.rejected += self.store.append(&batch)?.rejected;
        }
        Ok(())
    }

    fn widen(&mut self, batch: &SampleBatch) {
        let times = batch.samples().iter().map(|sample| sample.at);
        let Some((first, last)) = times.clone().min().zip(times.max()) else { return };
        let end = last.next_on(Interval::SECOND);
        self.span = Some(self.span.map_or((first, end), |span| (span.0.min(first), span.1.max(end))));
    }

    fn only_meant(&mut self, batch: &SampleBatch) -> SampleBatch {
        let (source, target) = (batch.source().clone(), Arc::clone(batch.target()));
        let mut kept =
            SampleBatch::new(Arc::clone(&self.registry), source, target, batch.interval(), batch.at());
        for sample in batch.samples() {
            if self.is_meant(batch, sample.series) {
                kept.push_at(sample.series, sample.at, sample.value);
            }
        }
        kept
    }

    fn is_meant(&mut self, batch: &SampleBatch, series: SeriesId) -> bool {
        if self.meant.len() <= series.index() {
            self.meant.resize(series.index() + 1, None);
        }
        let matchers = self.matchers;
        let find = || {
            let meta = batch.resolve(series);
            meta.is_some_and(|meta| matchers.iter().any(|matcher| matcher.matches(&meta.key)))
        };
        self.meant.get_mut(series.index()).is_some_and(|meant| *meant.get_or_insert_with(find))
    }
}
