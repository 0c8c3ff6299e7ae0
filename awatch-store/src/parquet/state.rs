//! What a store holds: segments on disk, and generations in memory on top of them.

use std::collections::HashSet;
use std::sync::Arc;

use awatch_core::store::Usage;
use awatch_core::{SeriesKey, SeriesMeta};

use super::generation::Generation;
use super::segment::Segment;

/// What the entry of a series in the index of a segment costs in memory, about.
const PLACED_BYTES: usize = 240;

/// Everything that is read, oldest first: of one series and instant the last layer that has it counts.
#[derive(Debug)]
pub(super) struct State {
    /// By day, then by generation.
    segments: Vec<Arc<Segment>>,
    /// Generations that are to become segments, in order.
    pub(super) frozen: Vec<Generation>,
    /// The generation that is written.
    pub(super) active: Generation,
    /// The series of the segments.
    sealed: HashSet<SeriesKey, foldhash::fast::FixedState>,
    placed: usize,
}

impl State {
    pub(super) fn new(segments: Vec<Arc<Segment>>, frozen: Vec<Generation>, active: Generation) -> Self {
        let mut state = Self { segments: Vec::new(), frozen, active, sealed: HashSet::default(), placed: 0 };
        state.replace(&[], segments);
        state
    }

    pub(super) fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// The generations, oldest first.
    pub(super) fn generations(&self) -> impl Iterator<Item = &Generation> {
        self.frozen.iter().chain([&self.active])
    }

    /// Puts segments in the place of others, whose files go with their last reader.
    pub(super) fn replace(&mut self, old: &[Arc<Segment>], new: Vec<Arc<Segment>>) {
        self.segments.retain(|segment| !old.iter().any(|old| Arc::ptr_eq(old, segment)));
        for segment in old {
            segment.discard();
        }
        self.segments.extend(new);
        self.segments.sort_by_key(|segment| (segment.day(), segment.name()));
        self.sealed.clear();
        self.placed = 0;
        for placed in self.segments.iter().flat_map(|segment| segment.series()) {
            self.placed += 1;
            if !self.sealed.contains(&placed.meta.key) {
                self.sealed.insert(placed.meta.key.clone());
            }
        }
    }

    /// The samples in memory, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.generations().map(Generation::bytes).sum()
    }

    /// The oldest instant.
    pub(super) fn oldest(&self) -> Option<i64> {
        let segments = self.segments.iter().map(|segment| segment.first());
        segments.chain(self.generations().filter_map(Generation::oldest)).min()
    }

    /// The series that have samples, with what the latest layer says of them.
    pub(super) fn series(&self) -> impl Iterator<Item = &Arc<SeriesMeta>> {
        let sealed = self.segments.iter().flat_map(|segment| segment.series()).map(|placed| &placed.meta);
        sealed.chain(self.generations().flat_map(Generation::series))
    }

    pub(super) fn usage(&self) -> Usage {
        let recent: HashSet<&SeriesKey> = self
            .generations()
            .flat_map(Generation::series)
            .map(|meta| &meta.key)
            .filter(|key| !self.sealed.contains(*key))
            .collect();
        let segments: u64 = self.segments.iter().map(|segment| segment.rows()).sum();
        let memory: usize = self.generations().map(Generation::samples).sum();
        Usage {
            series: (self.sealed.len() + recent.len()) as u64,
            samples: segments + memory as u64,
            bytes: (self.memory() + self.placed * PLACED_BYTES) as u64,
        }
    }
}
