//! What a program is told of itself.

use crate::Metric;

pub(super) const MODE: &str = "cpu.mode";
pub(super) const DIRECTION: &str = "disk.io.direction";
pub(super) const SWITCH: &str = "process.context_switch.type";
pub(super) const FAULT: &str = "system.paging.fault.type";

pub(super) const UTILIZATION: Metric = Metric::gauge(
    "process.cpu.utilization",
    "1",
    &[],
    "Processor time of the program since the tick before, per time: 1 is one whole processor. From the second tick on.",
);
pub(super) const TIME: Metric = Metric::counter(
    "process.cpu.time",
    "s",
    &[MODE],
    "Processor time of the program so far: `user`, `system`.",
);
pub(super) const MEMORY: Metric =
    Metric::gauge("process.memory.usage", "By", &[], "Memory that the program has in use: its resident set.");
pub(super) const VIRTUAL: Metric =
    Metric::gauge("process.memory.virtual", "By", &[], "Memory that the program has reserved, used or not.");
pub(super) const THREADS: Metric =
    Metric::gauge("process.thread.count", "{thread}", &[], "Threads of the program.");
pub(super) const FILES: Metric = Metric::gauge(
    "process.unix.file_descriptor.count",
    "{file_descriptor}",
    &[],
    "Files and sockets that the program has open.",
);
pub(super) const FILE_LIMIT: Metric = Metric::gauge(
    "process.unix.file_descriptor.limit",
    "{file_descriptor}",
    &[],
    "How many it may have open. Left out where nothing limits them.",
);
pub(super) const SWITCHES: Metric = Metric::counter(
    "process.context_switches",
    "{context_switch}",
    &[SWITCH],
    "Times that a thread of the program gave up its processor to wait (`voluntary`) or lost it to others \
     (`involuntary`). Of a thread that ended, up to the tick before; of programs with more than 256 threads not at all.",
);
pub(super) const FAULTS: Metric = Metric::counter(
    "process.paging.faults",
    "{fault}",
    &[FAULT],
    "Times that the program touched a page it had no access to yet: `minor`, or `major` when a disk had to be read.",
);
pub(super) const IO: Metric = Metric::counter(
    "process.disk.io",
    "By",
    &[DIRECTION],
    "Bytes that the program caused to be read from disks and written to them.",
);
pub(super) const UPTIME: Metric =
    Metric::gauge("process.uptime", "s", &[], "Time since the program was started.");

const METRICS: &[Metric] =
    &[UTILIZATION, TIME, MEMORY, VIRTUAL, THREADS, FILES, FILE_LIMIT, SWITCHES, FAULTS, IO, UPTIME];

/// All metrics that the collector of the program itself can report. A platform that does not tell something leaves the
/// metric out.
pub fn metrics() -> impl Iterator<Item = &'static Metric> {
    METRICS.iter()
}
