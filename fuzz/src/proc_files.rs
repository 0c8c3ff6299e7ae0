use std::path::Path;
use std::sync::Arc;

use awatch::collect::HostConfig;
use awatch::{Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};

/// The files below `/proc` that the host collector reads.
const FILES: &[&str] = &[
    "stat",
    "loadavg",
    "meminfo",
    "vmstat",
    "diskstats",
    "1/net/dev",
    "net/dev",
    "1/mountinfo",
    "self/mountinfo",
    "mounts",
    "uptime",
    "swaps",
    "cpuinfo",
    "pressure/cpu",
    "pressure/io",
    "pressure/memory",
    "net/snmp",
    "net/netstat",
    "net/sockstat",
    "sys/fs/file-nr",
    "net/sockstat6",
    "net/snmp6",
    "net/tcp",
];

/// A `/proc` of the fuzzer's making: files divided by the byte 0, the first byte of each says which it is. Every number
/// that comes out is finite, no counter is negative, and a second tick does as well.
pub fn proc_files(data: &[u8]) {
    let folder =
        tempfile::Builder::new().prefix("awatch-proc-").tempdir_in(shared_memory()).expect("a folder");
    for file in data.split(|byte| *byte == 0) {
        let Some((which, text)) = file.split_first() else { continue };
        let Some(name) = FILES.get(usize::from(*which) % FILES.len()) else { continue };
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(folder.path())).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let config = HostConfig::default()
        .with_proc_root(folder.path())
        .with_sys_root(folder.path())
        .with_file_system_root(folder.path());
    let mut host = config.build().expect("sound");
    let (target, source) = (Target::new("fuzz").expect("a name"), Name::new("host").expect("a name"));
    let registry = Arc::new(Registry::new(10_000));
    let mut batch = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
    for tick in 1..3 {
        batch.restart(Timestamp::from_secs(tick));
        if let Err(error) = host.collect(&mut batch) {
            assert!(!error.to_string().is_empty());
        }
        for sample in batch.samples() {
            let meta = batch.resolve(sample.series).expect("every id resolves");
            assert!(sample.value.is_finite(), "{} is {}", meta.key, sample.value);
            assert!(
                meta.kind == awatch::Kind::Gauge || sample.value >= 0.0,
                "{} is {}",
                meta.key,
                sample.value
            );
        }
    }
}

/// Where files cost nothing, when there is such a place.
pub(crate) fn shared_memory() -> std::path::PathBuf {
    let fast = Path::new("/dev/shm");
    if fast.is_dir() { fast.to_owned() } else { std::env::temp_dir() }
}
