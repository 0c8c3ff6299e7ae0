//! Answers a query from snapshots, one slice of time after the other, without any lock.

use awatch_core::Timestamp;
use awatch_core::store::{BlockData, SeriesBlock, Slice, StoreError};

use super::codec::DecodeError;
use super::history::Snapshot;

/// About how many samples a slice holds: 4 MiB of times and values.
const SLICE_SAMPLES: usize = 1 << 18;

/// Least samples per series and slice on average, so that no chunk is decoded for many slices.
const SLICE_SAMPLES_PER_SERIES: usize = 256;

/// The slices of one query.
#[derive(Debug)]
pub(super) struct Slices {
    series: Vec<Snapshot>,
    /// Where the next slice starts.
    next: i64,
    end: i64,
    /// The length of a slice; the last may be shorter.
    span: i64,
}

impl Slices {
    /// The samples of `series`, sorted by key, within `from..to`.
    pub(super) fn new(series: Vec<Snapshot>, from: i64, to: i64) -> Self {
        let extents = series.iter().filter_map(Snapshot::extent);
        let extent = extents.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let (first, last) = extent.unwrap_or((to, to));
        let (next, end) = (first.max(from), last.saturating_add(1).min(to));
        let samples: usize = series.iter().map(Snapshot::samples).sum();
        let per_slice = SLICE_SAMPLES.max(SLICE_SAMPLES_PER_SERIES * series.len());
        let slices = i128::try_from(samples.div_ceil(per_slice)).unwrap_or(1).max(1);
        let span = (i128::from(end) - i128::from(next)).max(0) / slices + 1;
        Self { series, next, end, span: i64::try_from(span).unwrap_or(i64::MAX) }
    }

    fn read(&self, from: i64, to: i64) -> Result<Vec<SeriesBlock>, StoreError> {
        let mut blocks = Vec::new();
        for series in &self.series {
            let (times, values) = series.read(from, to).map_err(|source| corrupt(series, source))?;
            if !times.is_empty() {
                let at = times.into_iter().map(Timestamp::from_nanos).collect();
                blocks.push(SeriesBlock {
                    meta: std::sync::Arc::clone(&series.meta),
                    data: BlockData::Raw { at, values },
                });
            }
        }
        Ok(blocks)
    }
}

impl Iterator for Slices {
    type Item = Result<Slice, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            let start = self.next;
            let end = start.saturating_add(self.span).min(self.end);
            self.next = end;
            match self.read(start, end) {
                Ok(blocks) if blocks.is_empty() => {}
                Ok(blocks) => {
                    let (start, end) = (Timestamp::from_nanos(start), Timestamp::from_nanos(end));
                    return Some(Ok(Slice { start, end, blocks }));
                }
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

pub(super) fn corrupt(series: &Snapshot, source: DecodeError) -> StoreError {
    unreadable(&series.meta.key, source)
}

pub(super) fn unreadable(key: &awatch_core::SeriesKey, source: DecodeError) -> StoreError {
    StoreError::Corrupt { what: key.to_string(), source: Box::new(source) }
}
