//! Load averages.

use crate::Metric;

const fn average(name: &'static str, meaning: &'static str) -> Metric {
    Metric::gauge(name, "{thread}", &[], meaning)
}

pub(in crate::host) const METRICS: &[Metric] = &[
    average(
        "system.cpu.load_average.1m",
        "Threads that run, wait to run or wait for a disk, decayed over one minute.",
    ),
    average(
        "system.cpu.load_average.5m",
        "Threads that run, wait to run or wait for a disk, decayed over five minutes.",
    ),
    average(
        "system.cpu.load_average.15m",
        "Threads that run, wait to run or wait for a disk, decayed over fifteen minutes.",
    ),
];
