//! Housekeeping: sealing, compaction, retention, removal. In steps, so that it can be broken off and gone on with.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use awatch_core::series::Unit;
use awatch_core::store::{Budget, StoreError};
use awatch_core::{Kind, Matcher, SeriesKey};

use super::config::nanos;
use super::day::Day;
use super::generation::Generation;
use super::job::{Rewrite, Seal, Step};
use super::log;
use super::segment::Segment;
use super::store::ParquetStore;

/// What handling one sample is taken to cost, in nanoseconds.
const SAMPLE_NANOS: u128 = 150;

/// As many segments of a day that is over are written as one at once; fewer when nothing can be late any more.
const MANY: usize = 8;

/// How long nothing is looked for after nothing was found, in nanoseconds.
const PAUSE: i64 = 60_000_000_000;

/// Series looked at together for samples that are to be removed.
const LOOK_SERIES: usize = 8;

/// What is under way.
#[derive(Debug, Default)]
pub(super) struct Upkeep {
    job: Option<Job>,
    sealing: Sealing,
    /// Logs that could not be removed.
    stale_logs: Vec<u64>,
    /// Segments that cannot be written as one with others.
    left_alone: HashSet<PathBuf>,
    /// When to look again for segments to write as one.
    look_again: Option<i64>,
}

#[derive(Debug)]
enum Job {
    Seal(Seal),
    Rewrite(Rewrite),
}

/// The segments of the generation that is being sealed.
#[derive(Debug, Default)]
struct Sealing {
    done: Vec<Segment>,
    /// The day that was sealed last.
    last: Option<Day>,
}

impl Upkeep {
    /// Lets go of what is under way, because what it reads from is about to change: it will be begun again.
    pub(super) fn drop_job(&mut self) {
        self.job = None;
        for segment in std::mem::take(&mut self.sealing).done {
            segment.discard();
        }
    }
}

impl ParquetStore {
    /// Removes the segments that have only samples before `cutoff`, and answers how many those were.
    pub(super) fn expire(&self, upkeep: &mut Upkeep, cutoff: i64) -> u64 {
        let segments = self.read().segments().to_vec();
        let old: Vec<Arc<Segment>> = segments.into_iter().filter(|segment| segment.last() < cutoff).collect();
        if old.is_empty() {
            return 0;
        }
        upkeep.drop_job();
        self.write().replace(&old, Vec::new());
        old.iter().map(|segment| segment.rows()).sum()
    }

    /// Does what is to be done, for about as long as the budget says but at least a step.
    pub(super) fn work(&self, upkeep: &mut Upkeep, now: i64, budget: Budget) -> Result<(), StoreError> {
        let mut left = budget.time.as_nanos() / SAMPLE_NANOS;
        while let Some(samples) = self.step(upkeep, now)? {
            left = left.saturating_sub(u128::from(samples));
            if left == 0 {
                break;
            }
        }
        Ok(())
    }

    /// One step of what is under way or next; answers its length in samples, `None` when nothing is to be done.
    fn step(&self, upkeep: &mut Upkeep, now: i64) -> Result<Option<u64>, StoreError> {
        match upkeep.job.take() {
            Some(Job::Seal(seal)) => {
                let (step, seal) = seal.step(&self.dir, &self.cache, |look| look(&self.read()))?;
                upkeep.job = seal.map(Job::Seal);
                Ok(Some(self.sealed(upkeep, step)))
            }
            Some(Job::Rewrite(rewrite)) => {
                let inputs = rewrite.inputs().to_vec();
                let stepped = rewrite.step(&self.dir, &self.cache).inspect_err(|_| {
                    upkeep.left_alone.extend(inputs.iter().map(|input| input.path().to_owned()));
                });
                let (step, rewrite) = stepped?;
                upkeep.job = rewrite.map(Job::Rewrite);
                Ok(Some(self.rewritten(&inputs, step)))
            }
            None => self.begin(upkeep, now),
        }
    }

    fn sealed(&self, upkeep: &mut Upkeep, step: Step) -> u64 {
        match step {
            Step::Wrote(samples) => samples,
            Step::Done(segment) => {
                upkeep.sealing.done.extend(segment);
                upkeep.sealing.last = self.next_day(upkeep.sealing.last);
                0
            }
        }
    }

    fn rewritten(&self, inputs: &[Arc<Segment>], step: Step) -> u64 {
        match step {
            Step::Wrote(samples) => samples,
            Step::Done(segment) => {
                self.write().replace(inputs, segment.map(Arc::new).into_iter().collect());
                0
            }
        }
    }

    /// The day of the generation being sealed that comes after `last`.
    fn next_day(&self, last: Option<Day>) -> Option<Day> {
        let state = self.read();
        let days = state.frozen.first()?.days();
        days.iter().copied().find(|day| last.is_none_or(|last| last < *day))
    }

