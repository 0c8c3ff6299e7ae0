//! A replay in the view.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use awatch::engine::Snapshot;
use awatch::replay::{Replay, Speed};
use awatch::{Event, Interval, Shutdown, Store, SystemClock, Timestamp};

use super::Plan;
use super::player::{Goal, Look, Order, Player};
use crate::failure::Failure;
use crate::run::Wait;
use crate::stop::{self, Reason};
use crate::view::source::{Control, Mode, Source};
use crate::view::{self, About, Recent};

/// Shows a replay until something ends it.
pub(super) fn show(
    replay: Replay,
    plan: &Plan,
    shutdown: &Shutdown,
    recent: &Recent,
    no_color: bool,
) -> Result<(), Failure> {
    let clock = SystemClock::new();
    let (tell, reasons) = stop::reasons();
    stop::on_signals(tell.clone(), view::restore)?;
    let about = About {
        target: plan.title.clone(),
        interval: Interval::SECOND,
        notices: vec![format!("playing {}; configuration: {}", plan.title, plan.origin)],
    };
    let store = replay.engine().handle().store();
    let goal = plan.to.map(|to| Box::new(move |first| to.from(first)) as Goal);
    let on_failure = move || {
        // Nobody waits any more when the view has ended.
        let _ = tell.send(Reason::EngineGone);
    };
    let player = Player::start(replay, plan.speed, goal, on_failure)?;
    let mut source =
        Played { player: &player, recent, store, told: 0, speed: plan.speed, look: Cell::new(None) };
    let wait = Wait::new(&reasons, &clock, None);
    let shown = view::watch(&mut source, about, no_color, &wait);
    stop::ending();
    shutdown.trigger();
    player.end()?;
    shown.map(drop)
}

/// A replay as the view sees it.
struct Played<'a> {
    player: &'a Player,
    recent: &'a Recent,
    store: Option<Arc<dyn Store>>,
    told: u64,
    speed: Speed,
    /// How it was when last asked, without the snapshot.
    look: Cell<Option<Look>>,
}

/// How long the player may take to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// The speeds that keys choose from, in seconds of history per second.
const SPEEDS: [f64; 10] = [0.25, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0, 3600.0];

impl Source for Played<'_> {
    fn snapshot(&mut self) -> Option<Snapshot> {
        let (answer, answered) = sync_channel(1);
        self.player.tell(Order::Look(answer));
        let mut look = answered.recv_timeout(PATIENCE).ok()?;
        let snapshot = look.snapshot.take();
        self.look.set(Some(look));
        snapshot
    }

    fn events(&mut self) -> Vec<Event> {
        let events = self.recent.after(self.told);
        self.told = events.last().map_or(self.told, |event| event.number);
        events
    }

    fn next(&self, _now: Timestamp) -> Duration {
        Duration::from_millis(200)
    }

    fn mode(&self) -> Mode {
        let look = self.look.take();
        let (is_playing, is_ended, progress) =
            look.as_ref().map_or((true, false, None), |look| (look.is_playing, look.is_ended, look.progress));
        self.look.set(look);
        let name = if is_ended {
            Cow::Borrowed("replay, at its end")
        } else {
            match self.speed {
                Speed::Fastest => Cow::Borrowed("replay"),
                Speed::Times(times) => Cow::Owned(format!("replay ×{times}")),
            }
        };
        Mode { name, is_playing, is_steerable: true, progress }
    }

    fn control(&mut self, control: Control) {
        match control {
            Control::PlayOrPause => self.player.tell(Order::PlayOrPause),
            Control::Step => self.player.tell(Order::Step),
            Control::Faster => {
                let next = SPEEDS.into_iter().find(|speed| *speed > self.times());
                self.go_on_with(next);
            }
            Control::Slower => {
                let next = SPEEDS.into_iter().rfind(|speed| *speed < self.times());
                self.go_on_with(next);
            }
        }
    }

    fn store(&self) -> Option<Arc<dyn Store>> {
        self.store.clone()
    }
}

impl Played<'_> {
    fn times(&self) -> f64 {
        match self.speed {
            Speed::Times(times) => times,
            Speed::Fastest => f64::MAX,
        }
    }

    fn go_on_with(&mut self, times: Option<f64>) {
        if let Some(times) = times {
            self.speed = Speed::Times(times);
            self.player.tell(Order::Speed(self.speed));
        }
    }
}
