use std::sync::Arc;
use std::time::Duration;

use awatch_core::time::Presence;
use awatch_core::{Arrival, Clock, Engine, Recording, Shutdown, Timestamp};

use super::ReplayError;
use super::pace::{Pace, Speed};
use super::revive::pass_until;

/// Plays a recording to an engine.
///
/// # Example
/// ```
/// use std::time::Duration;
///
/// use awatch_collect::replay::{Replay, Stopped};
/// # use awatch_core::{Arrival, Engine, Interval, Recording, RecordingError, Registry, Target, Timestamp, Unit};
/// # #[derive(Debug)]
/// # struct Minute(i64);
/// # impl Recording for Minute {
/// #     fn next_arrival(&mut self, registry: &std::sync::Arc<Registry>) -> Result<Option<Arrival>, RecordingError> {
/// #         self.0 += 1;
/// #         if self.0 > 60 { return Ok(None); }
/// #         let (target, received) = (Target::new("web-1").unwrap(), Timestamp::from_secs(self.0));
/// #         let source = "app".try_into().unwrap();
/// #         let mut batch = awatch_core::SampleBatch::new(registry.clone(), source, target, Interval::SECOND, received);
/// #         batch.gauge("load", [], &Unit::RATIO, 0.5).unwrap();
/// #         Ok(Some(Arrival { batch, received }))
/// #     }
/// # }
/// # let recording = Minute(0);
/// let engine = Engine::builder(Target::new("web-1")?).build()?;
/// let mut replay = Replay::new(engine, recording);
/// assert_eq!(replay.run_to(Timestamp::from_secs(30))?, Stopped::Reached);
/// replay.step(Duration::from_secs(1))?; // one more second
/// println!("{}", replay.engine_mut().snapshot().at);
/// assert_eq!(replay.finish()?, Stopped::Ended);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Replay {
    engine: Engine,
    recording: Box<dyn Recording>,
    pace: Pace,
    /// The arrival that is due next. It is made before time passes on the way to it, however it is gone there.
    next: Option<Arrival>,
    is_ended: bool,
    /// What arrived until then is not played.
    played_before: Option<Timestamp>,
    position: Option<Timestamp>,
    arrivals: u64,
    skipped: u64,
}

/// Why a replay stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Where it was to go.
    Reached,
    /// At the end of the recording.
    Ended,
    /// It was told to, before it came where it was to go.
    Interrupted,
}

impl Replay {
    /// A replay of `recording` to `engine`, at full speed.
    ///
    /// What arrived until the engine's own time is skipped: an engine that was restored from a checkpoint knows it
    /// already.
    #[must_use]
    pub fn new(engine: Engine, recording: impl Recording + 'static) -> Self {
        let played_before = engine.now();
        Self {
            engine,
            recording: Box::new(recording),
            pace: Pace::new(),
            next: None,
            is_ended: false,
            played_before,
            position: played_before,
            arrivals: 0,
            skipped: 0,
        }
    }

    /// With that speed.
    #[must_use]
    pub fn with_speed(mut self, speed: Speed) -> Self {
        self.set_speed(speed);
        self
    }

