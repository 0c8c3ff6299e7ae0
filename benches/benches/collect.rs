//! One tick of the host collector beside the same question to `sysinfo`, on the machine that runs the bench.
//!
//! Both are kept from tick to tick and know all their devices, as in a running program. `sysinfo` is asked for what
//! the host collector reports, as far as it has it: processor usage, memory and swap, load, disks with their space and
//! activity, interfaces. Both end with numbers in memory; only the collector's are already named series in a batch.
//! `sysinfo` leaves out processor usage when asked again within 200 ms, as it is here, which favours it a little.
//! Before measuring, each must have answered: some samples, and a total memory that both agree upon.
//!
//! `host/collect/group=…` are the collector's groups one by one, to see what a group costs.

use std::sync::Arc;

use awatch_collect::host::Group;
use awatch_collect::{Host, HostConfig};
use awatch_core::{Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};
use criterion::{Criterion, criterion_group, criterion_main};
use sysinfo::{DiskRefreshKind, Disks, MemoryRefreshKind, Networks, System};

struct Ours {
    host: Host,
    batch: SampleBatch,
    secs: i64,
}

impl Ours {
    fn new(config: HostConfig) -> Self {
        let source = Name::new("host").expect("a name");
        let target = Target::new("here").expect("a name");
        let registry = Arc::new(Registry::new(100_000));
        let batch = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
        let mut ours = Self { host: config.build().expect("a sound configuration"), batch, secs: 0 };
        ours.tick();
        ours.tick();
        ours
    }

    fn tick(&mut self) -> usize {
        self.secs += 1;
        self.batch.restart(Timestamp::from_secs(self.secs));
        self.host.collect(&mut self.batch).expect("a host that can be read");
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

fn collect(criterion: &mut Criterion) {
    let (mut ours, mut peer) = (Ours::new(HostConfig::default()), Peer::new());
    assert!(ours.tick() > 20, "a host has more to tell");
    let total = ours.value("system.memory.limit").expect("a host with memory");
    assert!((total - peer.system.total_memory() as f64).abs() < 1.0, "both see the same machine");

    let mut group = criterion.benchmark_group("host/collect");
    group.bench_function(format!("awatch/series={}", ours.tick()), |bencher| bencher.iter(|| ours.tick()));
    group.bench_function("sysinfo", |bencher| bencher.iter(|| peer.tick()));
    for part in Group::ALL {
        let mut ours = Ours::new(HostConfig::default().with_groups([part]));
        let id = format!("group={}/series={}", part.as_str(), ours.tick());
        group.bench_function(id, |bencher| bencher.iter(|| ours.tick()));
    }
    group.finish();
}

criterion_group!(benches, collect);
criterion_main!(benches);
