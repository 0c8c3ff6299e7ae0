//! The loop of the view: pictures when there is something new, and keys.

use std::collections::VecDeque;
use std::time::Duration;

use awatch::Clock;

use super::app::{About, App, Data, Effect, Own};
use super::draw::draw;
use super::look::Look;
use super::source::Source;
use super::terminal::{Input, Screen};
use crate::failure::Failure;
use crate::run::Wait;
use crate::stop::Reason;
use crate::usage;

/// A signal is noticed within this time.
const NOTICED: Duration = Duration::from_millis(500);

/// Shows a source until something ends it.
pub(crate) fn watch(
    source: &mut dyn Source,
    about: About,
    no_color: bool,
    wait: &Wait<'_>,
) -> Result<Reason, Failure> {
    let look = Look::of(no_color, |name| std::env::var(name).ok());
    let screen = Screen::enter()?;
    let app = App::new(about, screen.size());
    let began = wait.clock().monotonic();
    let mut viewer =
        Viewer { source, screen, app, look, wait, began, spent: VecDeque::new(), is_filled: false };
    viewer.watch()
}

struct Viewer<'a> {
    source: &'a mut dyn Source,
    screen: Screen,
    app: App,
    look: Look,
    wait: &'a Wait<'a>,
    /// When the view began, in monotonic time.
    began: Duration,
    /// Processor time spent until several instants of monotonic time, the newest last.
    spent: VecDeque<(Duration, Duration)>,
    /// Whether what the store had from before the start was read.
    is_filled: bool,
}

/// Processor time is told of about this many readings.
const READINGS: usize = 30;

impl Viewer<'_> {
    fn watch(&mut self) -> Result<Reason, Failure> {
        self.draw()?;
        let mut due = self.now() + self.pause();
        loop {
            if let Some(reason) = self.wait.within(Duration::ZERO) {
                return Ok(reason);
            }
            let left = due.saturating_sub(self.now());
            if left.is_zero() {
                self.look();
                self.draw()?;
                due = self.now() + self.pause();
            } else if let Some(reason) = self.attend(left.min(NOTICED))? {
                return Ok(reason);
            }
        }
    }

    fn now(&self) -> Duration {
        self.wait.clock().monotonic()
    }

    /// How long until there may be something new.
    fn pause(&self) -> Duration {
        self.source.next(self.wait.clock().now())
    }

    /// Looks at what is new.
    fn look(&mut self) {
        let data = Data {
            snapshot: self.source.snapshot(),
            events: self.source.events(),
            own: self.own(),
            mode: self.source.mode(),
            uptime: self.now().saturating_sub(self.began),
            wall: self.wait.clock().now(),
        };
        self.app.data(data);
        if !self.is_filled && self.app.history.newest().is_some() {
            self.is_filled = true;
            self.older();
        } else if let Some(store) = self.source.store() {
            // What cannot be read stays a hole: the engine tells of stores that fail.
            if self.app.history.fill(&*store).unwrap_or(false) {
                self.app.refresh();
            }
        }
    }

    /// Reads what the store has from before.
    fn older(&mut self) {
        if let Some(store) = self.source.store() {
            // What cannot be read is not there: the engine tells of stores that fail.
            let _ = self.app.history.extend(&*store);
        }
        self.app.refresh();
    }

    fn own(&mut self) -> Own {
        self.spent.push_back((self.now(), usage::cpu_time()));
        if self.spent.len() > READINGS {
            self.spent.pop_front();
        }
        let ends = self.spent.front().zip(self.spent.back());
        let share = ends.and_then(|((from, before), (to, after))| {
            let time = to.saturating_sub(*from).as_secs_f64();
            (time > 0.0).then(|| after.saturating_sub(*before).as_secs_f64() / time)
        });
        Own { cpu_share: share, resident: usage::memory().resident }
    }

    fn draw(&mut self) -> Result<(), Failure> {
        let size = self.screen.size();
        if size != self.app.size {
            self.app.resize(size);
        }
        let (app, look) = (&self.app, self.look);
        self.screen.draw(|frame| draw(app, look, frame))
    }

    /// Answers to keys and changes of size for `time`; the reason when the run is to end.
    fn attend(&mut self, time: Duration) -> Result<Option<Reason>, Failure> {
        let mut is_changed = false;
        for input in self.screen.inputs(time) {
            match input {
                Input::Gone => return Ok(Some(Reason::ReaderGone)),
                Input::Deaf => return Ok(self.wait.within(time)),
                Input::Resized => is_changed = true,
                Input::Key(key) => match self.app.key(key) {
                    Effect::Quit => return Ok(Some(Reason::Quit)),
                    effect => is_changed |= self.obey(effect)?,
                },
            }
        }
        if is_changed {
            self.draw()?;
        }
        Ok(None)
    }

    /// Does what a key asked for; whether there is something new to draw.
    fn obey(&mut self, effect: Effect) -> Result<bool, Failure> {
        match effect {
            Effect::None | Effect::Quit => return Ok(false),
            Effect::Redraw => {}
            Effect::Clear => self.screen.clear()?,
            Effect::Suspend => self.screen.suspend()?,
            Effect::Older => self.older(),
            Effect::Control(control) => {
                self.source.control(control);
                self.look();
            }
        }
        Ok(true)
    }
}
