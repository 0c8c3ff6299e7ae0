//! Everything held of one series: sealed chunks, the head, and what came late.

use std::sync::Arc;

use awatch_core::SeriesMeta;

use super::chunk::{ALLOCATION, CHUNK_LEN, Chunk};
use super::codec::DecodeError;
use super::head::{Head, Pushed, grow};

/// Most samples of one value sealed into one chunk. Such a chunk costs the same at any length.
const RUN_LEN: usize = 4096;

/// A head that is sealed because it spans too much time has at least so many samples.
const MIN_LEN: usize = 16;

/// The samples of one series.
///
/// Chunks are disjoint and ascending, the head is after all chunks. Samples older than the head's first wait in `late`,
/// sorted, and are merged into the chunks when they are many; of one instant the late one counts.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) meta: Arc<SeriesMeta>,
    /// The place of the series id that feeds it.
    pub(super) place: usize,
    /// The key under which it waits to be removed; never later than [`due`](History::due).
    pub(super) queued: i64,
    head: Head,
    /// The length at which the head is sealed; the first differs by series, so that not all are sealed at one tick.
    limit: usize,
    chunks: Vec<Chunk>,
    chunk_bytes: usize,
    late: Vec<(i64, f64)>,
    samples: usize,
    /// Bytes and samples the owner has taken into its totals.
    accounted: Size,
}

/// How much there is of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) bytes: usize,
    pub(crate) samples: usize,
}

impl History {
    pub(crate) fn new(meta: Arc<SeriesMeta>, place: usize) -> Self {
        Self {
            meta,
            place,
            queued: i64::MAX,
            head: Head::default(),
            limit: MIN_LEN + stagger(place),
            chunks: Vec::new(),
            chunk_bytes: 0,
            late: Vec::new(),
            samples: 0,
            accounted: Size::default(),
        }
    }

    /// Adds a sample when it is the next one on the grid and nothing else is to be done; answers whether it was.
    #[inline]
    pub(crate) fn append_next(&mut self, at: i64, value: f64, max_span: i64) -> bool {
        let head = &mut self.head;
        let limit = if head.is_constant() { RUN_LEN } else { self.limit };
        let room = !head.is_empty() && head.len() + 1 < limit && at.saturating_sub(head.first()) < max_span;
        if room && head.push_next(at, value) {
            self.samples += 1;
            self.accounted.samples += 1;
            return true;
        }
        false
    }

    /// Adds a sample wherever it belongs. `max_span` is the longest time a head may reach over.
    pub(crate) fn append(&mut self, at: i64, value: f64, max_span: i64) {
        if self.head.is_empty() && self.sealed_to().is_none_or(|sealed| at > sealed) {
            return self.start_head(at, value);
        }
        if self.head.is_empty() || at < self.head.first() {
            return self.append_late(at, value);
        }
        match self.head.push(at, value) {
            Pushed::Replaced => return,
            Pushed::SealFirst => {
                self.seal();
                return self.start_head(at, value);
            }
            Pushed::Added => self.samples += 1,
        }
        let len = self.head.len();
        let full = len >= if self.head.is_constant() { RUN_LEN } else { self.limit };
        let long = len >= MIN_LEN && self.head.last().saturating_sub(self.head.first()) >= max_span;
        if full || long {
            self.seal();
        }
    }

    fn start_head(&mut self, at: i64, value: f64) {
        self.head.start(at, value, self.meta.interval.as_nanos());
        self.samples += 1;
    }

    /// The latest instant beside those of the head.
    fn sealed_to(&self) -> Option<i64> {
        let late = self.late.last().map(|(at, _)| *at);
        self.chunks.last().map(Chunk::last).max(late)
    }

    fn seal(&mut self) {
        if let Some(chunk) = self.head.seal() {
            self.chunk_bytes += chunk.heap_bytes();
            if self.chunks.len() == self.chunks.capacity() {
                self.chunks.reserve_exact(2);
            }
            self.chunks.push(chunk);
        }
        self.head.clear();
        self.limit = CHUNK_LEN;
    }

    fn append_late(&mut self, at: i64, value: f64) {
        let place = match self.late.last() {
            Some((last, _)) if *last >= at => self.late.binary_search_by_key(&at, |(at, _)| *at),
            _ => Err(self.late.len()),
        };
        match place {
            Ok(known) => {
                if let Some(sample) = self.late.get_mut(known) {
                    sample.1 = value;
                }
            }
            Err(place) => {
                grow(&mut self.late);
                self.late.insert(place, (at, value));
                self.samples += 1;
            }
        }
        if self.late.len().is_multiple_of(CHUNK_LEN) && self.merge_late().is_err() {
            // A chunk that cannot be read stays as it is, for the scan to report; what came late waits on.
            self.late.shrink_to_fit();
        }
    }

