//! The memory store against a naive model, under any order of appends, deletions, housekeeping and queries.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use awatch_core::series::Registry;
use awatch_core::store::{BlockData, Budget};
use awatch_core::{
    Interval, Kind, Labels, Matcher, Name, Query, SampleBatch, SeriesKey, SeriesMeta, Store, Target,
    Timestamp, Unit,
};
use awatch_store::{ByteSize, MemoryStore, MemoryStoreConfig};
use proptest::prelude::*;

const START: i64 = 1_700_000_000;
const SERIES: usize = 4;
const LEISURE: Budget = Budget { time: Duration::from_secs(1), bytes: None };

type Model = BTreeMap<SeriesKey, BTreeMap<i64, u64>>;

#[derive(Clone, Debug)]
enum Act {
    /// So many ticks of all series from where the clock stands; `off_grid` shifts each by a little.
    Run {
        ticks: i64,
        shape: u8,
        off_grid: bool,
    },
    /// The clock moves, forward or back.
    Jump {
        secs: i64,
    },
    /// One series gets samples at those seconds before the present.
    Late {
        series: usize,
        back: Vec<i64>,
    },
    /// Another registry names the series.
    Restart,
    Delete {
        back: i64,
        series: usize,
    },
    Maintain,
    Ask {
        back: i64,
        length: i64,
        series: Option<usize>,
    },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1_i64..400, 0_u8..5, prop::bool::weighted(0.2))
            .prop_map(|(ticks, shape, off_grid)| Act::Run { ticks, shape, off_grid }),
        2 => (-700_i64..300).prop_map(|secs| Act::Jump { secs }),
        2 => (0..SERIES, prop::collection::vec(0_i64..1500, 1..300)).prop_map(|(series, back)| Act::Late { series, back }),
        1 => Just(Act::Restart),
        1 => (0_i64..1500, 0..SERIES).prop_map(|(back, series)| Act::Delete { back, series }),
        1 => Just(Act::Maintain),
        4 => (-50_i64..1500, 0_i64..900, prop::option::of(0..SERIES))
            .prop_map(|(back, length, series)| Act::Ask { back, length, series }),
    ]
}

fn meta(series: usize) -> SeriesMeta {
    let labels = Labels::new([("n", series.to_string())]).unwrap();
    let key = SeriesKey::new(Target::new("t").unwrap(), Name::new("m").unwrap(), labels);
    SeriesMeta { key, unit: Unit::RATIO, kind: Kind::Gauge, interval: Interval::SECOND }
}

fn value(shape: u8, series: usize, n: i64) -> f64 {
    match shape {
        0 => 3.0,
        1 => (n * 1500 + n % 7) as f64,
        2 => (n % 13) as f64 / 97.0,
        3 => (n as f64 * 0.7).sin(),
        _ => ((n / 100) * i64::try_from(series).unwrap()) as f64 / 100.0,
    }
}

struct World {
    store: MemoryStore,
    model: Model,
    batch: SampleBatch,
    now: i64,
    count: i64,
}

fn batch() -> SampleBatch {
    let (target, source) = (Target::new("t").unwrap(), Name::new("s").unwrap());
    SampleBatch::new(
        Arc::new(Registry::new(100)),
        source,
        target,
        Interval::SECOND,
        Timestamp::from_secs(START),
    )
}

impl World {
    fn new(config: MemoryStoreConfig) -> Self {
        let store = config.build().unwrap();
        Self { store, model: Model::new(), batch: batch(), now: START * 1_000_000_000, count: 0 }
    }

    fn push(&mut self, series: usize, at: i64, value: f64) {
        let meta = meta(series);
        let id = self.batch.series(&meta).unwrap();
        self.batch.push_at(id, Timestamp::from_nanos(at), value);
        self.model.entry(meta.key).or_default().insert(at, value.to_bits());
    }

    fn send(&mut self) {
        let done = self.store.append(&self.batch).unwrap();
        assert_eq!((done.stored, done.rejected), (self.batch.samples().len() as u64, 0));
        self.batch.restart(Timestamp::from_nanos(self.now));
    }

    fn run(&mut self, ticks: i64, shape: u8, off_grid: bool) {
        for _ in 0..ticks {
            self.count += 1;
            self.now += 1_000_000_000 + if off_grid { self.count * 7919 % 1000 } else { 0 };
            for series in 0..SERIES {
                self.push(series, self.now, value(shape, series, self.count));
            }
            self.send();
        }
    }

    fn late(&mut self, series: usize, back: &[i64]) {
        for back in back {
            self.count += 1;
            self.push(series, self.now - back * 1_000_000_000, value(3, series, self.count));
        }
        self.send();
    }

