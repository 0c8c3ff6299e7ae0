//! Processors.

use crate::Metric;

pub(in crate::host) const MODE: &str = "cpu.mode";
pub(in crate::host) const NUMBER: &str = "cpu.logical_number";

pub(in crate::host) const UTILIZATION: Metric = Metric::gauge(
    "system.cpu.utilization",
    "1",
    &[],
    "Share of the time since the last tick that the processors were busy: neither idle nor waiting for I/O, over all \
     of them. From the second tick on.",
);
pub(in crate::host) const TIME: Metric = Metric::counter(
    "system.cpu.time",
    "s",
    &[MODE],
    "Time that all logical processors together spent in each mode: `user` (with guests), `nice`, `system`, `idle`, \
     `iowait`, `interrupt` (hard and soft), `steal`.",
);
pub(in crate::host) const LOGICAL_COUNT: Metric =
    Metric::gauge("system.cpu.logical.count", "{cpu}", &[], "Logical processors that are online.");
pub(in crate::host) const CORE_UTILIZATION: Metric = Metric::gauge(
    "system.cpu.core.utilization",
    "1",
    &[NUMBER],
    "The same share for one logical processor. From the second tick on.",
);
pub(in crate::host) const CORE_TIME: Metric = Metric::counter(
    "system.cpu.core.time",
    "s",
    &[NUMBER, MODE],
    "Time that one logical processor spent in each mode. Only with `core_times = true`.",
);
pub(in crate::host) const LEFT_OUT: Metric = Metric::gauge(
    "awatch.host.cpu.left_out",
    "{cpu}",
    &[],
    "Processors beyond `max_processors`, which are not reported one by one. Only when there are any.",
);
pub(super) const METRICS: &[Metric] =
    &[UTILIZATION, TIME, LOGICAL_COUNT, CORE_UTILIZATION, CORE_TIME, LEFT_OUT];
