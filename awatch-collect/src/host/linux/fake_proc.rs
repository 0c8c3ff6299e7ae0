//! A folder that looks like the `/proc` and the root of a machine.

use std::sync::Arc;

use awatch_core::{CollectError, Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};
use tempfile::TempDir;

use crate::host::{Host, HostConfig};

/// A machine with two processors, one disk with a partition, swap, one file system, one interface and two sensors.
#[derive(Debug)]
pub(super) struct FakeProc {
    folder: TempDir,
}

const CPUS: &str = "cpu  100 10 50 1000 20 5 5 1 0 0\ncpu0 50 5 25 500 10 3 2 1\ncpu1 50 5 25 500 10 2 3 0\n";
const MEMINFO: &str = "MemTotal: 1000 kB\nMemFree: 300 kB\nMemAvailable: 750 kB\nBuffers: 50 kB\nCached: 200 kB\n\
    SwapCached: 0 kB\nActive: 90 kB\nInactive: 110 kB\nActive(anon): 10 kB\nInactive(anon): 20 kB\n\
    Active(file): 80 kB\nInactive(file): 90 kB\nUnevictable: 7 kB\nMlocked: 6 kB\nSwapTotal: 100 kB\n\
    SwapFree: 75 kB\nDirty: 3 kB\nWriteback: 1 kB\nAnonPages: 30 kB\nMapped: 40 kB\nShmem: 5 kB\nSlab: 25 kB\n\
    SReclaimable: 20 kB\nSUnreclaim: 5 kB\nKernelStack: 2 kB\nPageTables: 4 kB\nCommitLimit: 600 kB\n\
    Committed_AS: 65 kB\nVmallocTotal: 34359738367 kB\nVmallocUsed: 14 kB\nPercpu: 8 kB\nHardwareCorrupted: 0 kB\n\
    AnonHugePages: 12 kB\nHugePages_Total: 10\nHugePages_Free: 4\nHugePages_Rsvd: 3\nHugePages_Surp: 2\n\
    Hugepagesize: 2048 kB\n";
const DISKSTATS: &str = "7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n\
    8 0 sda 10 1 200 40 5 2 100 30 3 60 70 7 4 16 20 9 11\n8 1 sda1 9 0 190 39 5 0 100 30 0 59 69\n";
const NET_DEV: &str = "Inter-|   Receive  |  Transmit\n face |bytes packets |bytes packets\n\
    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\neth0: 1000 10 1 2 5 6 0 7 2000 20 3 4 8 9 11 0\n";
const SOCKSTAT: &str = "sockets: used 14\nTCP: inuse 1 orphan 2 tw 3 alloc 4 mem 9\nUDP: inuse 5 mem 2\n\
    UDPLITE: inuse 0\nRAW: inuse 6\nFRAG: inuse 0 memory 77\n";
const SOCKSTAT6: &str =
    "TCP6: inuse 7\nUDP6: inuse 8\nUDPLITE6: inuse 0\nRAW6: inuse 9\nFRAG6: inuse 0 memory 88\n";
const TCP: &str =
    "sl local rem st\n0: 0100007F:0CEA 00000000:0000 0A 0\n1: 0100007F:0CEA 0100007F:C0DE 01 0\n";
const PRESSURE: &str = "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n\
    full avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n";

