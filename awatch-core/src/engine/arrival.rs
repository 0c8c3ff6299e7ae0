//! What a batch does: who it is from, whether it is in time, where its samples go.

use super::core::Core;
use super::guard::guard;
use super::lanes::Lanes;
use super::rates::Seen;
use super::source::Source;
use crate::store::Appended;
use crate::{EventKind, SampleBatch, Timestamp};

impl Core {
    pub(super) fn source_of(&mut self, batch: &SampleBatch, lanes: &mut Lanes) -> usize {
        let delay = self.delays.get(batch.source()).copied().unwrap_or_default();
        let Some(known) = self.sources.iter().position(|source| source.name == *batch.source()) else {
            self.sources.push(Source::new(batch.source().clone(), batch.interval(), delay));
            return self.sources.len() - 1;
        };
        if let Some(source) = self.sources.get_mut(known) {
            source.delay = delay;
            if source.interval != batch.interval() {
                source.interval = batch.interval();
                self.drop_source_groups(known, lanes);
            }
        }
        known
    }

    pub(super) fn append(&mut self, batch: &SampleBatch, received: Timestamp) {
        let Some(store) = self.store.clone() else { return };
        let failed = match guard(|| store.append(batch)) {
            Ok(Ok(Appended { rejected, .. })) => {
                self.stats.samples_unstored.add(rejected);
                None
            }
            Ok(Err(error)) => Some(super::chain(&error)),
            Err(message) => Some(format!("panic: {message}")),
        };
        self.append_result(received, failed, batch.samples().len() as u64);
    }

    /// Tells of the first batch that the store did not take, and of its recovery.
    fn append_result(&mut self, at: Timestamp, failed: Option<String>, samples: u64) {
        let Some(error) = failed else {
            if let Some(lost) = self.append_trouble.take() {
                self.emit(at, EventKind::StoreRecovered { lost });
            }
            return;
        };
        self.stats.samples_unstored.add(samples);
        let before = self.append_trouble;
        self.append_trouble = Some(before.unwrap_or(0) + samples);
        if before.is_none() {
            self.emit(at, EventKind::StoreFailed { error });
        }
    }

    /// A tick that is not due for a whole interval cannot be: its source's clock is wrong, or ours was set back while
    /// the batch was under way. It is stored and not scored, or the ticks until then would all seem late.
    pub(super) fn is_ahead(&mut self, source: usize, batch: &SampleBatch, received: Timestamp) -> bool {
        let Some(state) = self.sources.get_mut(source) else { return true };
        let ahead = batch.at().since(received).unwrap_or_default();
        if ahead <= batch.interval().as_duration() {
            state.ahead_told = false;
            return false;
        }
        self.stats.samples_ahead.add(batch.samples().len() as u64);
        if !std::mem::replace(&mut state.ahead_told, true) {
            let (source, tick) = (batch.source().clone(), batch.at());
            self.emit(received, EventKind::DataAhead { source, tick, ahead_seconds: ahead.as_secs_f64() });
        }
        true
    }

    /// A batch whose row was closed before is late: counted, told once, not scored.
    pub(super) fn is_late(&mut self, source: usize, batch: &SampleBatch, received: Timestamp) -> bool {
        let Some(state) = self.sources.get_mut(source) else { return true };
        if state.last_tick.is_none_or(|last| batch.at() > last) {
            state.late_told = false;
            return false;
        }
        // It is alive all the same.
        state.last_report = state.last_report.max(Some(batch.at()));
        self.stats.samples_late.add(batch.samples().len() as u64);
        if !std::mem::replace(&mut state.late_told, true) {
            let late = received.since(batch.at()).unwrap_or_default();
            let source = batch.source().clone();
            let kind = EventKind::DataLate { source, tick: batch.at(), late_seconds: late.as_secs_f64() };
            self.emit(received, kind);
        }
        true
    }

    pub(super) fn reported(&mut self, source: usize, at: Timestamp) {
        let Some(state) = self.sources.get_mut(source) else { return };
        let last = state.last_report.replace(at);
        state.last_tick = Some(at);
        if std::mem::take(&mut state.silent) {
            let silent = last.and_then(|last| at.since(last)).unwrap_or_default();
            let source_name = state.name.clone();
            self.emit(
                at,
                EventKind::SourceResumed { source: source_name, silent_seconds: silent.as_secs_f64() },
            );
            self.refresh_health_of_source(source, at);
        }
    }

    pub(super) fn refresh_health_of_source(&mut self, source: usize, at: Timestamp) {
        let targets: Vec<_> = self
            .sources
            .get(source)
            .map(|source| source.groups.keys().cloned().collect())
            .unwrap_or_default();
        for target in targets {
            self.refresh_health(&target, at);
        }
    }

    /// Puts the samples of the batch's tick into their rows.
    pub(super) fn fill(&mut self, source: usize, batch: &SampleBatch, lanes: &mut Lanes) {
        let at = batch.at();
        let (mut resets, mut backfilled, mut rejected, mut example) = (0_u64, 0_u64, 0_u64, None);
        for sample in batch.samples() {
            if sample.at != at {
                backfilled += 1;
                self.note_alive(sample.series);
                continue;
            }
            let slot = self.slot_of(source, sample.series, batch, lanes);
            let group = slot.and_then(|slot| Some((slot, self.groups.get_mut(slot.group)?.as_mut()?)));
            let Some((slot, group)) = group else {
                rejected += 1;
                continue;
            };
            let Some(place) = group.place_mut(slot.place) else { continue };
            place.last_seen = at;
            match place.rate.see(place.meta.kind, place.meta.interval, at, sample.value) {
                Seen::Value(value) => group.fill(slot.place, value),
                Seen::Nothing => {}
                Seen::Reset => {
                    resets += 1;
                    example.get_or_insert_with(|| place.meta.key.to_string());
                }
            }
        }
        self.stats.samples_backfilled.add(backfilled);
        self.stats.samples_rejected.add(rejected);
        if let Some(example) = example {
            self.stats.counter_resets.add(resets);
            let source = batch.source().clone();
            self.emit(at, EventKind::CounterReset { source, count: resets, example });
        }
    }

    /// The series of a batch that is not scored are alive all the same.
    pub(super) fn note_unscored(&mut self, batch: &SampleBatch) {
        for sample in batch.samples() {
            self.note_alive(sample.series);
        }
    }

    fn note_alive(&mut self, id: crate::SeriesId) {
        let now = self.now;
        let slot = self.slots.get(id.index()).copied().flatten().filter(|slot| slot.id == id);
        if let Some(slot) = slot {
            let group = self.groups.get_mut(slot.group).and_then(Option::as_mut);
            if let Some(place) = group.and_then(|group| group.place_mut(slot.place)) {
                place.last_seen = place.last_seen.max(now);
            }
        } else if let Some(seen) = self.placeless.get_mut(&id) {
            *seen = now;
        }
    }
}
