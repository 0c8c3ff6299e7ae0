//! The machine the process runs on: CPU, load, memory, disks, file systems, network.
//!
//! On Linux it reads `/proc` with a handful of `pread` calls on files kept open into one buffer that is used again,
//! and asks each local file system for its usage with one `statvfs`. Once every series is known a tick allocates
//! nothing. Elsewhere [`Host::collect`](awatch_core::Collector::collect) answers
//! [`CollectError::Unsupported`].
//!
//! The metrics are those of the OpenTelemetry semantic conventions for systems; [`metrics`] lists them, and
//! `docs/host-metrics.md` is that list as a table. All are about the batch's own target. Ratios are fractions of one,
//! times are in seconds, and totals are cumulative counters: rates are taken by whoever reads them.
//!
//! # What comes and goes
//! Disks, mounts and interfaces are looked for at every tick. One that vanishes is forgotten at once; when it returns
//! its series are looked up anew, so that an id that expired meanwhile is never used. A series that a budget refuses
//! is left out, the others go on, and it is asked for again after 60 ticks or when its device is listed again.
//!
//! # Partial failures
//! Each [`Group`] is collected on its own. When one cannot be read, or one line of it cannot be understood, all the
//! rest is delivered first and then the error is returned.
//!
//! # File systems that hang
//! `statvfs` on a dead network file system can wait for ever. Only local types are asked by default, at every tick: that
//! costs about a microsecond each. Whoever allows others with [`HostConfig::with_file_system_types`] accepts that a
//! dead server holds up this collector, and should give them a `Host` of their own.
//!
//! # Watching the host from a container
//! Mount the host's `/proc` and root and name them: [`HostConfig::with_proc_root`] (`/host/proc`) and
//! [`HostConfig::with_file_system_root`] (`/host/root`). Mounts and interfaces are then those of process 1.

mod config;
mod failures;
mod filter;
mod metrics;

#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod linux;

use awatch_core::{CollectError, Collector, Interval, SampleBatch};

pub use config::{Group, HostConfig, HostConfigError};
pub use failures::GroupFailures;
pub use filter::Filter;
#[doc(hidden)]
pub use linux::fuzz_parsers;
pub use metrics::metrics;

/// Collects the metrics of the machine the process runs on. Made by [`HostConfig::build`].
///
/// A tick costs one `pread` or two per file of `/proc` and one `statvfs` per file system: tens of microseconds.
#[derive(Debug)]
pub struct Host {
    config: HostConfig,
    groups: linux::Groups,
}

impl Host {
    fn new(config: HostConfig) -> Self {
        Self { groups: linux::Groups::new(&config), config }
    }

    /// The configuration it was built from.
    #[must_use]
    pub fn config(&self) -> &HostConfig {
        &self.config
    }
}

impl Collector for Host {
    fn name(&self) -> &str {
        &self.config.name
    }

    fn interval(&self) -> Option<Interval> {
        self.config.interval
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        self.groups.collect(out)
    }
}
