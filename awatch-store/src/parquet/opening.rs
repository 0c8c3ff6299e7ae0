//! What is found in a directory when a store is opened.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use awatch_core::Matcher;

use super::day::Day;
use super::definition::Definition;
use super::error::{FileError, ParquetStoreError};
use super::generation::Generation;
use super::log::{self, HEADER, Header, LogName, ReadTo, Record, VERSION};
use super::recovery::Recovery;
use super::segment::{Segment, SegmentError, SegmentName};

/// A file that could be a segment.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) name: SegmentName,
    pub(super) day: Day,
}

/// What stands in the directories of the segments.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Files that count.
    pub(super) segments: Vec<Found>,
    /// Files that others say everything of, and files that were never finished.
    pub(super) leftovers: Vec<PathBuf>,
}

/// Lists the segments of the store in `dir`.
pub(super) fn list(dir: &Path) -> Result<Listing, FileError> {
    let mut listing = Listing::default();
    for partition in entries(&dir.join("tier=raw"))? {
        let day =
            partition.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix("date="));
        let Some(day) = day.and_then(Day::parse) else { continue };
        let mut found = Vec::new();
        for path in entries(&partition)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|extension| extension == "tmp") {
                listing.leftovers.push(path);
            } else if let Some(name) = SegmentName::parse(name) {
                found.push(Found { path, name, day });
            }
        }
        let names: Vec<SegmentName> = found.iter().map(|found| found.name).collect();
        let (old, counting) = found
            .into_iter()
            .partition(|found: &Found| names.iter().any(|other| found.name.is_superseded_by(other)));
        listing.segments.extend::<Vec<_>>(counting);
        listing.leftovers.extend(Vec::into_iter(old).map(|old: Found| old.path));
    }
    Ok(listing)
}

fn entries(path: &Path) -> Result<Vec<PathBuf>, FileError> {
    match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        found => {
            let paths = found.and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
            paths.map_err(FileError::of("listing", path))
        }
    }
}

/// Opens the segments found; those that cannot be read are told of and left out.
pub(super) fn open(found: Vec<Found>, recovery: &mut Recovery) -> Vec<Arc<Segment>> {
    let mut segments = Vec::with_capacity(found.len());
    for Found { path, name, day } in found {
        match Segment::open(path.clone(), name, day) {
            Ok(segment) => segments.push(Arc::new(segment)),
            Err(error) => recovery.leave_out(path, &error),
        }
    }
    segments
}

/// What was removed while a log was written: from everything older, too.
#[derive(Clone, Debug)]
pub(super) struct Removal {
    pub(super) cutoff: i64,
    pub(super) matcher: Matcher,
    /// The generation that it came in.
    pub(super) sequence: u64,
}

/// A log read from the beginning, or from where one left off.
#[derive(Debug)]
pub(super) struct Replay {
    pub(super) generation: Generation,
    pub(super) removals: Vec<Removal>,
    pub(super) read_to: ReadTo,
    pub(super) samples: u64,
}

/// What became of a log.
#[derive(Debug)]
pub(super) enum Replayed {
    /// It could be read.
    Read(Replay),
    /// Its first bytes were never written whole: nothing can be in it.
    Empty,
    /// Its first bytes are damaged.
    Damaged,
}

impl Replay {
    fn new(sequence: u64) -> Self {
        let read_to = ReadTo { end: HEADER as u64, ..ReadTo::default() };
        Self { generation: Generation::new(sequence), removals: Vec::new(), read_to, samples: 0 }
    }

    /// Reads a log.
    pub(super) fn of(name: &LogName) -> Result<Replayed, ParquetStoreError> {
        let mut file = File::open(&name.path).map_err(FileError::of("opening", &name.path))?;
        let mut bytes = Vec::with_capacity(HEADER);
        let read = (&mut file).take(HEADER as u64).read_to_end(&mut bytes);
        read.map_err(FileError::of("reading", &name.path))?;
        match log::read_header(&bytes) {
            Header::Sound { sequence } if sequence == name.sequence => {}
            Header::Newer { version } => {
                return Err(ParquetStoreError::NewerFormat {
                    file: name.path.clone(),
                    version,
                    known: VERSION,
                });
            }
            _ if bytes.len() < HEADER || bytes.iter().all(|byte| *byte == 0) => return Ok(Replayed::Empty),
            _ => return Ok(Replayed::Damaged),
        }
        let mut replay = Self::new(name.sequence);
        replay.go_on(&mut file).map_err(FileError::of("reading", &name.path))?;
        Ok(Replayed::Read(replay))
    }

