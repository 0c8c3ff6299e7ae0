//! Disk input and output.

use crate::Metric;

pub(in crate::host) const DEVICE: &str = "system.device";
pub(in crate::host) const DIRECTION: &str = "disk.io.direction";

const fn counter(
    name: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    meaning: &'static str,
) -> Metric {
    Metric::counter(name, unit, labels, meaning)
}

pub(in crate::host) const IO: Metric = counter(
    "system.disk.io",
    "By",
    &[DEVICE, DIRECTION],
    "Bytes read from the disk, written to it, and discarded (`discard`: declared unused, where the kernel tells).",
);
pub(in crate::host) const OPERATIONS: Metric = counter(
    "system.disk.operations",
    "{operation}",
    &[DEVICE, DIRECTION],
    "Operations that were completed: `read`, `write`, `discard`, `flush`.",
);
pub(in crate::host) const OPERATION_TIME: Metric = counter(
    "system.disk.operation_time",
    "s",
    &[DEVICE, DIRECTION],
    "Time that completed operations took, summed over those that ran at once; by the number of operations it is their \
     mean latency.",
);
pub(in crate::host) const IO_TIME: Metric =
    counter("system.disk.io_time", "s", &[DEVICE], "Time during which at least one operation was under way.");
pub(in crate::host) const MERGED: Metric = counter(
    "system.disk.merged",
    "{operation}",
    &[DEVICE, DIRECTION],
    "Operations that were merged with others before the disk saw them.",
);
pub(in crate::host) const WEIGHTED_IO_TIME: Metric = counter(
    "system.disk.weighted_io_time",
    "s",
    &[DEVICE],
    "That time, each moment counted as often as there were operations under way; its rate is the mean queue length.",
);
pub(in crate::host) const PENDING: Metric = Metric::gauge(
    "system.disk.pending_operations",
    "{operation}",
    &[DEVICE],
    "Operations that are under way.",
);
pub(in crate::host) const LEFT_OUT: Metric = Metric::gauge(
    "awatch.host.disk.left_out",
    "{disk}",
    &[],
    "Disks beyond `max_devices`, which are not reported. Only when there are any.",
);
pub(super) const METRICS: &[Metric] =
    &[IO, OPERATIONS, OPERATION_TIME, IO_TIME, MERGED, WEIGHTED_IO_TIME, PENDING, LEFT_OUT];
