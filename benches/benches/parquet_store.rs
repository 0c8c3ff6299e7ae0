//! The store on disk: appending with the log on, and reading one series of an hour that was sealed.
//!
//! 1,000 series at one second are a well-instrumented host. A quarter each of constants, counters, hundredths and ratios of
//! small counts: the kinds of numbers a host gives. Appending is timed per sample over ticks of all series, with a record
//! of the log for each; the disk is synchronised beside it, as in life.

use std::sync::Arc;
use std::time::Duration;

use awatch_core::series::Registry;
use awatch_core::store::{BlockData, Budget, Query};
use awatch_core::{
    Interval, Kind, Labels, Matcher, Name, SampleBatch, SeriesId, SeriesKey, SeriesMeta, Store, Target,
    Timestamp, Unit,
};
use awatch_store::ByteSize;
use awatch_store::parquet::{ParquetStore, ParquetStoreConfig};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const HOUR: i64 = 3600;
const SERIES: usize = 1000;

fn meta(series: usize) -> SeriesMeta {
    let labels = Labels::new([("n", series.to_string())]).expect("a label");
    let key =
        SeriesKey::new(Target::new("host").expect("a name"), Name::new("bench").expect("a name"), labels);
    SeriesMeta { key, unit: Unit::RATIO, kind: Kind::Gauge, interval: Interval::SECOND }
}

fn value(series: usize, tick: i64) -> f64 {
    let mixed = (tick.cast_unsigned() ^ ((series as u64) << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let noise = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11;
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
    fn new() -> Self {
        let (target, source) = (Target::new("host").expect("a name"), Name::new("bench").expect("a name"));
        let registry = Arc::new(Registry::new(SERIES));
        let mut batch = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
        let ids = (0..SERIES).map(|n| batch.series(&meta(n)).expect("room")).collect();
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

fn open(dir: &std::path::Path) -> ParquetStore {
    let config = ParquetStoreConfig::default().with_max_memory(ByteSize::from_mib(1024));
    config.with_retention(Duration::from_hours(24 * 3650)).open(dir).expect("a directory")
}

fn maintain(store: &ParquetStore, secs: i64) {
    let budget = Budget { time: Duration::from_mins(10), bytes: None };
    store.maintain(Timestamp::from_secs(secs), budget).expect("room on the disk");
}

fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("parquet_store/append");
    group.throughput(Throughput::Elements(SERIES as u64)).sample_size(20);
    let dir = tempfile::tempdir().expect("a directory");
    let (mut feed, store) = (Feed::new(), open(dir.path()));
    assert_eq!(store.append(feed.next()).expect("kept").stored, SERIES as u64);
    group.bench_function(format!("series={SERIES}"), |b| {
        b.iter_custom(|ticks| {
            let mut total = Duration::ZERO;
            for tick in 0..ticks {
                total += timed(&store, feed.next());
                if tick % HOUR.unsigned_abs() == 0 {
                    maintain(&store, feed.tick);
                }
            }
            total
        });
    });
}

/// The time that `append` takes, without that of making the batch.
#[expect(clippy::disallowed_methods, reason = "a benchmark is what measures time")]
fn timed(store: &ParquetStore, batch: &SampleBatch) -> Duration {
    let start = std::time::Instant::now();
    store.append(batch).expect("kept");
    start.elapsed()
}

fn read(store: &ParquetStore, matcher: &Matcher) -> (usize, f64) {
    let (start, end) = (Timestamp::EPOCH, Timestamp::from_secs(HOUR));
    let slices = store.scan(&Query { matcher: matcher.clone(), start, end }).expect("a range");
    let mut found = (0, 0.0);
    for block in slices.flat_map(|slice| slice.expect("readable").blocks) {
        if let BlockData::Raw { values, .. } = block.data {
            found = (found.0 + values.len(), found.1 + values.iter().sum::<f64>());
        }
    }
    found
}

fn read_hour(c: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut feed, store) = (Feed::new(), open(dir.path()));
    maintain(&store, 0);
    for _ in 0..HOUR {
        store.append(feed.next()).expect("kept");
    }
    maintain(&store, HOUR);
    let samples = store.usage().samples;
    println!(
        "parquet_store: {:.3} bytes per sample of {samples}",
        store.disk_bytes() as f64 / samples as f64
    );
    let one: Matcher = "bench{n=501}".parse().expect("a pattern");
    let sum: f64 = (0..HOUR).map(|tick| value(501, tick)).sum();
    let (count, read_sum) = read(&store, &one);
    assert!(count == 3600 && (read_sum - sum).abs() < 1.0, "{count} samples, sum {read_sum}");
    let mut group = c.benchmark_group("parquet_store/read_hour");
    group.bench_function(format!("series={SERIES}"), |b| b.iter(|| read(&store, &one)));
    group.finish();
    let mut group = c.benchmark_group("parquet_store/read_all_hour");
    group.sample_size(10).throughput(Throughput::Elements(samples));
    group.bench_function(format!("series={SERIES}"), |b| b.iter(|| read(&store, &Matcher::all())));
}

criterion_group!(benches, append, read_hour);
criterion_main!(benches);