    /// With that clock to keep the pace by, instead of the machine's.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.pace.set_clock(Arc::new(clock));
        self
    }

    /// Stops when `shutdown` is triggered, between two arrivals.
    #[must_use]
    pub fn with_shutdown(mut self, shutdown: &Shutdown) -> Self {
        self.pace.set_shutdown(shutdown);
        self
    }

    /// Goes on with that speed.
    pub fn set_speed(&mut self, speed: Speed) {
        self.pace.set_speed(speed);
    }

    /// Plays what arrived until `at`, and lets the engine's time pass until then. Nothing is known of the time after
    /// the last arrival: there it stops.
    ///
    /// # Errors
    /// [`ReplayError`] when the recording cannot be read on; what came before it was played.
    pub fn run_to(&mut self, at: Timestamp) -> Result<Stopped, ReplayError> {
        let _presence = self.begin();
        loop {
            let Some(due) = self.due()? else { return Ok(Stopped::Ended) };
            self.start(due);
            if due > at {
                return Ok(self.pass(at));
            }
            if !self.pace.wait(due) {
                return Ok(Stopped::Interrupted);
            }
            self.play()?;
        }
    }

    /// Goes on by `span` of recorded time; the first step goes to the first arrival.
    ///
    /// # Errors
    /// As [`Replay::run_to`].
    pub fn step(&mut self, span: Duration) -> Result<Stopped, ReplayError> {
        let to = match self.position {
            Some(position) => position.plus(span),
            None => match self.due()? {
                Some(first) => first,
                None => return Ok(Stopped::Ended),
            },
        };
        self.run_to(to)
    }

    /// Plays the next arrival alone.
    ///
    /// # Errors
    /// As [`Replay::run_to`].
    pub fn step_arrival(&mut self) -> Result<Stopped, ReplayError> {
        let _presence = self.begin();
        let Some(due) = self.due()? else { return Ok(Stopped::Ended) };
        self.start(due);
        if !self.pace.wait(due) {
            return Ok(Stopped::Interrupted);
        }
        self.play()?;
        Ok(Stopped::Reached)
    }

    /// Plays the rest.
    ///
    /// # Errors
    /// As [`Replay::run_to`].
    pub fn finish(&mut self) -> Result<Stopped, ReplayError> {
        self.run_to(Timestamp::MAX)
    }

    /// How far it is; `None` before the first arrival.
    #[must_use]
    pub fn position(&self) -> Option<Timestamp> {
        self.position
    }

    /// The first and last instant of the recording, when it knows them.
    #[must_use]
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.recording.span()
    }

    /// How much of the recorded time is played, from 0 to 1, when the recording knows its span.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        if self.is_ended {
            return Some(1.0);
        }
        let (first, last) = self.recording.span()?;
        let whole = last.since(first)?.as_secs_f64();
        let played = self.position.and_then(|position| position.since(first)).unwrap_or_default();
        Some(if whole > 0.0 { (played.as_secs_f64() / whole).min(1.0) } else { 0.0 })
    }

    /// Arrivals played so far.
    #[must_use]
    pub fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// Arrivals skipped so far, because the engine knew them.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine, for a snapshot between two steps.
    pub fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// The engine, when enough was played.
    #[must_use]
    pub fn into_engine(self) -> Engine {
        self.engine
    }

    /// Takes its place among the threads of a clock that is waited on.
    fn begin(&self) -> Option<Presence> {
        let mut presence = self.pace.clock()?.enter();
        presence.begin();
        Some(presence)
    }

    /// Recorded time begins, or goes on after a pause.
    fn start(&mut self, due: Timestamp) {
        self.pace.resume(self.position.unwrap_or(due));
    }

    /// When the next arrival came; `None` at the end.
    fn due(&mut self) -> Result<Option<Timestamp>, ReplayError> {
        while self.next.is_none() && !self.is_ended {
            let next = self.recording.next_arrival(self.engine.registry())?;
            let is_known =
                |arrival: &Arrival| self.played_before.is_some_and(|before| arrival.received <= before);
            match next {
                None => self.is_ended = true,
                Some(arrival) if is_known(&arrival) => self.skipped += 1,
                Some(arrival) => self.next = Some(arrival),
            }
        }
        Ok(self.next.as_ref().map(|next| next.received))
    }

    /// Lets time pass until `at`, before the next arrival. There is none before the first.
    fn pass(&mut self, at: Timestamp) -> Stopped {
        let Some(position) = self.position else { return Stopped::Reached };
        if !self.pace.wait(at) {
            return Stopped::Interrupted;
        }
        self.engine.advance_to(at);
        self.position = Some(position.max(at));
        Stopped::Reached
    }

    fn play(&mut self) -> Result<(), ReplayError> {
        let Some(arrival) = self.next.take() else { return Ok(()) };
        let arrival = pass_until(&mut self.engine, arrival);
        self.engine.step(&arrival.batch, arrival.received)?;
        self.position = Some(arrival.received);
        self.arrivals += 1;
        Ok(())
    }
}