    fn delete(&mut self, back: i64, series: usize) {
        let cutoff = self.now - back * 1_000_000_000;
        let matcher: Matcher = format!("m{{n={series}}}").parse().unwrap();
        let deleted = self.store.delete_before(Timestamp::from_nanos(cutoff), &matcher).unwrap();
        let Some(samples) = self.model.get_mut(&meta(series).key) else { return assert_eq!(deleted, 0) };
        let kept = samples.split_off(&cutoff);
        let gone = std::mem::replace(samples, kept);
        assert_eq!(deleted, gone.len() as u64);
    }

    fn ask(&self, back: i64, length: i64, series: Option<usize>) {
        let start = self.now - back * 1_000_000_000;
        let end = start + length * 1_000_000_000;
        let pattern = series.map_or("*".to_owned(), |series| format!("m{{n={series}}}"));
        let query = Query {
            matcher: pattern.parse().unwrap(),
            start: Timestamp::from_nanos(start),
            end: Timestamp::from_nanos(end),
        };
        let meant = self.model.iter().filter(|(key, _)| query.matcher.matches(key));
        let wanted =
            meant.map(|(key, all)| (key.clone(), all.range(start..end).map(|(a, v)| (*a, *v)).collect()));
        let wanted: Vec<(SeriesKey, Vec<_>)> =
            wanted.filter(|(_, samples): &(_, Vec<_>)| !samples.is_empty()).collect();
        assert_eq!(read(&self.store, &query), wanted);
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Run { ticks, shape, off_grid } => self.run(*ticks, *shape, *off_grid),
            Act::Jump { secs } => self.now += secs * 1_000_000_000,
            Act::Late { series, back } => self.late(*series, back),
            Act::Restart => self.batch = batch(),
            Act::Delete { back, series } => self.delete(*back, *series),
            Act::Maintain => {
                let done = self.store.maintain(Timestamp::from_nanos(self.now), LEISURE).unwrap();
                assert_eq!((done.expired, done.evicted), (0, 0));
                let oldest = self.model.values().filter_map(|all| all.keys().next().copied()).min();
                assert_eq!(done.oldest, oldest.map(Timestamp::from_nanos));
            }
            Act::Ask { back, length, series } => self.ask(*back, *length, *series),
        }
    }
}

fn read(store: &MemoryStore, query: &Query) -> Vec<(SeriesKey, Vec<(i64, u64)>)> {
    let mut found: BTreeMap<SeriesKey, Vec<(i64, u64)>> = BTreeMap::new();
    for slice in store.scan(query).unwrap() {
        for block in slice.unwrap().blocks {
            let BlockData::Raw { at, values } = block.data else { panic!("not raw") };
            let samples = at.iter().zip(values).map(|(at, value)| (at.as_nanos(), value.to_bits()));
            found.entry(block.meta.key.clone()).or_default().extend(samples);
        }
    }
    found.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_it_answers_as_the_model(acts in prop::collection::vec(act(), 1..40)) {
        let mut world = World::new(MemoryStoreConfig::default().with_retention(Duration::from_hours(24)));
        for act in &acts {
            world.act(act);
        }
        world.ask(100_000, 200_000, None);
        let held: usize = world.model.values().map(BTreeMap::len).sum();
        prop_assert!(world.store.usage().samples >= held as u64);
    }

    #[test]
    fn whatever_happens_the_bounds_hold_and_every_sample_is_accounted_for(acts in prop::collection::vec(act(), 1..40)) {
        let bytes = ByteSize::from_kib(256);
        let config = MemoryStoreConfig::default().with_retention(Duration::from_mins(10)).with_max_bytes(bytes);
        let store = config.build().unwrap();
        let mut world = World::new(MemoryStoreConfig::default());
        let (mut stored, mut gone) = (0, 0);
        for act in &acts {
            match act {
                Act::Run { ticks, shape, .. } => for n in 0..*ticks {
                    world.now += 1_000_000_000;
                    for series in 0..SERIES {
                        world.push(series, world.now, value(*shape, series, n));
                    }
                    stored += store.append(&world.batch).unwrap().stored;
                    world.batch.restart(Timestamp::from_nanos(world.now));
                    prop_assert!(store.usage().bytes <= bytes.as_bytes());
                },
                Act::Jump { secs } if *secs > 0 => world.now += secs * 1_000_000_000,
                Act::Maintain => {
                    let now = Timestamp::from_nanos(world.now);
                    let done = store.maintain(now, LEISURE).unwrap();
                    gone += done.expired + done.evicted;
                    let longest = Duration::from_secs(600 + 450);
                    prop_assert!(done.oldest.is_none_or(|oldest| now.minus(longest) <= oldest));
                }
                _ => {}
            }
        }
        let done = store.maintain(Timestamp::from_nanos(world.now), LEISURE).unwrap();
        prop_assert_eq!(store.usage().samples + gone + done.expired + done.evicted, stored);
    }
}
