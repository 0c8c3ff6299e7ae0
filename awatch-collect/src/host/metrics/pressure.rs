//! Pressure stall information.

use crate::Metric;

pub(in crate::host) const RESOURCE: &str = "system.pressure.resource";
pub(in crate::host) const STALL: &str = "system.pressure.stall_type";

pub(in crate::host) const TIME: Metric = Metric::counter(
    "system.linux.pressure.time",
    "s",
    &[RESOURCE, STALL],
    "Time during which threads waited for a resource (`cpu`, `memory`, `io`, `irq`): at least one of them (`some`), or \
     all that were not idle (`full`, not of `cpu`). Its rate is the share of the time.",
);
pub(super) const METRICS: &[Metric] = &[TIME];
