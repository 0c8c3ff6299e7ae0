//! The view of a run on a terminal: what is now, what is usual, what is wrong, what happened, and how it was before.
//!
//! [`watch`] shows any [`Source`]. What is shown and what keys do is in `app`, without a terminal; `draw` makes a
//! picture of it; `history` remembers the last minutes; `look` knows colours and symbols.

mod app;
mod draw;
mod history;
mod look;
mod process;
mod recent;
pub(crate) mod source;
mod terminal;
mod text;
mod watch;

#[cfg(test)]
mod tests;

pub(crate) use self::app::About;
pub(crate) use self::recent::Recent;
pub(crate) use self::terminal::restore;
pub(crate) use self::watch::watch;

use std::io::IsTerminal;

use awatch::EngineHandle;

use self::source::Live;
use crate::failure::Failure;
use crate::run::{Start, Wait};
use crate::stop::Reason;

/// Whether standard output is a terminal on which a picture can be drawn.
pub(crate) fn is_possible() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Shows a run as it goes until it ends.
pub(crate) fn show(
    handle: &EngineHandle,
    start: &Start,
    recent: &Recent,
    notices: &[String],
    no_color: bool,
    wait: &Wait<'_>,
) -> Result<Reason, Failure> {
    let about = About { target: start.target.clone(), interval: start.interval, notices: notices.to_vec() };
    watch(&mut Live::new(handle, recent, start.interval), about, no_color, wait)
}
