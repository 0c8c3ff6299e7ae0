//! `awatch check`.

use crate::args::CheckArgs;
use crate::failure::Failure;

/// Checks.
pub(crate) fn check(args: &CheckArgs) -> Result<(), Failure> {
    crate::load::load(args.config.as_deref()).map(drop)
}
