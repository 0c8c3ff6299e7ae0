//! What happens when time passes: rows that nobody filled, silence, expiry, budgets, steps of the clock.

use std::time::Duration;

use super::core::Core;
use super::guard::guard;
use super::lane::LaneInput;
use super::lanes::Lanes;
use crate::store::{Budget, Maintained};
use crate::{EventKind, Interval, Timestamp};

/// How often expiry, budgets and the store's housekeeping are looked at.
const SWEEP: u64 = 10;
/// How long one turn of the store's housekeeping may take.
const HOUSEKEEPING: Duration = Duration::from_millis(5);
/// What an engine holds per series besides detectors and history, in bytes, measured and rounded up.
const SERIES_BYTES: u64 = 700;
/// A memory budget that stays used up is told of again after this.
const MEMORY_AGAIN: Duration = Duration::from_hours(1);

fn sweep_interval() -> Interval {
    Interval::from_secs(SWEEP).unwrap_or_default()
}

impl Core {
    /// Lets time pass until `to`. Going there in one step or in many gives the same.
    pub(super) fn advance_to(&mut self, to: Timestamp, lanes: &mut Lanes) {
        if self.now == Timestamp::MIN {
            self.now = to;
            return;
        }
        while let Some((at, timer)) = self.next_timer(to).filter(|(at, _)| *at <= to) {
            self.now = self.now.max(at);
            match timer {
                Timer::Row(source, due) => self.miss(source, due, at, lanes),
                Timer::Sweep => self.sweep(at, lanes),
            }
        }
        self.now = self.now.max(to);
    }

    /// Whether a sweep comes until `at`.
    pub(super) fn sweeps_until(&self, at: Timestamp) -> bool {
        self.now != Timestamp::MIN && self.now.next_on(sweep_interval()) <= at
    }

