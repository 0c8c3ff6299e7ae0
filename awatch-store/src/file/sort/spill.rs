//! Sorted pieces in a temporary file.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use awatch_core::{RecordingError, Timestamp};

use super::Sample;
use crate::file::dictionary::EntryId;

/// Bytes of a sample in the file: instant, entry, value.
const BYTES: usize = 20;

/// So many names are tried that are somebody's already.
const TRIES: u32 = 100;

/// Samples read of a piece at once.
const READ: u64 = 4096;

/// The pieces, read from their beginnings on and merged.
#[derive(Debug)]
pub(super) struct Spill {
    path: PathBuf,
    file: File,
    pieces: Vec<Piece>,
    /// The first instant of each piece that is not at its end; of the same, the earlier piece.
    heads: BinaryHeap<Reverse<(Timestamp, usize)>>,
}

#[derive(Debug)]
struct Piece {
    /// Where its samples not yet read stand, and how many there are.
    from: u64,
    left: u64,
    read: VecDeque<Sample>,
}

impl Spill {
    pub(super) fn create() -> Result<Self, RecordingError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let mut tries = 0;
        let (path, file) = loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("awatch-{}-{number}.sorting", std::process::id()));
            match new_file(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < TRIES => tries += 1,
                Err(error) => {
                    return Err(RecordingError::io(format!("creating {} to sort in", path.display()), error));
                }
            }
        };
        if cfg!(unix) {
            // Gone when it is closed, whatever happens.
            drop(std::fs::remove_file(&path));
        }
        Ok(Self { path, file, pieces: Vec::new(), heads: BinaryHeap::new() })
    }

    /// Adds a sorted piece.
    pub(super) fn add(&mut self, samples: &[Sample]) -> Result<(), RecordingError> {
        let from = self.pieces.last().map_or(0, |last| last.from + last.left * BYTES as u64);
        let written = write(&self.file, samples);
        written.map_err(|error| self.failed(error))?;
        self.pieces.push(Piece { from, left: samples.len() as u64, read: VecDeque::new() });
        Ok(())
    }

    /// Goes to the beginning of every piece.
    pub(super) fn begin(&mut self) -> Result<(), RecordingError> {
        (0..self.pieces.len()).try_for_each(|piece| self.advance(piece))
    }

    /// The first instant of all.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.heads.peek().map(|Reverse((at, _))| *at)
    }

    pub(super) fn next_sample(&mut self) -> Result<Option<Sample>, RecordingError> {
        let Some(Reverse((_, index))) = self.heads.pop() else { return Ok(None) };
        let sample = self.pieces.get_mut(index).and_then(|piece| piece.read.pop_front());
        self.advance(index)?;
        Ok(sample)
    }

    /// Makes the next sample of a piece its head.
    fn advance(&mut self, index: usize) -> Result<(), RecordingError> {
        let Some(piece) = self.pieces.get_mut(index) else { return Ok(()) };
        if piece.read.is_empty() && piece.left > 0 {
            let filled = piece.fill(&mut self.file);
            filled.map_err(|error| self.failed(error))?;
        }
        let head = self.pieces.get(index).and_then(|piece| piece.read.front());
        self.heads.extend(head.map(|sample| Reverse((sample.at, index))));
        Ok(())
    }

    fn failed(&self, error: io::Error) -> RecordingError {
        RecordingError::io(format!("sorting in {}", self.path.display()), error)
    }
}

/// A file that was not there, for nobody else to read: anyone may put files and links into the folder it lies in.
fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Drop for Spill {
    fn drop(&mut self) {
        // Where it is gone already there is nothing to do.
        drop(std::fs::remove_file(&self.path));
    }
}

impl Piece {
    fn fill(&mut self, file: &mut File) -> io::Result<()> {
        let count = self.left.min(READ);
        let mut bytes = vec![0; usize::try_from(count).unwrap_or_default() * BYTES];
        file.seek(SeekFrom::Start(self.from))?;
        file.read_exact(&mut bytes)?;
        self.read.extend(bytes.chunks_exact(BYTES).filter_map(read));
        (self.from, self.left) = (self.from + bytes.len() as u64, self.left - count);
        Ok(())
    }
}

fn write(file: &File, samples: &[Sample]) -> io::Result<()> {
    let mut writer = BufWriter::with_capacity(1 << 16, file);
    for sample in samples {
        writer.write_all(&sample.at.as_nanos().to_le_bytes())?;
        writer.write_all(&u32::try_from(sample.entry.index()).unwrap_or(u32::MAX).to_le_bytes())?;
        writer.write_all(&sample.value.to_le_bytes())?;
    }
    writer.flush()
}

fn read(bytes: &[u8]) -> Option<Sample> {
    let (at, rest) = bytes.split_first_chunk()?;
    let (entry, rest) = rest.split_first_chunk()?;
    Some(Sample {
        at: Timestamp::from_nanos(i64::from_le_bytes(*at)),
        entry: EntryId::from_index(u32::from_le_bytes(*entry) as usize)?,
        value: f64::from_le_bytes(rest.try_into().ok()?),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn what_lies_there_already_is_neither_followed_nor_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let [mine, link, new] = ["mine", "link", "new"].map(|name| folder.path().join(name));
        std::fs::write(&mine, "kept").unwrap();
        symlink(&mine, &link).unwrap();
        for path in [&mine, &link] {
            assert_eq!(new_file(path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        }
        assert_eq!(std::fs::read_to_string(&mine).unwrap(), "kept");
        let file = new_file(&new).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
