//! The memory store keeps the laws, and each law notices a store that breaks it.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use awatch_core::series::Registry;
use awatch_core::store::{Appended, BlockData, Budget, Maintained, Scan, Slice, Usage};
use awatch_core::{Matcher, Query, SampleBatch, SeriesKey, SeriesMeta, Store, StoreError, Timestamp};
use awatch_store::conformance::{self, LAWS};
use awatch_store::{MemoryStore, MemoryStoreConfig};

fn memory() -> MemoryStore {
    MemoryStoreConfig::default().with_retention(Duration::from_hours(2)).build().unwrap()
}

#[test]
fn the_memory_store_keeps_every_law() {
    conformance::check(|| Box::new(memory()));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    LosesSomeAppends,
    ForgetsTheUnit,
    RoundsNumbers,
    IncludesTheEnd,
    ExcludesTheStart,
    TakesSwappedRanges,
    LosesTheLastOfShortRanges,
    IgnoresTheMatcher,
    ListsBackwards,
    BlocksBackwards,
    SamplesBackwards,
    KeepsTheFirst,
    DropsLateSamples,
    DropsWhatIsMuchLater,
    SnapsToSeconds,
    MixesUpRegistries,
    CountsTheUnresolved,
    DeletesTooMuch,
    DeletesOfAll,
    MiscountsDeletions,
    CountsNothing,
    LosesOnMaintain,
    LosesOnFlush,
    HidesTheNewestFromOthers,
}

#[derive(Debug)]
struct Faulty {
    inner: MemoryStore,
    fault: Fault,
    home: ThreadId,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    seen: HashSet<(SeriesKey, Timestamp)>,
    newest: HashMap<SeriesKey, Timestamp>,
    registry: Option<Arc<Registry>>,
    batches: u64,
}

impl Faulty {
    fn new(fault: Fault) -> Self {
        Self { inner: memory(), fault, home: std::thread::current().id(), memory: Mutex::default() }
    }

    fn altered(&self, batch: &SampleBatch) -> SampleBatch {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.batches += 1;
        let first = memory.registry.get_or_insert_with(|| Arc::clone(batch.registry())).clone();
        let mixed = self.fault == Fault::MixesUpRegistries;
        let registry = if mixed { first } else { Arc::clone(batch.registry()) };
        let target = Arc::clone(batch.target());
        let mut out =
            SampleBatch::new(registry, batch.source().clone(), target, batch.interval(), batch.at());
        for sample in batch.samples() {
            let Some(meta) = batch.resolve(sample.series) else {
                out.push_at(sample.series, sample.at, sample.value);
                continue;
            };
            let new = memory.seen.insert((meta.key.clone(), sample.at));
            let newest = memory.newest.entry(meta.key.clone()).or_insert(sample.at);
            let late = sample.at < *newest;
            let much_later = newest.plus(Duration::from_secs(80)) < sample.at;
            *newest = sample.at.max(*newest);
            let dropped = match self.fault {
                Fault::LosesSomeAppends => memory.batches.is_multiple_of(7),
                Fault::KeepsTheFirst => !new,
                Fault::DropsLateSamples => late && new,
                Fault::DropsWhatIsMuchLater => much_later,
                _ => false,
            };
            let at = match self.fault {
                Fault::SnapsToSeconds => sample.at.floor(batch.interval()),
                _ => sample.at,
            };
            if !dropped {
                out.push_at(sample.series, at, sample.value);
            }
        }
        out
    }

    fn spoil(&self, query: &Query, slice: &mut Slice) {
        for block in &mut slice.blocks {
            if self.fault == Fault::ForgetsTheUnit {
                block.meta = Arc::new(SeriesMeta { unit: awatch_core::Unit::RATIO, ..(*block.meta).clone() });
            }
            let BlockData::Raw { at, values } = &mut block.data else { continue };
            let short = query.end.since(query.start).is_some_and(|span| span <= Duration::from_secs(7));
            let away = std::thread::current().id() != self.home;
            match self.fault {
                Fault::RoundsNumbers => {
                    for value in values {
                        *value = (*value * 1e6).round() / 1e6;
                    }
                }
                Fault::SamplesBackwards => at.reverse(),
                Fault::LosesTheLastOfShortRanges if short && query.start.as_nanos() % 2_000_000_000 == 0 => {
                    at.pop();
                    values.pop();
                }
                Fault::HidesTheNewestFromOthers if away => {
                    at.pop();
                    values.pop();
                }
                _ => {}
            }
        }
        if self.fault == Fault::BlocksBackwards {
            slice.blocks.reverse();
        }
    }
}