    /// Takes what came late into the chunks it overlaps.
    fn merge_late(&mut self) -> Result<(), DecodeError> {
        let (Some(&(from, _)), Some(&(to, _))) = (self.late.first(), self.late.last()) else { return Ok(()) };
        let start = self.chunks.partition_point(|chunk| chunk.last() < from);
        let end = self.chunks.partition_point(|chunk| chunk.first() <= to).max(start);
        let (mut times, mut values) = (Vec::new(), Vec::new());
        for chunk in self.chunks.get(start..end).unwrap_or_default() {
            chunk.decode(&mut times, &mut values)?;
        }
        let before = times.len() + self.late.len();
        overlay(&mut times, &mut values, &self.late);
        self.samples -= before - times.len();
        self.late = Vec::new();
        self.replace(start, end, &times, &values);
        Ok(())
    }

    fn replace(&mut self, start: usize, end: usize, times: &[i64], values: &[f64]) {
        self.chunks.splice(start..end, Chunk::pieces(times, values));
        self.chunks.shrink_to(self.chunks.len() + 2);
        self.chunk_bytes = self.chunks.iter().map(Chunk::heap_bytes).sum();
    }

    /// Removes, exactly, the samples before `cutoff` and answers how many.
    pub(crate) fn delete_before(&mut self, cutoff: i64) -> Result<usize, DecodeError> {
        self.merge_late()?;
        let gone = self.expire(cutoff);
        let Some(chunk) = self.chunks.first().filter(|chunk| chunk.first() < cutoff) else { return Ok(gone) };
        let (mut times, mut values) = (Vec::new(), Vec::new());
        chunk.decode(&mut times, &mut values)?;
        let cut = times.partition_point(|at| *at < cutoff);
        self.samples -= cut;
        self.replace(0, 1, times.get(cut..).unwrap_or_default(), values.get(cut..).unwrap_or_default());
        Ok(gone + cut)
    }

    /// Removes the samples before `cutoff` but for a chunk that has later ones too, and answers how many.
    pub(super) fn expire(&mut self, cutoff: i64) -> usize {
        let mut gone = self.head.trim(cutoff);
        let late = self.late.partition_point(|(at, _)| *at < cutoff);
        self.late.drain(..late);
        gone += late;
        let chunks = self.chunks.partition_point(|chunk| chunk.last() < cutoff);
        gone += self.drop_chunks(chunks);
        self.samples -= gone;
        gone
    }

    fn drop_chunks(&mut self, count: usize) -> usize {
        let mut gone = 0;
        for chunk in self.chunks.drain(..count) {
            gone += chunk.count();
            self.chunk_bytes -= chunk.heap_bytes();
        }
        if self.chunks.capacity() > 2 * self.chunks.len() + 4 {
            self.chunks.shrink_to(self.chunks.len() + 2);
        }
        gone
    }

    /// Removes the oldest part and answers how many samples it had.
    pub(super) fn evict_oldest(&mut self) -> usize {
        let late = self.late.first().map(|(at, _)| *at);
        let chunk = self.chunks.first().map(Chunk::last);
        let gone = if late.is_some() && (chunk.is_none() || late < chunk) {
            let gone = self.late.len();
            self.late = Vec::new();
            gone
        } else if chunk.is_some() {
            self.drop_chunks(1)
        } else {
            let gone = self.head.len();
            self.head.clear();
            gone
        };
        self.samples -= gone;
        gone
    }

    /// When its oldest part is due to go: once retention has passed since then. `slack` is how much longer single
    /// samples may wait, so that they go together.
    pub(super) fn due(&self, slack: i64) -> i64 {
        let late = self.late.first().map(|(at, _)| at.saturating_add(slack));
        let head = (!self.head.is_empty()).then(|| self.head.first().saturating_add(slack));
        let chunk = self.chunks.first().map(Chunk::last);
        [late, head, chunk].into_iter().flatten().min().unwrap_or(i64::MAX)
    }

    /// The oldest instant held.
    pub(crate) fn first(&self) -> Option<i64> {
        let late = self.late.first().map(|(at, _)| *at);
        let head = (!self.head.is_empty()).then(|| self.head.first());
        [late, head, self.chunks.first().map(Chunk::first)].into_iter().flatten().min()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_empty() && self.late.is_empty() && self.chunks.is_empty()
    }

    /// What it holds; the series' description is its registry's.
    fn size(&self) -> Size {
        let heap =
            self.head.heap_bytes() + self.chunk_bytes + vec_bytes(&self.chunks) + vec_bytes(&self.late);
        Size { bytes: size_of::<Self>() + heap, samples: self.samples }
    }

    /// What it held when last asked, and what it holds now.
    pub(crate) fn account(&mut self) -> (Size, Size) {
        let now = self.size();
        (std::mem::replace(&mut self.accounted, now), now)
    }

