//! What the host reports: names, units and meanings, group by group, the same on every platform.

pub(super) mod connections;
pub(super) mod cpu;
pub(super) mod disk;
pub(super) mod filesystem;
pub(super) mod kernel;
pub(super) mod load;
pub(super) mod memory;
pub(super) mod network;
pub(super) mod paging;
pub(super) mod pressure;
pub(super) mod protocols;
pub(super) mod sensors;
pub(super) mod sockets;

use super::Group;
use crate::Metric;

/// Each group with its metrics.
const GROUPS: [(Group, &[Metric]); 13] = [
    (Group::Cpu, cpu::METRICS),
    (Group::Load, load::METRICS),
    (Group::Kernel, kernel::METRICS),
    (Group::Memory, memory::METRICS),
    (Group::Paging, paging::METRICS),
    (Group::Disk, disk::METRICS),
    (Group::FileSystem, filesystem::METRICS),
    (Group::Network, network::METRICS),
    (Group::Sockets, sockets::METRICS),
    (Group::Connections, connections::METRICS),
    (Group::Protocols, protocols::METRICS),
    (Group::Pressure, pressure::METRICS),
    (Group::Sensors, sensors::METRICS),
];

/// All metrics that the host collector can report, group by group. A platform that does not tell something leaves the
/// metric out.
///
/// # Example
/// ```
/// for (group, metric) in awatch_collect::host::metrics() {
///     println!("{}: {} ({}): {}", group.as_str(), metric.name, metric.unit, metric.meaning);
/// }
/// ```
pub fn metrics() -> impl Iterator<Item = (Group, &'static Metric)> {
    GROUPS.into_iter().flat_map(|(group, metrics)| metrics.iter().map(move |metric| (group, metric)))
}
