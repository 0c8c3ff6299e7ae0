//! Space of mounted file systems.

use crate::Metric;

pub(in crate::host) const DEVICE: &str = "system.device";
pub(in crate::host) const MOUNT_POINT: &str = "system.filesystem.mountpoint";
pub(in crate::host) const STATE: &str = "system.filesystem.state";

pub(in crate::host) const USAGE: Metric = Metric::gauge(
    "system.filesystem.usage",
    "By",
    &[DEVICE, MOUNT_POINT, STATE],
    "Space by state: `used`, `free` (for everybody), `reserved` (for root); together the whole.",
);
pub(in crate::host) const UTILIZATION: Metric = Metric::gauge(
    "system.filesystem.utilization",
    "1",
    &[DEVICE, MOUNT_POINT],
    "Share of the space open to everybody that is used; 1 means that only root can still write.",
);
pub(in crate::host) const INODES: Metric = Metric::gauge(
    "system.filesystem.inodes.usage",
    "{inode}",
    &[DEVICE, MOUNT_POINT, STATE],
    "Files and folders there are (`used`) and there is room for (`free`). Only where their number is limited.",
);
pub(in crate::host) const INODE_UTILIZATION: Metric = Metric::gauge(
    "system.filesystem.inodes.utilization",
    "1",
    &[DEVICE, MOUNT_POINT],
    "Share of the room for files and folders that is used. Only where their number is limited.",
);
pub(in crate::host) const READ_ONLY: Metric = Metric::gauge(
    "system.filesystem.read_only",
    "1",
    &[DEVICE, MOUNT_POINT],
    "1 when the file system takes no changes, as after an error of its disk; else 0.",
);
pub(in crate::host) const LEFT_OUT: Metric = Metric::gauge(
    "awatch.host.filesystem.left_out",
    "{mount}",
    &[],
    "File systems beyond `max_mounts`, which are not reported. Only when there are any.",
);
pub(super) const METRICS: &[Metric] = &[USAGE, UTILIZATION, INODES, INODE_UTILIZATION, READ_ONLY, LEFT_OUT];
