//! Going back in time, and forth again.

use std::time::Duration;

use awatch::Timestamp;

use super::{App, Effect};
use crate::view::source::Control;

/// A large step.
const MINUTE: Duration = Duration::from_mins(1);

impl App {
    /// The latest instant that is to be shown: no event is later than the newest moment unless it is shown.
    pub(super) fn until(&self, shown: Timestamp) -> Timestamp {
        if self.is_following() { Timestamp::MAX } else { shown.plus(self.history.step().as_duration()) }
    }

    /// How far behind the newest moment is the one looked at.
    pub(in crate::view) fn behind(&self) -> Duration {
        let newest = self.history.newest().and_then(|newest| self.history.get(newest));
        newest.zip(self.shown()).and_then(|(newest, shown)| newest.at.since(shown.at)).unwrap_or_default()
    }

    /// Stands still at the newest moment, or goes on from there.
    pub(super) fn pause(&mut self) -> Effect {
        if self.mode.is_steerable && self.is_following() {
            return Effect::Control(Control::PlayOrPause);
        }
        self.cursor = if self.is_following() { self.shown().map(|moment| moment.at) } else { None };
        self.refresh();
        Effect::Redraw
    }

    /// Shows the newest moment, and each that comes.
    pub(super) fn follow(&mut self) -> Effect {
        self.cursor = None;
        self.refresh();
        Effect::Redraw
    }

    /// Goes back by one moment, or by a large step.
    pub(super) fn back(&mut self, is_large: bool) -> Effect {
        let (Some(shown), Some(oldest)) = (self.shown(), self.history.get(0)) else { return Effect::None };
        let aim = shown.at.minus(self.time_step(is_large));
        let is_older = aim < oldest.at;
        self.cursor = Some(aim);
        if is_older {
            return Effect::Older;
        }
        self.refresh();
        Effect::Redraw
    }

    /// Goes forth by one moment, or by a large step; a source that can be steered goes on when its newest is reached.
    pub(super) fn forth(&mut self, is_large: bool) -> Effect {
        let Some((cursor, newest)) = self.cursor.zip(self.history.newest()) else { return self.step() };
        let newest = self.history.get(newest).map(|moment| moment.at).unwrap_or_default();
        let aim = cursor.plus(self.time_step(is_large));
        if self.mode.is_steerable && aim > newest {
            return self.follow();
        }
        self.cursor = Some(aim.min(newest));
        self.refresh();
        Effect::Redraw
    }

    /// One step of a source that can be steered.
    pub(super) fn step(&mut self) -> Effect {
        if self.mode.is_steerable { Effect::Control(Control::Step) } else { Effect::None }
    }

    fn time_step(&self, is_large: bool) -> Duration {
        let step = self.history.step().as_duration();
        if is_large { step.max(MINUTE) } else { step }
    }
}
