use std::time::Duration;

use awatch_core::{Row, Timestamp};
use serde::{Deserialize, Serialize};

/// The last rows of a bank, as far as one window reaches: how long each lasted and when it was, the latest first. All
/// outputs share it; each keeps one bit per slot.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    within: f64,
    need: f64,
    slots: Vec<Slot>,
    /// The time between the last two rows, in seconds; none before the first.
    last_elapsed: Option<f64>,
}

/// One or more rows taken together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Slot {
    /// How long it lasted, in seconds.
    span: f64,
    /// The tick of its first row.
    at: Timestamp,
}

/// The state of a [`Window`] that is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SavedWindow {
    slots: Vec<Slot>,
    last_elapsed: Option<f64>,
}

/// What a new row is to the bits of the outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Arrival {
    /// Whether it begins a slot: the bits move up by one. Otherwise it joins the latest.
    pub(super) opens_slot: bool,
    /// The time it stands for, in seconds.
    pub(super) span: f64,
}

/// One bit per slot.
const MOST_SLOTS: usize = 64;

/// Slots are at least so small a part of the window.
const PARTS: f64 = 60.0;

/// A row stands for at most so many times the time of the row before.
const MOST_GROWTH: f64 = 2.0;

/// Lengths are compared to this part of a row, so that rows that come a little early count in full.
const TOLERANCE: f64 = 0.25;

impl Window {
    /// Of a policy that needs no time at all, the latest row is the whole window.
    pub(super) fn new(need: Duration, within: Duration) -> Self {
        let within = if need.is_zero() { Duration::ZERO } else { within };
        let slots = Vec::with_capacity(MOST_SLOTS + 1);
        Self { within: within.as_secs_f64(), need: need.as_secs_f64(), slots, last_elapsed: None }
    }

    /// Takes in a row.
    pub(super) fn push(&mut self, row: Row<'_>) -> Arrival {
        let elapsed = row.elapsed.as_secs_f64();
        let span = self.last_elapsed.map_or(elapsed, |last| elapsed.min(MOST_GROWTH * last));
        self.last_elapsed = Some(elapsed);
        match self.slots.first_mut() {
            Some(latest) if latest.span + span <= self.within / PARTS => {
                latest.span += span;
                Arrival { opens_slot: false, span }
            }
            _ => {
                self.slots.insert(0, Slot { span, at: row.at });
                self.slots.truncate(MOST_SLOTS);
                Arrival { opens_slot: true, span }
            }
        }
    }

    /// Of `bits` (the lowest is the latest slot) those within the window.
    pub(super) fn recent(&self) -> u64 {
        let (mut mask, mut before, mut bit) = (0, 0.0, 1_u64);
        for slot in &self.slots {
            if before > 0.0 && before + TOLERANCE * slot.span >= self.within {
                break;
            }
            mask |= bit;
            before += slot.span;
            bit = bit.wrapping_shl(1);
        }
        mask
    }

    /// Whether the slots in `bits` last long enough; the latest row stood for `span`.
    pub(super) fn is_enough(&self, bits: u64, span: f64) -> bool {
        let set = |index: usize| bits & (1_u64 << (index % MOST_SLOTS)) != 0;
        let counted = self.slots.iter().enumerate().filter(|(index, _)| set(*index));
        let time: f64 = counted.map(|(_, slot)| slot.span).sum();
        bits != 0 && time + TOLERANCE * span >= self.need
    }

    /// The tick of the earliest slot in `bits`.
    pub(super) fn earliest(&self, bits: u64) -> Option<Timestamp> {
        let highest = usize::try_from(bits.checked_ilog2()?).ok()?;
        self.slots.get(highest).map(|slot| slot.at)
    }

    pub(super) fn save(&self) -> SavedWindow {
        SavedWindow { slots: self.slots.clone(), last_elapsed: self.last_elapsed }
    }

    /// The window with saved rows; none when there are more than fit or a time is not one.
    pub(super) fn restored(&self, saved: SavedWindow) -> Option<Self> {
        let is_time = |seconds: f64| seconds.is_finite() && seconds >= 0.0;
        let sound = saved.slots.len() <= MOST_SLOTS
            && saved.slots.iter().all(|slot| is_time(slot.span))
            && saved.last_elapsed.is_none_or(is_time);
        let Self { within, need, .. } = *self;
        sound.then_some(Self { within, need, slots: saved.slots, last_elapsed: saved.last_elapsed })
    }

    pub(super) fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }
}
