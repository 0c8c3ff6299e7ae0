//! The machine the process runs on: processors, memory, disks, file systems, network, and what its kernel counts.
//!
//! On Linux it reads `/proc` and `/sys` with `pread` on files kept open, into one buffer that is used again, and asks
//! each local file system for its usage with one `statvfs`. Once every series is known a tick allocates nothing.
//!
//! On macOS and Windows the crate `sysinfo` is asked, which knows less: processors, load, uptime, memory, swap, disks,
//! file systems, network and temperatures, under the same names; the other groups report nothing. That part is compiled
//! and tested on Linux too, but was not run on any other system yet.
//!
//! The metrics are those of the OpenTelemetry semantic conventions for systems; [`metrics`] lists them, and
//! `docs/host-metrics.md` is that list as a table. All are about the batch's own target. Ratios are fractions of one,
//! times are in seconds, and totals are cumulative counters: rates are taken by whoever reads them.
//!
//! # What comes and goes
//! Disks, mounts and interfaces are looked for at every tick. One that vanishes is forgotten at once; when it returns
//! its series are looked up anew, so that an id that expired meanwhile is never used. How many are reported is bounded by
//! [`HostConfig::max_devices`] and its like; what is left out is counted, and told as an error once. A series that a budget refuses
//! is left out, the others go on, and it is asked for again after 60 ticks or when its device is listed again.
//!
//! # Partial failures
//! Each [`Group`] is collected on its own. When one cannot be read, or one line of it cannot be understood, all the
//! rest is delivered first and then the error is returned.
//!
//! # What is read seldom
//! TCP connections by state and sensors are dear to ask: the kernel must walk all its sockets, and some chips take
//! milliseconds to answer. They are read once per [`HostConfig::slow_interval`]; in between the last answer is repeated.
//!
//! # File systems that hang
//! `statvfs` on a dead network file system can wait for ever. Only local types are asked by default, at every tick: that
//! costs about a microsecond each. Whoever allows others with [`HostConfig::with_file_system_types`] accepts that a
//! dead server holds up this collector, and should give them a `Host` of their own.
//!
//! # Watching the host from a container
//! Mount the host's `/proc`, `/sys` and root and name them: [`HostConfig::with_proc_root`] (`/host/proc`),
//! [`HostConfig::with_sys_root`] (`/host/sys`) and [`HostConfig::with_file_system_root`] (`/host/root`). Mounts and interfaces are then those of process 1.

mod bound;
mod config;
mod failures;
mod filter;
#[cfg(target_os = "linux")]
mod linux;
mod metrics;
#[cfg(any(test, not(target_os = "linux")))]
mod portable;
mod seldom;

#[cfg(target_os = "linux")]
use linux::Groups;
#[cfg(not(target_os = "linux"))]
use portable::Groups;

use awatch_core::{CollectError, Collector, Interval, SampleBatch};

pub use config::{Group, HostConfig, HostConfigError};
pub use failures::GroupFailures;
pub use filter::Filter;
#[cfg(target_os = "linux")]
#[doc(hidden)]
pub use linux::fuzz_parsers;
pub use metrics::metrics;

/// Collects the metrics of the machine the process runs on. Made by [`HostConfig::build`].
///
/// On Linux a tick costs two `pread`s per file of `/proc` and one `statvfs` per file system: about a tenth of a
/// millisecond in all.
#[derive(Debug)]
pub struct Host {
    config: HostConfig,
    groups: Groups,
}

impl Host {
    fn new(config: HostConfig) -> Self {
        Self { groups: Groups::new(&config), config }
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
