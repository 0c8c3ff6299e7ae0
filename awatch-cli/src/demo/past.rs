//! Living through the past of a demo world before it goes live.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{Receiver, TryRecvError};

use awatch::demo::{Label, Progress, back_fill};
use awatch::{Clock, Engine, Shutdown, Timestamp, duration};

use super::World;
use crate::say;
use crate::stop::Reason;

/// Lets the engine live through the past of `world`, and says so; the reason when the run is to end meanwhile.
pub(crate) fn live_through(
    engine: &mut Engine,
    world: &World,
    clock: &dyn Clock,
    reasons: &Receiver<Reason>,
    is_quiet: bool,
) -> Option<Reason> {
    let cancel = Shutdown::new();
    let mut reason = None;
    let began = clock.monotonic();
    let mut teller = Teller::new(is_quiet);
    let mut last = None;
    let is_live = back_fill(engine, world.begin, clock, &cancel, |progress| {
        match reasons.try_recv() {
            Ok(given) => reason = Some(given),
            Err(TryRecvError::Disconnected) => reason = Some(Reason::EngineGone),
            Err(TryRecvError::Empty) => {}
        }
        if reason.is_some() {
            cancel.trigger();
        }
        teller.tell(progress);
        last = Some(progress);
    });
    let took = clock.monotonic().saturating_sub(began);
    teller.end(last, took.as_secs_f64(), is_live);
    if is_live && !is_quiet {
        let labels = world.labels().unwrap_or_default();
        for label in missed(&labels, world.live, clock.now()) {
            let what = super::told(label);
            say::err(&format!(
                "awatch: began meanwhile: {what}; with a shorter --back-fill you see it begin"
            ));
        }
    }
    reason
}

/// The incidents that were to begin after going live, at `live`, and had begun when the past was lived through at `now`.
fn missed(labels: &[Label], live: Timestamp, now: Timestamp) -> impl Iterator<Item = &Label> {
    labels.iter().filter(move |label| (live..=now).contains(&label.start))
}

/// Says how far it is: over and over on one line of a terminal, once into anything else.
struct Teller {
    is_quiet: bool,
    is_terminal: bool,
    told: Option<String>,
}

impl Teller {
    fn new(is_quiet: bool) -> Self {
        Self { is_quiet, is_terminal: std::io::stderr().is_terminal(), told: None }
    }

    fn tell(&mut self, progress: Progress) {
        let percent = format!("{:>3.0} %", progress.share() * 100.0);
        if self.is_quiet || !self.is_terminal || self.told.as_ref() == Some(&percent) {
            return;
        }
        let mut out = std::io::stderr().lock();
        drop(write!(out, "\rawatch: back-filling: {percent}"));
        drop(out.flush());
        self.told = Some(percent);
    }

    fn end(&self, last: Option<Progress>, seconds: f64, is_live: bool) {
        let Some(Progress { from, at, .. }) = last.filter(|_| !self.is_quiet) else { return };
        let past = duration::format(
            at.since(from)
                .map_or(std::time::Duration::ZERO, |past| std::time::Duration::from_secs(past.as_secs())),
        );
        let clear = if self.is_terminal { "\r\u{1b}[K" } else { "" };
        let then = if is_live { "now live" } else { "interrupted" };
        say::err(&format!("{clear}awatch: back-filled {past} of the demo world in {seconds:.1} s; {then}"));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use awatch::demo::Scenario;

    use super::*;

    #[test]
    fn only_what_was_to_begin_after_going_live_is_missed() {
        let live = Timestamp::from_secs(1_800_000_000);
        let label = |scenario, start| Label {
            scenario,
            targets: Vec::new(),
            start,
            end: live.plus(Duration::from_hours(1)),
            metrics: Vec::new(),
        };
        let labels = [
            label(Scenario::SlowDrift, live.minus(Duration::from_mins(62))),
            label(Scenario::CpuSaturation, live.plus(Duration::from_secs(15))),
        ];
        let missed = |after| -> Vec<Scenario> {
            let now = live.plus(Duration::from_secs(after));
            super::missed(&labels, live, now).map(|label| label.scenario).collect()
        };
        assert_eq!(missed(14), []);
        assert_eq!(missed(20), [Scenario::CpuSaturation]);
    }
}
