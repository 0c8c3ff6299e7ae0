//! A finished segment: where it is and what is in it.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use ::parquet::file::metadata::{ParquetMetaDataReader, RowGroupMetaData};

use super::SegmentError;
use super::footer::{Footer, Placed};
use super::name::SegmentName;
use crate::parquet::day::Day;
use crate::parquet::error::FileError;

/// The directory of the segments of a day of the store in `dir`.
pub(in crate::parquet) fn directory(dir: &Path, day: Day) -> PathBuf {
    dir.join("tier=raw").join(format!("date={day}"))
}

/// A segment. When it is done with, its file goes with the last reader of it.
#[derive(Debug)]
pub(in crate::parquet) struct Segment {
    path: PathBuf,
    name: SegmentName,
    day: Day,
    footer: Footer,
    bytes: u64,
    /// For each row group whether its checksum was found right.
    checked: Vec<AtomicBool>,
    is_obsolete: AtomicBool,
}

impl Segment {
    pub(super) fn new(path: PathBuf, name: SegmentName, day: Day, footer: Footer, bytes: u64) -> Self {
        let checked = footer.checksums.iter().map(|_| AtomicBool::new(false)).collect();
        Self { path, name, day, footer, bytes, checked, is_obsolete: AtomicBool::new(false) }
    }

    /// Reads the footer of a file and checks everything after its last row group.
    pub(in crate::parquet) fn open(path: PathBuf, name: SegmentName, day: Day) -> Result<Self, SegmentError> {
        let mut file = File::open(&path).map_err(FileError::of("opening", &path))?;
        let bytes = file.metadata()?.len();
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        let footer = Footer::read(metadata.file_metadata().key_value_metadata())?;
        let rows: Vec<i64> = metadata.row_groups().iter().map(RowGroupMetaData::num_rows).collect();
        let counted = rows.iter().try_fold(0_u64, |sum, rows| sum.checked_add(u64::try_from(*rows).ok()?));
        if rows.len() != footer.checksums.len() || counted != Some(footer.rows()) {
            return Err(SegmentError::Rows);
        }
        let end = footer.checksums.last().map_or(0, |last| last.end);
        if checksum(&mut file, end, bytes)? != name.checksum {
            return Err(SegmentError::Checksum { part: "its end".to_owned() });
        }
        Ok(Self::new(path, name, day, footer, bytes))
    }

    /// Checks a row group, once.
    pub(super) fn check(&self, row_group: usize, file: &mut File) -> Result<(), SegmentError> {
        let done = self.checked.get(row_group).ok_or(SegmentError::Rows)?;
        if done.load(Ordering::Acquire) {
            return Ok(());
        }
        let known = self.footer.checksums.get(row_group).ok_or(SegmentError::Rows)?;
        let before = row_group.checked_sub(1).and_then(|before| self.footer.checksums.get(before));
        if checksum(file, before.map_or(0, |before| before.end), known.end)? != known.crc {
            return Err(SegmentError::Checksum { part: format!("row group {row_group}") });
        }
        done.store(true, Ordering::Release);
        Ok(())
    }

    /// Leaves out the checks of a file that was just written.
    pub(super) fn trust(&self) {
        for checked in &self.checked {
            checked.store(true, Ordering::Release);
        }
    }

    pub(in crate::parquet) fn path(&self) -> &Path {
        &self.path
    }

    pub(in crate::parquet) fn name(&self) -> SegmentName {
        self.name
    }

    pub(in crate::parquet) fn day(&self) -> Day {
        self.day
    }

    /// Its series in order of key.
    pub(in crate::parquet) fn series(&self) -> &[Placed] {
        &self.footer.series
    }

    /// The first instant in it.
    pub(in crate::parquet) fn first(&self) -> i64 {
        self.footer.first
    }

    /// The last instant in it.
    pub(in crate::parquet) fn last(&self) -> i64 {
        self.footer.last
    }

    pub(in crate::parquet) fn rows(&self) -> u64 {
        self.footer.rows()
    }

    /// Its length.
    pub(in crate::parquet) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Lets its file go with the last reader.
    pub(in crate::parquet) fn discard(&self) {
        self.is_obsolete.store(true, Ordering::Release);
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if self.is_obsolete.load(Ordering::Acquire) {
            // What stays is removed at the next opening.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The CRC-32 of the bytes from `start` until before `end`.
fn checksum(file: &mut File, start: u64, end: u64) -> Result<u32, SegmentError> {
    const PIECE: usize = 1 << 18;
    file.seek(SeekFrom::Start(start))?;
    let mut left = file.take(end.saturating_sub(start));
    let mut crc = crc32fast::Hasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        match left.read(&mut piece)? {
            0 => return Ok(crc.finalize()),
            read => crc.update(piece.get(..read).unwrap_or_default()),
        }
    }
}
