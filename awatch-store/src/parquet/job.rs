//! Writing a segment in small steps: from a generation, or anew from segments.

use std::path::Path;
use std::sync::Arc;

use awatch_core::store::StoreError;
use awatch_core::{Matcher, SeriesKey, SeriesMeta};

use super::day::Day;
use super::layer::{Layer, of_segments};
use super::rows::lay_over;
use super::segment::{Cache, Rows, Scope, Segment, SegmentError, SegmentWriter};
use super::state::State;

/// Most series looked at in one step.
const STEP_SERIES: usize = 64;

/// About the most samples that one step holds, but for a single series with more.
const STEP_SAMPLES: u64 = 1 << 18;

/// How far a step came.
#[derive(Debug)]
pub(super) enum Step {
    /// So many samples were written, and there are more.
    Wrote(u64),
    /// It is done: the segment, unless there was nothing to write.
    Done(Option<Segment>),
}

/// The day of a generation on its way into a segment.
#[derive(Debug)]
pub(super) struct Seal {
    sequence: u64,
    day: Day,
    after: Option<SeriesKey>,
    writer: SegmentWriter,
}

impl Seal {
    pub(super) fn begin(dir: &Path, sequence: u64, day: Day) -> Result<Self, StoreError> {
        let scope = Scope { day, first: sequence, last: sequence, revision: 0 };
        let writer = SegmentWriter::create(dir, scope).map_err(|source| failed(dir, source))?;
        Ok(Self { sequence, day, after: None, writer })
    }

    /// Writes the next series; `read` shows it the state, with as short a lock as it takes to look.
    pub(super) fn step(
        mut self,
        dir: &Path,
        cache: &Cache,
        read: impl FnOnce(&mut dyn FnMut(&State)),
    ) -> Result<(Step, Option<Self>), StoreError> {
        let (from, to) = (self.day.start(), self.day.end());
        let mut snapshots = Vec::new();
        let mut last = None;
        read(&mut |state| {
            let generation = state.frozen.iter().find(|generation| generation.sequence() == self.sequence);
            for history in
                generation.into_iter().flat_map(|own| own.series_after(self.after.as_ref(), STEP_SERIES))
            {
                last = Some(history.meta.key.clone());
                snapshots.extend(history.snapshot(from, to));
            }
        });
        let Some(last) = last else {
            let segment = self.writer.finish(cache).map_err(|source| failed(dir, source))?;
            return Ok((Step::Done(segment), None));
        };
        let mut wrote = 0;
        for snapshot in &snapshots {
            let corrupt = |source| StoreError::corrupt(snapshot.meta.key.to_string(), source);
            let (times, values) = snapshot.read(from, to).map_err(corrupt)?;
            wrote += times.len() as u64;
            self.writer.add(&snapshot.meta, &times, &values).map_err(|source| failed(dir, source))?;
        }
        self.after = Some(last);
        Ok((Step::Wrote(wrote), Some(self)))
    }
}

/// Segments of one day on their way into one, with or without samples that are to be removed.
#[derive(Debug)]
pub(super) struct Rewrite {
    inputs: Vec<Arc<Segment>>,
    layers: Vec<Layer>,
    series: Vec<Arc<SeriesMeta>>,
    removal: Option<(i64, Matcher)>,
    next: usize,
    writer: SegmentWriter,
}

impl Rewrite {
    /// Begins to write `inputs`, which are of one day and in order, as one; without the samples before an instant of
    /// the series meant, when that is asked for.
    pub(super) fn begin(
        dir: &Path,
        inputs: Vec<Arc<Segment>>,
        removal: Option<(i64, Matcher)>,
    ) -> Result<Option<Self>, StoreError> {
        let (Some(first), Some(last)) = (inputs.first(), inputs.last()) else { return Ok(None) };
        let revision = if inputs.len() == 1 { first.name().revision + 1 } else { 0 };
        let scope = Scope { day: first.day(), first: first.name().first, last: last.name().last, revision };
        let (layers, series) = of_segments(&inputs);
        let writer = SegmentWriter::create(dir, scope).map_err(|source| failed(dir, source))?;
        Ok(Some(Self { inputs, layers, series, removal, next: 0, writer }))
    }

    pub(super) fn inputs(&self) -> &[Arc<Segment>] {
        &self.inputs
    }

    /// Writes the next series.
    pub(super) fn step(mut self, dir: &Path, cache: &Cache) -> Result<(Step, Option<Self>), StoreError> {
        let slots = self.next..self.next + self.some_series();
        if slots.is_empty() {
            let segment = self.writer.finish(cache).map_err(|source| failed(dir, source))?;
            return Ok((Step::Done(segment), None));
        }
        let mut rows: Vec<Rows> = vec![Rows::default(); slots.len()];
        for layer in &self.layers {
            for (slot, over) in layer.read(slots.clone(), i64::MIN, i64::MAX, cache)? {
                if let Some(under) = slot.checked_sub(slots.start).and_then(|place| rows.get_mut(place)) {
                    lay_over(under, over);
                }
            }
        }
        let mut wrote = 0;
        for (meta, (times, values)) in self.series.get(slots.clone()).unwrap_or_default().iter().zip(&rows) {
            let removal = self.removal.as_ref().filter(|(_, matcher)| matcher.matches(&meta.key));
            let start = removal.map_or(0, |(cutoff, _)| times.partition_point(|at| at < cutoff));
            wrote += times.len() as u64;
            let (times, values) =
                (times.get(start..).unwrap_or_default(), values.get(start..).unwrap_or_default());
            self.writer.add(meta, times, values).map_err(|source| failed(dir, source))?;
        }
        self.next = slots.end;
        Ok((Step::Wrote(wrote), Some(self)))
    }

    /// How many of the next series one step can hold.
    fn some_series(&self) -> usize {
        let left = self.series.len() - self.next;
        let mut samples = 0;
        let fits = (0..left.min(STEP_SERIES)).take_while(|offset| {
            samples += self.layers.iter().map(|layer| layer.samples_in(self.next + offset)).sum::<u64>();
            samples <= STEP_SAMPLES
        });
        fits.count().max(1).min(left)
    }
}

fn failed(dir: &Path, source: SegmentError) -> StoreError {
    StoreError::io(format!("writing a segment of the store in {}", dir.display()), source)
}
