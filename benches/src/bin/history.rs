//! What an hour of this machine's own metrics takes in memory: watches the host in real time and prints bytes per sample.
//!
//! Heads, chunks, indices and what belongs to each series are counted, as allocated. The floor beside it is `pco` on the
//! values of each series in one piece, without times and without any way to find or append anything.
//!
//! `cargo run --release -p awatch-benches --bin history -- 1h`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that fails by panicking and prints"
)]
#![allow(clippy::disallowed_methods, reason = "it measures real time")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use awatch::collect::HostConfig;
use awatch::store::{BlockData, MemoryStoreConfig, Store};
use awatch::{Matcher, Query, SeriesKey, Timestamp};

fn main() {
    let span = std::env::args().nth(1).unwrap_or_else(|| "10m".to_owned());
    let span = awatch::duration::parse(&span).unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStoreConfig::default().build().unwrap());
    let running = awatch::engine(awatch::this_host().unwrap())
        .shared_store(Arc::clone(&store))
        .collector(HostConfig::default().build().unwrap())
        .build()
        .unwrap()
        .spawn()
        .unwrap();
    let mut left = span;
    while !left.is_zero() {
        let part = left.min(Duration::from_mins(10));
        std::thread::park_timeout(part);
        left -= part;
        report(&*store, span.saturating_sub(left));
    }
    running.stop().unwrap();
}

fn report(store: &dyn Store, after: Duration) {
    let usage = store.usage();
    let per_sample = usage.bytes as f64 / usage.samples as f64;
    let blocks = read(store, &Matcher::all());
    let (mut floor, mut samples, mut constant) = (0, 0, 0);
    for values in blocks.values() {
        let first = values[0].to_bits();
        constant += usize::from(values.iter().all(|value| value.to_bits() == first));
        samples += values.len();
        floor += pco::standalone::simple_compress(values, &pco::ChunkConfig::default()).unwrap().len();
    }
    let one = blocks.keys().next().unwrap().to_string();
    let began = Instant::now();
    let read = read(store, &one.parse().unwrap_or_else(|_| Matcher::all()));
    let took = began.elapsed();
    println!(
        "after {}: {} series ({constant} constant), {} samples, {} bytes: {per_sample:.3} bytes per sample \
         (floor {:.3}); reading one series of {} samples took {took:.1?}",
        awatch::duration::format(after),
        usage.series,
        usage.samples,
        usage.bytes,
        f64::from(u32::try_from(floor).unwrap()) / samples as f64,
        read.values().map(Vec::len).sum::<usize>(),
    );
}

fn read(store: &dyn Store, matcher: &Matcher) -> std::collections::BTreeMap<SeriesKey, Vec<f64>> {
    let query = Query { matcher: matcher.clone(), start: Timestamp::MIN, end: Timestamp::MAX };
    let mut all = std::collections::BTreeMap::<SeriesKey, Vec<f64>>::new();
    for slice in store.scan(&query).unwrap() {
        for block in slice.unwrap().blocks {
            if let BlockData::Raw { values, .. } = block.data {
                all.entry(block.meta.key.clone()).or_default().extend(values);
            }
        }
    }
    all
}
