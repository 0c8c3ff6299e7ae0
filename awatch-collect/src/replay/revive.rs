//! Batches made before time passed in which their series may have expired.

use std::sync::Arc;

use awatch_core::{Arrival, Engine, Sample, SampleBatch, SeriesMeta};

/// Lets the time of `engine` pass until `arrival` came.
///
/// A collector makes its batch when it is due, so that a series that expired meanwhile is registered again. A batch of
/// a recording was made when the one before it was played: what expires in between is registered again here.
pub(super) fn pass_until(engine: &mut Engine, mut arrival: Arrival) -> Arrival {
    if !engine.may_expire_until(arrival.received) {
        return arrival;
    }
    let resolve = |sample: &Sample| arrival.batch.resolve(sample.series);
    let known: Vec<Option<Arc<SeriesMeta>>> = arrival.batch.samples().iter().map(resolve).collect();
    engine.advance_to(arrival.received);
    let is_expired = |sample: &Sample| arrival.batch.resolve(sample.series).is_none();
    if arrival.batch.samples().iter().any(is_expired) {
        arrival.batch = registered_again(&arrival.batch, &known);
    }
    arrival
}

fn registered_again(batch: &SampleBatch, known: &[Option<Arc<SeriesMeta>>]) -> SampleBatch {
    let (registry, source) = (Arc::clone(batch.registry()), batch.source().clone());
    let mut again =
        SampleBatch::new(registry, source, Arc::clone(batch.target()), batch.interval(), batch.at());
    for (sample, meta) in batch.samples().iter().zip(known) {
        if let Some(id) = meta.as_ref().and_then(|meta| again.series(meta).ok()) {
            again.push_at(id, sample.at, sample.value);
        }
    }
    for record in batch.records() {
        again.record(record.clone());
    }
    again
}
