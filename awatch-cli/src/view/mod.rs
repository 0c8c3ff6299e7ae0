//! The view of a run on a terminal: what is now, what is usual, what is wrong, what happened.

mod frame;
mod group;
mod paint;
mod recent;
mod sections;
mod table;
mod terminal;
mod text;

#[cfg(test)]
mod tests;

pub(crate) use recent::Recent;
pub(crate) use terminal::restore;

use std::time::Duration;

use awatch::engine::Snapshot;
use awatch::{Clock, EngineHandle, Interval};

use self::frame::{Frame, Own, render};
use self::terminal::{Input, Terminal};
use crate::failure::Failure;
use crate::run::{Start, Wait};
use crate::stop::Reason;
use crate::usage;

/// How long after a tick the view is drawn: by then its rows are there.
const AFTER_TICK: Duration = Duration::from_millis(100);

/// Shows the run until it ends.
pub(crate) fn show(
    handle: &EngineHandle,
    start: &Start,
    recent: &Recent,
    notices: &[String],
    no_color: bool,
    wait: &Wait<'_>,
) -> Result<Reason, Failure> {
    let colors = !no_color && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let terminal = Terminal::enter(colors)?;
    let mut view =
        View { start, recent, notices, snapshot: None, scroll: 0, began: wait.clock().monotonic() };
    let refresh = start.interval.clamp(quarter_second(), Interval::SECOND);
    loop {
        view.snapshot = handle.snapshot(Duration::from_millis(500)).or(view.snapshot);
        view.draw(&terminal, wait)?;
        let now = wait.clock().now();
        let next = now.next_on(refresh).plus(AFTER_TICK).since(now).unwrap_or(AFTER_TICK);
        if let Some(reason) = view.attend(&terminal, wait, next)? {
            return Ok(reason);
        }
    }
}

fn quarter_second() -> Interval {
    Interval::new(Duration::from_millis(250)).unwrap_or_default()
}

/// The view between two frames.
struct View<'a> {
    start: &'a Start,
    recent: &'a Recent,
    notices: &'a [String],
    snapshot: Option<Snapshot>,
    /// The first metric shown.
    scroll: usize,
    /// When the view began, in monotonic time.
    began: Duration,
}

impl View<'_> {
    fn draw(&mut self, terminal: &Terminal, wait: &Wait<'_>) -> Result<(), Failure> {
        let uptime = wait.clock().monotonic().saturating_sub(self.began);
        let seconds = uptime.as_secs_f64();
        let cpu = usage::cpu_time().as_secs_f64();
        let own = Own {
            cpu_share: if seconds > 0.0 { cpu / seconds } else { 0.0 },
            resident: usage::memory().resident,
        };
        let (events, now) = (self.recent.events(), wait.clock().now());
        let frame = Frame {
            target: &self.start.target,
            now,
            uptime,
            own,
            snapshot: self.snapshot.as_ref(),
            notices: self.notices,
            events: &events,
            scroll: self.scroll,
        };
        let rendered = render(&frame, Terminal::size());
        self.scroll = rendered.scroll;
        terminal.show(&rendered.lines)
    }

    /// Answers to keys and changes of size for `time`; the reason when the run is to end.
    fn attend(
        &mut self,
        terminal: &Terminal,
        wait: &Wait<'_>,
        time: Duration,
    ) -> Result<Option<Reason>, Failure> {
        let until = wait.clock().monotonic() + time;
        loop {
            if let Some(reason) = wait.within(Duration::ZERO) {
                return Ok(Some(reason));
            }
            let left = until.saturating_sub(wait.clock().monotonic());
            if left.is_zero() {
                return Ok(None);
            }
            match terminal.input(left) {
                Input::None => {}
                Input::Gone => return Ok(Some(Reason::ReaderGone)),
                Input::Deaf => return Ok(wait.within(left)),
                Input::Quit => return Ok(Some(Reason::Quit)),
                Input::Resized => self.draw(terminal, wait)?,
                Input::Scroll(by) => {
                    self.scroll = self.scroll.saturating_add_signed(by);
                    self.draw(terminal, wait)?;
                }
            }
        }
    }
}
