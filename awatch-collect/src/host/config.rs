//! What to collect of the host.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use awatch_core::{Interval, Name};
use serde::{Deserialize, Serialize};

use super::{Filter, Host};

/// A part of the host that is collected, and fails, on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Group {
    /// Processor time and utilization.
    Cpu,
    /// Load averages.
    Load,
    /// Uptime, context switches, interrupts, created processes, open files.
    Kernel,
    /// Memory by use.
    Memory,
    /// Swap, page faults, and the search for free memory.
    Paging,
    /// Disk input and output.
    Disk,
    /// Space of mounted file systems.
    FileSystem,
    /// Traffic of network interfaces.
    Network,
    /// Sockets in use.
    Sockets,
    /// TCP connections by state.
    Connections,
    /// What TCP, UDP, IP and ICMP counted.
    Protocols,
    /// Time that threads wait for a processor, memory or a disk.
    Pressure,
    /// Temperatures and fans.
    Sensors,
}

impl Group {
    /// All groups.
    pub const ALL: [Self; 13] = [
        Self::Cpu,
        Self::Load,
        Self::Kernel,
        Self::Memory,
        Self::Paging,
        Self::Disk,
        Self::FileSystem,
        Self::Network,
        Self::Sockets,
        Self::Connections,
        Self::Protocols,
        Self::Pressure,
        Self::Sensors,
    ];

    /// Its name in configurations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Load => "load",
            Self::Kernel => "kernel",
            Self::Memory => "memory",
            Self::Paging => "paging",
            Self::Disk => "disk",
            Self::FileSystem => "filesystem",
            Self::Network => "network",
            Self::Sockets => "sockets",
            Self::Connections => "connections",
            Self::Protocols => "protocols",
            Self::Pressure => "pressure",
            Self::Sensors => "sensors",
        }
    }
}

/// What the host collector reads; all groups of everything that is real and local unless told otherwise.
///
/// As a table of a configuration file:
/// ```toml
/// kind = "host"
/// groups = ["cpu", "memory", "disk"]
/// devices = { allow = ["nvme*"] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HostConfig {
    /// The name of the collector: `host`.
    pub name: String,
    /// The time between two ticks; `None`: the engine's.
    pub interval: Option<Interval>,
    /// The groups that are collected: all.
    pub groups: BTreeSet<Group>,
    /// Where the process file system is: `/proc`.
    pub proc_root: PathBuf,
    /// Where the system file system is: `/sys`.
    pub sys_root: PathBuf,
    /// Where the root of the file systems is: `/`.
    pub file_system_root: PathBuf,
    /// The time between two readings of what is dear to read, TCP connections by state and sensors: 10 s. In between the
    /// last answer is repeated.
    #[serde(with = "awatch_core::duration")]
    pub slow_interval: Duration,
    /// Whether the time in each mode is reported for each processor too: no.
    pub core_times: bool,
    /// How many processors are reported one by one: the first 256.
    pub max_processors: usize,
    /// The disks, by kernel name: all but `loop*`, `ram*`, `zram*`, `fd*`, `sr*`. Logical volumes and arrays (`dm-*`,
    /// `md*`) are reported beside the disks they lie on.
    pub devices: Filter,
    /// Whether partitions are reported beside the disks they are on: no.
    pub partitions: bool,
    /// How many disks are reported: the first 64.
    pub max_devices: usize,
    /// The file systems, by mount point: all but those below `/snap`, `/run`, `/var/lib/docker`,
    /// `/var/lib/containers` and `/var/lib/kubelet`.
    pub mounts: Filter,
    /// How many file systems are reported: 64, those nearest to the root first.
    pub max_mounts: usize,
    /// The file systems, by type: the local ones that are kept on a device, and an overlay that is the root.
    pub file_system_types: Filter,
    /// The network interfaces: all but loopback, `veth*`, `ifb*`, `dummy*`, `cali*`, `lxc*`.
    pub interfaces: Filter,
    /// How many interfaces are reported: the first 64.
    pub max_interfaces: usize,
}

