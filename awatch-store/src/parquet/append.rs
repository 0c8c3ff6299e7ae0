//! What comes in: checked, written to the log, then put into memory.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use awatch_core::series::Registry;
use awatch_core::store::{Appended, StoreError};
use awatch_core::{SampleBatch, SeriesId, SeriesMeta};

use super::definition::Definition;
use super::generation::{Admitted, Generation};
use super::log::{self, Entry, Log, Syncer};

/// The end of the store at which samples come in.
#[derive(Debug)]
pub(super) struct Appender {
    dir: PathBuf,
    late_window: i64,
    /// The log of the active generation; none while it cannot be written.
    log: Option<Log>,
    /// Why the log cannot be written.
    trouble: Option<StoreError>,
    next_sequence: u64,
    /// The present: the latest instant since housekeeping last told the time.
    present: Option<i64>,
    registry: Weak<Registry>,
    /// By [`SeriesId::index`]: whom the place stands for, and its number in the log.
    places: Vec<Option<(SeriesId, u32)>>,
    entries: Vec<Entry>,
    records: Vec<u8>,
}

/// What there is to append of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collected {
    /// The entries stand ready.
    Ready(Appended),
    /// A series has another unit or kind than in this generation: it takes a new one.
    Conflict,
}

impl Appender {
    /// Goes on with a log, and after it with that number.
    pub(super) fn new(dir: &Path, late_window: i64, log: Log, next_sequence: u64) -> Self {
        Self {
            dir: dir.to_owned(),
            late_window,
            log: Some(log),
            trouble: None,
            next_sequence,
            present: None,
            registry: Weak::new(),
            places: Vec::new(),
            entries: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Tells what time it is.
    pub(super) fn set_present(&mut self, now: i64) {
        self.present = Some(now);
    }

    pub(super) fn present(&self) -> Option<i64> {
        self.present
    }

    /// Bytes of the log.
    pub(super) fn log_bytes(&self) -> u64 {
        self.log.as_ref().map_or(0, Log::length)
    }

    /// Makes ready what of a batch is not too late; new series are taken on by the generation.
    pub(super) fn collect(
        &mut self,
        batch: &SampleBatch,
        admit: impl Fn(&Arc<SeriesMeta>) -> Admitted,
    ) -> Collected {
        if !std::ptr::eq(self.registry.as_ptr(), Arc::as_ptr(batch.registry())) {
            self.registry = Arc::downgrade(batch.registry());
            self.places.clear();
        }
        self.entries.clear();
        self.records.clear();
        let mut done = Appended::default();
        for sample in batch.samples() {
            let at = sample.at.as_nanos();
            let present = self.present.map_or(at, |present| present.max(at));
            if at < present.saturating_sub(self.late_window) {
                done.rejected += 1;
                continue;
            }
            let known = self.places.get(sample.series.index()).copied().flatten();
            let series = match known.filter(|(id, _)| *id == sample.series) {
                Some((_, series)) => series,
                None => match self.admit(sample.series, batch, &admit) {
                    Ok(Some(series)) => series,
                    Ok(None) => {
                        done.rejected += 1;
                        continue;
                    }
                    Err(conflict) => return conflict,
                },
            };
            self.present = Some(present);
            done.stored += 1;
            self.entries.push(Entry { series, at, value: sample.value });
        }
        Collected::Ready(done)
    }

    fn admit(
        &mut self,
        id: SeriesId,
        batch: &SampleBatch,
        admit: impl Fn(&Arc<SeriesMeta>) -> Admitted,
    ) -> Result<Option<u32>, Collected> {
        let Some(meta) = batch.resolve(id) else { return Ok(None) };
        let definition = Definition::of(&meta).and_then(|definition| serde_json::to_vec(&definition).ok());
        let Some(definition) = definition else { return Ok(None) };
        let series = match admit(&meta) {
            Admitted::Known(series) => series,
            Admitted::Defined(series) => {
                log::define(series, &definition, &mut self.records);
                series
            }
            Admitted::Conflict => return Err(Collected::Conflict),
        };
        let index = id.index();
        if index >= self.places.len() {
            self.places.resize(index + 1, None);
        }
        if let Some(place) = self.places.get_mut(index) {
            *place = Some((id, series));
        }
        Ok(Some(series))
    }

    /// The entries made ready.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Writes what stands ready to the log; answers whether it is there. When it is not, it is in memory alone until
    /// the log can be written again, and [`trouble`](Appender::trouble) says why.
    pub(super) fn write(&mut self, syncer: &Syncer) -> bool {
        log::samples(&self.entries, &mut self.records);
        self.write_records(syncer)
    }

    /// Writes that samples were removed.
    pub(super) fn write_removal(&mut self, cutoff: i64, matcher: &str, syncer: &Syncer) -> bool {
        self.records.clear();
        log::delete(cutoff, matcher, &mut self.records);
        self.write_records(syncer)
    }

    fn write_records(&mut self, syncer: &Syncer) -> bool {
        let Some(log) = &mut self.log else { return false };
        match log.write(&self.records) {
            Ok(()) => {
                syncer.written();
                true
            }
            Err(error) => {
                self.give_up(error.into(), syncer);
                false
            }
        }
    }

    /// Makes durable what was written.
    pub(super) fn sync(&mut self, syncer: &Syncer) -> bool {
        let Some(log) = &self.log else { return false };
        match log.sync() {
            Ok(()) => true,
            Err(error) => {
                self.give_up(error.into(), syncer);
                false
            }
        }
    }

    /// After a failure nothing that the log says of itself can be believed: it is not used any further.
    fn give_up(&mut self, error: StoreError, syncer: &Syncer) {
        syncer.watch(None);
        self.log = None;
        self.trouble = Some(error);
    }

    /// Takes over what the synchronising thread met with; answers whether the log is still good.
    pub(super) fn notice(&mut self, syncer: &Syncer) -> bool {
        if let Some(error) = syncer.take_failure() {
            self.give_up(
                StoreError::io(format!("synchronising the log in {}", self.dir.display()), error),
                syncer,
            );
        }
        self.log.is_some()
    }

    /// Why the log cannot be written, told once.
    pub(super) fn trouble(&mut self) -> Option<StoreError> {
        self.trouble.take()
    }

    /// Begins another generation with a log of its own. Without a log when none can be begun and `or_without` says so.
    pub(super) fn begin(&mut self, syncer: &Syncer, or_without: bool) -> Option<Generation> {
        let sequence = self.next_sequence;
        match Log::create(&self.dir, sequence) {
            Ok(log) => {
                syncer.watch(Some(Arc::clone(log.file())));
                self.log = Some(log);
            }
            Err(error) => {
                self.trouble = Some(error.into());
                if !or_without {
                    return None;
                }
                syncer.watch(None);
                self.log = None;
            }
        }
        self.next_sequence += 1;
        self.registry = Weak::new();
        let mut generation = Generation::new(sequence);
        generation.is_logged = self.log.is_some();
        Some(generation)
    }
}
