//! Where the groups put their numbers: the batch, through ids that are kept from tick to tick.

use std::sync::{Arc, Weak};

use awatch_core::series::RegisterError;
use awatch_core::{
    Labels, Name, PushError, Registry, SampleBatch, SeriesId, SeriesKey, SeriesMeta, Target, Timestamp,
};

use crate::Metric;

/// After how many ticks a refused series is asked for again.
const RETRY_TICKS: u64 = 60;

/// The place of one series in a group: its id once it has one.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    id: Option<SeriesId>,
    /// The tick of the last sample.
    pushed: u64,
    /// The first tick at which a refused series may be asked for again.
    retry: u64,
}

/// Numbers the ticks one after the other, and leaves a gap whenever ids of before may not hold any more.
#[derive(Debug, Default)]
pub(crate) struct Ticks {
    number: u64,
    at: Option<Timestamp>,
    registry: Weak<Registry>,
    target: Option<Arc<Target>>,
}

impl Ticks {
    /// The number of the batch's tick: one more than that before; far more after a pause, in which series may have
    /// expired, and when the batch has another registry or target.
    pub(crate) fn next(&mut self, batch: &SampleBatch) -> u64 {
        let same_registry = std::ptr::eq(self.registry.as_ptr(), Arc::as_ptr(batch.registry()));
        let same_target = self.target.as_ref().is_some_and(|target| Arc::ptr_eq(target, batch.target()));
        let paused = self.at.is_none_or(|before| {
            let passed = batch.at().as_nanos().saturating_sub(before.as_nanos());
            i128::from(passed) > 2 * batch.interval().as_duration().as_nanos().cast_signed() || passed < 0
        });
        if !same_registry {
            self.registry = Arc::downgrade(batch.registry());
        }
        if !same_target {
            self.target = Some(Arc::clone(batch.target()));
        }
        self.at = Some(batch.at());
        let step = if same_registry && same_target && !paused { 1 } else { RETRY_TICKS + 1 };
        self.number = self.number.saturating_add(step);
        self.number
    }
}

/// The batch of one tick.
#[derive(Debug)]
pub(crate) struct Output<'a> {
    batch: &'a mut SampleBatch,
    tick: u64,
    refused: Option<PushError>,
}

impl<'a> Output<'a> {
    pub(crate) fn new(batch: &'a mut SampleBatch, tick: u64) -> Self {
        Self { batch, tick, refused: None }
    }

    /// Adds a sample of the series of `metric` with `labels`, which is always that of `slot`.
    ///
    /// A slot that had a sample at the tick before holds a valid id; any other looks its series up again.
    pub(crate) fn push(&mut self, slot: &mut Slot, metric: &Metric, labels: &[(&str, &str)], value: f64) {
        if slot.pushed.saturating_add(1) != self.tick {
            slot.id = None;
        }
        if slot.id.is_none() && self.tick >= slot.retry {
            slot.id = self.look_up(metric, labels);
            slot.retry = if slot.id.is_none() { self.tick.saturating_add(RETRY_TICKS) } else { 0 };
        }
        if let Some(id) = slot.id {
            slot.pushed = self.tick;
            self.batch.push(id, value);
        }
    }

    fn look_up(&mut self, metric: &Metric, labels: &[(&str, &str)]) -> Option<SeriesId> {
        match self.register(metric, labels) {
            Ok(id) => Some(id),
            // The batch and the registry have counted it.
            Err(PushError::Register(
                RegisterError::SeriesBudget { .. } | RegisterError::MemoryBudget { .. },
            )) => None,
            Err(error) => {
                self.refused.get_or_insert(error);
                None
            }
        }
    }

    fn register(&mut self, metric: &Metric, labels: &[(&str, &str)]) -> Result<SeriesId, PushError> {
        let labels = Labels::new(labels.iter().copied())?;
        let key = SeriesKey::new(Arc::clone(self.batch.target()), Name::new(metric.name)?, labels);
        let meta =
            SeriesMeta { key, unit: metric.unit(), kind: metric.kind, interval: self.batch.interval() };
        Ok(self.batch.series(&meta)?)
    }

    /// The tick.
    pub(crate) fn at(&self) -> Timestamp {
        self.batch.at()
    }

    /// Why a series was refused for another reason than a budget.
    pub(crate) fn refused(self) -> Option<PushError> {
        self.refused
    }
}
