//! What is counted of all processes together.

use crate::Metric;
use crate::output::{Output, Slot};

const STATE: &str = "process.state";

const COUNT: Metric = Metric::gauge(
    "system.process.count",
    "{process}",
    &[STATE],
    "Processes by state: `running` (or ready to run), `sleeping`, `blocked` (waiting for a disk, cannot be \
     interrupted), `idle` (waiting threads of the kernel), `stopped`, `defunct` (ended, and its parent has not asked \
     how).",
);
const THREADS: Metric =
    Metric::gauge("system.thread.count", "{thread}", &[], "Threads of all processes together.");
const METRICS: &[Metric] = &[COUNT, THREADS];

/// All metrics that the collector of processes can report.
pub fn metrics() -> impl Iterator<Item = &'static Metric> {
    METRICS.iter()
}

/// What a process is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Sleeping,
    Blocked,
    Idle,
    Stopped,
    Defunct,
}

const NAMES: [&str; 6] = ["running", "sleeping", "blocked", "idle", "stopped", "defunct"];

/// How many processes there are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    states: [u64; NAMES.len()],
    /// `None`: the system does not tell.
    pub(super) threads: Option<u64>,
}

impl Counts {
    /// Counts a process.
    pub(super) fn add(&mut self, state: State) {
        if let Some(count) = self.states.get_mut(state as usize) {
            *count += 1;
        }
    }

    /// How many are in `state`.
    #[cfg(test)]
    pub(super) fn of(&self, state: State) -> u64 {
        self.states.get(state as usize).copied().unwrap_or(0)
    }
}

/// The places of the series.
#[derive(Debug, Default)]
pub(super) struct Slots {
    states: [Slot; NAMES.len()],
    threads: Slot,
}

impl Slots {
    /// Adds all counts to `out`.
    pub(super) fn push(&mut self, counts: &Counts, out: &mut Output<'_>) {
        for ((slot, name), count) in self.states.iter_mut().zip(NAMES).zip(counts.states) {
            out.push(slot, &COUNT, &[(STATE, name)], count as f64);
        }
        if let Some(threads) = counts.threads {
            out.push(&mut self.threads, &THREADS, &[], threads as f64);
        }
    }
}
