//! Moments made of what a store kept: values, and nothing else.

use std::sync::Arc;

use awatch::store::{BlockData, Query, SeriesBlock};
use awatch::{Interval, Kind, Matcher, Store, StoreError, Timestamp};

use super::moment::{Moment, narrow};
use super::slots::{Slot, Slots};

/// The moments from `start` until before `end` in which known series have values.
pub(super) fn read(
    store: &dyn Store,
    slots: &Slots,
    start: Timestamp,
    end: Timestamp,
    step: Interval,
) -> Result<Vec<Moment>, StoreError> {
    let longest = slots.iter().map(|(_, slot)| slot.interval).max().unwrap_or(step);
    // A rate needs the total before.
    let from = start.minus(longest.as_duration().saturating_mul(2));
    let mut grid = Grid::new(slots, start, end, step);
    let mut before: Vec<Option<(Timestamp, f64)>> = vec![None; slots.len()];
    for slice in store.scan(&Query { matcher: Matcher::all(), start: from, end })? {
        for block in slice?.blocks {
            let Some(place) = slots.find(&block.meta.key) else { continue };
            let (Some(slot), Some(before)) = (slots.get(place), before.get_mut(place)) else { continue };
            for (at, raw) in samples(&block) {
                if let Some(value) = value(slot, *before, at, raw) {
                    grid.put(place, at, value, slot.interval);
                }
                *before = Some((at, raw));
            }
        }
    }
    Ok(grid.into_moments())
}

fn samples(block: &SeriesBlock) -> Vec<(Timestamp, f64)> {
    match &block.data {
        BlockData::Raw { at, values } => at.iter().copied().zip(values.iter().copied()).collect(),
        BlockData::Rollup { buckets, .. } => buckets.iter().map(|bucket| (bucket.at, bucket.last)).collect(),
        _ => Vec::new(),
    }
}

/// The value as a detector sees it: of counters the rate since the sample before.
fn value(slot: &Slot, before: Option<(Timestamp, f64)>, at: Timestamp, raw: f64) -> Option<f64> {
    match slot.kind {
        Kind::CumulativeCounter => {
            let (earlier, total) = before?;
            let seconds = at.since(earlier)?.as_secs_f64();
            let is_next = seconds > 0.0 && seconds < 1.5 * slot.interval.as_secs_f64();
            (is_next && raw >= total).then(|| (raw - total) / seconds)
        }
        Kind::DeltaSum => Some(raw / slot.interval.as_secs_f64()),
        _ => Some(raw),
    }
}

/// The values of a stretch of time, tick by tick.
struct Grid {
    start: Timestamp,
    step: Interval,
    rows: Vec<Option<Vec<f32>>>,
    width: usize,
}

impl Grid {
    fn new(slots: &Slots, start: Timestamp, end: Timestamp, step: Interval) -> Self {
        let start = start.floor(step);
        let nanos = end.as_nanos().saturating_sub(start.as_nanos());
        let count = usize::try_from(nanos.div_euclid(step.as_nanos())).unwrap_or(0);
        Self { start, step, rows: vec![None; count], width: slots.len() }
    }

    /// A value holds until its source reports again.
    fn put(&mut self, place: usize, at: Timestamp, value: f64, interval: Interval) {
        let tick = at.as_nanos().saturating_sub(self.start.as_nanos()).div_euclid(self.step.as_nanos());
        let holds = interval.as_nanos().div_euclid(self.step.as_nanos()).max(1);
        for tick in tick..tick.saturating_add(holds) {
            let row = usize::try_from(tick).ok().and_then(|tick| self.rows.get_mut(tick));
            let Some(row) = row else { continue };
            let row = row.get_or_insert_with(|| vec![f32::NAN; self.width]);
            if let Some(slot) = row.get_mut(place) {
                *slot = narrow(Some(value));
            }
        }
    }

    fn into_moments(self) -> Vec<Moment> {
        let (mut at, step) = (self.start, self.step.as_duration());
        let mut moments = Vec::new();
        for row in self.rows {
            if let Some(values) = row {
                moments.push(Moment {
                    at,
                    values: values.into(),
                    bands: Arc::from([]),
                    anomalies: Arc::from([]),
                    health: None,
                    processes: Arc::from([]),
                });
            }
            at = at.plus(step);
        }
        moments
    }
}
