//! One of the things that an answer is laid together from.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use awatch_core::store::StoreError;
use awatch_core::{Matcher, SeriesKey, SeriesMeta};

use super::error::FileError;
use super::generation::Generation;
use super::segment::{Cache, Rows, Segment};
use crate::memory::history::Snapshot;

/// A segment or a generation, as far as it is asked for.
#[derive(Debug)]
pub(super) struct Layer {
    source: Source,
    /// For each series of the source its place among the series of the answer, ascending.
    slots: Vec<usize>,
    pub(super) first: i64,
    pub(super) last: i64,
    /// About how many samples it has.
    pub(super) samples: u64,
}

#[derive(Debug)]
enum Source {
    Segment { segment: Arc<Segment>, places: Vec<usize>, pinned: Option<File> },
    Memory(Vec<Snapshot>),
}

/// The layers that have samples within `from..to` of the series meant, the oldest first, and those series in order of
/// key.
///
/// A series that was in another unit or kind before is answered as it is now; its earlier samples stay where they are.
pub(super) fn layers<'a>(
    segments: &[Arc<Segment>],
    generations: impl Iterator<Item = &'a Generation>,
    matcher: &Matcher,
    from: i64,
    to: i64,
) -> Found {
    let overlaps = |segment: &&Arc<Segment>| segment.first() < to && from <= segment.last();
    Found {
        segments: segments.iter().filter(overlaps).map(Arc::clone).collect(),
        memory: generations.map(|own| own.snapshots(matcher, from, to)).collect(),
        matcher: matcher.clone(),
    }
}

/// What a query is about, held fast; the rest needs no lock.
#[derive(Debug)]
pub(super) struct Found {
    segments: Vec<Arc<Segment>>,
    memory: Vec<Vec<Snapshot>>,
    matcher: Matcher,
}

impl Found {
    /// The layers and their series.
    pub(super) fn arrange(self) -> (Vec<Layer>, Vec<Arc<SeriesMeta>>) {
        let segments = self.segments.into_iter().map(|segment| of_segment(segment, &self.matcher));
        arrange(segments.chain(self.memory.into_iter().map(Source::Memory)).collect())
    }

    /// The layers and their series, with every file open, so that another process may remove its name.
    pub(super) fn arrange_pinned(self) -> Result<(Vec<Layer>, Vec<Arc<SeriesMeta>>), FileError> {
        let (mut layers, series) = self.arrange();
        for layer in &mut layers {
            if let Source::Segment { segment, pinned, .. } = &mut layer.source {
                *pinned = Some(segment.pin()?);
            }
        }
        Ok((layers, series))
    }
}

/// Layers of whole segments, the oldest first, and their series in order of key.
pub(super) fn of_segments(segments: &[Arc<Segment>]) -> (Vec<Layer>, Vec<Arc<SeriesMeta>>) {
    arrange(segments.iter().map(|segment| of_segment(Arc::clone(segment), &Matcher::all())).collect())
}

fn of_segment(segment: Arc<Segment>, matcher: &Matcher) -> Source {
    let series = segment.series().iter().enumerate();
    let places =
        series.filter(|(_, placed)| matcher.matches(&placed.meta.key)).map(|(place, _)| place).collect();
    Source::Segment { segment, places, pinned: None }
}

fn arrange(sources: Vec<Source>) -> (Vec<Layer>, Vec<Arc<SeriesMeta>>) {
    let mut newest: BTreeMap<SeriesKey, (Arc<SeriesMeta>, usize)> = BTreeMap::new();
    for meta in sources.iter().flat_map(Source::metas) {
        newest.insert(meta.key.clone(), (Arc::clone(meta), 0));
    }
    for (slot, (_, own)) in newest.values_mut().enumerate() {
        *own = slot;
    }
    let layers = sources.into_iter().filter_map(|source| Layer::new(source, &newest)).collect();
    (layers, newest.into_values().map(|(meta, _)| meta).collect())
}

impl Source {
    fn metas(&self) -> Box<dyn Iterator<Item = &Arc<SeriesMeta>> + '_> {
        match self {
            Self::Segment { segment, places, .. } => Box::new(
                places.iter().filter_map(|place| segment.series().get(*place)).map(|placed| &placed.meta),
            ),
            Self::Memory(snapshots) => Box::new(snapshots.iter().map(|snapshot| &snapshot.meta)),
        }
    }
}

impl Layer {
    fn new(mut source: Source, newest: &BTreeMap<SeriesKey, (Arc<SeriesMeta>, usize)>) -> Option<Self> {
        let slot = |meta: &SeriesMeta| {
            let (known, slot) = newest.get(&meta.key)?;
            (known.unit == meta.unit && known.kind == meta.kind).then_some(*slot)
        };
        let kept: Vec<Option<usize>> = source.metas().map(|meta| slot(meta)).collect();
        let mut keep = kept.iter().map(Option::is_some);
        match &mut source {
            Source::Segment { places, .. } => places.retain(|_| keep.next() == Some(true)),
            Source::Memory(snapshots) => snapshots.retain(|_| keep.next() == Some(true)),
        }
        let slots: Vec<usize> = kept.into_iter().flatten().collect();
        let (first, last, samples) = match &source {
            Source::Segment { segment, places, .. } => {
                let rows =
                    places.iter().filter_map(|place| segment.series().get(*place)).map(|placed| placed.rows);
                (segment.first(), segment.last(), rows.sum())
            }
            Source::Memory(snapshots) => {
                let extent = snapshots.iter().filter_map(Snapshot::extent);
                let (first, last) = extent.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
                (first, last, snapshots.iter().map(|snapshot| snapshot.samples() as u64).sum())
            }
        };
        (!slots.is_empty()).then_some(Self { source, slots, first, last, samples })
    }

    /// The samples within `from..to` of the series whose slots are within `slots`, each with its slot.
    pub(super) fn read(
        &self,
        slots: std::ops::Range<usize>,
        from: i64,
        to: i64,
        cache: &Cache,
    ) -> Result<Vec<(usize, Rows)>, StoreError> {
        if to <= self.first || self.last < from {
            return Ok(Vec::new());
        }
        let start = self.slots.partition_point(|slot| *slot < slots.start);
        let end = self.slots.partition_point(|slot| *slot < slots.end).max(start);
        let own = self.slots.get(start..end).unwrap_or_default().iter().copied();
        let rows: Vec<Rows> = match &self.source {
            Source::Segment { segment, places, pinned } => {
                let places = places.get(start..end).unwrap_or_default();
                let read = segment.read(places, from, to, cache, pinned.as_ref());
                read.map_err(|source| StoreError::corrupt(segment.path().display().to_string(), source))?
            }
            Source::Memory(snapshots) => {
                let read = snapshots.get(start..end).unwrap_or_default().iter().map(|snapshot| {
                    let corrupt = |source| StoreError::corrupt(snapshot.meta.key.to_string(), source);
                    snapshot.read(from, to).map_err(corrupt)
                });
                read.collect::<Result<_, _>>()?
            }
        };
        Ok(own.zip(rows).collect())
    }

    /// How many samples the series in a slot has, at most.
    pub(super) fn samples_in(&self, slot: usize) -> u64 {
        let Ok(place) = self.slots.binary_search(&slot) else { return 0 };
        match &self.source {
            Source::Segment { segment, places, .. } => places
                .get(place)
                .and_then(|place| segment.series().get(*place))
                .map_or(0, |placed| placed.rows),
            Source::Memory(snapshots) => snapshots.get(place).map_or(0, |snapshot| snapshot.samples() as u64),
        }
    }
}
