//! Which series stands where: groups, frames, and the places in them.

use std::sync::Arc;

use super::block::{Frame, Group, Place};
use super::core::Core;
use super::lane::LaneInput;
use super::lanes::Lanes;
use super::rates::Rate;
use crate::detect::Scope;
use crate::series::{Name, SeriesId, SeriesMeta, Target};
use crate::{EventKind, Interval, SampleBatch, Timestamp};

/// Where the samples of a series go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) id: SeriesId,
    pub(super) source: usize,
    pub(super) group: usize,
    pub(super) place: usize,
}

/// The place of a series in its group and in its frame.
#[derive(Clone, Copy, Debug)]
struct Seat {
    group: usize,
    place: usize,
    frame: usize,
    frame_place: usize,
    tenancy: u64,
}

impl Core {
    /// Where a sample of `source` goes; `None` when its series expired, or is another source's.
    pub(super) fn slot_of(
        &mut self,
        source: usize,
        id: SeriesId,
        batch: &SampleBatch,
        lanes: &mut Lanes,
    ) -> Option<Slot> {
        if let Some(Some(slot)) = self.slots.get(id.index())
            && slot.id == id
        {
            let slot = *slot;
            if slot.source == source {
                return Some(slot);
            }
            if !self.take_over(slot, source, batch, lanes) {
                return None;
            }
        }
        let meta = batch.resolve(id)?;
        let group = self.group_of(source, meta.key.target(), batch.interval());
        self.take_place(source, group, id, &meta, batch.at(), lanes)
    }

    /// A series belongs to the source that reported it first. When that has fallen silent, another takes it over;
    /// otherwise two sources report the same, which is told once.
    fn take_over(&mut self, slot: Slot, source: usize, batch: &SampleBatch, lanes: &mut Lanes) -> bool {
        if self.sources.get(slot.source).is_none_or(|owner| owner.silent) {
            self.drop_series(slot.group, slot.place, lanes);
            if self.groups.get(slot.group).and_then(Option::as_ref).is_some_and(Group::is_empty) {
                self.drop_group(slot.group, lanes);
            }
            return true;
        }
        if self.shared_told.insert((slot.source, source)) {
            let owner = self.sources.get(slot.source).map(|owner| owner.name.clone());
            let series = batch.resolve(slot.id).map(|meta| meta.key.to_string());
            if let (Some(owner), Some(series)) = (owner, series) {
                self.emit(
                    batch.at(),
                    EventKind::SeriesShared { series, owner, source: batch.source().clone() },
                );
            }
        }
        false
    }

    fn group_of(&mut self, source: usize, target: &Arc<Target>, interval: Interval) -> usize {
        let known = self.sources.get(source).and_then(|state| state.groups.get(target.id()).copied());
        if let Some(known) = known {
            return known;
        }
        let frame = self.frame_of(target, interval);
        let group = Group::new(source, Arc::clone(target), frame);
        let index = self.free_groups.pop_first().unwrap_or(self.groups.len());
        put(&mut self.groups, index, group);
        if let Some(Some(frame)) = self.frames.get_mut(frame) {
            frame.groups.push(index);
        }
        if let Some(state) = self.sources.get_mut(source) {
            state.add_group(target.id().clone(), index);
        }
        index
    }

    fn frame_of(&mut self, target: &Arc<Target>, interval: Interval) -> usize {
        let key = (target.id().clone(), interval);
        if let Some(known) = self.frame_index.get(&key) {
            return *known;
        }
        let index = self.free_frames.pop_first().unwrap_or(self.frames.len());
        put(&mut self.frames, index, Frame::new(Arc::clone(target), interval));
        self.frame_index.insert(key, index);
        index
    }

    fn take_place(
        &mut self,
        source: usize,
        group: usize,
        id: SeriesId,
        meta: &Arc<SeriesMeta>,
        at: Timestamp,
        lanes: &mut Lanes,
    ) -> Option<Slot> {
        let state = self.groups.get_mut(group)?.as_mut()?;
        let frame = state.frame;
        let frame_place = self.frames.get_mut(frame)?.as_mut()?.take_place();
        self.tenancies += 1;
        let tenancy = self.tenancies;
        let place = Place { id, meta: Arc::clone(meta), rate: Rate::default(), last_seen: at, tenancy };
        let place = state.add(place, frame_place);
        let slot = Slot { id, source, group, place };
        self.set_slot(slot);
        self.placeless.remove(&id);
        if !self.is_unwatched(source) {
            bind(Seat { group, place, frame, frame_place, tenancy }, Some(meta), lanes);
        }
        Some(slot)
    }

