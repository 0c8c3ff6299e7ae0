//! What is written of an arrival, whatever the format.

use std::sync::Arc;

use awatch_core::{Interval, Name, RecordingError, Sample, SampleBatch, SeriesMeta, Timestamp};

use super::text;

/// A row to be written.
#[derive(Debug)]
pub(super) struct WrittenRow<'a> {
    pub(super) received: Timestamp,
    pub(super) source: &'a Name,
    pub(super) interval: Interval,
    pub(super) at: Timestamp,
    pub(super) target: &'a Name,
    /// `None`: the beginning of an arrival.
    pub(super) series: Option<&'a SeriesMeta>,
    pub(super) value: f64,
}

impl WrittenRow<'_> {
    /// How the numbers of its series follow from each other; nothing for the beginning of an arrival.
    pub(super) fn kind(&self) -> Result<&'static str, RecordingError> {
        let Some(meta) = self.series else { return Ok("") };
        text::kind_text(meta.kind).ok_or_else(|| {
            RecordingError::malformed(
                meta.key.to_string(),
                format!("history files have no kind {:?}", meta.kind),
            )
        })
    }
}

/// Turns arrivals into rows.
///
/// An arrival begins with a row of its own, without a series, when its rows alone would not show where it begins: it
/// has no samples, or some of another instant or interval than its own, or the same source arrived just before.
#[derive(Debug, Default)]
pub(super) struct Writing {
    last: Option<(Name, Timestamp)>,
}

impl Writing {
    /// Gives the rows of a batch to `write`, in order.
    pub(super) fn rows(
        &mut self,
        batch: &SampleBatch,
        received: Timestamp,
        mut write: impl FnMut(&WrittenRow<'_>) -> Result<(), RecordingError>,
    ) -> Result<(), RecordingError> {
        let resolved = |sample: &Sample| Some((*sample, batch.resolve(sample.series)?));
        let samples: Vec<(Sample, Arc<SeriesMeta>)> = batch.samples().iter().filter_map(resolved).collect();
        let (source, interval) = (batch.source(), batch.interval());
        let is_same = self.last.as_ref().is_some_and(|(last, at)| last == source && *at == received);
        let is_plain =
            |(sample, meta): &(Sample, Arc<SeriesMeta>)| sample.at == batch.at() && meta.interval == interval;
        if is_same || samples.is_empty() || !samples.iter().all(is_plain) {
            let (at, target) = (batch.at(), batch.target().id());
            write(&WrittenRow { received, source, interval, at, target, series: None, value: f64::NAN })?;
        }
        for (sample, meta) in &samples {
            write(&WrittenRow {
                received,
                source,
                interval: meta.interval,
                at: sample.at,
                target: meta.key.target().id(),
                series: Some(meta),
                value: sample.value,
            })?;
        }
        if !is_same {
            self.last = Some((source.clone(), received));
        }
        Ok(())
    }
}
