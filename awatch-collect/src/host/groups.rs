//! The groups of a Linux host, one after the other.

use std::fmt;
use std::fmt::Debug;

use awatch_core::{CollectError, SampleBatch};

use super::output::{Output, Ticks};
use super::proc_file::Buffer;
use super::{Group, HostConfig, Metric, cpu, disk, filesystem, load, memory, mounts, network};

pub(super) const METRICS: [&[Metric]; 6] =
    [cpu::METRICS, load::METRICS, memory::METRICS, disk::METRICS, filesystem::METRICS, network::METRICS];

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

/// Several groups of one tick failed: which, and why. The others were collected.
#[derive(Debug)]
pub struct GroupFailures(Vec<(Group, CollectError)>);

impl GroupFailures {
    /// The groups in question.
    pub fn groups(&self) -> impl Iterator<Item = Group> {
        self.0.iter().map(|(group, _)| *group)
    }
}

impl std::error::Error for GroupFailures {}

impl fmt::Display for GroupFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (group, error)) in self.0.iter().enumerate() {
            let before = if index == 0 { "" } else { "; " };
            write!(f, "{before}{}: {error}", group.as_str())?;
            if let Some(source) = std::error::Error::source(error) {
                write!(f, ": {source}")?;
            }
        }
        Ok(())
    }
}

impl Groups {
    pub(super) fn new(config: &HostConfig) -> Self {
        let sources = config.groups.iter().map(|group| (*group, source(*group, config))).collect();
        Self { sources, ticks: Ticks::default(), buffer: Buffer::default() }
    }

    pub(super) fn collect(&mut self, batch: &mut SampleBatch) -> Result<(), CollectError> {
        let tick = self.ticks.next(batch);
        let mut out = Output::new(batch, tick);
        let mut failures = Vec::new();
        for (group, source) in &mut self.sources {
            if let Err(error) = source.collect(&mut out, &mut self.buffer) {
                failures.push((*group, error));
            }
        }
        if failures.len() > 1 {
            let failures = GroupFailures(failures);
            let names: Vec<_> = failures.groups().map(Group::as_str).collect();
            return Err(CollectError::unavailable(
                format!("part of the host ({})", names.join(", ")),
                failures,
            ));
        }
        match failures.pop() {
            Some((_, error)) => Err(error),
            None => out.refused().map_or(Ok(()), |error| Err(error.into())),
        }
    }
}

fn source(group: Group, config: &HostConfig) -> Box<dyn Source> {
    match group {
        Group::Cpu => Box::new(cpu::Cpu::new(&config.proc_root)),
        Group::Load => Box::new(load::Load::new(&config.proc_root)),
        Group::Memory => Box::new(memory::Memory::new(&config.proc_root)),
        Group::Disk => Box::new(disk::Disks::new(config)),
        Group::FileSystem => Box::new(filesystem::FileSystems::new(config)),
        Group::Network => Box::new(network::Network::new(config)),
    }
}

/// Gives `bytes` to every parser of this collector, for fuzzing: none may panic.
pub fn fuzz_parsers(bytes: &[u8]) {
    let _ = cpu::parse_stat(bytes);
    let _ = load::parse_loadavg(bytes);
    let _ = memory::parse_meminfo(bytes);
    disk::parse_diskstats(bytes).for_each(drop);
    network::parse_net_dev(bytes).for_each(drop);
    let _ = mounts::Choice::new(&HostConfig::default()).choose(bytes, |_| true);
}
