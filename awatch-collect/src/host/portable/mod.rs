//! The groups of a machine of any kind, from the crate `sysinfo`.
//!
//! What `sysinfo` could not read it gives as 0: where 0 makes no sense nothing is reported. It is kept from tick to tick,
//! since processor usage is the difference of two readings, and is never asked for frequencies, which can take a second.

mod cpu;
mod memory;
mod network;
mod sensors;
mod storage;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

use awatch_core::{CollectError, SampleBatch};

use super::failures::Failures;
use super::{Group, HostConfig};
use crate::output::{Output, Ticks};

/// One group, or several that are asked for together.
trait Source: Debug + Send {
    /// Asks the system and adds its numbers to `out`; what was added before an error stays.
    fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError>;
}

/// The groups that are on, as far as they are known on every system.
#[derive(Debug)]
pub(super) struct Groups {
    sources: Vec<(Group, Box<dyn Source>)>,
    ticks: Ticks,
}

impl Groups {
    pub(super) fn new(config: &HostConfig) -> Self {
        let groups = &config.groups;
        let mut sources: Vec<(Group, Box<dyn Source>)> = Vec::new();
        if groups.contains(&Group::Cpu) {
            sources.push((Group::Cpu, Box::new(cpu::Cpu::new(config))));
        }
        if groups.contains(&Group::Load) {
            sources.push((Group::Load, Box::new(cpu::Load::default())));
        }
        if groups.contains(&Group::Kernel) {
            sources.push((Group::Kernel, Box::new(cpu::Uptime::default())));
        }
        if groups.contains(&Group::Memory) || groups.contains(&Group::Paging) {
            sources.push((Group::Memory, Box::new(memory::Memory::new(config))));
        }
        if groups.contains(&Group::Disk) || groups.contains(&Group::FileSystem) {
            sources.push((Group::Disk, Box::new(storage::Storage::new(config))));
        }
        if groups.contains(&Group::Network) {
            sources.push((Group::Network, Box::new(network::Network::new(config))));
        }
        if groups.contains(&Group::Sensors) {
            sources.push((Group::Sensors, Box::new(sensors::Sensors::new(config))));
        }
        Self { sources, ticks: Ticks::default() }
    }

    pub(super) fn collect(&mut self, batch: &mut SampleBatch) -> Result<(), CollectError> {
        let tick = self.ticks.next(batch);
        let mut out = Output::new(batch, tick);
        let mut failures = Failures::default();
        for (group, source) in &mut self.sources {
            failures.take(*group, source.collect(&mut out));
        }
        failures.result(out.refused())
    }
}

/// What `sysinfo` gives for a system, made when it is first asked for.
fn opened<'k, T>(
    kept: &'k mut Option<T>,
    what: &'static str,
    open: impl FnOnce() -> Result<T, sysinfo::Error>,
) -> Result<&'k mut T, CollectError> {
    let opened = match kept.take() {
        Some(opened) => opened,
        None => open().map_err(|error| CollectError::unavailable(what, error.to_string()))?,
    };
    Ok(kept.insert(opened))
}