const VIRTUAL_DISKS: [&str; 5] = ["loop*", "ram*", "zram*", "fd*", "sr*"];
const VIRTUAL_INTERFACES: [&str; 8] = ["lo", "lo0", "Loopback*", "veth*", "ifb*", "dummy*", "cali*", "lxc*"];
const MOUNTS_OF_CONTAINERS: [&str; 6] =
    ["/snap/*", "/run/*", "/var/lib/docker/*", "/var/lib/containers/*", "/var/lib/kubelet/*", "/var/snap/*"];
const LOCAL_TYPES: [&str; 22] = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "bcachefs", "f2fs", "jfs", "nilfs2", "reiserfs", "ufs",
    "vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "overlay", "apfs", "hfs", "refs",
];

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            name: "host".to_owned(),
            interval: None,
            groups: Group::ALL.into_iter().collect(),
            proc_root: PathBuf::from("/proc"),
            sys_root: PathBuf::from("/sys"),
            file_system_root: PathBuf::from("/"),
            slow_interval: Duration::from_secs(10),
            core_times: false,
            max_processors: 256,
            devices: Filter::deny(&VIRTUAL_DISKS),
            partitions: false,
            max_devices: 64,
            mounts: Filter::deny(&MOUNTS_OF_CONTAINERS),
            max_mounts: 64,
            file_system_types: Filter::allow(&LOCAL_TYPES),
            interfaces: Filter::deny(&VIRTUAL_INTERFACES),
            max_interfaces: 64,
        }
    }
}

/// The host cannot be collected as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostConfigError {
    /// The name is not a name.
    #[error("the name of the host collector is malformed")]
    Name(#[from] awatch_core::series::NameError),
    /// No group is on.
    #[error(
        "the host collector has no group to collect: name some of {}",
        Group::ALL.map(Group::as_str).join(", ")
    )]
    NoGroups,
    /// A filter lets nothing through.
    #[error("`{filter}` allows nothing: give at least one pattern in `allow`, or switch the group off")]
    AllowsNothing {
        /// The key of the filter.
        filter: &'static str,
    },
    /// A pattern is empty.
    #[error("`{filter}` has an empty pattern: write a name, with `*` for any text")]
    EmptyPattern {
        /// The key of the filter.
        filter: &'static str,
    },
    /// A folder is not given from the root.
    #[error("`{key}` is `{}`: give a path that starts with `/`", path.display())]
    RelativePath {
        /// The key of the path.
        key: &'static str,
        /// What was given.
        path: PathBuf,
    },
}

impl HostConfig {
    /// Names the collector; an engine may have several.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Gives it an interval of its own.
    #[must_use]
    pub fn with_interval(mut self, interval: Interval) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Switches a group on or off.
    #[must_use]
    pub fn with_group(mut self, group: Group, on: bool) -> Self {
        if on {
            self.groups.insert(group);
        } else {
            self.groups.remove(&group);
        }
        self
    }

    /// Collects these groups and no others.
    #[must_use]
    pub fn with_groups(mut self, groups: impl IntoIterator<Item = Group>) -> Self {
        self.groups = groups.into_iter().collect();
        self
    }

