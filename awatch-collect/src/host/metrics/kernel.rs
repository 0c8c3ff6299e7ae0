//! What the kernel does as a whole.

use crate::Metric;

pub(in crate::host) const KIND: &str = "linux.softirq.kind";
pub(in crate::host) const STATE: &str = "linux.thread.state";

pub(in crate::host) const UPTIME: Metric =
    Metric::gauge("system.uptime", "s", &[], "Time since the system was started.");
pub(in crate::host) const CONTEXT_SWITCHES: Metric = Metric::counter(
    "system.linux.context_switches",
    "{context_switch}",
    &[],
    "Times that a processor turned from one thread to another.",
);
pub(in crate::host) const INTERRUPTS: Metric = Metric::counter(
    "system.linux.interrupts",
    "{interrupt}",
    &[],
    "Interrupts that were served, of all kinds.",
);
pub(in crate::host) const SOFTIRQS: Metric = Metric::counter(
    "system.linux.softirqs",
    "{interrupt}",
    &[KIND],
    "Deferred work of interrupts that was done, by kind: `hi`, `timer`, `net_tx`, `net_rx`, `block`, `irq_poll`, \
     `tasklet`, `sched`, `hrtimer`, `rcu`.",
);
pub(in crate::host) const CREATED: Metric = Metric::counter(
    "system.process.created",
    "{process}",
    &[],
    "Processes and threads that were created since the system was started.",
);
pub(in crate::host) const THREADS: Metric = Metric::gauge(
    "system.linux.threads",
    "{thread}",
    &[STATE],
    "Threads by state: `running` (or ready to run), `blocked` (waiting for I/O).",
);
pub(in crate::host) const FILE_HANDLES: Metric = Metric::gauge(
    "system.linux.file_handle.count",
    "{file_handle}",
    &[],
    "Open files of all processes together.",
);
pub(in crate::host) const FILE_HANDLE_LIMIT: Metric = Metric::gauge(
    "system.linux.file_handle.limit",
    "{file_handle}",
    &[],
    "How many files may be open at once. Left out where nothing limits them.",
);
pub(super) const METRICS: &[Metric] =
    &[UPTIME, CONTEXT_SWITCHES, INTERRUPTS, SOFTIRQS, CREATED, THREADS, FILE_HANDLES, FILE_HANDLE_LIMIT];