    /// The next instant at which something happens without a batch.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        self.next_timer(self.now.next_on(sweep_interval())).map(|(at, _)| at)
    }

    /// What happens next when time passes until `to`. With nothing watched there is one sweep at the end, not one
    /// every few seconds on the way there.
    fn next_timer(&self, to: Timestamp) -> Option<(Timestamp, Timer)> {
        if self.now == Timestamp::MIN {
            return None;
        }
        let rows = self.sources.iter().enumerate().filter_map(|(index, source)| {
            let (deadline, due) = source.deadline(&self.options)?;
            Some((deadline, Timer::Row(index, due)))
        });
        let is_idle = self.registry.is_empty();
        let sweep = if is_idle { to.floor(sweep_interval()) } else { self.now.next_on(sweep_interval()) };
        let sweep = Some((sweep, Timer::Sweep)).filter(|(at, _)| *at > self.now);
        rows.chain(sweep).min_by_key(|(at, timer)| (*at, timer.order()))
    }

    /// A source did not report in time: its rows are closed empty.
    fn miss(&mut self, index: usize, due: Timestamp, at: Timestamp, lanes: &mut Lanes) {
        let silence = |source: &super::source::Source| self.options.silence(source.interval);
        let Some(source) = self.sources.get(index) else { return };
        let silence = silence(source);
        let Some(source) = self.sources.get_mut(index) else { return };
        source.last_tick = Some(due);
        let last = source.last_report.unwrap_or(due);
        let falls_silent = !source.silent && due.since(last).is_some_and(|away| away >= silence);
        source.silent |= falls_silent;
        let name = source.name.clone();
        self.stats.rows_missed.add(source.groups.len() as u64);
        if falls_silent {
            self.emit(at, EventKind::SourceSilent { source: name, last });
            self.refresh_health_of_source(index, at);
        }
        self.close_source(index, due, lanes);
    }

    /// Does what is looked at now and then.
    fn sweep(&mut self, at: Timestamp, lanes: &mut Lanes) {
        self.expire(at, lanes);
        self.expire_placeless(at);
        self.tell_refused(at);
        lanes.tell(&LaneInput::Weigh);
        self.settle(lanes);
        self.keep_budget(at);
        self.stats.series.set(self.registry.len() as u64);
    }

    /// Forgets the series that have not appeared for long.
    fn expire(&mut self, at: Timestamp, lanes: &mut Lanes) {
        let cutoff = at.minus(self.options.expire_after);
        let expired = |group: usize, places: &[Option<super::block::Place>]| -> Vec<(usize, usize)> {
            let old =
                |place: &Option<super::block::Place>| place.as_ref().is_some_and(|p| p.last_seen < cutoff);
            places
                .iter()
                .enumerate()
                .filter(|(_, place)| old(place))
                .map(|(place, _)| (group, place))
                .collect()
        };
        let all: Vec<(usize, usize)> = self
            .groups
            .iter()
            .enumerate()
            .filter_map(|(index, group)| group.as_ref().map(|group| expired(index, &group.places)))
            .flatten()
            .collect();
        if all.is_empty() {
            return;
        }
        let mut examples = Vec::new();
        for (group, place) in &all {
            if let Some(gone) = self.drop_series(*group, *place, lanes) {
                self.registry.release(gone.id);
                if examples.len() < 5 {
                    examples.push(gone.meta.key.to_string());
                }
            }
        }
        self.stats.series_expired.add(all.len() as u64);
        self.emit(at, EventKind::SeriesExpired { count: all.len() as u64, examples });
        let empty: Vec<usize> = (0..self.groups.len())
            .filter(|index| {
                self.groups.get(*index).and_then(Option::as_ref).is_some_and(super::block::Group::is_empty)
            })
            .collect();
        for index in empty {
            self.drop_group(index, lanes);
        }
        self.tell_anomalies(at);
    }

    /// Forgets the series that were registered and never got a place: late, dropped, or never sent.
    fn expire_placeless(&mut self, at: Timestamp) {
        let cutoff = at.minus(self.options.expire_after);
        let has_place = |id: crate::SeriesId| {
            self.slots.get(id.index()).copied().flatten().is_some_and(|slot| slot.id == id)
        };
        let ids: std::collections::BTreeSet<_> =
            self.registry.ids().into_iter().filter(|id| !has_place(*id)).collect();
        self.placeless.retain(|id, _| ids.contains(id));
        for id in ids {
            if *self.placeless.entry(id).or_insert(at) < cutoff {
                self.registry.release(id);
                self.placeless.remove(&id);
                self.stats.series_expired.add(1);
            }
        }
    }

    /// Tells, once a minute at most, that new series were refused.
    fn tell_refused(&mut self, at: Timestamp) {
        let refused = self.registry.refused();
        self.stats.series_refused.set(refused);
        let told = self.refused_told.unwrap_or((Timestamp::MIN, 0));
        let is_due = at.since(told.0).is_none_or(|since| since >= Duration::from_mins(1));
        if refused > told.1 && is_due {
            self.refused_told = Some((at, refused));
            let (series, max_series) = (self.registry.len() as u64, self.registry.max_series() as u64);
            self.emit(at, EventKind::SeriesRefused { refused, series, max_series });
        }
    }

    /// Keeps history and detectors within the memory budget: first history is shortened, then series are refused.
    fn keep_budget(&mut self, at: Timestamp) {
        let lanes: u64 = self.lane_memory.values().map(|bytes| *bytes as u64).sum();
        let fixed = lanes + self.registry.len() as u64 * SERIES_BYTES;
        let max = self.options.max_memory;
        let evicted = self.maintain_store(at, max.saturating_sub(fixed));
        let usage = |store: &std::sync::Arc<dyn crate::Store>| guard(|| store.usage()).unwrap_or_default();
        let store = self.store.as_ref().map(usage).unwrap_or_default();
        self.stats.store_bytes.set(store.bytes);
        self.stats.store_samples.set(store.samples);
        let used = fixed + store.bytes;
        self.stats.memory_bytes.set(used);
        let refusing = fixed >= max;
        self.registry.set_closed(refusing);
        let told = self.memory_told.and_then(|told| at.since(told));
        let is_due = told.is_none_or(|ago| ago >= MEMORY_AGAIN);
        if (refusing || evicted > 0) && is_due {
            self.memory_told = Some(at);
            let kind = EventKind::MemoryExceeded { used, max, evicted, refusing_series: refusing };
            self.emit(at, kind);
        }
    }

    /// Lets the store do its housekeeping; answers how many samples went before their time for `bytes`.
    fn maintain_store(&mut self, at: Timestamp, bytes: u64) -> u64 {
        let Some(store) = self.store.clone() else { return 0 };
        let budget = Budget { time: HOUSEKEEPING, bytes: Some(bytes) };
        let failed = match guard(|| store.maintain(at, budget)) {
            Ok(Ok(Maintained { evicted, .. })) => {
                self.upkeep_trouble = false;
                return evicted;
            }
            Ok(Err(error)) => super::chain(&error),
            Err(message) => format!("panic: {message}"),
        };
        if !std::mem::replace(&mut self.upkeep_trouble, true) {
            self.emit(at, EventKind::StoreFailed { error: format!("housekeeping: {failed}") });
        }
        0
    }

    /// The wall clock was found at `to` where `from` was expected: rows start anew there. Nothing was due meanwhile,
    /// so nothing is missing, silent or expired because of it.
    pub(super) fn clock_stepped(&mut self, from: Timestamp, to: Timestamp) {
        let nanos = i128::from(to.as_nanos()) - i128::from(from.as_nanos());
        self.start_anew(to);
        let by_seconds = nanos as f64 / 1e9;
        self.emit(to, EventKind::ClockStepped { from, to, by_seconds });
    }

    /// Goes on at `to` as if the time until there had not been.
    pub(super) fn start_anew(&mut self, to: Timestamp) {
        let from = self.now;
        self.now = to;
        for source in &mut self.sources {
            let floor = to.floor(source.interval);
            let before = if floor == to { to.minus(source.interval.as_duration()) } else { floor };
            source.last_tick = source.last_tick.map(|_| before);
            source.last_report = source.last_report.map(|last| shift(last, from, to));
        }
        for place in self.groups.iter_mut().flatten().flat_map(|group| group.places.iter_mut().flatten()) {
            place.rate.forget();
            place.last_seen = shift(place.last_seen, from, to);
        }
        for group in self.groups.iter_mut().flatten() {
            group.shown = None;
            group.waiting.clear();
        }
        self.anomalies.shift(|at| shift(at, from, to));
        for frame in self.frames.iter_mut().flatten() {
            frame.last_row = None;
        }
    }
}

/// An instant as far before `to` as it was before `from`.
fn shift(at: Timestamp, from: Timestamp, to: Timestamp) -> Timestamp {
    to.minus(from.since(at).unwrap_or_default())
}

/// What happens next without a batch.
#[derive(Clone, Copy, Debug)]
enum Timer {
    /// The row of a source for a tick waits no longer.
    Row(usize, Timestamp),
    Sweep,
}

impl Timer {
    /// Of two at one instant, which comes first.
    fn order(self) -> usize {
        match self {
            Self::Row(source, _) => source,
            Self::Sweep => usize::MAX,
        }
    }
}
