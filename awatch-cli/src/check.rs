//! `awatch check`.

mod listing;
pub(crate) mod probe;

use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::{load, say};

/// Checks the configuration, looks what its collectors find, and says what would be done with it.
pub(crate) fn check(args: &CheckArgs) -> Result<(), Failure> {
    let loaded = load::load(args.config.as_deref())?;
    let plan = listing::Plan::of(&loaded);
    let found = probe::probe(loaded.assembly, probe::LOOK)?;
    say::out(&listing::listing(&plan, &found));
    match found.troubles.len() {
        0 => Ok(()),
        failed => Err(Failure::Probe { failed, all: plan.collectors.len() }),
    }
}
