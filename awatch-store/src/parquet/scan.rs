//! Answers a query from layers, one slice of time after the other, without any lock.

use std::sync::Arc;

use awatch_core::store::{BlockData, SeriesBlock, Slice, StoreError};
use awatch_core::{SeriesMeta, Timestamp};

use super::layer::Layer;
use super::rows::lay_over;
use super::segment::{Cache, Rows};

/// About how many samples a slice holds: 16 MiB of times and values.
const SLICE_SAMPLES: u64 = 1 << 20;

/// Least samples per series and slice on average, so that no page is decoded for many slices.
const SLICE_SAMPLES_PER_SERIES: u64 = 256;

/// The slices of one query.
#[derive(Debug)]
pub(super) struct Slices {
    layers: Vec<Layer>,
    series: Vec<Arc<SeriesMeta>>,
    cache: Arc<Cache>,
    /// Where layers begin or end, the next one last.
    edges: Vec<i64>,
    /// Where the next slice starts.
    next: i64,
    end: i64,
    errors: Vec<StoreError>,
}

impl Slices {
    pub(super) fn new(
        layers: Vec<Layer>,
        series: Vec<Arc<SeriesMeta>>,
        from: i64,
        to: i64,
        cache: Arc<Cache>,
    ) -> Self {
        let mut edges: Vec<i64> =
            layers.iter().flat_map(|layer| [layer.first, layer.last.saturating_add(1)]).collect();
        edges.sort_unstable_by(|a, b| b.cmp(a));
        Self { layers, series, cache, edges, next: from, end: to, errors: Vec::new() }
    }

    /// The next stretch of time with about as many samples as a slice may have; `None` after the last layer.
    fn stretch(&mut self) -> Option<(i64, i64)> {
        let start = self
            .next
            .max(self.layers.iter().filter(|layer| self.next <= layer.last).map(|layer| layer.first).min()?);
        let mut room = SLICE_SAMPLES.max(SLICE_SAMPLES_PER_SERIES * self.series.len() as u64) as f64;
        let mut at = start;
        while at < self.end && room >= 1.0 {
            while self.edges.pop_if(|edge| *edge <= at).is_some() {}
            let edge = self.edges.last().copied().unwrap_or(self.end).min(self.end);
            let here = self.layers.iter().filter(|layer| layer.first <= at && at <= layer.last);
            let per_nano: f64 =
                here.map(|layer| layer.samples as f64 / (layer.last as f64 - layer.first as f64 + 1.0)).sum();
            let fits = if per_nano > 0.0 { room / per_nano } else { f64::INFINITY };
            let until = edge.min(at.saturating_add(whole(fits)));
            room -= per_nano * (until as f64 - at as f64);
            if until == self.end || until < edge || self.edges.is_empty() {
                at = until;
                break;
            }
            at = until;
        }
        (start < at).then_some((start, at))
    }

    fn read(&mut self, from: i64, to: i64) -> Vec<SeriesBlock> {
        let mut rows: Vec<Rows> = vec![Rows::default(); self.series.len()];
        let (series, cache, errors) = (self.series.len(), &self.cache, &mut self.errors);
        self.layers.retain(|layer| match layer.read(0..series, from, to, cache) {
            Ok(found) => {
                for (slot, over) in found {
                    if let Some(under) = rows.get_mut(slot) {
                        lay_over(under, over);
                    }
                }
                true
            }
            Err(error) => {
                errors.push(error);
                false
            }
        });
        let blocks = self.series.iter().zip(rows).filter(|(_, (times, _))| !times.is_empty());
        blocks
            .map(|(meta, (times, values))| {
                let at = times.into_iter().map(Timestamp::from_nanos).collect();
                SeriesBlock { meta: Arc::clone(meta), data: BlockData::Raw { at, values } }
            })
            .collect()
    }
}

/// A length of time in whole nanoseconds, at least one.
#[expect(clippy::cast_possible_truncation, reason = "a cast of a float stops at the ends of the range")]
fn whole(nanos: f64) -> i64 {
    (nanos as i64).max(1)
}

impl Iterator for Slices {
    type Item = Result<Slice, StoreError>;

    /// A layer that cannot be read is told once and left out from then on.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(error) = self.errors.pop() {
                return Some(Err(error));
            }
            let (start, end) = self.stretch()?;
            let blocks = self.read(start, end);
            if !self.errors.is_empty() {
                // The same stretch again, without what could not be read.
                continue;
            }
            self.next = end;
            if !blocks.is_empty() {
                let (start, end) = (Timestamp::from_nanos(start), Timestamp::from_nanos(end));
                return Some(Ok(Slice { start, end, blocks }));
            }
        }
    }
}
