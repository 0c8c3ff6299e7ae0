use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use awatch_core::store::{BlockData, Query, SeriesBlock};
use awatch_core::{
    Arrival, Interval, Name, Recording, RecordingError, Registry, SampleBatch, SeriesId, SeriesMeta, Store,
    StoreError, Timestamp,
};

/// The source of samples from a store, which keeps none.
const SOURCE: &str = "replay";

/// How much time is asked for at once, at least and at most: more where there is nothing.
const WINDOW: (Duration, Duration) = (Duration::from_mins(10), Duration::from_hours(24 * 30));

/// What a store kept between two instants, as a recording.
///
/// Summaries are played as their last value, at the interval of their step.
///
/// A store does not keep who reported a sample, nor when it arrived. So all samples of an instant arrive together, at
/// that instant, as one batch of the source `replay`; when the series have different intervals, as one batch of a
/// source per interval (`replay 1s`, `replay 1m`). Series are in the order of their keys.
///
/// Holds the samples of one slice of the store at a time.
#[derive(Debug)]
pub struct StoreRecording {
    store: Arc<dyn Store>,
    query: Query,
    span: (Timestamp, Timestamp),
    sources: BTreeMap<Interval, Name>,
    window: Duration,
    /// The samples of the present slice, latest first.
    samples: Vec<(Timestamp, Series, f64)>,
    blocks: Vec<SeriesBlock>,
    /// Of each block, the id of its series and the revision of the registry it was given at.
    ids: Vec<Option<(u64, SeriesId)>>,
    /// The registry of the ids.
    registry: Option<Arc<Registry>>,
    ready: VecDeque<Arrival>,
}

/// The place of a series among the blocks of the slice.
type Series = usize;

impl StoreRecording {
    /// The samples of the series meant, from `start` until before `end`.
    ///
    /// # Errors
    /// [`StoreError`] when the query ends before it starts, or the store cannot say which series it has.
    pub fn new(store: Arc<dyn Store>, query: Query) -> Result<Self, StoreError> {
        if query.end < query.start {
            return Err(StoreError::EmptyRange { start: query.start, end: query.end });
        }
        let intervals: BTreeSet<Interval> =
            store.series(&query.matcher)?.iter().map(|meta| meta.interval).collect();
        let name = |interval: Interval| {
            let name = if intervals.len() > 1 { format!("{SOURCE} {interval}") } else { SOURCE.to_owned() };
            Name::new(name).ok().map(|name| (interval, name))
        };
        Ok(Self {
            span: (query.start, query.end),
            sources: intervals.iter().copied().filter_map(name).collect(),
            store,
            query,
            window: WINDOW.0,
            samples: Vec::new(),
            blocks: Vec::new(),
            ids: Vec::new(),
            registry: None,
            ready: VecDeque::new(),
        })
    }

    /// Reads the next slice that has samples; `false` at the end.
    fn read_slice(&mut self) -> Result<bool, StoreError> {
        while self.query.start < self.query.end {
            let end = self.query.start.plus(self.window).min(self.query.end);
            let query = Query { end, ..self.query.clone() };
            let slice = self.store.scan(&query)?.next().transpose()?;
            let Some(slice) = slice else {
                self.query.start = end;
                self.window = (self.window * 4).min(WINDOW.1);
                continue;
            };
            self.window = WINDOW.0;
            self.query.start = slice.end.max(query.start.plus(Duration::from_nanos(1)));
            self.take_blocks(slice.blocks);
            if !self.samples.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn take_blocks(&mut self, mut blocks: Vec<SeriesBlock>) {
        self.samples.clear();
        for (series, block) in blocks.iter_mut().enumerate() {
            match &block.data {
                BlockData::Raw { at, values } => {
                    self.samples.extend(at.iter().zip(values).map(|(at, value)| (*at, series, *value)));
                }
                BlockData::Rollup { step, buckets } => {
                    self.samples.extend(buckets.iter().map(|bucket| (bucket.at, series, bucket.last)));
                    block.meta = Arc::new(SeriesMeta { interval: *step, ..SeriesMeta::clone(&block.meta) });
                }
                _ => {}
            }
        }
        // The runs of the series are merged. Taken from the end.
        self.samples.sort_by_key(|sample| Reverse((sample.0, sample.1)));
        self.ids = vec![None; blocks.len()];
        self.blocks = blocks;
    }

    /// Makes the batches of the next instant.
    fn make_ready(&mut self, registry: &Arc<Registry>) {
        let Some(received) = self.samples.last().map(|sample| sample.0) else { return };
        let mut batches: BTreeMap<Interval, SampleBatch> = BTreeMap::new();
        while let Some((at, series, value)) = self.samples.pop_if(|sample| sample.0 == received) {
            let Some(meta) = self.blocks.get(series).map(|block| &block.meta) else { continue };
            let batch = match batches.entry(meta.interval) {
                Entry::Occupied(batch) => batch.into_mut(),
                Entry::Vacant(place) => {
                    let Some(source) = source(&mut self.sources, meta.interval) else { continue };
                    let (registry, target) = (Arc::clone(registry), Arc::clone(meta.key.target()));
                    place.insert(SampleBatch::new(registry, source, target, meta.interval, at))
                }
            };
            let Some(known) = self.ids.get_mut(series) else { continue };
            if known.is_none_or(|(revision, _)| revision != registry.revision()) {
                // A series that is refused is counted by the batch.
                *known = batch.series(meta).ok().map(|id| (registry.revision(), id));
            }
            if let Some((_, id)) = known {
                batch.push(*id, value);
            }
        }
        self.ready.extend(batches.into_values().map(|batch| Arrival { batch, received }));
    }
}

/// The source of an interval, also of one that no series had when the recording was made.
fn source(sources: &mut BTreeMap<Interval, Name>, interval: Interval) -> Option<Name> {
    if let Some(name) = sources.get(&interval) {
        return Some(name.clone());
    }
    let name = Name::new(format!("{SOURCE} {interval}")).ok()?;
    sources.insert(interval, name.clone());
    Some(name)
}

impl Recording for StoreRecording {
    fn next_arrival(&mut self, registry: &Arc<Registry>) -> Result<Option<Arrival>, RecordingError> {
        loop {
            if let Some(arrival) = self.ready.pop_front() {
                return Ok(Some(arrival));
            }
            if self.samples.is_empty() && !self.read_slice()? {
                return Ok(None);
            }
            if !self.registry.as_ref().is_some_and(|known| Arc::ptr_eq(known, registry)) {
                self.registry = Some(Arc::clone(registry));
                self.ids.fill(None);
            }
            self.make_ready(registry);
        }
    }

    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some(self.span)
    }
}