    /// What overlaps `from..to`, for a reader to keep.
    pub(crate) fn snapshot(&self, from: i64, to: i64) -> Option<Snapshot> {
        let start = self.chunks.partition_point(|chunk| chunk.last() < from);
        let end = self.chunks.partition_point(|chunk| chunk.first() < to).max(start);
        let late_start = self.late.partition_point(|(at, _)| *at < from);
        let late_end = self.late.partition_point(|(at, _)| *at < to).max(late_start);
        let head = !self.head.is_empty() && self.head.first() < to && self.head.last() >= from;
        if start == end && late_start == late_end && !head {
            return None;
        }
        Some(Snapshot {
            meta: Arc::clone(&self.meta),
            chunks: self.chunks.get(start..end).unwrap_or_default().to_vec(),
            late: self.late.get(late_start..late_end).unwrap_or_default().to_vec(),
            head: head.then(|| self.head.clone()),
        })
    }
}

/// What a reader keeps of a series while it reads.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) meta: Arc<SeriesMeta>,
    chunks: Vec<Chunk>,
    late: Vec<(i64, f64)>,
    head: Option<Head>,
}

impl Snapshot {
    /// How many samples there are at most.
    pub(crate) fn samples(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(Chunk::count).sum();
        chunks + self.late.len() + self.head.as_ref().map_or(0, Head::len)
    }

    /// The first and the last instant.
    pub(crate) fn extent(&self) -> Option<(i64, i64)> {
        let late = self.late.first().zip(self.late.last()).map(|(first, last)| (first.0, last.0));
        let chunks =
            self.chunks.first().zip(self.chunks.last()).map(|(first, last)| (first.first(), last.last()));
        let head = self.head.as_ref().map(|head| (head.first(), head.last()));
        [late, chunks, head].into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The samples within `from..to`, times ascending.
    pub(crate) fn read(&self, from: i64, to: i64) -> Result<(Vec<i64>, Vec<f64>), DecodeError> {
        let start = self.chunks.partition_point(|chunk| chunk.last() < from);
        let end = self.chunks.partition_point(|chunk| chunk.first() < to).max(start);
        let chunks = self.chunks.get(start..end).unwrap_or_default();
        let head = self.head.as_ref().filter(|head| head.first() < to && head.last() >= from);
        let room = chunks.iter().map(Chunk::count).sum::<usize>() + head.map_or(0, Head::len);
        let (mut times, mut values) = (Vec::with_capacity(room), Vec::with_capacity(room));
        for chunk in chunks {
            chunk.decode(&mut times, &mut values)?;
        }
        let late_start = self.late.partition_point(|(at, _)| *at < from);
        let late_end = self.late.partition_point(|(at, _)| *at < to).max(late_start);
        overlay(&mut times, &mut values, self.late.get(late_start..late_end).unwrap_or_default());
        if let Some(head) = head {
            head.copy_into(&mut times, &mut values);
        }
        keep_within(&mut times, &mut values, from, to);
        Ok((times, values))
    }
}

/// Leaves of the two rows only what is within `from..to`.
pub(crate) fn keep_within(times: &mut Vec<i64>, values: &mut Vec<f64>, from: i64, to: i64) {
    let end = times.partition_point(|at| *at < to);
    times.truncate(end);
    values.truncate(end);
    let start = times.partition_point(|at| *at < from);
    times.drain(..start);
    values.drain(..start);
}

/// Lays `over`, ascending, over the two rows, ascending: of one instant the sample in `over` stays.
pub(crate) fn overlay(times: &mut Vec<i64>, values: &mut Vec<f64>, over: &[(i64, f64)]) {
    if over.is_empty() {
        return;
    }
    let room = times.len() + over.len();
    let (mut all_times, mut all_values) = (Vec::with_capacity(room), Vec::with_capacity(room));
    let mut under = times.iter().copied().zip(values.iter().copied()).peekable();
    for &(at, value) in over {
        while let Some((under_at, under_value)) = under.next_if(|(under_at, _)| *under_at < at) {
            all_times.push(under_at);
            all_values.push(under_value);
        }
        under.next_if(|(under_at, _)| *under_at == at);
        all_times.push(at);
        all_values.push(value);
    }
    let (rest_times, rest_values): (Vec<i64>, Vec<f64>) = under.unzip();
    all_times.extend(rest_times);
    all_values.extend(rest_values);
    (*times, *values) = (all_times, all_values);
}

/// Bytes a vector has allocated.
pub(super) fn vec_bytes<T>(list: &Vec<T>) -> usize {
    match list.capacity() {
        0 => 0,
        capacity => capacity * size_of::<T>() + ALLOCATION,
    }
}

/// A number below the chunk length, spread evenly over consecutive places: their chunks fill up at different ticks.
fn stagger(place: usize) -> usize {
    place.wrapping_mul(157) % CHUNK_LEN
}