    pub(super) fn is_unwatched(&self, source: usize) -> bool {
        self.sources.get(source).is_none_or(|source| self.unwatched.contains(&source.name))
    }

    pub(super) fn set_slot(&mut self, slot: Slot) {
        if self.slots.len() <= slot.id.index() {
            self.slots.resize(slot.id.index() + 1, None);
        }
        if let Some(place) = self.slots.get_mut(slot.id.index()) {
            *place = Some(slot);
        }
    }

    /// Takes a series' place away and tells the lanes.
    pub(super) fn drop_series(&mut self, group: usize, place: usize, lanes: &mut Lanes) -> Option<Place> {
        let state = self.groups.get_mut(group)?.as_mut()?;
        let frame = state.frame;
        let frame_place = state.frame_places.get(place).copied()?;
        let gone = state.remove(place)?;
        self.anomalies.forget(None, group * 2, Some(place));
        bind(Seat { group, place, frame, frame_place, tenancy: gone.tenancy }, None, lanes);
        if let Some(Some(frame)) = self.frames.get_mut(frame) {
            frame.free_place(frame_place);
        }
        if let Some(slot) = self.slots.get_mut(gone.id.index()) {
            *slot = None;
        }
        Some(gone)
    }

    /// Forgets a group without series, and the frame of its target when that was the last.
    pub(super) fn drop_group(&mut self, index: usize, lanes: &mut Lanes) {
        let Some(group) = self.groups.get_mut(index).and_then(Option::take) else { return };
        self.free_groups.insert(index);
        if let Some(source) = self.sources.get_mut(group.source) {
            source.remove_group(group.target.id());
        }
        if let Some(Some(frame)) = self.frames.get_mut(group.frame) {
            frame.groups.retain(|own| *own != index);
        }
        lanes.tell(&LaneInput::Drop { block: index * 2 });
        self.drop_frame_if_empty(group.frame, lanes);
    }

    fn drop_frame_if_empty(&mut self, index: usize, lanes: &mut Lanes) {
        let Some(slot) = self.frames.get_mut(index) else { return };
        let Some(frame) = slot.take_if(|frame| frame.groups.is_empty()) else { return };
        self.free_frames.insert(index);
        self.frame_index.remove(&(frame.target.id().clone(), frame.interval));
        lanes.tell(&LaneInput::Drop { block: index * 2 + 1 });
        self.anomalies.forget(None, index * 2 + 1, None);
        if !self.has_frame(frame.target.id()) {
            self.health.remove(frame.target.id());
        }
    }

    fn has_frame(&self, target: &Name) -> bool {
        self.frame_index.keys().any(|(own, _)| own == target)
    }

    /// Forgets all groups of a source: its interval is another now, and with it everything its series mean in time.
    pub(super) fn drop_source_groups(&mut self, source: usize, lanes: &mut Lanes) {
        let groups = self.sources.get(source).map(|source| source.sorted().to_vec()).unwrap_or_default();
        for group in groups {
            let places =
                self.groups.get(group).and_then(Option::as_ref).map_or(0, |group| group.places.len());
            for place in 0..places {
                self.drop_series(group, place, lanes);
            }
            self.drop_group(group, lanes);
        }
    }
}

/// Tells the lanes to whom a place belongs now. Blocks are numbered: even for groups, odd for frames.
fn bind(seat: Seat, series: Option<&Arc<SeriesMeta>>, lanes: &mut Lanes) {
    let Seat { group, place, frame, frame_place, tenancy } = seat;
    let series = series.cloned();
    lanes.tell(&LaneInput::Bind {
        block: group * 2,
        scope: Scope::Series,
        place,
        tenancy,
        series: series.clone(),
    });
    lanes.tell(&LaneInput::Bind {
        block: frame * 2 + 1,
        scope: Scope::Target,
        place: frame_place,
        tenancy,
        series,
    });
}

fn put<T>(places: &mut Vec<Option<T>>, index: usize, thing: T) {
    match places.get_mut(index) {
        Some(slot) => *slot = Some(thing),
        None => places.push(Some(thing)),
    }
}