impl Store for Faulty {
    fn append(&self, batch: &SampleBatch) -> Result<Appended, StoreError> {
        let done = self.inner.append(&self.altered(batch))?;
        let all = batch.samples().len() as u64;
        Ok(match self.fault {
            Fault::None => done,
            Fault::CountsTheUnresolved => Appended { stored: all, rejected: 0 },
            _ => Appended { stored: all - done.rejected, ..done },
        })
    }

    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError> {
        let mut query = query.clone();
        let nanos = |at: Timestamp| Timestamp::from_nanos(at.as_nanos().saturating_add(1));
        match self.fault {
            Fault::IncludesTheEnd => query.end = nanos(query.end),
            Fault::ExcludesTheStart => query.start = nanos(query.start).min(query.end),
            Fault::TakesSwappedRanges => query.end = query.end.max(query.start),
            Fault::IgnoresTheMatcher => query.matcher = Matcher::all(),
            _ => {}
        }
        let slices = self.inner.scan(&query)?;
        Ok(Box::new(slices.map(move |slice| {
            slice.map(|mut slice| {
                self.spoil(&query, &mut slice);
                slice
            })
        })))
    }

    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        let mut series = self.inner.series(matcher)?;
        if self.fault == Fault::ListsBackwards {
            series.reverse();
        }
        Ok(series)
    }

    fn flush(&self) -> Result<(), StoreError> {
        if self.fault == Fault::LosesOnFlush {
            self.inner.delete_before(Timestamp::from_secs(1_700_000_100), &Matcher::all())?;
        }
        Ok(())
    }

    fn maintain(&self, now: Timestamp, budget: Budget) -> Result<Maintained, StoreError> {
        let done = self.inner.maintain(now, budget)?;
        if self.fault == Fault::LosesOnMaintain {
            self.inner.delete_before(now.minus(Duration::from_mins(5)), &Matcher::all())?;
        }
        Ok(done)
    }

    fn delete_before(&self, cutoff: Timestamp, matcher: &Matcher) -> Result<u64, StoreError> {
        let (cutoff, matcher) = match self.fault {
            Fault::DeletesTooMuch => (cutoff.plus(Duration::from_secs(1)), matcher),
            Fault::DeletesOfAll => (cutoff, &Matcher::all()),
            _ => (cutoff, matcher),
        };
        let deleted = self.inner.delete_before(cutoff, matcher)?;
        Ok(if self.fault == Fault::MiscountsDeletions { deleted + 1 } else { deleted })
    }

    fn usage(&self) -> Usage {
        if self.fault == Fault::CountsNothing { Usage::default() } else { self.inner.usage() }
    }
}

/// The laws that a store with that fault breaks, and the messages.
fn broken(fault: Fault) -> Vec<(&'static str, String)> {
    let run = |law: &conformance::Law| {
        let error = catch_unwind(AssertUnwindSafe(|| law.check(&Faulty::new(fault)))).err()?;
        Some((law.name(), message(&*error)))
    };
    LAWS.iter().filter_map(run).collect()
}

fn message(error: &(dyn Any + Send)) -> String {
    error.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn every_law_notices_a_store_that_breaks_it() {
    let expected = [
        (Fault::LosesSomeAppends, "what was appended is found by the next scan"),
        (Fault::ForgetsTheUnit, "what was appended is found by the next scan"),
        (Fault::RoundsNumbers, "numbers come back bit for bit"),
        (Fault::IncludesTheEnd, "a query has its start and not its end"),
        (Fault::ExcludesTheStart, "a query has its start and not its end"),
        (Fault::TakesSwappedRanges, "a query that ends before it starts is refused"),
        (Fault::LosesTheLastOfShortRanges, "one range in one piece or in many gives the same"),
        (Fault::IgnoresTheMatcher, "a matcher chooses the series"),
        (Fault::BlocksBackwards, "a matcher chooses the series"),
        (Fault::SamplesBackwards, "what was appended is found by the next scan"),
        (Fault::ListsBackwards, "series are listed sorted by key"),
        (Fault::KeepsTheFirst, "of one instant the last appended sample stays"),
        (Fault::KeepsTheFirst, "a clock that jumps back changes nothing but what it tells again"),
        (Fault::DropsLateSamples, "late samples find their place"),
        (Fault::SnapsToSeconds, "times need no grid"),
        (Fault::DropsWhatIsMuchLater, "times need no grid"),
        (Fault::MixesUpRegistries, "an id means what its registry says"),
        (Fault::CountsTheUnresolved, "a series that cannot be resolved is rejected and counted"),
        (Fault::DeletesTooMuch, "deleting removes only what is before the cutoff, and counts it"),
        (Fault::DeletesOfAll, "deleting removes only what is before the cutoff, and counts it"),
        (Fault::MiscountsDeletions, "deleting removes only what is before the cutoff, and counts it"),
        (Fault::CountsNothing, "usage counts what is held"),
        (Fault::LosesOnMaintain, "flushing and housekeeping lose nothing"),
        (Fault::LosesOnFlush, "flushing and housekeeping lose nothing"),
        (Fault::HidesTheNewestFromOthers, "readers beside a writer see every sample from its append on"),
    ];
    assert_eq!(broken(Fault::None), []);
    for (fault, law) in expected {
        let broken = broken(fault);
        let found = broken.iter().find(|(name, _)| *name == law);
        let names: Vec<_> = broken.iter().map(|(name, _)| *name).collect();
        let (name, message) = found.unwrap_or_else(|| panic!("{fault:?} breaks only {names:?}"));
        assert!(message.starts_with(&format!("the law \"{name}\" is broken: ")), "{message}");
    }
    for law in LAWS {
        assert!(expected.iter().any(|(_, name)| *name == law.name()), "no store breaks \"{}\"", law.name());
    }
}
