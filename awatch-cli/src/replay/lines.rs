//! A replay as lines.

use std::io::IsTerminal;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use awatch::replay::{Replay, Stopped};
use awatch::{Clock, Shutdown, SystemClock};

use super::Plan;
use super::orders::{self, Order};
use super::player::STEP;
use super::report::{Ending, Progress};
use crate::failure::Failure;
use crate::run::{Tally, lines};
use crate::say;
use crate::stop::{self, Reason};

/// Plays, and says what it did.
pub(super) fn play(
    mut replay: Replay,
    plan: &Plan,
    shutdown: &Shutdown,
    tally: &Tally,
    is_json: bool,
) -> Result<(), Failure> {
    let clock = SystemClock::new();
    let began = clock.monotonic();
    let reason = end_on_reasons(shutdown)?;
    if !plan.is_quiet {
        say::err(&format!("awatch: playing {}; configuration: {}", plan.title, plan.origin));
    }
    let mut stopped = play_first(&mut replay, plan)?;
    if plan.steps && stopped == Stopped::Reached {
        stopped = play_steps(&mut replay, shutdown, plan.is_quiet)?;
    }
    stop::ending();
    let took = clock.monotonic().saturating_sub(began);
    let ending = Ending::of(&mut replay, stopped, reason.get().copied(), tally.counts(), took);
    if is_json {
        lines::write(&ending);
    }
    if !plan.is_quiet {
        say::err(&ending.to_text());
    }
    Ok(())
}

/// Ends the replay when a signal asks for it or nobody reads its output any more; afterwards says which.
fn end_on_reasons(shutdown: &Shutdown) -> Result<Arc<OnceLock<Reason>>, Failure> {
    let (tell, reasons) = stop::reasons();
    stop::on_signals(tell.clone(), || {})?;
    if !std::io::stdout().is_terminal() {
        stop::on_reader_gone(tell)?;
    }
    let given = Arc::new(OnceLock::new());
    let (own, shutdown) = (Arc::clone(&given), shutdown.clone());
    let listen = move || {
        if let Ok(reason) = reasons.recv() {
            own.get_or_init(|| reason);
            shutdown.trigger();
        }
    };
    std::thread::Builder::new()
        .name("awatch-end".to_owned())
        .spawn(listen)
        .map_err(|error| Failure::Setup { what: "a thread", source: error.into() })?;
    Ok(given)
}

/// To where it was to be played, or to the end.
fn play_first(replay: &mut Replay, plan: &Plan) -> Result<Stopped, Failure> {
    let first = replay.step(Duration::ZERO)?;
    let Some(at) = replay.position().filter(|_| first == Stopped::Reached) else { return Ok(first) };
    let goal = plan.goal(at);
    if let Some(to) = goal.filter(|goal| *goal < at) {
        return Err(Failure::BeforeHistory { to, first: at });
    }
    let mut progress = Progress::new(plan.is_quiet);
    loop {
        let at = replay.position().unwrap_or(at);
        let left = goal.map_or(Duration::MAX, |goal| goal.since(at).unwrap_or_default());
        if left.is_zero() {
            progress.clear();
            return Ok(Stopped::Reached);
        }
        let stopped = replay.step(left.min(Duration::from_mins(1)))?;
        if stopped != Stopped::Reached {
            progress.clear();
            return Ok(stopped);
        }
        progress.tell(replay.progress());
    }
}

/// How long until a signal is noticed.
const NOTICED: Duration = Duration::from_millis(100);

fn play_steps(replay: &mut Replay, shutdown: &Shutdown, is_quiet: bool) -> Result<Stopped, Failure> {
    let orders = orders::read()?;
    loop {
        if !is_quiet {
            let at = replay.position().map_or_else(String::new, |at| at.to_string());
            say::err(&format!(
                "awatch: at {at}; Enter: one second on, a number: so many, c: the rest, q: end"
            ));
        }
        let stopped = match next(&orders, shutdown) {
            None => return Ok(Stopped::Interrupted),
            Some(Order::Quit) => return Ok(Stopped::Reached),
            Some(Order::Finish) => replay.finish()?,
            Some(Order::Steps(steps)) => replay.step(STEP * steps)?,
            Some(Order::Unknown) => {
                say::err("awatch: press Enter, or write a number of seconds, c or q");
                Stopped::Reached
            }
        };
        if stopped != Stopped::Reached {
            return Ok(stopped);
        }
    }
}

/// The next order; `None` when it is to end.
fn next(orders: &Receiver<Order>, shutdown: &Shutdown) -> Option<Order> {
    loop {
        match orders.recv_timeout(NOTICED) {
            Ok(order) => return Some(order),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) if shutdown.is_triggered() => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