    /// Reads the process file system of that folder, `/host/proc` for example.
    #[must_use]
    pub fn with_proc_root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.proc_root = folder.into();
        self
    }

    /// Reads the system file system of that folder, `/host/sys` for example.
    #[must_use]
    pub fn with_sys_root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.sys_root = folder.into();
        self
    }

    /// Reads TCP connections by state and sensors once in that time.
    #[must_use]
    pub fn with_slow_interval(mut self, interval: Duration) -> Self {
        self.slow_interval = interval;
        self
    }

    /// Reports the time in each mode for each processor too, or not.
    #[must_use]
    pub fn with_core_times(mut self, core_times: bool) -> Self {
        self.core_times = core_times;
        self
    }

    /// Looks for mount points below that folder, `/host/root` for example; labels stay as the host names them.
    #[must_use]
    pub fn with_file_system_root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.file_system_root = folder.into();
        self
    }

    /// Reports these disks.
    #[must_use]
    pub fn with_devices(mut self, devices: Filter) -> Self {
        self.devices = devices;
        self
    }

    /// Reports partitions beside the disks they are on, or not.
    #[must_use]
    pub fn with_partitions(mut self, partitions: bool) -> Self {
        self.partitions = partitions;
        self
    }

    /// Reports the file systems mounted there.
    #[must_use]
    pub fn with_mounts(mut self, mounts: Filter) -> Self {
        self.mounts = mounts;
        self
    }

    /// Reports file systems of these types. One that is on the network can hold up the collector, see
    /// [the module](crate::host#file-systems-that-hang).
    #[must_use]
    pub fn with_file_system_types(mut self, types: Filter) -> Self {
        self.file_system_types = types;
        self
    }

    /// Reports these network interfaces.
    #[must_use]
    pub fn with_interfaces(mut self, interfaces: Filter) -> Self {
        self.interfaces = interfaces;
        self
    }

    /// The collector. Opens nothing yet: what is missing shows at the first tick.
    ///
    /// # Errors
    /// [`HostConfigError`] when the name is malformed, no group is on, a filter can let nothing through or has an
    /// empty pattern, or a folder is relative.
    pub fn build(self) -> Result<Host, HostConfigError> {
        Name::new(&self.name)?;
        if self.groups.is_empty() {
            return Err(HostConfigError::NoGroups);
        }
        check_filter("devices", &self.devices)?;
        check_filter("mounts", &self.mounts)?;
        check_filter("file_system_types", &self.file_system_types)?;
        check_filter("interfaces", &self.interfaces)?;
        check_path("proc_root", &self.proc_root)?;
        check_path("sys_root", &self.sys_root)?;
        check_path("file_system_root", &self.file_system_root)?;
        Ok(Host::new(self))
    }
}

fn check_filter(key: &'static str, filter: &Filter) -> Result<(), HostConfigError> {
    if filter.allow.is_empty() {
        return Err(HostConfigError::AllowsNothing { filter: key });
    }
    if filter.patterns().any(str::is_empty) {
        return Err(HostConfigError::EmptyPattern { filter: key });
    }
    Ok(())
}

fn check_path(key: &'static str, path: &Path) -> Result<(), HostConfigError> {
    if path.has_root() { Ok(()) } else { Err(HostConfigError::RelativePath { key, path: path.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(config: HostConfig) -> String {
        config.build().unwrap_err().to_string()
    }

    #[test]
    fn says_what_is_wrong() {
        let config = HostConfig::default;
        assert_eq!(message(config().with_name("")), "the name of the host collector is malformed");
        assert_eq!(
            message(config().with_groups([])),
            "the host collector has no group to collect: name some of cpu, load, kernel, memory, paging, disk, filesystem, \
             network, sockets, connections, protocols, pressure, sensors"
        );
        assert_eq!(
            message(config().with_devices(Filter { allow: vec![], deny: vec![] })),
            "`devices` allows nothing: give at least one pattern in `allow`, or switch the group off"
        );
        assert_eq!(
            message(config().with_mounts(Filter::new(["*"], [""]))),
            "`mounts` has an empty pattern: write a name, with `*` for any text"
        );
        assert_eq!(
            message(config().with_proc_root("proc")),
            "`proc_root` is `proc`: give a path that starts with `/`"
        );
    }

    #[test]
    fn a_table_names_what_differs_from_the_default() {
        let text = r#"{"groups": ["cpu", "filesystem"], "devices": {"allow": ["nvme*"]}, "interval": "5s"}"#;
        let config: HostConfig = serde_json::from_str(text).unwrap();
        let expected = HostConfig::default()
            .with_groups([Group::Cpu, Group::FileSystem])
            .with_devices(Filter::allow(&["nvme*"]))
            .with_interval(Interval::from_secs(5).unwrap());
        assert_eq!(config, expected);
        assert!(serde_json::from_str::<HostConfig>(r#"{"group": []}"#).is_err());
        assert!(serde_json::from_str::<HostConfig>(r#"{"devices": {"only": []}}"#).is_err());
    }

    #[test]
    fn a_group_is_called_in_code_as_in_a_configuration() {
        for group in Group::ALL {
            assert_eq!(serde_json::to_value(group).unwrap(), group.as_str());
        }
    }

    #[test]
    fn groups_switch_on_and_off() {
        let config = HostConfig::default().with_group(Group::Cpu, false).with_group(Group::Load, true);
        assert!(!config.groups.contains(&Group::Cpu));
        assert_eq!(config.groups.len(), Group::ALL.len() - 1);
        assert_eq!(config.with_group(Group::Cpu, true), HostConfig::default());
    }
}
