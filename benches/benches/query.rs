//! Questions to an hour of a host: 250 series at one second, half of them counters, in the store in memory.
//!
//! One series by the minute is what a person looks at; the greatest of every series by the hour is a report; the rates of
//! all counters summed up by a label is what a dashboard asks for. Each reads the whole hour: 3,600 or 900,000 samples.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use awatch_core::series::Registry;
use awatch_core::{
    Interval, Kind, Labels, Name, SampleBatch, SeriesKey, SeriesMeta, Store, Target, Timestamp, Unit,
};
use awatch_store::query::{Across, Aggregation, By, Request};
use awatch_store::{ByteSize, MemoryStore, MemoryStoreConfig};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const HOUR: i64 = 3600;
const SERIES: i64 = 250;

fn meta(series: i64) -> SeriesMeta {
    let labels = Labels::new([("n", series.to_string()), ("device", (series % 10).to_string())]);
    let name = if series % 2 == 0 { "level" } else { "total" };
    let target = Target::new("host").expect("a name");
    let key = SeriesKey::new(target, Name::new(name).expect("a name"), labels.expect("labels"));
    let kind = if series % 2 == 0 { Kind::Gauge } else { Kind::CumulativeCounter };
    SeriesMeta { key, unit: Unit::BYTES, kind, interval: Interval::SECOND }
}

fn value(series: i64, tick: i64) -> f64 {
    let noise = (tick ^ (series << 20)).wrapping_mul(0x5DEE_CE66).rem_euclid(100) as f64;
    if series % 2 == 0 { noise / 100.0 } else { tick as f64 * 100.0 + noise }
}

fn hour() -> MemoryStore {
    let config = MemoryStoreConfig::default().with_retention(Duration::from_hours(2));
    let store = config.with_max_bytes(ByteSize::from_mib(512)).build().expect("in range");
    let (target, source) = (Target::new("host").expect("a name"), Name::new("bench").expect("a name"));
    let registry = Arc::new(Registry::new(1000));
    let mut batch = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
    let ids: Vec<_> = (0..SERIES).map(|series| batch.series(&meta(series)).expect("room")).collect();
    for tick in 0..HOUR {
        batch.restart(Timestamp::from_secs(tick));
        for (series, id) in (0..).zip(&ids) {
            batch.push(*id, value(series, tick));
        }
        store.append(&batch).expect("kept");
    }
    store
}

fn request(pattern: &str, step: u64, over_time: Aggregation) -> Request {
    Request::new(Timestamp::from_secs(0), Timestamp::from_secs(HOUR))
        .with_matcher(pattern.parse().expect("a pattern"))
        .with_step(Duration::from_secs(step))
        .with_over_time(over_time)
}

fn queries(c: &mut Criterion) {
    let store = hour();
    let mut measure = |name: &str, samples: u64, request: &Request, curves: usize, points: usize| {
        let answer = request.run(&store).expect("an answer");
        assert_eq!((answer.curves.len(), answer.curves[0].values().len()), (curves, points), "{name}");
        assert!(answer.curves.iter().all(|curve| curve.values().iter().all(Option::is_some)), "{name}");
        let mut group = c.benchmark_group("query");
        group.throughput(Throughput::Elements(samples)).sample_size(20);
        group.bench_function(name, |b| b.iter(|| black_box(request.run(&store))));
    };
    let (hour, series) = (HOUR.unsigned_abs(), SERIES.unsigned_abs());
    let one = request("level{n=100}", 60, Aggregation::Avg);
    measure("one/step=1m/series=1", hour, &one, 1, 60);
    let all = request("*", 3600, Aggregation::Max);
    measure("max/step=1h/series=250", hour * series, &all, 250, 1);
    let by = By::Label(Name::new("device").expect("a name"));
    let rates = request("total", 60, Aggregation::Rate).with_across(Across::new(Aggregation::Sum).by(by));
    measure("rate_by_label/step=1m/series=125", hour * series / 2, &rates, 5, 60);
    let quantile = request("*", 60, Aggregation::quantile(0.95).expect("a share"));
    measure("p95/step=1m/series=250", hour * series, &quantile, 250, 60);
}

criterion_group!(benches, queries);
criterion_main!(benches);
