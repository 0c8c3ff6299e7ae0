//! Saving and restoring everything that remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::anomalies::{Anomalies, SavedAnomalies};
use super::block::{Frame, Group, Place, PlaceState};
use super::core::Core;
use super::lane::{BlockRow, LaneInput};
use super::places::Slot;
use super::source::Source;
use super::{Engine, EngineError, container, lane_state};
use crate::series::{Name, SeriesMeta, Target};
use crate::{EventKind, Health, Interval, Timestamp, state};

const ENGINE: &str = "engine";
const WATCH: &str = "watch/";

/// Where and how often a running engine saves itself.
#[derive(Debug)]
pub(super) struct Checkpoints {
    path: PathBuf,
    every: Duration,
    next: Option<Timestamp>,
    /// The write under way, on a thread of its own: a slow disk holds up nobody.
    writing: Option<JoinHandle<std::io::Result<()>>>,
    /// How often in a row it was due while the last one was still being written.
    skipped: u32,
    failed: bool,
}

/// A detector may take so many times longer to save itself than to score a row.
const SAVING_TAKES: u32 = 10;

/// A write that is under way for so many turns is a failure.
const MOST_SKIPPED: u32 = 5;

/// What a restore could not take over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restored {
    /// The watches that start without history, each with the reason.
    pub fresh: Vec<(Name, String)>,
}

#[derive(Serialize, Deserialize)]
struct CoreState {
    now: Timestamp,
    numbered: u64,
    sources: Vec<Source>,
    groups: Vec<Option<GroupState>>,
    frames: Vec<Option<FrameState>>,
    anomalies: SavedAnomalies,
    health: BTreeMap<Name, Health>,
    shared_told: BTreeSet<(usize, usize)>,
    refused_told: Option<Timestamp>,
    memory_told: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct GroupState {
    source: usize,
    target: Arc<Target>,
    frame: usize,
    places: Vec<Option<PlaceState>>,
    shown: Option<RowState>,
    waiting: Vec<RowState>,
}

#[derive(Serialize, Deserialize)]
struct RowState {
    at: Timestamp,
    previous: Option<Timestamp>,
    elapsed: Duration,
    values: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
struct FrameState {
    target: Arc<Target>,
    interval: Interval,
    groups: Vec<usize>,
    width: usize,
    last_row: Option<Timestamp>,
}

impl Engine {
    /// Everything that remembers as one checksummed piece: detectors, policies, open anomalies, counters, staleness,
    /// series. History is the store's.
    ///
    /// # Errors
    /// [`EngineError::State`] when a detector or policy cannot save itself or does not answer.
    pub fn checkpoint(&mut self) -> Result<Vec<u8>, EngineError> {
        let (bytes, missing) = self.save()?;
        match missing.into_iter().next() {
            None => Ok(bytes),
            Some(watch) => {
                let source =
                    crate::DetectError::State { kind: "watch", reason: "it does not answer".to_owned() };
                Err(EngineError::State { watch: watch.to_string(), source })
            }
        }
    }

    /// The checkpoint, and the watches that are not in it because they did not answer in time.
    fn save(&mut self) -> Result<(Vec<u8>, Vec<Name>), EngineError> {
        self.saves += 1;
        let wanted = self.saves;
        self.lanes.tell(&LaneInput::Save(wanted));
        let mut sections = BTreeMap::new();
        let grace = self.core.options.detector_grace * SAVING_TAKES;
        for (lane, number, saved) in self.core.settle_within(grace, &mut self.lanes).saved {
            let Some(watch) = self.lanes.name(lane).filter(|_| number == wanted) else { continue };
            let failed = |source| EngineError::State { watch: watch.to_string(), source };
            sections.insert(format!("{WATCH}{watch}"), saved.map_err(failed)?);
        }
        let is_missing = |watch: &&Name| !sections.contains_key(&format!("{WATCH}{watch}"));
        let missing = self.lanes.names().map(|(watch, _)| watch).filter(is_missing).cloned().collect();
        let core = state::encode(ENGINE, &self.core.save())
            .map_err(|source| EngineError::State { watch: ENGINE.to_owned(), source })?;
        sections.insert(ENGINE.to_owned(), core);
        Ok((container::write(&sections), missing))
    }

