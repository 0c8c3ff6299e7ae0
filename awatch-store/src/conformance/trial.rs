use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::sync::Arc;

use awatch_core::series::Registry;
use awatch_core::store::{Appended, BlockData, Slice};
use awatch_core::{
    Interval, Kind, Labels, Matcher, Name, Query, SampleBatch, SeriesKey, SeriesMeta, Store, Target,
    Timestamp, Unit,
};

/// A law being tried on a store: what fills the store, reads it back and complains.
#[derive(Debug)]
pub(super) struct Trial<'a> {
    law: &'static str,
    pub(super) store: &'a dyn Store,
    registry: Arc<Registry>,
}

/// Nanoseconds and the bits of the number.
pub(super) type Samples = Vec<(i64, u64)>;

/// What a store should hold or does hold, by series.
pub(super) type Content = BTreeMap<SeriesKey, Samples>;

/// Where the samples start: in the past, on the grid.
const START_SECS: i64 = 1_700_000_000;

/// The instant so many seconds after the samples start.
pub(super) fn second(secs: i64) -> Timestamp {
    Timestamp::from_secs(START_SECS + secs)
}

/// The range of all instants.
pub(super) const EVER: (Timestamp, Timestamp) = (Timestamp::MIN, Timestamp::MAX);

impl<'a> Trial<'a> {
    pub(super) fn new(law: &'static str, store: &'a dyn Store) -> Self {
        Self { law, store, registry: Arc::new(Registry::new(10_000)) }
    }

    /// Another process that uses the store: it names the same series by other ids.
    pub(super) fn another_registry(&self) -> Self {
        Self { law: self.law, store: self.store, registry: Arc::new(Registry::new(10_000)) }
    }

    /// Panics with the law and what was seen unless it holds.
    pub(super) fn demand(&self, holds: bool, seen: impl FnOnce() -> String) {
        assert!(holds, "the law \"{}\" is broken: {}", self.law, seen());
    }

    pub(super) fn same<T: PartialEq + Debug>(&self, what: impl Display, seen: &T, wanted: &T) {
        self.demand(seen == wanted, || format!("{what}: {}", difference(seen, wanted)));
    }

    /// The answer of the store, which has to be one.
    pub(super) fn answer<T, E: Display>(&self, what: &str, answer: Result<T, E>) -> T {
        answer.unwrap_or_else(|error| panic!("the law \"{}\" is broken: {what} failed: {error}", self.law))
    }

    pub(super) fn batch(&self, at: Timestamp) -> SampleBatch {
        let target = Target::new("conformance").expect("the name of the target is a name");
        let source = Name::new("conformance").expect("the name of the source is a name");
        SampleBatch::new(Arc::clone(&self.registry), source, target, Interval::SECOND, at)
    }

    pub(super) fn append(&self, batch: &SampleBatch) -> Appended {
        self.answer("append", self.store.append(batch))
    }

    /// Appends one sample, and writes it into what the store should hold.
    pub(super) fn put(&self, content: &mut Content, meta: &SeriesMeta, at: Timestamp, value: f64) {
        self.put_all(content, meta, &[(at, value)]);
    }

    /// Appends samples in one batch, and writes them into what the store should hold.
    pub(super) fn put_all(&self, content: &mut Content, meta: &SeriesMeta, samples: &[(Timestamp, f64)]) {
        let mut batch = self.batch(samples.first().map_or(second(0), |(at, _)| *at));
        let id = batch.series(meta).expect("the registry has room");
        let held = content.entry(meta.key.clone()).or_default();
        for &(at, value) in samples {
            batch.push_at(id, at, value);
            match held.binary_search_by_key(&at.as_nanos(), |(at, _)| *at) {
                Ok(known) => held[known].1 = value.to_bits(),
                Err(place) => held.insert(place, (at.as_nanos(), value.to_bits())),
            }
        }
        let stored = samples.len() as u64;
        self.same("what append answers", &self.append(&batch), &Appended { stored, rejected: 0 });
    }

    /// The samples of a range and pattern, after checking the form of the answer.
    pub(super) fn read(&self, pattern: &str, (start, end): (Timestamp, Timestamp)) -> Content {
        let query = Query { matcher: matcher(pattern), start, end };
        let mut content = Content::new();
        let mut from = start;
        for slice in self.answer("scan", self.store.scan(&query)) {
            let slice = self.answer("a slice of a scan", slice);
            self.demand(from <= slice.start && slice.start <= slice.end && slice.end <= end, || {
                format!(
                    "a slice from {} to {} where one from {from} to {end} could be",
                    slice.start, slice.end
                )
            });
            from = slice.end;
            self.take(slice, &mut content);
        }
        content
    }

    fn take(&self, slice: Slice, content: &mut Content) {
        let sorted = slice.blocks.is_sorted_by(|a, b| a.meta.key < b.meta.key);
        self.demand(sorted, || "the blocks of a slice are not sorted by key, or a series has two".to_owned());
        for block in slice.blocks {
            let key = block.meta.key.clone();
            let BlockData::Raw { at, values } = block.data else {
                panic!("the law \"{}\" is broken: {key} comes as summaries and not as samples", self.law)
            };
            let meaning = (&block.meta.unit, block.meta.kind, block.meta.interval);
            let given = (&Unit::BYTES, Kind::Gauge, Interval::SECOND);
            self.same(format_args!("unit, kind and interval of {key}"), &meaning, &given);
            self.same(format_args!("the number of values of {key}"), &values.len(), &at.len());
            let inside = at.iter().all(|at| slice.start <= *at && *at < slice.end);
            self.demand(inside, || format!("samples of {key} are outside the slice that has them"));
            let samples = content.entry(key.clone()).or_default();
            samples.extend(at.iter().zip(values).map(|(at, value)| (at.as_nanos(), value.to_bits())));
            let ascend = samples.is_sorted_by(|a, b| a.0 < b.0);
            self.demand(ascend, || format!("the times of {key} do not ascend, or one comes twice"));
        }
    }

    /// That a scan of everything finds exactly what it should.
    pub(super) fn holds(&self, content: &Content) {
        self.same("a scan of everything", &self.read("*", EVER), content);
    }
}

pub(super) fn matcher(pattern: &str) -> Matcher {
    pattern.parse().expect("the pattern of a law is a pattern")
}

/// A gauge of a target called as the metric's first part.
pub(super) fn gauge(metric: &str, device: &str) -> SeriesMeta {
    let target = Target::new(metric.split('.').next().unwrap_or(metric)).expect("the target is a name");
    let labels = Labels::new([("device", device)]).expect("the label is a name");
    let key = SeriesKey::new(target, Name::new(metric).expect("the metric is a name"), labels);
    SeriesMeta { key, unit: Unit::BYTES, kind: Kind::Gauge, interval: Interval::SECOND }
}

/// Numbers without order, the same in every run.
pub(super) fn scrambled(n: i64) -> u64 {
    let mixed = n.cast_unsigned().wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11
}

/// Where two debug texts part, with a little of what follows: whole contents would fill the screen.
fn difference<T: Debug>(seen: &T, wanted: &T) -> String {
    let (seen, wanted) = (format!("{seen:?}"), format!("{wanted:?}"));
    let parting = seen.chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
    let from = parting.saturating_sub(60);
    let part = |text: &str| text.chars().skip(from).take(160).collect::<String>();
    format!("found …{}… instead of …{}…", part(&seen), part(&wanted))
}
