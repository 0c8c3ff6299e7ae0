//! The store on disk against a naive model, under any order of appends, deletions, housekeeping, openings and queries.

use std::collections::BTreeMap;
use std::time::Duration;

use awatch_core::store::Budget;
use awatch_core::{Matcher, SampleBatch, Store, Timestamp};
use awatch_store::parquet::{ParquetStore, ParquetStoreConfig};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::samples::{Content, START, all, batch, meta, read, value};

const SERIES: usize = 4;
const LEISURE: Budget = Budget { time: Duration::from_mins(1), bytes: None };
const HURRY: Budget = Budget { time: Duration::ZERO, bytes: None };

#[derive(Clone, Debug)]
enum Act {
    /// So many ticks of all series, so many seconds apart.
    Run {
        ticks: i64,
        step: i64,
    },
    /// The clock moves, forward or back, sometimes past midnight.
    Jump {
        secs: i64,
    },
    /// One series gets samples at those seconds before the present.
    Late {
        series: usize,
        back: Vec<i64>,
    },
    Delete {
        back: i64,
        series: Option<usize>,
    },
    Maintain {
        in_a_hurry: bool,
    },
    Flush,
    Reopen,
    Ask {
        back: i64,
        length: i64,
        series: Option<usize>,
    },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1_i64..200, 1_i64..40).prop_map(|(ticks, step)| Act::Run { ticks, step }),
        2 => (-3000_i64..9000).prop_map(|secs| Act::Jump { secs }),
        2 => (0..SERIES, prop::collection::vec(0_i64..9000, 1..100)).prop_map(|(series, back)| Act::Late { series, back }),
        1 => (0_i64..9000, prop::option::of(0..SERIES)).prop_map(|(back, series)| Act::Delete { back, series }),
        4 => any::<bool>().prop_map(|in_a_hurry| Act::Maintain { in_a_hurry }),
        1 => Just(Act::Flush),
        2 => Just(Act::Reopen),
        4 => (-50_i64..9000, 0_i64..9000, prop::option::of(0..SERIES))
            .prop_map(|(back, length, series)| Act::Ask { back, length, series }),
    ]
}

struct World {
    store: Option<ParquetStore>,
    model: Content,
    batch: SampleBatch,
    now: i64,
    count: i64,
    dir: TempDir,
}

fn config() -> ParquetStoreConfig {
    let config = ParquetStoreConfig::default().with_segment_span(Duration::from_mins(10));
    config.with_retention(Duration::from_hours(24 * 3650)).with_late_window(Duration::from_hours(24 * 30))
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Some(config().open(dir.path()).unwrap());
        Self { store, model: Content::new(), batch: batch(), now: START * 1_000_000_000, count: 0, dir }
    }

    fn store(&self) -> &ParquetStore {
        self.store.as_ref().unwrap()
    }

    fn push(&mut self, series: usize, at: i64) {
        self.count += 1;
        let (meta, value) = (meta(series), value(series, self.count));
        let id = self.batch.series(&meta).unwrap();
        self.batch.push_at(id, Timestamp::from_nanos(at), value);
        self.model.entry(meta.key).or_default().insert(at, value.to_bits());
    }

    fn send(&mut self) {
        let done = self.store().append(&self.batch).unwrap();
        assert_eq!((done.stored, done.rejected), (self.batch.samples().len() as u64, 0));
        self.batch.restart(Timestamp::from_nanos(self.now));
    }

    fn delete(&mut self, back: i64, series: Option<usize>) {
        let cutoff = self.now - back * 1_000_000_000;
        let pattern = series.map_or("*".to_owned(), |series| format!("m{{n={series}}}"));
        let matcher: Matcher = pattern.parse().unwrap();
        let deleted = self.store().delete_before(Timestamp::from_nanos(cutoff), &matcher).unwrap();
        let mut gone = 0;
        for (_, samples) in self.model.iter_mut().filter(|(key, _)| matcher.matches(key)) {
            let kept = samples.split_off(&cutoff);
            gone += std::mem::replace(samples, kept).len() as u64;
        }
        self.model.retain(|_, samples| !samples.is_empty());
        assert_eq!(deleted, gone);
    }

    fn ask(&self, back: i64, length: i64, series: Option<usize>) {
        let start = self.now - back * 1_000_000_000;
        let end = start + length * 1_000_000_000;
        let pattern = series.map_or("*".to_owned(), |series| format!("m{{n={series}}}"));
        let matcher: Matcher = pattern.parse().unwrap();
        let meant = self.model.iter().filter(|(key, _)| matcher.matches(key));
        let wanted =
            meant.map(|(key, all)| (key.clone(), all.range(start..end).map(|(a, v)| (*a, *v)).collect()));
        let wanted: Content =
            wanted.filter(|(_, samples): &(_, BTreeMap<_, _>)| !samples.is_empty()).collect();
        let found = read(self.store(), &pattern, Timestamp::from_nanos(start), Timestamp::from_nanos(end));
        assert_eq!(found, (wanted, Vec::new()));
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Run { ticks, step } => {
                for _ in 0..*ticks {
                    self.now += step * 1_000_000_000;
                    for series in 0..SERIES {
                        self.push(series, self.now);
                    }
                    self.send();
                }
            }
            Act::Jump { secs } => self.now += secs * 1_000_000_000,
            Act::Late { series, back } => {
                for back in back {
                    self.push(*series, self.now - back * 1_000_000_000);
                }
                self.send();
            }
            Act::Delete { back, series } => self.delete(*back, *series),
            Act::Maintain { in_a_hurry } => {
                let budget = if *in_a_hurry { HURRY } else { LEISURE };
                let done = self.store().maintain(Timestamp::from_nanos(self.now), budget).unwrap();
                assert_eq!((done.expired, done.evicted), (0, 0));
                let oldest = self.model.values().filter_map(|all| all.keys().next().copied()).min();
                assert_eq!(done.oldest, oldest.map(Timestamp::from_nanos));
            }
            Act::Flush => self.store().flush().unwrap(),
            Act::Reopen => {
                self.store = None;
                let store = config().open(self.dir.path()).unwrap();
                assert_eq!((store.recovery().torn_bytes, store.recovery().damaged_records), (0, 0));
                assert_eq!(store.recovery().unreadable, []);
                self.store = Some(store);
            }
            Act::Ask { back, length, series } => self.ask(*back, *length, *series),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_it_answers_as_the_model(acts in prop::collection::vec(act(), 1..30)) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
        }
        world.act(&Act::Reopen);
        prop_assert_eq!(all(world.store()), world.model.clone());
        let held: usize = world.model.values().map(BTreeMap::len).sum();
        prop_assert!(world.store().usage().samples >= held as u64);
        prop_assert_eq!(world.store().usage().series, world.model.len() as u64);
    }
}
