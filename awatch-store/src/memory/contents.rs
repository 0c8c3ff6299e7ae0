//! All histories of a store, found by series id and by key, and removed oldest first.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, Weak};

use awatch_core::series::Registry;
use awatch_core::store::{Appended, Usage};
use awatch_core::{SampleBatch, SeriesId, SeriesKey, SeriesMeta};

use super::history::{History, Size, vec_bytes};

/// What an entry of the two ordered indices costs, with the room their nodes keep free.
const INDEX_ENTRY: usize = 48;

/// What the store holds and what it has had to let go.
#[derive(Debug)]
pub(super) struct Contents {
    bounds: Bounds,
    registry: Weak<Registry>,
    /// By [`SeriesId::index`].
    places: Vec<Option<Place>>,
    histories: Vec<Option<History>>,
    free: Vec<usize>,
    by_key: BTreeMap<ByKey, usize>,
    /// Every history once, by when its oldest part is due to go.
    queue: BTreeSet<(i64, usize)>,
    total: Size,
    /// The present: the latest instant since housekeeping last told the time.
    present: Option<i64>,
    /// Samples let go since housekeeping last reported.
    pub(super) evicted: u64,
}

/// What a store may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Nanoseconds.
    pub(super) retention: i64,
    pub(super) bytes: usize,
}

impl Bounds {
    /// The longest time that samples may wait uncompressed.
    fn max_span(self) -> i64 {
        (self.retention / 4).max(1)
    }

    /// How much longer than the retention single samples may stay, to be removed together.
    fn slack(self) -> i64 {
        self.retention / 8
    }
}

#[derive(Clone, Copy, Debug)]
struct Place {
    id: SeriesId,
    history: u32,
}

/// A series, ordered and found by its key.
#[derive(Debug)]
struct ByKey(Arc<SeriesMeta>);

impl Borrow<SeriesKey> for ByKey {
    fn borrow(&self) -> &SeriesKey {
        &self.0.key
    }
}

impl PartialEq for ByKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for ByKey {}

impl PartialOrd for ByKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.key.cmp(&other.0.key)
    }
}