    /// Takes over what [`Engine::checkpoint`] saved, into an engine that has not seen anything yet. A watch that was
    /// not there, or is of another kind now, starts without history. On an error nothing changed.
    ///
    /// # Errors
    /// [`EngineError::Checkpoint`] when the bytes are not a checkpoint, do not fit the engine's budget, or the engine is
    /// not new.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<Restored, EngineError> {
        let wrong = |reason: String| EngineError::Checkpoint { reason };
        if self.core.now != Timestamp::MIN {
            return Err(wrong("the engine has already begun".to_owned()));
        }
        let sections = container::read(bytes).map_err(wrong)?;
        let own = sections.get(ENGINE).ok_or_else(|| wrong("it has no section `engine`".to_owned()))?;
        let saved: CoreState = state::decode(ENGINE, own).map_err(|error| wrong(error.to_string()))?;
        saved.validate().map_err(wrong)?;
        self.core.load(saved).map_err(wrong)?;
        self.restored = true;
        Ok(self.restore_watches(&sections))
    }

    fn restore_watches(&mut self, sections: &BTreeMap<String, &[u8]>) -> Restored {
        let mut restored = Restored::default();
        let core = &self.core;
        let blocks = core.groups.len().max(core.frames.len()) * 2;
        for (_, lane) in self.lanes.here() {
            let name = lane.name().clone();
            let loaded = match sections.get(&format!("{WATCH}{name}")) {
                None => Err("it was not there before".to_owned()),
                Some(bytes) => {
                    lane_state::load(lane, bytes, blocks, |block, place| core.series_at(block, place))
                        .map_err(|error| error.to_string())
                }
            };
            if let Err(reason) = loaded {
                restored.fresh.push((name, reason));
            }
            core.each_series(|block, scope, place, meta| lane.reconcile(block, scope, place, meta));
        }
        // What was open in a watch that is gone, or that knows nothing of it, is over.
        let names: BTreeSet<Name> = self.lanes.names().map(|(name, _)| name.clone()).collect();
        let is_kept =
            |watch: &Name| names.contains(watch) && !restored.fresh.iter().any(|(fresh, _)| fresh == watch);
        self.core.anomalies.keep_watches(is_kept);
        self.core.tell_anomalies(self.core.now);
        restored
    }

    /// While running, saves itself to `path` every so often and at the end. The file is written beside it and renamed,
    /// so that there is always a whole one.
    ///
    /// # Errors
    /// [`EngineError::Option`] when `every` is less than a second.
    pub fn checkpoint_to(&mut self, path: impl Into<PathBuf>, every: Duration) -> Result<(), EngineError> {
        if every < Duration::from_secs(1) {
            let given = crate::duration::format(every);
            return Err(EngineError::Option { option: "every", given, remedy: "give at least 1s" });
        }
        let path = path.into();
        self.checkpoints =
            Some(Checkpoints { path, every, next: None, writing: None, skipped: 0, failed: false });
        Ok(())
    }

