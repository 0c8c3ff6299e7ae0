//! Disks and the file systems on them, which `sysinfo` takes for one.

use awatch_core::CollectError;
use sysinfo::{DiskRefreshKind, Disks};

use super::{Source, opened};
use crate::host::bound::Bound;
use crate::host::metrics::{disk, filesystem};
use crate::host::{Filter, Group, HostConfig};
use crate::listing::Listing;
use crate::output::{Output, Slot};

#[derive(Debug)]
struct Disk {
    name: String,
    io: [Slot; 2],
}

#[derive(Debug)]
struct FileSystem {
    device: String,
    point: String,
    states: [Slot; 2],
    utilization: Slot,
    read_only: Slot,
}

/// Collects the traffic of disks and the space of file systems.
#[derive(Debug)]
pub(super) struct Storage {
    all: Option<Disks>,
    traffic: bool,
    space: bool,
    devices: Filter,
    mounts: Filter,
    types: Filter,
    disks: Listing<Disk>,
    file_systems: Listing<FileSystem>,
    disk_bound: Bound,
    mount_bound: Bound,
}

impl Storage {
    pub(super) fn new(config: &HostConfig) -> Self {
        let (devices, mounts) =
            ("raise `max_devices`, or narrow `devices`", "raise `max_mounts`, or narrow `mounts`");
        Self {
            all: None,
            traffic: config.groups.contains(&Group::Disk),
            space: config.groups.contains(&Group::FileSystem),
            devices: config.devices.clone(),
            mounts: config.mounts.clone(),
            types: config.file_system_types.clone(),
            disks: Listing::new(config.max_devices),
            file_systems: Listing::new(config.max_mounts),
            disk_bound: Bound::new("disks", config.max_devices, devices, &disk::LEFT_OUT),
            mount_bound: Bound::new("file systems", config.max_mounts, mounts, &filesystem::LEFT_OUT),
        }
    }
}

impl Source for Storage {
    fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let all = opened(&mut self.all, "disks", Disks::new)?;
        all.refresh_specifics(true, DiskRefreshKind::nothing().with_storage().with_io_usage());
        self.disks.begin();
        self.file_systems.begin();
        for found in all.iter() {
            let device = found.name().to_string_lossy();
            if self.traffic && !device.is_empty() {
                let make = |name: &str| {
                    self.devices.matches(name).then(|| Disk { name: name.to_owned(), io: Default::default() })
                };
                if let Some(disk) = self.disks.next(device.as_bytes(), make) {
                    disk.push(found, out);
                }
            }
            let kind = found.file_system().to_string_lossy().to_lowercase();
            if self.space && found.total_space() > 0 && self.types.matches(&kind) {
                let point = found.mount_point().to_string_lossy();
                let make = |point: &str| {
                    self.mounts.matches(point).then(|| FileSystem::new(device.clone().into_owned(), point))
                };
                if let Some(file_system) = self.file_systems.next(point.as_bytes(), make) {
                    file_system.push(found, out);
                }
            }
        }
        let disks = self.disk_bound.left_out(self.disks.end(), out);
        let mounts = self.mount_bound.left_out(self.file_systems.end(), out);
        disks.and(mounts)
    }
}

impl Disk {
    fn push(&mut self, found: &sysinfo::Disk, out: &mut Output<'_>) {
        let usage = found.usage();
        let totals = [("read", usage.total_read_bytes), ("write", usage.total_written_bytes)];
        for (slot, (direction, bytes)) in self.io.iter_mut().zip(totals) {
            let labels = [(disk::DEVICE, self.name.as_str()), (disk::DIRECTION, direction)];
            out.push(slot, &disk::IO, &labels, bytes as f64);
        }
    }
}

impl FileSystem {
    fn new(device: String, point: &str) -> Self {
        Self {
            device,
            point: point.to_owned(),
            states: Default::default(),
            utilization: Slot::default(),
            read_only: Slot::default(),
        }
    }

    fn push(&mut self, found: &sysinfo::Disk, out: &mut Output<'_>) {
        let (total, free) = (found.total_space(), found.available_space().min(found.total_space()));
        let used = total - free;
        let device = (filesystem::DEVICE, self.device.as_str());
        let point = (filesystem::MOUNT_POINT, self.point.as_str());
        for (slot, (state, bytes)) in self.states.iter_mut().zip([("used", used), ("free", free)]) {
            out.push(slot, &filesystem::USAGE, &[device, point, (filesystem::STATE, state)], bytes as f64);
        }
        let share = used as f64 / total as f64;
        out.push(&mut self.utilization, &filesystem::UTILIZATION, &[device, point], share);
        let read_only = f64::from(u8::from(found.is_read_only()));
        out.push(&mut self.read_only, &filesystem::READ_ONLY, &[device, point], read_only);
    }
}
