//! Metrics that the embedding program sets itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::series::{Kind, Labels, Name, NameError, SeriesKey, SeriesMeta, Target, Unit};
use crate::{CollectError, Collector, Interval, PushError, SampleBatch};

/// A level that the program sets, from any thread. Clones are the same gauge; when the last is gone its series ends.
///
/// Setting is one atomic store. The engine reads it at each tick: what was set between two ticks and replaced is not
/// seen.
#[derive(Clone, Debug)]
pub struct Gauge(Arc<AtomicU64>);

/// A total that the program adds to, from any thread. Clones are the same counter; when the last is gone its series
/// ends. Detectors see its rate per second.
#[derive(Clone, Debug)]
pub struct Counter(Arc<AtomicU64>);

/// The bits of a gauge that was never set: a NaN no arithmetic produces.
const UNSET: u64 = u64::MAX;

impl Gauge {
    /// Sets the level. A number that is not finite is left out at the next tick, and counted.
    #[inline]
    pub fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }

    /// The level set last; `None` before the first.
    #[must_use]
    pub fn get(&self) -> Option<f64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|bits| *bits != UNSET).map(f64::from_bits)
    }
}

impl Counter {
    /// Adds to the total.
    #[inline]
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// The total.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The program's own metrics, read at each tick as the source `custom`.
#[derive(Clone, Debug, Default)]
pub(super) struct Custom(Arc<Mutex<Vec<Entry>>>);

#[derive(Debug)]
struct Entry {
    metric: Name,
    labels: Labels,
    unit: Unit,
    kind: Kind,
    cell: Arc<AtomicU64>,
}

impl Custom {
    pub(super) fn gauge(
        &self,
        metric: &str,
        labels: &[(&str, &str)],
        unit: Unit,
    ) -> Result<Gauge, NameError> {
        self.cell(metric, labels, unit, Kind::Gauge, UNSET).map(Gauge)
    }

    pub(super) fn counter(
        &self,
        metric: &str,
        labels: &[(&str, &str)],
        unit: Unit,
    ) -> Result<Counter, NameError> {
        self.cell(metric, labels, unit, Kind::CumulativeCounter, 0).map(Counter)
    }

    /// The cell of that series: the known one when the same was asked for before.
    fn cell(
        &self,
        metric: &str,
        labels: &[(&str, &str)],
        unit: Unit,
        kind: Kind,
        start: u64,
    ) -> Result<Arc<AtomicU64>, NameError> {
        let (metric, labels) = (Name::new(metric)?, Labels::new(labels.iter().copied())?);
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |entry: &&Entry| entry.metric == metric && entry.labels == labels && entry.kind == kind;
        if let Some(known) = entries.iter().find(same) {
            return Ok(Arc::clone(&known.cell));
        }
        let cell = Arc::new(AtomicU64::new(start));
        entries.push(Entry { metric, labels, unit, kind, cell: Arc::clone(&cell) });
        Ok(cell)
    }
}

impl Collector for Custom {
    fn name(&self) -> &'static str {
        "custom"
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        let mut refused = None;
        let (target, interval) = (Arc::clone(out.target()), out.interval());
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in entries.iter() {
            let Some(value) = entry.value() else { continue };
            match out.series(&entry.meta(&target, interval)) {
                Ok(id) => out.push(id, value),
                Err(error) => refused = Some(error),
            }
        }
        // An entry whose last handle is gone has been read once more: its final value is kept.
        entries.retain(|entry| Arc::strong_count(&entry.cell) > 1);
        refused.map_or(Ok(()), |error| Err(CollectError::Push(PushError::from(error))))
    }
}

impl Entry {
    fn value(&self) -> Option<f64> {
        let bits = self.cell.load(Ordering::Relaxed);
        match self.kind {
            Kind::Gauge => Some(bits).filter(|bits| *bits != UNSET).map(f64::from_bits),
            _ => Some(bits as f64),
        }
    }

    fn meta(&self, target: &Arc<Target>, interval: Interval) -> SeriesMeta {
        let key = SeriesKey::new(Arc::clone(target), self.metric.clone(), self.labels.clone());
        SeriesMeta { key, unit: self.unit.clone(), kind: self.kind, interval }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Registry, Timestamp};

    fn collect(custom: &mut Custom) -> Vec<f64> {
        let registry = Arc::new(Registry::new(10));
        let name = Name::new("custom").unwrap();
        let target = Target::new("t").unwrap();
        let mut batch = SampleBatch::new(registry, name, target, Interval::SECOND, Timestamp::EPOCH);
        custom.collect(&mut batch).unwrap();
        batch.samples().iter().map(|sample| sample.value).collect()
    }

    #[test]
    fn a_gauge_is_silent_until_set_and_gone_after_its_last_handle() {
        let mut custom = Custom::default();
        let depth = custom.gauge("queue.depth", &[], Unit::count("item")).unwrap();
        let jobs = custom.counter("jobs", &[("queue", "a")], Unit::count("job")).unwrap();
        assert_eq!(collect(&mut custom), [0.0]);
        depth.set(7.5);
        custom.gauge("queue.depth", &[], Unit::count("item")).unwrap().set(8.5);
        jobs.add(3);
        assert_eq!(collect(&mut custom), [8.5, 3.0]);
        assert_eq!((depth.get(), jobs.get()), (Some(8.5), 3));
        drop(depth);
        assert_eq!(collect(&mut custom), [8.5, 3.0]);
        assert_eq!(collect(&mut custom), [3.0]);
    }
}
