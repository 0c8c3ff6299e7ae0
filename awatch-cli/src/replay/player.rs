//! A replay on a thread of its own, which does as it is told.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use awatch::Timestamp;
use awatch::engine::Snapshot;
use awatch::replay::{Replay, ReplayError, Speed, Stopped};

use crate::failure::Failure;

/// What a player is told.
pub(super) enum Order {
    /// To go on, or to stop going on.
    PlayOrPause,
    /// To go one step on and stop there.
    Step,
    /// To go on with that speed.
    Speed(Speed),
    /// To say how things are.
    Look(SyncSender<Look>),
    /// To end.
    End,
}

/// How things are in a replay.
#[derive(Debug)]
pub(super) struct Look {
    /// `None` before the first arrival.
    pub(super) snapshot: Option<Snapshot>,
    pub(super) is_playing: bool,
    pub(super) is_ended: bool,
    pub(super) progress: Option<f64>,
}

/// A step.
pub(super) const STEP: Duration = Duration::from_secs(1);

/// Orders are noticed within this time, at any speed.
const NOTICED: Duration = Duration::from_millis(50);

/// So much is played at full speed before orders are looked at again.
const AT_ONCE: Duration = Duration::from_secs(10);

/// Where a replay that begins at an instant stops by itself.
pub(super) type Goal = Box<dyn FnOnce(Timestamp) -> Timestamp + Send>;

/// A playing replay.
pub(super) struct Player {
    orders: Sender<Order>,
    thread: JoinHandle<Result<(), ReplayError>>,
}

impl Player {
    /// Plays `replay` at full speed until `goal` and stops there, then as it is told. When it fails, `on_failure` is called.
    pub(super) fn start(
        replay: Replay,
        speed: Speed,
        goal: Option<Goal>,
        on_failure: impl FnOnce() + Send + 'static,
    ) -> Result<Self, Failure> {
        let (orders, received) = channel();
        let mut seat =
            Seat { replay, speed, goal, goal_at: None, orders: received, is_playing: true, is_ended: false };
        let thread = std::thread::Builder::new()
            .name("awatch-replay".to_owned())
            .spawn(move || {
                let done = seat.obey();
                if done.is_err() {
                    on_failure();
                }
                done
            })
            .map_err(|error| Failure::Setup { what: "a thread", source: error.into() })?;
        Ok(Self { orders, thread })
    }

    /// Tells it what to do. Who is gone is not told.
    pub(super) fn tell(&self, order: Order) {
        drop(self.orders.send(order));
    }

    /// Ends it.
    pub(super) fn end(self) -> Result<(), Failure> {
        self.tell(Order::End);
        Ok(self.thread.join().map_err(|_| Failure::EngineGone)??)
    }
}

/// Where a replay is played.
struct Seat {
    replay: Replay,
    speed: Speed,
    /// Where it stops by itself, once.
    goal: Option<Goal>,
    goal_at: Option<Timestamp>,
    orders: Receiver<Order>,
    is_playing: bool,
    is_ended: bool,
}

impl Seat {
    fn obey(&mut self) -> Result<(), ReplayError> {
        loop {
            let patience = if self.is_playing { Duration::ZERO } else { Duration::MAX };
            match self.orders.recv_timeout(patience) {
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Ok(order) => self.follow(order)?,
                Err(RecvTimeoutError::Timeout) => self.play()?,
            }
        }
    }

    fn follow(&mut self, order: Order) -> Result<(), ReplayError> {
        match order {
            Order::PlayOrPause => self.is_playing = !self.is_playing && !self.is_ended,
            Order::Step => {
                self.is_playing = false;
                self.go_on(STEP, Speed::Fastest)?;
                self.replay.set_speed(self.speed);
            }
            Order::Speed(speed) => {
                self.speed = speed;
                self.replay.set_speed(speed);
            }
            Order::Look(answer) => {
                let look = self.look();
                // Who asked may have lost patience; that is theirs to know.
                drop(answer.try_send(look));
            }
            Order::End => {}
        }
        Ok(())
    }

    /// A little of the recording, so that orders are noticed in between.
    fn play(&mut self) -> Result<(), ReplayError> {
        // The first step goes to the first arrival, from which the goal may be counted.
        let Some(at) = self.replay.position() else { return self.go_on(STEP, Speed::Fastest) };
        if let Some(goal) = self.goal.take() {
            self.goal_at = Some(goal(at));
        }
        let Some(goal) = self.goal_at else {
            let part = match self.speed {
                Speed::Fastest => AT_ONCE,
                Speed::Times(times) => NOTICED.mul_f64(times.clamp(0.001, 1e6)),
            };
            return self.go_on(part, self.speed);
        };
        self.go_on(goal.since(at).unwrap_or_default().min(AT_ONCE), Speed::Fastest)?;
        if self.replay.position() >= Some(goal) {
            (self.goal_at, self.is_playing) = (None, false);
            self.replay.set_speed(self.speed);
        }
        Ok(())
    }

    fn go_on(&mut self, by: Duration, speed: Speed) -> Result<(), ReplayError> {
        self.replay.set_speed(speed);
        match self.replay.step(by)? {
            Stopped::Reached => {}
            Stopped::Ended => (self.is_playing, self.is_ended) = (false, true),
            Stopped::Interrupted => self.is_playing = false,
        }
        Ok(())
    }

    fn look(&mut self) -> Look {
        let has_begun = self.replay.position().is_some();
        Look {
            snapshot: has_begun.then(|| self.replay.engine_mut().snapshot()),
            is_playing: self.is_playing,
            is_ended: self.is_ended,
            progress: self.replay.progress(),
        }
    }
}
