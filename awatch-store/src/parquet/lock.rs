//! One writer at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::error::{FileError, ParquetStoreError};

/// The right to write in a directory, until it is dropped or the process ends, however it ends.
///
/// It is a lock of the operating system on the file `writer.lock`, not the file itself: what a killed process leaves
/// behind hinders nobody.
#[derive(Debug)]
pub(super) struct WriterLock(File);

impl WriterLock {
    pub(super) fn take(dir: &Path) -> Result<Self, ParquetStoreError> {
        let path = dir.join("writer.lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(FileError::of("opening", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let process = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(ParquetStoreError::Locked { dir: dir.to_owned(), process });
            }
            Err(TryLockError::Error(error)) => return Err(FileError::of("locking", &path)(error).into()),
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| writeln!(file, "{}", std::process::id()));
        written.map_err(FileError::of("writing", &path))?;
        Ok(Self(file))
    }
}

impl Drop for WriterLock {
    /// Closing the file would not do while a process that was just started still has it, before its program begins.
    fn drop(&mut self) {
        // What cannot be given back goes with the file.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_writer_is_told_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let first = WriterLock::take(dir.path()).unwrap();
        let error = WriterLock::take(dir.path()).unwrap_err().to_string();
        let (dir_text, own) = (dir.path().display(), std::process::id());
        assert_eq!(
            error,
            format!(
                "the store in {dir_text} is being written by process {own}: end that first, or open it for reading only"
            )
        );
        drop(first);
        WriterLock::take(dir.path()).unwrap();
    }
}
