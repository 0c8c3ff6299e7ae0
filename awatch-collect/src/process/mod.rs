//! The program itself: what it costs the machine that it runs on.
//!
//! For a program that watches itself, and to know what watching costs. Nothing is asked of other processes, so no rights
//! are needed. [`metrics`] lists what is reported, `docs/process-metrics.md` is that list as a table.
//!
//! On macOS and Windows it comes from the crate `sysinfo`, which tells less: no faults, switches and virtual memory limits.
//! That it compiles and works is tested on Linux only.

mod config;
mod metrics;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(test, not(target_os = "linux")))]
mod portable;
#[cfg(test)]
mod tests;

#[cfg(target_os = "linux")]
use linux::Own;
#[cfg(not(target_os = "linux"))]
use portable::Own;

use awatch_core::{CollectError, Collector, Interval, SampleBatch};

pub use config::{ProcessConfig, ProcessConfigError};
pub use metrics::metrics;

use crate::output::{Output, Ticks};

/// Collects what this program does. Made by [`ProcessConfig::build`].
///
/// A tick costs some reads in `/proc/self` and one per thread: tens of microseconds.
#[derive(Debug)]
pub struct Process {
    config: ProcessConfig,
    own: Own,
    ticks: Ticks,
}

impl Process {
    fn new(config: ProcessConfig) -> Self {
        Self { config, own: Own::new(), ticks: Ticks::default() }
    }

    /// The configuration it was built from.
    #[must_use]
    pub fn config(&self) -> &ProcessConfig {
        &self.config
    }
}

impl Collector for Process {
    fn name(&self) -> &str {
        &self.config.name
    }

    fn interval(&self) -> Option<Interval> {
        self.config.interval
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        let tick = self.ticks.next(out);
        let mut output = Output::new(out, tick);
        self.own.collect(&mut output)?;
        output.refused().map_or(Ok(()), |error| Err(error.into()))
    }
}
