//! A whole tick of the engine, and a program's own metrics.
//!
//! - `engine/tick`: one batch of one source through alignment, memory store, z-score bank and decision. 100 series is a
//!   small host, 1,000 a large one with its services, 10,000 a full default budget. The peer does the least that any
//!   such loop must do: look each series up in a hash map by name, keep the value, update mean and variance (Welford),
//!   compare.
//! - `handle/set`: what a program pays in its own hot path, beside the gauge of `prometheus-client`.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark fails by panicking, and criterion's macros are undocumented"
)]

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use awatch_core::{
    Engine, Interval, Kind, Labels, Name, SampleBatch, SeriesId, SeriesKey, SeriesMeta, Target, Timestamp,
    Unit,
};
use awatch_detect::decide::Policy;
use awatch_detect::zscore::ZScore;
use awatch_store::MemoryStoreConfig;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const START: i64 = 1_800_000_000;

/// Seeded values with the look of host metrics: two thirds constant, the rest noisy.
struct Values(u64);

impl Values {
    fn next(&mut self, series: usize) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if series.is_multiple_of(3) { (self.0 >> 40) as f64 / 16_777_216.0 } else { 0.25 }
    }
}

struct Tick {
    engine: Engine,
    batch: SampleBatch,
    ids: Vec<SeriesId>,
    values: Values,
    second: i64,
}

impl Tick {
    fn new(series: usize) -> Self {
        let store = MemoryStoreConfig::default().build().unwrap();
        let engine = Engine::builder(Target::new("host").unwrap())
            .store(store)
            .default_policy(Policy::default().build().unwrap())
            .watch("zscore", ZScore::default().build().unwrap())
            .build()
            .unwrap();
        let mut batch =
            engine.batch(Name::new("bench").unwrap(), Interval::SECOND, Timestamp::from_secs(START));
        let target = Arc::clone(engine.target());
        let ids = (0..series).map(|index| batch.series(&meta(&target, index)).unwrap()).collect();
        let mut tick = Self { engine, batch, ids, values: Values(42), second: START };
        // Past warm-up, into the state a running engine is in.
        for _ in 0..1200 {
            tick.step();
        }
        tick
    }

    fn step(&mut self) {
        self.second += 1;
        let at = Timestamp::from_secs(self.second);
        self.batch.restart(at);
        for (index, id) in self.ids.iter().enumerate() {
            self.batch.push(*id, self.values.next(index));
        }
        self.engine.step(&self.batch, at).unwrap();
    }
}

fn meta(target: &Arc<Target>, index: usize) -> SeriesMeta {
    let labels = Labels::new([("device", format!("sd{index}"))]).unwrap();
    let key = SeriesKey::new(Arc::clone(target), Name::new("system.disk.utilization").unwrap(), labels);
    SeriesMeta { key, unit: Unit::RATIO, kind: Kind::Gauge, interval: Interval::SECOND }
}

/// The least that any loop must do.
#[derive(Default)]
struct Naive {
    series: HashMap<String, (Vec<f64>, f64, f64, f64)>,
    alarms: u64,
}

impl Naive {
    fn step(&mut self, names: &[String], values: &mut Values) {
        for (index, name) in names.iter().enumerate() {
            let value = values.next(index);
            let Some((kept, count, mean, m2)) = self.series.get_mut(name) else {
                self.series.insert(name.clone(), (vec![value], 1.0, value, 0.0));
                continue;
            };
            let spread = (*m2 / count.max(1.0)).sqrt().max(0.01);
            self.alarms += u64::from(((value - *mean) / spread).abs() > 6.0);
            *count += 1.0;
            let off = value - *mean;
            *mean += off / *count;
            *m2 += off * (value - *mean);
            kept.push(value);
            if kept.len() >= 3600 {
                kept.clear();
            }
        }
    }
}

fn tick(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("engine/tick");
    group.measurement_time(Duration::from_secs(4));
    for series in [100, 1_000, 10_000] {
        group.throughput(Throughput::Elements(series as u64));
        let mut tick = Tick::new(series);
        assert_eq!(tick.engine.snapshot().targets[0].series.len(), series);
        group.bench_function(BenchmarkId::new("awatch", format!("series={series}")), |b| {
            b.iter(|| tick.step());
        });
        let names: Vec<String> =
            (0..series).map(|i| format!("host/system.disk.utilization{{device=\"sd{i}\"}}")).collect();
        let (mut naive, mut values) = (Naive::default(), Values(42));
        naive.step(&names, &mut values);
        group.bench_function(BenchmarkId::new("naive", format!("series={series}")), |b| {
            b.iter(|| naive.step(&names, &mut values));
        });
        assert_eq!(naive.series.len(), series);
    }
    group.finish();
}

fn handle(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("handle/set");
    let engine = Engine::builder(Target::new("host").unwrap()).build().unwrap();
    let gauge = engine.handle().gauge("queue.depth", &[], Unit::count("item")).unwrap();
    let mut level = 0.0;
    group.bench_function("awatch", |b| {
        b.iter(|| {
            level += 1.0;
            gauge.set(black_box(level));
        });
    });
    assert_eq!(gauge.get(), Some(level));
    let peer = prometheus_client::metrics::gauge::Gauge::<f64, std::sync::atomic::AtomicU64>::default();
    group.bench_function("prometheus-client", |b| {
        b.iter(|| {
            level += 1.0;
            peer.set(black_box(level));
        });
    });
    assert!((peer.get() - level).abs() < f64::EPSILON);
    group.finish();
}

criterion_group!(benches, tick, handle);
criterion_main!(benches);
