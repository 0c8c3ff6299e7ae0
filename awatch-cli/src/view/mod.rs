//! The view of a run on a terminal.

mod recent;

pub(crate) use recent::Recent;

use awatch::EngineHandle;

use crate::failure::Failure;
use crate::run::{Start, Wait};
use crate::stop::Reason;

/// Gives the terminal back as it was.
pub(crate) fn restore() {}

/// Shows the run until it ends.
pub(crate) fn show(
    _handle: &EngineHandle,
    _start: &Start,
    _recent: &Recent,
    _warnings: &[String],
    _no_color: bool,
    wait: &Wait<'_>,
) -> Result<Reason, Failure> {
    Ok(wait.for_reason(None).unwrap_or(Reason::EngineGone))
}
