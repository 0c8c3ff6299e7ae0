//! Rows that belong together become batches.

use std::sync::Arc;

use awatch_core::{
    Arrival, Interval, Name, RecordingError, Registry, SampleBatch, SeriesId, SeriesMeta, Target, Timestamp,
};

use super::dictionary::{Dictionary, EntryId};
use super::layout::SOURCE;
use super::row::Row;

/// The most samples of one instant.
const MOST: usize = 1 << 22;

/// What rows are of, with everything that the file left open filled in.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) source: Name,
    pub(super) interval: Interval,
    pub(super) target: Arc<Target>,
    /// `None`: rows that begin an arrival.
    pub(super) meta: Option<SeriesMeta>,
    /// The id of its series, and the revision of the registry it was given at.
    id: Option<(u64, SeriesId)>,
}

/// What the entries of a dictionary are, found out as they come.
#[derive(Debug, Default)]
pub(super) struct Entries {
    known: Vec<Known>,
    /// The registry of their ids.
    registry: Option<Arc<Registry>>,
}

impl Entries {
    /// Those of `dictionary`, with these sources and intervals.
    pub(super) fn new(dictionary: &Dictionary, sources: Vec<(Name, Interval)>) -> Self {
        let known = dictionary.entries().iter().zip(sources).map(|(entry, (source, interval))| Known {
            source,
            interval,
            target: Arc::clone(&entry.target),
            meta: entry.meta(interval),
            id: None,
        });
        Self { known: known.collect(), registry: None }
    }

    /// From now on ids are of `registry`.
    pub(super) fn register_in(&mut self, registry: &Arc<Registry>) {
        if !self.registry.as_ref().is_some_and(|known| Arc::ptr_eq(known, registry)) {
            self.registry = Some(Arc::clone(registry));
            self.known.iter_mut().for_each(|known| known.id = None);
        }
    }

    /// The entry of that number; what is wrong with it otherwise.
    pub(super) fn get(&mut self, id: EntryId, dictionary: &Dictionary) -> Result<&mut Known, String> {
        for entry in dictionary.entries().get(self.known.len()..=id.index()).unwrap_or_default() {
            let interval = entry.interval.ok_or("column `interval`: it is empty: write for example `1s`")?;
            let source = match &entry.source {
                Some(source) => source.clone(),
                None => Name::new(SOURCE).map_err(|error| error.to_string())?,
            };
            let meta = entry.meta(interval);
            let target = Arc::clone(&entry.target);
            self.known.push(Known { source, interval, target, meta, id: None });
        }
        self.known.get_mut(id.index()).ok_or_else(|| "a row of an unknown series".to_owned())
    }
}

/// A batch as its rows come.
#[derive(Debug)]
pub(super) struct Draft {
    batch: SampleBatch,
    received: Timestamp,
    /// Whether a row without a series began it: then rows of other ticks and intervals belong to it too.
    is_begun: bool,
    rows: usize,
}

impl Draft {
    /// The batch that begins with `row`.
    pub(super) fn begin(registry: &Arc<Registry>, row: &Row, known: &mut Known) -> Self {
        let (source, target) = (known.source.clone(), Arc::clone(&known.target));
        let batch = SampleBatch::new(Arc::clone(registry), source, target, known.interval, row.at);
        let is_begun = known.meta.is_none();
        let mut draft = Self { batch, received: row.received.unwrap_or(row.at), is_begun, rows: 0 };
        draft.push(row, known);
        draft
    }

    /// Whether `row` belongs to it.
    pub(super) fn takes(&self, row: &Row, known: &Known) -> bool {
        row.received.unwrap_or(row.at) == self.received
            && known.meta.is_some()
            && known.source == *self.batch.source()
            && (self.is_begun || (known.interval == self.batch.interval() && row.at == self.batch.at()))
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows >= MOST
    }

    pub(super) fn push(&mut self, row: &Row, known: &mut Known) {
        let Some(meta) = &known.meta else { return };
        self.rows += 1;
        let revision = self.batch.registry().revision();
        if known.id.is_none_or(|(given_at, _)| given_at != revision) {
            // A series that is refused is counted by the batch.
            let id = self.batch.series(meta).ok();
            known.id = id.map(|id| (self.batch.registry().revision(), id));
        }
        if let Some((_, id)) = known.id {
            self.batch.push_at(id, row.at, row.value);
        }
    }

    pub(super) fn into_arrival(self) -> Arrival {
        Arrival { batch: self.batch, received: self.received }
    }
}

/// The error of too many samples at one instant.
pub(super) fn full(place: String) -> RecordingError {
    RecordingError::malformed(
        place,
        format!("more than {MOST} samples of one source at one instant: divide the file"),
    )
}
