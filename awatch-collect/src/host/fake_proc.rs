//! A folder that looks like the `/proc` and the root of a machine.

use std::sync::Arc;

use awatch_core::{CollectError, Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};
use tempfile::TempDir;

use super::{Host, HostConfig};

/// A machine with two processors, one disk with a partition, swap, one file system and one interface.
#[derive(Debug)]
pub(super) struct FakeProc {
    folder: TempDir,
}

const FILES: [(&str, &str); 6] = [
    (
        "proc/stat",
        "cpu  100 10 50 1000 20 5 5 1 0 0\ncpu0 50 5 25 500 10 3 2 1\ncpu1 50 5 25 500 10 2 3 0\nintr 7\n",
    ),
    ("proc/loadavg", "0.15 0.21 0.16 1/87 8830\n"),
    (
        "proc/meminfo",
        "MemTotal: 1000 kB\nMemFree: 300 kB\nMemAvailable: 750 kB\nBuffers: 50 kB\nCached: 200 kB\n\
         SwapTotal: 100 kB\nSwapFree: 75 kB\nSReclaimable: 20 kB\n",
    ),
    (
        "proc/diskstats",
        "7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n8 0 sda 10 0 200 40 5 0 100 30 0 60 70\n8 1 sda1 9 0 190 39 5 0 100 30 0 59 69\n",
    ),
    ("proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /proc rw - proc proc rw\n"),
    (
        "proc/net/dev",
        "Inter-|   Receive  |  Transmit\n face |bytes packets |bytes packets\n\
         lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\neth0: 1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0\n",
    ),
];

impl FakeProc {
    pub(super) fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
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
        HostConfig::default().with_proc_root(root.join("proc")).with_file_system_root(root)
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
