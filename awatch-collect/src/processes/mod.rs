//! The processes of the machine: how many there are in each state as series, and those that take most as records.
//!
//! Process numbers never become series: they would fill any budget within a day. What takes most processor time, memory
//! or disk traffic comes as [`Record`](awatch_core::Record)s of the kind `process`, up to [`ProcessesConfig::top`] for
//! each of the three, each process once:
//!
//! | field | meaning |
//! |---|---|
//! | `pid` | the process number |
//! | `name` | what it calls itself, on Linux up to 15 bytes |
//! | `user` | whose it is; the number where the user has no name |
//! | `cpu` | processor time per time since the tick before: 1 is one whole processor |
//! | `rss` | resident memory in bytes |
//! | `io.read`, `io.write` | bytes per second read from and written to disks |
//! | `top` | by what it is among the first: of `cpu`, `memory`, `io`, divided by blanks |
//!
//! A field that cannot be known is not there: rates at the first tick, the disk traffic of processes that the system does
//! not let this one look at. [`metrics`] lists the series, `docs/process-metrics.md` is that list as a table.
//!
//! # Cost
//! On Linux a tick lists `/proc` once and opens, reads and closes one file per process, 4 µs each; the disk traffic only
//! of processes that used processor time in the last twelve ticks, as none moves data without it. A process that vanishes
//! meanwhile is left out, one that refuses is asked again after twelve ticks; neither is an error.
//!
//! # Elsewhere
//! On macOS and Windows the same comes from the crate `sysinfo`. That it compiles and works is tested on Linux only.

mod config;
mod metrics;
mod ranking;
mod record;

#[cfg(target_os = "linux")]
pub(crate) mod linux;
#[cfg(any(test, not(target_os = "linux")))]
mod portable;
#[cfg(test)]
mod tests;

#[cfg(target_os = "linux")]
use linux::Walk;
#[cfg(not(target_os = "linux"))]
use portable::Walk;

use awatch_core::{CollectError, Collector, Interval, SampleBatch, Timestamp};

pub use config::{ProcessesConfig, ProcessesConfigError};
pub use metrics::metrics;

#[cfg(target_os = "linux")]
#[doc(hidden)]
pub use linux::fuzz_parsers;

use crate::output::{Output, Ticks};
use metrics::{Counts, Slots};
use ranking::Demand;
use record::{Fields, Who};

/// Where the processes of the machine are seen.
trait Table {
    /// Looks at all processes at the tick `at` and counts them; what they demand is then in [`demands`](Table::demands).
    fn look(&mut self, at: Timestamp) -> Result<Counts, CollectError>;

    /// What each process demands, in the order of their numbers.
    fn demands(&self) -> &[Demand];

    /// What the process at that place of the demands is called, and all that can be known of its demands. `None` when
    /// it is gone.
    fn describe(&mut self, place: usize) -> Option<(Who<'_>, Demand)>;
}

/// Collects what the processes of the machine do. Made by [`ProcessesConfig::build`].
#[derive(Debug)]
pub struct Processes {
    config: ProcessesConfig,
    walk: Walk,
    ticks: Ticks,
    slots: Slots,
    fields: Fields,
}

impl Processes {
    fn new(config: ProcessesConfig, fields: Fields) -> Self {
        let walk = Walk::new(&config);
        Self { config, walk, ticks: Ticks::default(), slots: Slots::default(), fields }
    }

    /// The configuration it was built from.
    #[must_use]
    pub fn config(&self) -> &ProcessesConfig {
        &self.config
    }
}

impl Collector for Processes {
    fn name(&self) -> &str {
        &self.config.name
    }

    fn interval(&self) -> Option<Interval> {
        self.config.interval
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        let tick = self.ticks.next(out);
        let counts = self.walk.look(out.at())?;
        report(&mut self.walk, self.config.top, &self.fields, out);
        let mut output = Output::new(out, tick);
        self.slots.push(&counts, &mut output);
        output.refused().map_or(Ok(()), |error| Err(error.into()))
    }
}

/// Adds a record of each process that is among the first `top` by something.
fn report(table: &mut impl Table, top: usize, fields: &Fields, out: &mut SampleBatch) {
    for (place, among) in ranking::leaders(table.demands(), top) {
        if let Some((who, demand)) = table.describe(place) {
            out.record(fields.record(&who, &demand, among));
        }
    }
}
