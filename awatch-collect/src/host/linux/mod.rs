//! The groups of a Linux host, one after the other.

mod connections;
mod cpu;
mod disk;
#[cfg(test)]
mod fake_proc;
mod filesystem;
mod kernel;
mod load;
mod memory;
mod mounts;
mod named_file;
mod network;
mod paging;
mod pressure;
mod protocols;
mod sensors;
mod sockets;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

use awatch_core::{CollectError, SampleBatch};

use super::failures::Failures;
use super::{Group, HostConfig};
use crate::output::{Output, Ticks};
use crate::procfs::Buffer;

/// One group: a file of the kernel and what is made of it.
pub(super) trait Source: Debug + Send {
    /// Reads the file into `buffer` and adds its numbers to `out`; what was added before an error stays.
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError>;
}

/// The groups that are on.
#[derive(Debug)]
pub(super) struct Groups {
    sources: Vec<(Group, Box<dyn Source>)>,
    ticks: Ticks,
    buffer: Buffer,
}

impl Groups {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self { sources: sources(config), ticks: Ticks::default(), buffer: Buffer::default() }
    }

    pub(super) fn collect(&mut self, batch: &mut SampleBatch) -> Result<(), CollectError> {
        let tick = self.ticks.next(batch);
        let mut out = Output::new(batch, tick);
        let mut failures = Failures::default();
        for (group, source) in &mut self.sources {
            failures.take(*group, source.collect(&mut out, &mut self.buffer));
        }
        failures.result(out.refused())
    }
}

/// What is read for the groups that are on. One file may serve two groups; then it is read once.
fn sources(config: &HostConfig) -> Vec<(Group, Box<dyn Source>)> {
    let on = |group| config.groups.contains(&group);
    let root = &config.proc_root;
    let mut sources: Vec<(Group, Box<dyn Source>)> = Vec::new();
    let mut add = |groups: &[Group], make: &dyn Fn() -> Box<dyn Source>| {
        if let Some(group) = groups.iter().find(|group| on(**group)) {
            sources.push((*group, make()));
        }
    };
    add(&[Group::Cpu, Group::Kernel], &|| Box::new(cpu::Stat::new(config)));
    add(&[Group::Load], &|| Box::new(load::Load::new(root)));
    add(&[Group::Kernel], &|| Box::new(kernel::Uptime::new(root)));
    add(&[Group::Kernel], &|| Box::new(kernel::FileHandles::new(root)));
    add(&[Group::Memory, Group::Paging], &|| Box::new(memory::Memory::new(config)));
    add(&[Group::Paging], &|| Box::new(paging::vmstat(root)));
    add(&[Group::Disk], &|| Box::new(disk::Disks::new(config)));
    add(&[Group::FileSystem], &|| Box::new(filesystem::FileSystems::new(config)));
    add(&[Group::Network], &|| Box::new(network::Network::new(config)));
    add(&[Group::Sockets], &|| Box::new(sockets::sockstat(root)));
    add(&[Group::Sockets], &|| Box::new(sockets::sockstat6(root)));
    add(&[Group::Connections], &|| Box::new(connections::Connections::new(config)));
    add(&[Group::Protocols], &|| Box::new(protocols::snmp(root)));
    add(&[Group::Protocols], &|| Box::new(protocols::netstat(root)));
    add(&[Group::Protocols], &|| Box::new(protocols::snmp6(root)));
    add(&[Group::Pressure], &|| Box::new(pressure::Pressure::new(root)));
    add(&[Group::Sensors], &|| Box::new(sensors::Sensors::new(config)));
    sources
}

/// Gives `bytes` to every parser of this collector, for fuzzing: none may panic.
pub fn fuzz_parsers(bytes: &[u8]) {
    cpu::fuzz(bytes);
    connections::fuzz(bytes);
    let _ = load::parse_loadavg(bytes);
    let _ = memory::parse_meminfo(bytes);
    let _ = kernel::parse_uptime(bytes);
    let _ = kernel::parse_file_nr(bytes);
    let _ = pressure::parse_pressure(bytes);
    disk::parse_diskstats(bytes).for_each(drop);
    network::parse_net_dev(bytes).for_each(drop);
    crate::procfs::listed(bytes).for_each(drop);
    crate::procfs::sectioned(bytes).for_each(drop);
    crate::procfs::headed(bytes).for_each(drop);
    let _ = mounts::Choice::new(&HostConfig::default()).choose(bytes, |_| true);
}
