//! Where the view gets what it shows.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use awatch::engine::Snapshot;
use awatch::{EngineHandle, Event, Interval, Store, Timestamp};

use super::Recent;

/// What the view shows: a run as it goes, or history that is played again.
pub(crate) trait Source {
    /// How things are now; `None` when nobody answers, or there is nothing yet.
    fn snapshot(&mut self) -> Option<Snapshot>;

    /// What happened since it was asked last, oldest first.
    fn events(&mut self) -> Vec<Event>;

    /// How long after the wall-clock time `now` there may be something new.
    fn next(&self, now: Timestamp) -> Duration;

    /// What is being shown.
    fn mode(&self) -> Mode {
        Mode::live()
    }

    /// Does what a key asks of a source that can be steered.
    fn control(&mut self, _control: Control) {}

    /// Where history is kept.
    fn store(&self) -> Option<Arc<dyn Store>> {
        None
    }
}

/// What is being shown, for the header.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mode {
    /// `live`, `replay ×10`.
    pub(crate) name: Cow<'static, str>,
    /// Whether time goes on.
    pub(crate) is_playing: bool,
    /// Whether it can be paused, stepped and sped up.
    pub(crate) is_steerable: bool,
    /// How much of it is over, from 0 to 1.
    pub(crate) progress: Option<f64>,
}

impl Mode {
    /// A run as it goes.
    pub(crate) fn live() -> Self {
        Self { name: Cow::Borrowed("live"), is_playing: true, is_steerable: false, progress: None }
    }
}

/// What can be asked of a source that can be steered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// Goes on, or stops going on.
    PlayOrPause,
    /// One step on.
    Step,
    /// Faster.
    Faster,
    /// Slower.
    Slower,
}

/// How long after a tick the view looks: by then the rows of the tick are there.
const AFTER_TICK: Duration = Duration::from_millis(100);

/// A run as it goes.
pub(crate) struct Live<'a> {
    handle: &'a EngineHandle,
    recent: &'a Recent,
    refresh: Interval,
    told: u64,
}

impl<'a> Live<'a> {
    /// The run behind `handle`, whose events `recent` keeps, with a reading each `interval`.
    pub(crate) fn new(handle: &'a EngineHandle, recent: &'a Recent, interval: Interval) -> Self {
        let quarter = Interval::new(Duration::from_millis(250)).unwrap_or_default();
        Self { handle, recent, refresh: interval.clamp(quarter, Interval::SECOND), told: 0 }
    }
}

impl Source for Live<'_> {
    fn snapshot(&mut self) -> Option<Snapshot> {
        self.handle.snapshot(Duration::from_millis(500))
    }

    fn events(&mut self) -> Vec<Event> {
        let events = self.recent.after(self.told);
        self.told = events.last().map_or(self.told, |event| event.number);
        events
    }

    fn next(&self, now: Timestamp) -> Duration {
        // Right after this tick's rows, if that is still to come; else after the next tick's.
        let due = now.floor(self.refresh).plus(AFTER_TICK);
        let due = if due > now { due } else { now.next_on(self.refresh).plus(AFTER_TICK) };
        due.since(now).unwrap_or(AFTER_TICK)
    }

    fn store(&self) -> Option<Arc<dyn Store>> {
        self.handle.store()
    }
}