impl Contents {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            registry: Weak::new(),
            places: Vec::new(),
            histories: Vec::new(),
            free: Vec::new(),
            by_key: BTreeMap::new(),
            queue: BTreeSet::new(),
            total: Size::default(),
            present: None,
            evicted: 0,
        }
    }

    pub(super) fn append(&mut self, batch: &SampleBatch) -> Appended {
        self.recognise(batch.registry());
        let max_span = self.bounds.max_span();
        let mut done = Appended::default();
        for sample in batch.samples() {
            let at = sample.at.as_nanos();
            let present = self.present.map_or(at, |present| present.max(at));
            if at < present.saturating_sub(self.bounds.retention) {
                done.rejected += 1;
                continue;
            }
            let Some(index) = self.locate(sample.series, batch) else {
                done.rejected += 1;
                continue;
            };
            self.present = Some(present);
            done.stored += 1;
            let Some(history) = self.histories.get_mut(index).and_then(Option::as_mut) else { continue };
            if history.append_next(at, sample.value, max_span) {
                self.total.samples += 1;
            } else {
                history.append(at, sample.value, max_span);
                self.settle(index);
            }
        }
        self.evicted += self.shrink(self.bounds.bytes);
        done
    }

    /// Ids mean something only together with the registry that gave them.
    fn recognise(&mut self, registry: &Arc<Registry>) {
        if !std::ptr::eq(self.registry.as_ptr(), Arc::as_ptr(registry)) {
            self.registry = Arc::downgrade(registry);
            self.places.clear();
        }
    }

    /// The history a sample of that series goes to; `None` when the series expired.
    #[inline]
    fn locate(&mut self, id: SeriesId, batch: &SampleBatch) -> Option<usize> {
        match self.places.get(id.index()) {
            Some(Some(place)) if place.id == id => Some(place.history as usize),
            _ => self.admit(id, batch.resolve(id)?),
        }
    }

    fn admit(&mut self, id: SeriesId, meta: Arc<SeriesMeta>) -> Option<usize> {
        let index = id.index();
        if index >= self.places.len() {
            if (index + 1) * size_of::<Option<Place>>() > self.bounds.bytes / 2 {
                return None;
            }
            self.places.resize(index + 1, None);
        }
        let known = self.by_key.get(&meta.key).copied();
        let history = match known {
            Some(known) => self.resume(known, index, meta)?,
            None => self.create(index, meta)?,
        };
        *self.places.get_mut(index)? = Some(Place { id, history: u32::try_from(history).ok()? });
        Some(history)
    }

    fn create(&mut self, place: usize, meta: Arc<SeriesMeta>) -> Option<usize> {
        let index = self.free.pop().unwrap_or(self.histories.len());
        if index == self.histories.len() {
            if index == self.histories.capacity() {
                self.histories.reserve_exact(index / 8 + 16);
            }
            self.histories.push(None);
        }
        self.by_key.insert(ByKey(Arc::clone(&meta)), index);
        *self.histories.get_mut(index)? = Some(History::new(meta, place));
        self.queue.insert((i64::MAX, index));
        Some(index)
    }

    /// A key comes back under another id. Samples of another meaning do not go with the new ones and are let go.
    fn resume(&mut self, index: usize, place: usize, meta: Arc<SeriesMeta>) -> Option<usize> {
        let history = self.histories.get_mut(index)?.as_mut()?;
        let old = std::mem::replace(&mut history.place, place);
        let same = history.meta.unit == meta.unit && history.meta.kind == meta.kind;
        if let Some(stale) = self.places.get_mut(old).filter(|stale| leads_to(stale.as_ref(), index)) {
            *stale = None;
        }
        if same {
            self.histories.get_mut(index)?.as_mut()?.meta = meta;
            return Some(index);
        }
        let samples = self.remove(index);
        self.evicted += u64::try_from(samples).unwrap_or(0);
        self.create(place, meta)
    }

    /// Brings the totals and the queue up to date with a history that changed, and forgets it when it is empty.
    fn settle(&mut self, index: usize) {
        let slack = self.bounds.slack();
        let Some(history) = self.histories.get_mut(index).and_then(Option::as_mut) else { return };
        if history.is_empty() {
            self.remove(index);
            return;
        }
        let (before, now) = history.account();
        let due = history.due(slack);
        if due < history.queued {
            let stale = std::mem::replace(&mut history.queued, due);
            self.queue.remove(&(stale, index));
            self.queue.insert((due, index));
        }
        self.total.bytes = self.total.bytes + now.bytes - before.bytes;
        self.total.samples = self.total.samples + now.samples - before.samples;
    }

    fn remove(&mut self, index: usize) -> usize {
        let Some(mut history) = self.histories.get_mut(index).and_then(Option::take) else { return 0 };
        let (before, now) = history.account();
        self.total.bytes -= before.bytes;
        self.total.samples -= before.samples;
        self.queue.remove(&(history.queued, index));
        self.by_key.remove(&history.meta.key);
        if let Some(place) =
            self.places.get_mut(history.place).filter(|place| leads_to(place.as_ref(), index))
        {
            *place = None;
        }
        self.free.push(index);
        now.samples
    }

    /// The history whose oldest part is due first, and when.
    fn next_due(&mut self) -> Option<(i64, usize)> {
        let slack = self.bounds.slack();
        loop {
            let (queued, index) = *self.queue.first()?;
            let history = self.histories.get_mut(index).and_then(Option::as_mut)?;
            let due = history.due(slack);
            if due == queued {
                return Some((due, index));
            }
            history.queued = due;
            self.queue.remove(&(queued, index));
            self.queue.insert((due, index));
        }
    }

    /// Tells what time it is.
    pub(super) fn set_present(&mut self, now: i64) {
        self.present = Some(now);
    }

    /// Removes samples beyond retention from at most `steps` histories. How many samples, and whether there are more.
    pub(super) fn expire(&mut self, now: i64, steps: usize) -> (u64, bool) {
        let cutoff = now.saturating_sub(self.bounds.retention);
        let mut gone = 0;
        for _ in 0..steps {
            let Some((_, index)) = self.next_due().filter(|(due, _)| *due < cutoff) else {
                return (gone, false);
            };
            if let Some(history) = self.histories.get_mut(index).and_then(Option::as_mut) {
                gone += u64::try_from(history.expire(cutoff)).unwrap_or(0);
            }
            self.settle(index);
        }
        (gone, true)
    }

    /// Removes the oldest samples until no more than `bytes` are taken, and answers how many.
    pub(super) fn shrink(&mut self, bytes: usize) -> u64 {
        let mut gone = 0;
        while self.bytes() > bytes {
            let Some((_, index)) = self.next_due() else { break };
            if let Some(history) = self.histories.get_mut(index).and_then(Option::as_mut) {
                gone += u64::try_from(history.evict_oldest()).unwrap_or(0);
            }
            self.settle(index);
        }
        gone
    }

    /// Up to `group` series that come after the key given, in order.
    pub(super) fn series_after(
        &self,
        after: Option<&SeriesKey>,
        group: usize,
    ) -> impl Iterator<Item = (usize, &History)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = self.by_key.range::<SeriesKey, _>((from, Bound::Unbounded)).take(group);
        range.filter_map(|(_, index)| Some((*index, self.histories.get(*index)?.as_ref()?)))
    }

    /// Changes a history and takes the change into account; `None` when there is no such history.
    pub(super) fn change<T>(&mut self, index: usize, change: impl FnOnce(&mut History) -> T) -> Option<T> {
        let answer = change(self.histories.get_mut(index)?.as_mut()?);
        self.settle(index);
        Some(answer)
    }

    /// The oldest instant held by the histories in `group`, [`i64::MAX`] when they hold nothing; `None` past the last
    /// of them.
    pub(super) fn oldest(&self, group: std::ops::Range<usize>) -> Option<i64> {
        let group = self.histories.get(group.start..group.end.min(self.histories.len()))?;
        (!group.is_empty())
            .then(|| group.iter().flatten().filter_map(History::first).min().unwrap_or(i64::MAX))
    }

    /// Bytes allocated, the indices included.
    fn bytes(&self) -> usize {
        let unused =
            self.histories.capacity().saturating_sub(self.by_key.len()) * size_of::<Option<History>>();
        self.total.bytes
            + unused
            + vec_bytes(&self.places)
            + vec_bytes(&self.free)
            + self.by_key.len() * INDEX_ENTRY
    }

    pub(super) fn usage(&self) -> Usage {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Usage {
            series: number(self.by_key.len()),
            samples: number(self.total.samples),
            bytes: number(self.bytes()),
        }
    }
}

fn leads_to(place: Option<&Place>, history: usize) -> bool {
    place.is_some_and(|place| place.history as usize == history)
}