    fn begin(&self, upkeep: &mut Upkeep, now: i64) -> Result<Option<u64>, StoreError> {
        for sequence in std::mem::take(&mut upkeep.stale_logs) {
            self.remove_log(upkeep, sequence);
        }
        let oldest = self.read().frozen.first().map(Generation::sequence);
        if let Some(sequence) = oldest {
            match self.next_day(upkeep.sealing.last) {
                Some(day) => upkeep.job = Some(Job::Seal(Seal::begin(&self.dir, sequence, day)?)),
                None => self.install(upkeep, sequence),
            }
            return Ok(Some(0));
        }
        if upkeep.look_again.is_some_and(|at| now < at && at <= now.saturating_add(PAUSE)) {
            return Ok(None);
        }
        let Some(inputs) = self.scattered(upkeep, now) else {
            upkeep.look_again = Some(now.saturating_add(PAUSE));
            return Ok(None);
        };
        upkeep.job = Rewrite::begin(&self.dir, inputs, None)?.map(Job::Rewrite);
        Ok(upkeep.job.is_some().then_some(0))
    }

    /// Puts the segments in the place of the generation, and only then removes its log.
    fn install(&self, upkeep: &mut Upkeep, sequence: u64) {
        let done = std::mem::take(&mut upkeep.sealing).done;
        let mut state = self.write();
        state.replace(&[], done.into_iter().map(Arc::new).collect());
        state.frozen.retain(|generation| generation.sequence() != sequence);
        drop(state);
        upkeep.look_again = None;
        self.remove_log(upkeep, sequence);
    }

    fn remove_log(&self, upkeep: &mut Upkeep, sequence: u64) {
        if log::remove(&self.dir, sequence).is_err() {
            upkeep.stale_logs.push(sequence);
        }
    }

    /// Segments of a day that is over which are better written as one.
    fn scattered(&self, upkeep: &mut Upkeep, now: i64) -> Option<Vec<Arc<Segment>>> {
        let mut days: BTreeMap<Day, Vec<Arc<Segment>>> = BTreeMap::new();
        for segment in self.read().segments() {
            days.entry(segment.day()).or_default().push(Arc::clone(segment));
        }
        let late = nanos(self.config.late_window);
        days.into_iter().find_map(|(day, segments)| {
            let is_final = day.end().saturating_add(late) <= now;
            let is_due = day.end() <= now && segments.len() > 1 && (is_final || segments.len() >= MANY);
            if !is_due || segments.iter().any(|segment| upkeep.left_alone.contains(segment.path())) {
                return None;
            }
            if have_one_meaning(&segments) {
                return Some(segments);
            }
            upkeep.left_alone.extend(segments.iter().map(|segment| segment.path().to_owned()));
            None
        })
    }

    /// Seals the generations that are in no log, so that they are durable all the same.
    pub(super) fn seal_unlogged(&self, upkeep: &mut Upkeep) -> Result<(), StoreError> {
        while self.read().frozen.iter().any(|generation| !generation.is_logged) {
            self.step(upkeep, i64::MIN)?;
        }
        Ok(())
    }

    /// Removes the samples before `cutoff` of the series meant from the segments of generations before `sequence`.
    pub(super) fn remove_from_segments(
        &self,
        cutoff: i64,
        matcher: &Matcher,
        sequence: u64,
    ) -> Result<(), StoreError> {
        let segments = self.read().segments().to_vec();
        for segment in segments.into_iter().filter(|own| own.first() < cutoff && own.name().last < sequence) {
            let meant = |place: &usize| {
                segment.series().get(*place).is_some_and(|own| matcher.matches(&own.meta.key))
            };
            let places: Vec<usize> = (0..segment.series().len()).filter(meant).collect();
            let all = places.len() == segment.series().len() && segment.last() < cutoff;
            if all {
                self.write().replace(&[segment], Vec::new());
            } else if self.has_before(&segment, &places, cutoff)? {
                self.rewrite_without(segment, cutoff, matcher)?;
            }
        }
        Ok(())
    }

    fn has_before(&self, segment: &Segment, places: &[usize], cutoff: i64) -> Result<bool, StoreError> {
        for places in places.chunks(LOOK_SERIES) {
            let read = segment.read(places, i64::MIN, cutoff, &self.cache, None);
            let read =
                read.map_err(|source| StoreError::corrupt(segment.path().display().to_string(), source))?;
            if read.iter().any(|(times, _)| !times.is_empty()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn rewrite_without(
        &self,
        segment: Arc<Segment>,
        cutoff: i64,
        matcher: &Matcher,
    ) -> Result<(), StoreError> {
        let inputs = vec![segment];
        let mut rewrite = Rewrite::begin(&self.dir, inputs.clone(), Some((cutoff, matcher.clone())))?;
        while let Some(now) = rewrite.take() {
            let (step, next) = now.step(&self.dir, &self.cache)?;
            self.rewritten(&inputs, step);
            rewrite = next;
        }
        Ok(())
    }
}

/// Whether no series is in different units or kinds in them.
fn have_one_meaning(segments: &[Arc<Segment>]) -> bool {
    let mut known: HashMap<&SeriesKey, (&Unit, Kind)> = HashMap::new();
    segments.iter().flat_map(|segment| segment.series()).all(|placed| {
        let meaning = (&placed.meta.unit, placed.meta.kind);
        *known.entry(&placed.meta.key).or_insert(meaning) == meaning
    })
}