    /// Reads what was written since.
    pub(super) fn go_on(&mut self, file: &mut File) -> io::Result<()> {
        let Self { generation, removals, read_to, samples } = self;
        let found = log::replay(file, read_to.end, |record| take(record, generation, removals, samples))?;
        *read_to = ReadTo { damaged: read_to.damaged + found.damaged, ..found };
        Ok(())
    }
}

/// Takes a record in; answers whether it makes sense.
fn take(
    record: Record<'_>,
    generation: &mut Generation,
    removals: &mut Vec<Removal>,
    samples: &mut u64,
) -> bool {
    match record {
        Record::Define { series, definition } => {
            let definition = serde_json::from_slice::<Definition>(definition);
            definition.is_ok_and(|definition| generation.define(series, Arc::new(definition.meta())))
        }
        Record::Samples(entries) => {
            let unknown = generation.append(&entries);
            *samples += entries.len() as u64 - unknown;
            unknown == 0
        }
        Record::Delete { cutoff, matcher } => {
            let Ok(matcher) = matcher.parse::<Matcher>() else { return false };
            let removed = generation.delete_before(cutoff, &matcher).is_ok();
            removals.push(Removal { cutoff, matcher, sequence: generation.sequence() });
            removed
        }
    }
}

/// What the logs of a store hold.
#[derive(Debug, Default)]
pub(super) struct Logs {
    pub(super) replays: Vec<(LogName, Replay)>,
}

/// Reads the logs of the store in `dir`, which is open for writing; `listing` is freed of what the logs say better.
pub(super) fn replay(
    dir: &Path,
    listing: &mut Listing,
    recovery: &mut Recovery,
) -> Result<Logs, ParquetStoreError> {
    let mut logs = Logs::default();
    for name in log::list(dir)? {
        if is_sealed(name.sequence, &listing.segments) {
            log::remove(dir, name.sequence)?;
            recovery.leftovers += 1;
            continue;
        }
        match Replay::of(&name)? {
            Replayed::Read(replay) => {
                let (unsure, sure) =
                    listing.segments.drain(..).partition(|found| found.name.last == name.sequence);
                listing.segments = sure;
                listing.leftovers.extend(Vec::into_iter(unsure).map(|found: Found| found.path));
                recovery.replayed_samples += replay.samples;
                recovery.torn_bytes += replay.read_to.torn;
                recovery.damaged_records += replay.read_to.damaged;
                logs.replays.push((name, replay));
            }
            Replayed::Empty => {
                log::remove(dir, name.sequence)?;
                recovery.leftovers += 1;
            }
            Replayed::Damaged => {
                let error = SegmentError::Checksum { part: "its beginning".to_owned() };
                recovery.leave_out(name.path, &error);
            }
        }
    }
    let removals: Vec<Removal> =
        logs.replays.iter().flat_map(|(_, replay)| replay.removals.clone()).collect();
    for (_, replay) in &mut logs.replays {
        let own = replay.generation.sequence();
        for removal in removals.iter().filter(|removal| removal.sequence > own) {
            // What cannot be read back cannot be counted as removed either: it stays, and a scan tells of it.
            let _ = replay.generation.delete_before(removal.cutoff, &removal.matcher);
        }
    }
    Ok(logs)
}

/// Whether a generation was sealed whole, and its log is only left over: its segment was written anew since.
fn is_sealed(sequence: u64, segments: &[Found]) -> bool {
    segments.iter().map(|found| found.name).any(|name| {
        let covers = name.first <= sequence && sequence <= name.last;
        covers && (name.first < sequence || sequence < name.last || name.revision > 0)
    })
}
