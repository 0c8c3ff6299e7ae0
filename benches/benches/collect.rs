//! One tick of the collectors beside the same question to `sysinfo` and to the crate `procfs`, on the machine that runs
//! the bench.
//!
//! All are kept from tick to tick and know all their devices, as in a running program. `sysinfo` is asked for what
//! the host collector reports, as far as it has it: processor usage, memory and swap, load, disks with their space and
//! activity, interfaces. `procfs` parses the files that it knows of those that the collector reads; disks' space it
//! leaves to others. All end with numbers in memory; only the collector's are already named series in a batch.
//! `sysinfo` leaves out processor usage when asked again within 200 ms, as it is here, which favours it a little.
//! Before measuring, each must have answered: some samples, and a total memory that both agree upon.
//!
//! `host/collect/group=…` are the collector's groups one by one, to see what a group costs: sensors and connections as
//! at the ticks at which they are repeated, and `connections/asked` as when the kernel is asked.
//!
//! `processes/collect` is the walk over all processes, with as many as there are and with 5,000 sleepers more.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use awatch_collect::host::Group;
use awatch_collect::{HostConfig, ProcessConfig, ProcessesConfig};
use awatch_core::{Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};
use criterion::{Criterion, criterion_group, criterion_main};
use procfs::{Current, CurrentSI};
use sysinfo::{
    DiskRefreshKind, Disks, MemoryRefreshKind, Networks, ProcessRefreshKind, ProcessesToUpdate, System,
};

struct Ours {
    collector: Box<dyn Collector>,
    batch: SampleBatch,
    secs: i64,
}

impl Ours {
    fn new(collector: impl Collector + 'static) -> Self {
        let source = Name::new("host").expect("a name");
        let target = Target::new("here").expect("a name");
        let registry = Arc::new(Registry::new(100_000));
        let batch = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
        let mut ours = Self { collector: Box::new(collector), batch, secs: 0 };
        ours.tick();
        ours.tick();
        ours
    }

    fn tick(&mut self) -> usize {
        self.secs += 1;
        self.batch.restart(Timestamp::from_secs(self.secs));
        self.collector.collect(&mut self.batch).expect("a machine that can be read");
        self.batch.samples().len()
    }

    fn value(&self, metric: &str) -> Option<f64> {
        let named = |id| self.batch.resolve(id).is_some_and(|meta| meta.key.metric() == metric);
        self.batch.samples().iter().find(|sample| named(sample.series)).map(|sample| sample.value)
    }
}

struct Peer {
    system: System,
    disks: Disks,
    networks: Networks,
}

impl Peer {
    fn new() -> Self {
        let disks = Disks::new_with_refreshed_list().expect("disks");
        let networks = Networks::new_with_refreshed_list().expect("interfaces");
        let mut peer = Self { system: System::new().expect("a supported system"), disks, networks };
        peer.tick();
        peer.tick();
        peer
    }

    fn tick(&mut self) -> f64 {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory_specifics(MemoryRefreshKind::everything());
        self.disks.refresh_specifics(true, DiskRefreshKind::nothing().with_storage().with_io_usage());
        self.networks.refresh(true);
        f64::from(self.system.global_cpu_usage()) + System::load_average().expect("a load").one
    }
}

/// Parses with `procfs` the files that it knows of those that the host collector reads.
fn procfs_tick() -> usize {
    let stat = procfs::KernelStats::current().expect("stat");
    let memory = procfs::Meminfo::current().expect("meminfo");
    let load = procfs::LoadAverage::current().expect("loadavg");
    let uptime = procfs::Uptime::current().expect("uptime");
    let vmstat = procfs::vmstat().expect("vmstat");
    let disks = procfs::diskstats().expect("diskstats");
    let interfaces = procfs::net::dev_status().expect("net/dev");
    let snmp = procfs::net::snmp().expect("net/snmp");
    let snmp6 = procfs::net::snmp6().is_ok();
    assert!(memory.mem_total > 0 && load.one >= 0.0 && uptime.uptime > 0.0);
    stat.cpu_time.len()
        + vmstat.len()
        + disks.len()
        + interfaces.len()
        + usize::from(snmp.ip_in_receives > 0)
        + usize::from(snmp6)
}

fn host(config: HostConfig) -> Ours {
    Ours::new(config.build().expect("a sound configuration"))
}

fn collect(criterion: &mut Criterion) {
    let (mut ours, mut peer) = (host(HostConfig::default()), Peer::new());
    assert!(ours.tick() > 100, "a host has more to tell");
    let total = ours.value("system.memory.limit").expect("a host with memory");
    assert!((total - peer.system.total_memory() as f64).abs() < 1.0, "both see the same machine");
    assert!(procfs_tick() > 100, "a kernel counts more");

    let mut group = criterion.benchmark_group("host/collect");
    group.bench_function(format!("awatch/series={}", ours.tick()), |bencher| bencher.iter(|| ours.tick()));
    group.bench_function("sysinfo", |bencher| bencher.iter(|| peer.tick()));
    group.bench_function("procfs", |bencher| bencher.iter(procfs_tick));
    for part in Group::ALL {
        let mut ours = host(HostConfig::default().with_groups([part]));
        let id = format!("group={}/series={}", part.as_str(), ours.tick());
        group.bench_function(id, |bencher| bencher.iter(|| ours.tick()));
    }
    let connections = HostConfig::default().with_groups([Group::Connections]);
    let mut ours = host(connections.with_slow_interval(Duration::ZERO));
    group.bench_function("group=connections/asked", |bencher| bencher.iter(|| ours.tick()));
    group.finish();
}

/// Processes that wait for a line that never comes, and end when this is dropped.
struct Sleepers(Child);

impl Sleepers {
    fn new(count: usize) -> Self {
        let script = format!(
            "exec 3<&0; n=0; while [ $n -lt {count} ]; do (read x) <&3 & n=$((n+1)); done; echo started; wait"
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = shell.spawn().expect("a shell");
        let mut said = String::new();
        let output = shell.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut said).expect("a word from the shell");
        Self(shell)
    }
}

impl Drop for Sleepers {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn refresh(system: &mut System) -> usize {
    let what = ProcessRefreshKind::nothing().without_tasks().with_cpu().with_memory().with_disk_usage();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    system.processes().len()
}

fn procfs_processes() -> u64 {
    let all = procfs::process::all_processes().expect("processes");
    all.filter_map(|process| process.ok()?.stat().ok()).map(|stat| stat.rss).sum()
}

fn processes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("processes/collect");
    for sleepers in [0, 100, 5000] {
        let _sleepers = Sleepers::new(sleepers);
        let mut ours = Ours::new(ProcessesConfig::default().build().expect("a sound configuration"));
        let mut system = System::new().expect("a supported system");
        let count = refresh(&mut system);
        assert!(count > sleepers, "all are there");
        ours.tick();
        group.bench_function(format!("awatch/processes={count}"), |bencher| bencher.iter(|| ours.tick()));
        group.bench_function(format!("sysinfo/processes={count}"), |bencher| {
            bencher.iter(|| refresh(&mut system));
        });
        group.bench_function(format!("procfs/processes={count}"), |bencher| bencher.iter(procfs_processes));
    }
    group.finish();
    let mut own = Ours::new(ProcessConfig::default().build().expect("a sound configuration"));
    criterion.bench_function("process/collect", |bencher| bencher.iter(|| own.tick()));
}

criterion_group!(benches, collect, processes);
criterion_main!(benches);
