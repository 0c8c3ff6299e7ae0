//! Series, batches and a way to read everything back.

use std::collections::BTreeMap;
use std::sync::Arc;

use awatch_core::series::Registry;
use awatch_core::store::BlockData;
use awatch_core::{
    Interval, Kind, Labels, Matcher, Name, Query, SampleBatch, SeriesKey, SeriesMeta, Store, Target,
    Timestamp, Unit,
};

/// A Tuesday in 2023, 22:13:20 UTC.
pub(crate) const START: i64 = 1_700_000_000;

/// Nanoseconds and the bits of the number, by series.
pub(crate) type Content = BTreeMap<SeriesKey, BTreeMap<i64, u64>>;

pub(crate) fn meta(series: usize) -> SeriesMeta {
    let labels = Labels::new([("n", series.to_string())]).unwrap();
    let key = SeriesKey::new(Target::new("t").unwrap(), Name::new("m").unwrap(), labels);
    SeriesMeta { key, unit: Unit::RATIO, kind: Kind::Gauge, interval: Interval::SECOND }
}

pub(crate) fn batch() -> SampleBatch {
    let (target, source) = (Target::new("t").unwrap(), Name::new("s").unwrap());
    SampleBatch::new(
        Arc::new(Registry::new(10_000)),
        source,
        target,
        Interval::SECOND,
        Timestamp::from_secs(START),
    )
}

/// A number that tells its series and tick.
pub(crate) fn value(series: usize, tick: i64) -> f64 {
    match series % 4 {
        0 => 7.5,
        1 => (tick * 1500 + tick % 7) as f64,
        2 => (tick % 13) as f64 / 97.0,
        _ => (tick as f64 * 0.7 + series as f64).sin(),
    }
}

/// A batch of one tick of so many series.
pub(crate) fn tick(batch: &mut SampleBatch, series: usize, tick: i64) {
    batch.restart(Timestamp::from_secs(START + tick));
    for n in 0..series {
        let id = batch.series(&meta(n)).unwrap();
        batch.push(id, value(n, tick));
    }
}

/// What a store answers within a range, and the errors in between.
pub(crate) fn read(
    store: &dyn Store,
    pattern: &str,
    start: Timestamp,
    end: Timestamp,
) -> (Content, Vec<String>) {
    let matcher: Matcher = pattern.parse().unwrap();
    let (mut content, mut errors) = (Content::new(), Vec::new());
    for slice in store.scan(&Query { matcher, start, end }).unwrap() {
        match slice {
            Ok(slice) => {
                for block in slice.blocks {
                    let BlockData::Raw { at, values } = block.data else { panic!("not raw") };
                    let samples = at.iter().zip(values).map(|(at, value)| (at.as_nanos(), value.to_bits()));
                    content.entry(block.meta.key.clone()).or_default().extend(samples);
                }
            }
            Err(error) => errors.push(error.to_string()),
        }
    }
    (content, errors)
}

/// Everything a store holds.
pub(crate) fn all(store: &dyn Store) -> Content {
    let (content, errors) = read(store, "*", Timestamp::MIN, Timestamp::MAX);
    assert_eq!(errors, Vec::<String>::new());
    content
}

/// What so many series have after the ticks given.
pub(crate) fn expected(series: usize, ticks: std::ops::Range<i64>) -> Content {
    let samples = |n| {
        ticks.clone().map(move |tick| ((START + tick) * 1_000_000_000, value(n, tick).to_bits())).collect()
    };
    let content = (0..series).map(|n| (meta(n).key, samples(n)));
    content.filter(|(_, samples): &(_, BTreeMap<_, _>)| !samples.is_empty()).collect()
}