    /// Restores from a file, if there is one.
    ///
    /// # Errors
    /// As [`Engine::restore`]; [`EngineError::CheckpointFile`] when the file is there and cannot be read.
    pub fn restore_from(&mut self, path: &Path) -> Result<Option<Restored>, EngineError> {
        match std::fs::read(path) {
            Ok(bytes) => self.restore(&bytes).map(Some).map_err(|error| match error {
                EngineError::Checkpoint { reason } => {
                    EngineError::Checkpoint { reason: format!("{}: {reason}", path.display()) }
                }
                other => other,
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(EngineError::CheckpointFile { path: path.to_owned(), done: "read", source }),
        }
    }

    pub(super) fn next_checkpoint(&self) -> Option<Timestamp> {
        self.checkpoints.as_ref().and_then(|checkpoints| checkpoints.next)
    }

    pub(super) fn checkpoint_if_due(&mut self, now: Timestamp) {
        let has_written = |thread: &mut JoinHandle<_>| thread.is_finished();
        if self.checkpoints.as_mut().and_then(|own| own.writing.as_mut()).is_some_and(has_written) {
            self.finish_writing();
        }
        let Some(checkpoints) = &mut self.checkpoints else { return };
        let next = *checkpoints.next.get_or_insert(now.plus(checkpoints.every));
        // A clock set back must not put the next checkpoint off for long.
        let is_due = now >= next || next.since(now).is_some_and(|left| left > checkpoints.every);
        if is_due {
            checkpoints.next = Some(now.plus(checkpoints.every));
            self.write_checkpoint();
        }
    }

    pub(super) fn checkpoint_at_end(&mut self) {
        if self.checkpoints.is_some() {
            self.finish_writing();
            self.write_checkpoint();
            self.finish_writing();
        }
    }

    fn write_checkpoint(&mut self) {
        let Some(path) = self.checkpoints.as_ref().map(|checkpoints| checkpoints.path.clone()) else {
            return;
        };
        let is_writing = |thread: &JoinHandle<_>| !thread.is_finished();
        if self.checkpoints.as_ref().and_then(|own| own.writing.as_ref()).is_some_and(is_writing) {
            return self.skip_checkpoint();
        }
        self.finish_writing();
        let (bytes, missing) = match self.save() {
            Ok(saved) => saved,
            Err(error) => return self.checkpoint_result(Some(super::chain(&error))),
        };
        if !missing.is_empty() {
            let names: Vec<&str> = missing.iter().map(Name::as_str).collect();
            let error = format!("written without {}, which does not answer", names.join(", "));
            self.checkpoint_result(Some(error));
        }
        let thread = std::thread::Builder::new().name("awatch-state".to_owned());
        match thread.spawn(move || replace(&path, &bytes)) {
            Ok(thread) => {
                if let Some(checkpoints) = &mut self.checkpoints {
                    checkpoints.writing = Some(thread);
                }
            }
            Err(error) => self.checkpoint_result(Some(super::chain(&error))),
        }
    }

    fn skip_checkpoint(&mut self) {
        let Some(checkpoints) = &mut self.checkpoints else { return };
        checkpoints.skipped += 1;
        if checkpoints.skipped >= MOST_SKIPPED {
            self.checkpoint_result(Some("the last one is still being written".to_owned()));
        }
    }

    /// Takes in what came of the last write, waiting for it if need be.
    fn finish_writing(&mut self) {
        let Some(thread) = self.checkpoints.as_mut().and_then(|checkpoints| checkpoints.writing.take())
        else {
            return;
        };
        let written =
            thread.join().unwrap_or_else(|_| Err(std::io::Error::other("the writing thread panicked")));
        let path = self.checkpoints.as_ref().map(|checkpoints| checkpoints.path.clone()).unwrap_or_default();
        let failed = |source| EngineError::CheckpointFile { path, done: "written", source };
        self.checkpoint_result(written.map_err(failed).err().map(|error| super::chain(&error)));
    }

    /// Tells of the first failure; the next success ends it.
    fn checkpoint_result(&mut self, error: Option<String>) {
        let Some(checkpoints) = &mut self.checkpoints else { return };
        let was_failing = std::mem::replace(&mut checkpoints.failed, error.is_some());
        if let Some(error) = error.filter(|_| !was_failing) {
            self.core.emit(self.core.now, EventKind::CheckpointFailed { error });
            self.deliver();
        }
    }
}

/// Puts a whole new file in the place of an old one.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let temporary = PathBuf::from(temporary);
    let mut file = std::fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

impl Core {
    fn save(&self) -> CoreState {
        let place = |group: &Group, index: usize, place: &Place| PlaceState {
            meta: (*place.meta).clone(),
            rate: place.rate,
            last_seen: place.last_seen,
            frame_place: group.frame_places.get(index).copied().unwrap_or_default(),
        };
        let places = |group: &Group| -> Vec<Option<PlaceState>> {
            let all = group.places.iter().enumerate();
            all.map(|(index, own)| own.as_ref().map(|own| place(group, index, own))).collect()
        };
        let group = |group: &Group| GroupState {
            source: group.source,
            target: Arc::clone(&group.target),
            frame: group.frame,
            places: places(group),
            shown: group.shown.as_deref().map(RowState::save),
            waiting: group.waiting.iter().map(|row| RowState::save(row)).collect(),
        };
        let frame = |frame: &Frame| FrameState {
            target: Arc::clone(&frame.target),
            interval: frame.interval,
            groups: frame.groups.clone(),
            width: frame.width,
            last_row: frame.last_row,
        };
        CoreState {
            now: self.now,
            numbered: self.numbered,
            sources: self.sources.iter().map(Source::without_groups).collect(),
            groups: self.groups.iter().map(|own| own.as_ref().map(group)).collect(),
            frames: self.frames.iter().map(|own| own.as_ref().map(frame)).collect(),
            anomalies: self.anomalies.save(),
            health: self.health.clone(),
            shared_told: self.shared_told.clone(),
            refused_told: self.refused_told.map(|(at, _)| at),
            memory_told: self.memory_told,
        }
    }

    fn load(&mut self, saved: CoreState) -> Result<(), String> {
        if !self.registry.is_empty() {
            return Err("the engine has series already".to_owned());
        }
        let series: Vec<&SeriesMeta> = saved
            .groups
            .iter()
            .flatten()
            .flat_map(|group| group.places.iter().flatten().map(|p| &p.meta))
            .collect();
        if series.len() > self.registry.max_series() {
            return Err(format!(
                "it has {} series and the engine takes {}",
                series.len(),
                self.registry.max_series()
            ));
        }
        self.frames = saved.frames.into_iter().map(|frame| frame.map(FrameState::load)).collect();
        self.sources = saved.sources;
        let mut taken: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (index, state) in saved.groups.into_iter().enumerate() {
            let Some(state) = state else {
                self.groups.push(None);
                self.free_groups.insert(index);
                continue;
            };
            if let Some(source) = self.sources.get_mut(state.source) {
                source.add_group(state.target.id().clone(), index);
            }
            let used = state.places.iter().flatten().map(|place| place.frame_place);
            taken.entry(state.frame).or_default().extend(used);
            self.load_group(index, state)?;
        }
        for (index, frame) in self.frames.iter_mut().enumerate() {
            let Some(frame) = frame else {
                self.free_frames.insert(index);
                continue;
            };
            self.frame_index.insert((frame.target.id().clone(), frame.interval), index);
            let width = frame.width;
            frame.restore(width, taken.get(&index).unwrap_or(&BTreeSet::new()));
        }
        (self.now, self.numbered) = (saved.now, saved.numbered);
        (self.shared_told, self.memory_told) = (saved.shared_told, saved.memory_told);
        // What was refused is counted from 0 again.
        self.refused_told = saved.refused_told.map(|at| (at, 0));
        (self.anomalies, self.health) = (Anomalies::load(saved.anomalies), saved.health);
        Ok(())
    }

    fn load_group(&mut self, index: usize, state: GroupState) -> Result<(), String> {
        let source = state.source;
        let mut group = Group::new(source, state.target, state.frame);
        for (place, saved) in state.places.into_iter().enumerate() {
            let restored = match saved {
                None => None,
                Some(saved) => {
                    let id = self.registry.register(&saved.meta).map_err(|error| error.to_string())?;
                    self.set_slot(Slot { id, source, group: index, place });
                    self.tenancies += 1;
                    let (tenancy, last_seen) = (self.tenancies, saved.last_seen);
                    let meta = Arc::new(saved.meta);
                    Some((Place { id, meta, rate: saved.rate, last_seen, tenancy }, saved.frame_place))
                }
            };
            group.restore(restored);
        }
        group.shown = state.shown.map(|row| row.load(index * 2));
        group.waiting = state.waiting.into_iter().map(|row| row.load(index * 2)).collect();
        self.groups.push(Some(group));
        Ok(())
    }

    /// The series at a place of a block, and its tenancy.
    fn series_at(&self, block: usize, place: usize) -> Option<(u64, &SeriesMeta)> {
        if block.is_multiple_of(2) {
            let place = self.groups.get(block / 2)?.as_ref()?.places.get(place)?.as_ref()?;
            return Some((place.tenancy, &place.meta));
        }
        let frame = self.frames.get(block / 2)?.as_ref()?;
        frame.groups.iter().filter_map(|group| self.groups.get(*group)?.as_ref()).find_map(|group| {
            let mut taken = group.places.iter().zip(&group.frame_places);
            let (series, _) = taken.find(|(series, own)| series.is_some() && **own == place)?;
            series.as_ref().map(|series| (series.tenancy, &*series.meta))
        })
    }

    /// Calls with every watched series, at its place in its group and in its frame.
    fn each_series(&self, mut call: impl FnMut(usize, crate::Scope, (usize, u64), &SeriesMeta)) {
        for (index, group) in self.groups.iter().enumerate() {
            let Some(group) = group else { continue };
            let is_unwatched = |source: &Source| self.unwatched.contains(&source.name);
            if self.sources.get(group.source).is_none_or(is_unwatched) {
                continue;
            }
            for (place, (series, frame_place)) in group.places.iter().zip(&group.frame_places).enumerate() {
                let Some(series) = series else { continue };
                call(index * 2, crate::Scope::Series, (place, series.tenancy), &series.meta);
                call(group.frame * 2 + 1, crate::Scope::Target, (*frame_place, series.tenancy), &series.meta);
            }
        }
    }
}

impl RowState {
    fn save(row: &BlockRow) -> Self {
        Self { at: row.at, previous: row.previous, elapsed: row.elapsed, values: row.values.to_vec() }
    }

    fn load(self, block: usize) -> Arc<BlockRow> {
        let Self { at, previous, elapsed, values } = self;
        Arc::new(BlockRow { block, at, previous, elapsed, values: values.into() })
    }
}

impl FrameState {
    fn load(self) -> Frame {
        let mut frame = Frame::new(self.target, self.interval);
        (frame.groups, frame.width, frame.last_row) = (self.groups, self.width, self.last_row);
        frame
    }
}

impl CoreState {
    /// Checks that everything refers to something that is there, and nothing is there twice.
    fn validate(&self) -> Result<(), String> {
        if !self.anomalies.is_sound() {
            return Err("its anomalies contradict each other".to_owned());
        }
        let reporting: std::collections::HashSet<usize> =
            self.groups.iter().flatten().map(|group| group.source).collect();
        for (index, source) in self.sources.iter().enumerate() {
            // Time had gone on to `now`: no row can be due from long before, none be closed from after. Of a source all
            // of whose series expired no row is due.
            let slack = source.interval.as_duration() * 3 + source.delay;
            let is_due = reporting.contains(&index);
            let off =
                |tick: Timestamp| (is_due && tick.plus(slack) < self.now) || tick > self.now.plus(slack);
            if source.last_tick.is_some_and(off) {
                return Err(format!("the last tick of source {} does not fit its time", source.name));
            }
        }
        let mut keys = std::collections::HashSet::new();
        for place in self.groups.iter().flatten().flat_map(|group| group.places.iter().flatten()) {
            if !keys.insert(&place.meta.key) {
                return Err(format!("it has the series {} twice", place.meta.key));
            }
        }
        let mut pairs = std::collections::HashSet::new();
        for group in self.groups.iter().flatten() {
            if !pairs.insert((group.source, group.target.id())) {
                return Err(format!("it has two groups of one source on {}", group.target.id()));
            }
        }
        let frame = |index: usize| self.frames.get(index).and_then(Option::as_ref);
        for (index, group) in self.groups.iter().enumerate() {
            let Some(group) = group else { continue };
            let width = frame(group.frame).ok_or_else(|| format!("group {index} has no frame"))?.width;
            if group.source >= self.sources.len() {
                return Err(format!("group {index} has no source"));
            }
            if group.places.iter().flatten().any(|place| place.frame_place >= width) {
                return Err(format!("group {index} has a series outside of its frame"));
            }
            let mut rows = group.shown.iter().chain(&group.waiting);
            if rows.any(|row| row.values.len() > group.places.len()) {
                return Err(format!("group {index} has a row longer than its series"));
            }
        }
        for (index, frame) in self.frames.iter().enumerate() {
            let Some(frame) = frame else { continue };
            let is_own = |group: &usize| {
                self.groups.get(*group).and_then(Option::as_ref).is_some_and(|group| group.frame == index)
            };
            if !frame.groups.iter().all(is_own) {
                return Err(format!("frame {index} has a group that is not its own"));
            }
            if frame.width > crate::SeriesId::MAX_SERIES {
                return Err(format!("frame {index} is wider than all series"));
            }
        }
        Ok(())
    }
}