const FILES: [(&str, &str); 31] = [
    ("proc/loadavg", "0.15 0.21 0.16 1/87 8830\n"),
    ("proc/uptime", "11552.89 9859.41\n"),
    ("proc/sys/fs/file-nr", "486\t0\t2466177\n"),
    ("proc/meminfo", MEMINFO),
    ("proc/vmstat", include_str!("testdata/vmstat")),
    ("proc/diskstats", DISKSTATS),
    ("proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /proc rw - proc proc rw\n"),
    ("proc/net/dev", NET_DEV),
    ("proc/net/sockstat", SOCKSTAT),
    ("proc/net/sockstat6", SOCKSTAT6),
    ("proc/net/tcp", TCP),
    ("proc/net/tcp6", "sl local rem st\n"),
    ("proc/net/snmp", include_str!("testdata/snmp")),
    ("proc/net/netstat", include_str!("testdata/netstat")),
    ("proc/net/snmp6", include_str!("testdata/snmp6")),
    ("proc/sys/net/netfilter/nf_conntrack_count", "12\n"),
    ("proc/sys/net/netfilter/nf_conntrack_max", "65536\n"),
    ("proc/pressure/cpu", PRESSURE),
    ("proc/pressure/memory", PRESSURE),
    ("proc/pressure/io", PRESSURE),
    ("sys/class/net/eth0/operstate", "up\n"),
    ("sys/class/net/eth0/carrier_changes", "2\n"),
    ("sys/class/hwmon/hwmon0/name", "coretemp\n"),
    ("sys/class/hwmon/hwmon0/temp1_input", "45500\n"),
    ("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n"),
    ("sys/class/hwmon/hwmon0/temp1_max", "90000\n"),
    ("sys/class/hwmon/hwmon1/name", "coretemp\n"),
    ("sys/class/hwmon/hwmon1/temp1_input", "-1000\n"),
    ("sys/class/hwmon/hwmon1/fan1_input", "1200\n"),
    ("sys/class/thermal/thermal_zone0/type", "acpitz\n"),
    ("sys/class/thermal/thermal_zone0/temp", "38000\n"),
];

impl FakeProc {
    /// The part of `proc/stat` that is not about processors.
    pub(super) const KERNEL: &str = "intr 7 1 2\nctxt 289381\nbtime 1795167182\nprocesses 8830\nprocs_running 2\n\
        procs_blocked 1\nsoftirq 3063935 11 480718 4 16115 500029 0 793 543589 0 1522687\n";

    /// The same with a second disk, file system and interface.
    pub(super) fn with_surplus() -> Self {
        let machine = Self::new();
        machine.add_folder("data");
        let mounts = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /data rw - xfs /dev/sdb rw\n";
        machine.write("proc/self/mountinfo", mounts);
        machine.write("proc/diskstats", &format!("{DISKSTATS}8 16 sdb 1 2 3 4 5 6 7 8 9 10 11\n"));
        let eth1 = "eth1: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n";
        machine.write("proc/net/dev", &format!("{NET_DEV}{eth1}"));
        machine
    }

    pub(super) fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        machine.write("proc/stat", &format!("{CPUS}{}", Self::KERNEL));
        for (path, text) in FILES {
            machine.write(path, text);
        }
        machine
    }

    /// Puts `text` into the file at `path`, below the root of the machine.
    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn add_folder(&self, path: &str) {
        std::fs::create_dir_all(self.folder.path().join(path)).unwrap();
    }

    pub(super) fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.path().join(path)).unwrap();
    }

    pub(super) fn config(&self) -> HostConfig {
        let root = self.folder.path();
        HostConfig::default()
            .with_proc_root(root.join("proc"))
            .with_sys_root(root.join("sys"))
            .with_file_system_root(root)
    }

    pub(super) fn host(&self) -> Host {
        self.config().build().unwrap()
    }
}

/// A batch of the tick `secs` in a registry for so many series.
pub(super) fn batch(max_series: usize, secs: i64) -> SampleBatch {
    let registry = Arc::new(Registry::new(max_series));
    let target = Target::new("web-1").unwrap();
    SampleBatch::new(
        registry,
        Name::new("host").unwrap(),
        target,
        Interval::SECOND,
        Timestamp::from_secs(secs),
    )
}

/// Lets `host` fill `batch` at the tick `secs`.
pub(super) fn tick(host: &mut Host, batch: &mut SampleBatch, secs: i64) -> Result<(), CollectError> {
    batch.restart(Timestamp::from_secs(secs));
    host.collect(batch)
}

/// What is in the batch: each series as text, without its target, with its value; sorted.
pub(super) fn values(batch: &SampleBatch) -> Vec<(String, f64)> {
    let text = |key: &awatch_core::SeriesKey| format!("{}{}", key.metric(), key.labels());
    let mut values: Vec<_> =
        batch.samples().iter().map(|s| (text(&batch.resolve(s.series).unwrap().key), s.value)).collect();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    values
}

/// The value of one series of the batch.
pub(super) fn value(batch: &SampleBatch, series: &str) -> Option<f64> {
    values(batch).into_iter().find(|(name, _)| name == series).map(|(_, value)| value)
}
