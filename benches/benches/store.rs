//! The memory store beside the plain thing one would write first: a map of vectors behind a lock.
//!
//! 1,000 series are a well-instrumented host, 10,000 a small fleet; an hour at one second is what people look at and
//! what the store keeps by default. A quarter each of constants, counters, hundredths and ratios of small counts: the
//! kinds of numbers a host gives. Appending is timed per sample, over ticks of all series, sealing of chunks included.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use awatch_core::series::Registry;
use awatch_core::store::{BlockData, Query};
use awatch_core::{
    Interval, Kind, Labels, Matcher, Name, SampleBatch, SeriesId, SeriesKey, SeriesMeta, Store, Target,
    Timestamp, Unit,
};
use awatch_store::{ByteSize, MemoryStore, MemoryStoreConfig};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const HOUR: i64 = 3600;

fn meta(series: usize) -> SeriesMeta {
    let labels = Labels::new([("n", series.to_string())]).expect("a label");
    let key =
        SeriesKey::new(Target::new("host").expect("a name"), Name::new("bench").expect("a name"), labels);
    SeriesMeta { key, unit: Unit::RATIO, kind: Kind::Gauge, interval: Interval::SECOND }
}

fn scrambled(series: usize, tick: i64) -> u64 {
    let mixed = (tick.cast_unsigned() ^ ((series as u64) << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11
}

fn value(series: usize, tick: i64) -> f64 {
    let noise = scrambled(series, tick);
    match series % 4 {
        0 => 7.0,
        1 => tick as f64 * 1500.0 + (noise % 1000) as f64,
        2 => (noise % 100) as f64 / 100.0,
        _ => (noise % 30) as f64 / 97.0,
    }
}

/// A batch per tick, ready to append again and again with the clock moved on.
struct Feed {
    batch: SampleBatch,
    ids: Vec<SeriesId>,
    tick: i64,
}

impl Feed {
    fn new(series: usize) -> Self {
        let (target, source) = (Target::new("host").expect("a name"), Name::new("bench").expect("a name"));
        let registry = Arc::new(Registry::new(series));
        let mut batch = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
        let ids = (0..series).map(|n| batch.series(&meta(n)).expect("room")).collect();
        Self { batch, ids, tick: 0 }
    }

    fn next(&mut self) -> &SampleBatch {
        self.batch.restart(Timestamp::from_secs(self.tick));
        for (series, id) in self.ids.iter().enumerate() {
            self.batch.push(*id, value(series, self.tick));
        }
        self.tick += 1;
        &self.batch
    }
}

/// What one would write first.
#[derive(Default)]
struct Plain(Mutex<HashMap<SeriesKey, Vec<(i64, f64)>>>);

impl Plain {
    fn append(&self, batch: &SampleBatch) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sample in batch.samples() {
            let Some(meta) = batch.resolve(sample.series) else { continue };
            all.entry(meta.key.clone()).or_default().push((sample.at.as_nanos(), sample.value));
        }
    }

    fn read(&self, key: &SeriesKey, from: i64, to: i64) -> Vec<(i64, f64)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = all.get(key).into_iter().flatten();
        samples.filter(|(at, _)| (from..to).contains(at)).copied().collect()
    }
}

fn memory() -> MemoryStore {
    let config = MemoryStoreConfig::default().with_retention(Duration::from_hours(2));
    config.with_max_bytes(ByteSize::from_mib(512)).build().expect("in range")
}

fn read(store: &MemoryStore, matcher: &Matcher, from: i64, to: i64) -> (usize, f64) {
    let (start, end) = (Timestamp::from_secs(from), Timestamp::from_secs(to));
    let slices = store.scan(&Query { matcher: matcher.clone(), start, end }).expect("a range");
    let mut found = (0, 0.0);
    for block in slices.flat_map(|slice| slice.expect("readable").blocks) {
        if let BlockData::Raw { values, .. } = block.data {
            found = (found.0 + values.len(), found.1 + values.iter().sum::<f64>());
        }
    }
    found
}

fn append(c: &mut Criterion) {
    for series in [1000, 10_000] {
        let mut group = c.benchmark_group("store/append");
        group.throughput(Throughput::Elements(series as u64)).sample_size(20);
        let mut feed = Feed::new(series);
        let (store, plain) = (memory(), Plain::default());
        assert_eq!(store.append(feed.next()).expect("kept").stored, series as u64);
        group.bench_function(format!("series={series}"), |b| {
            b.iter_custom(|ticks| timed(&mut feed, ticks, |batch| drop(black_box(store.append(batch)))));
        });
        group.bench_function(format!("peer=hash_map/series={series}"), |b| {
            b.iter_custom(|ticks| timed(&mut feed, ticks, |batch| plain.append(batch)));
        });
    }
}

/// The time that `append` takes, without that of making the batches.
#[expect(clippy::disallowed_methods, reason = "a benchmark is what measures time")]
fn timed(feed: &mut Feed, ticks: u64, append: impl Fn(&SampleBatch)) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..ticks {
        let batch = feed.next();
        let start = std::time::Instant::now();
        append(batch);
        total += start.elapsed();
    }
    total
}

fn read_hour(c: &mut Criterion) {
    let mut feed = Feed::new(1000);
    let (store, plain) = (memory(), Plain::default());
    for _ in 0..HOUR {
        let batch = feed.next();
        store.append(batch).expect("kept");
        plain.append(batch);
    }
    let usage = store.usage();
    println!("store: {:.3} bytes per sample of {}", usage.bytes as f64 / usage.samples as f64, usage.samples);
    let key = meta(501).key;
    let matcher: Matcher = "bench{n=501}".parse().expect("a pattern");
    let sum: f64 = (0..HOUR).map(|tick| value(501, tick)).sum();
    let (count, read_sum) = read(&store, &matcher, 0, HOUR);
    assert!(count == 3600 && (read_sum - sum).abs() < 1.0, "{count} samples, sum {read_sum}");
    assert_eq!(plain.read(&key, 0, i64::MAX).len(), 3600);
    let mut group = c.benchmark_group("store/read_hour");
    group.bench_function("series=1000", |b| b.iter(|| read(&store, &matcher, 0, HOUR)));
    group.bench_function("peer=hash_map/series=1000", |b| b.iter(|| plain.read(&key, 0, i64::MAX)));
    group.finish();
    let mut group = c.benchmark_group("store/read_all_hour");
    group.sample_size(10).throughput(Throughput::Elements(1000 * HOUR.cast_unsigned()));
    group.bench_function("series=1000", |b| b.iter(|| read(&store, &Matcher::all(), 0, HOUR)));
}

criterion_group!(benches, append, read_hour);
criterion_main!(benches);
