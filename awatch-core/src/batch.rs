use std::sync::Arc;

use crate::series::{
    Kind, Labels, Name, RegisterError, Registry, SeriesId, SeriesKey, SeriesMeta, Target, Unit,
};
use crate::{Interval, Timestamp};

/// One number of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The series, resolved by the batch that carries the sample.
    pub series: SeriesId,
    /// When it was true.
    pub at: Timestamp,
    /// The number, finite, in the unit of the series.
    pub value: f64,
}

/// Something with fields of its own that belongs to a tick and is not a series: one of the top processes, say.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The kind of record: `process`.
    pub kind: Name,
    /// Its fields in order, as name and text.
    pub fields: Vec<(Name, String)>,
}

/// What one source reports at one tick: samples of any of its targets, and records.
///
/// A collector fills it; the engine routes it. It carries the [`Registry`] that resolves its series ids.
///
/// Most collectors only call [`gauge`](SampleBatch::gauge) and [`counter`](SampleBatch::counter). One with many
/// series keeps the ids that [`series`](SampleBatch::series) gave it and calls [`push`](SampleBatch::push).
#[derive(Clone, Debug)]
pub struct SampleBatch {
    registry: Arc<Registry>,
    source: Name,
    target: Arc<Target>,
    interval: Interval,
    at: Timestamp,
    samples: Vec<Sample>,
    records: Vec<Record>,
    rejected: u64,
}

impl SampleBatch {
    /// An empty batch of `source` for the tick `at`; `target` is whom the samples are about unless told otherwise.
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        source: Name,
        target: Arc<Target>,
        interval: Interval,
        at: Timestamp,
    ) -> Self {
        Self { registry, source, target, interval, at, samples: Vec::new(), records: Vec::new(), rejected: 0 }
    }

    /// Adds a sample of a gauge of this batch's target; `labels` as `[("device", "sda")]`, empty: `[]`.
    ///
    /// # Errors
    /// [`PushError`]; the other samples stay.
    pub fn gauge<const N: usize>(
        &mut self,
        metric: &str,
        labels: [(&str, &str); N],
        unit: &Unit,
        value: f64,
    ) -> Result<(), PushError> {
        self.sample(metric, labels, unit, Kind::Gauge, value)
    }

    /// Adds the present total of a cumulative counter of this batch's target.
    ///
    /// # Errors
    /// [`PushError`]; the other samples stay.
    pub fn counter<const N: usize>(
        &mut self,
        metric: &str,
        labels: [(&str, &str); N],
        unit: &Unit,
        total: f64,
    ) -> Result<(), PushError> {
        self.sample(metric, labels, unit, Kind::CumulativeCounter, total)
    }

    fn sample<const N: usize>(
        &mut self,
        metric: &str,
        labels: [(&str, &str); N],
        unit: &Unit,
        kind: Kind,
        value: f64,
    ) -> Result<(), PushError> {
        let key = SeriesKey::new(Arc::clone(&self.target), Name::new(metric)?, Labels::new(labels)?);
        let meta = SeriesMeta { key, unit: unit.clone(), kind, interval: self.interval };
        let id = self.series(&meta)?;
        self.push(id, value);
        Ok(())
    }

    /// The id of a series, to be kept by the collector. Takes a lock and hashes the key.
    ///
    /// # Errors
    /// [`RegisterError`] when a budget refuses it or the key is known with another meaning; counted in the batch.
    pub fn series(&mut self, meta: &SeriesMeta) -> Result<SeriesId, RegisterError> {
        self.registry.register(meta).inspect_err(|_| self.rejected += 1)
    }

    /// Adds a sample at this batch's tick. A number that is not finite is not a sample: it is left out and counted.
    pub fn push(&mut self, series: SeriesId, value: f64) {
        self.push_at(series, self.at, value);
    }

    /// Adds a sample of another instant: history, or a source that answers late. It is stored; only samples at the
    /// batch's own tick are scored.
    pub fn push_at(&mut self, series: SeriesId, at: Timestamp, value: f64) {
        if value.is_finite() {
            self.samples.push(Sample { series, at, value });
        } else {
            self.rejected += 1;
        }
    }

    /// Adds a record.
    pub fn record(&mut self, record: Record) {
        self.records.push(record);
    }

    /// Empties it for another tick, keeping its memory.
    pub fn restart(&mut self, at: Timestamp) {
        self.at = at;
        self.samples.clear();
        self.records.clear();
        self.rejected = 0;
    }

    /// The tick.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Who reports.
    #[must_use]
    pub fn source(&self) -> &Name {
        &self.source
    }

    /// Whom [`gauge`](SampleBatch::gauge) and [`counter`](SampleBatch::counter) are about.
    #[must_use]
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// Directs the samples that follow at another target.
    pub fn set_target(&mut self, target: Arc<Target>) {
        self.target = target;
    }

    /// The time between two ticks of the source.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The samples in the order they were added.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The records.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How many samples were left out: not finite, or of a refused series.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// The series behind an id of this batch; `None` when it expired since.
    #[must_use]
    pub fn resolve(&self, id: SeriesId) -> Option<Arc<SeriesMeta>> {
        self.registry.resolve(id)
    }

    /// The registry of the ids.
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }
}

/// A sample was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// A name in it is malformed.
    #[error(transparent)]
    Name(#[from] crate::series::NameError),
    /// Its series was refused.
    #[error(transparent)]
    Register(#[from] RegisterError),
}
