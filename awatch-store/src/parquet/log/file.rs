//! The files of the log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::record;
use crate::parquet::error::FileError;

/// The directory of the logs of the store in `dir`.
pub(in crate::parquet) fn directory(dir: &Path) -> PathBuf {
    dir.join("log")
}

/// A log found in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::parquet) struct LogName {
    pub(in crate::parquet) sequence: u64,
    pub(in crate::parquet) path: PathBuf,
}

impl LogName {
    /// The log of that number of the store in `dir`.
    pub(in crate::parquet) fn of(dir: &Path, sequence: u64) -> Self {
        Self { sequence, path: directory(dir).join(format!("{sequence:010}.log")) }
    }
}

/// The logs of the store in `dir`, the oldest first.
pub(in crate::parquet) fn list(dir: &Path) -> Result<Vec<LogName>, FileError> {
    let path = directory(dir);
    let mut logs = Vec::new();
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(logs),
        entries => entries.map_err(FileError::of("listing", &path))?,
    };
    for entry in entries {
        let path = entry.map_err(FileError::of("listing", &path))?.path();
        let is_log = path.extension().is_some_and(|extension| extension == "log");
        let sequence = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        if let Some(sequence) = sequence.filter(|_| is_log) {
            logs.push(LogName { sequence, path });
        }
    }
    logs.sort_by_key(|log| log.sequence);
    Ok(logs)
}

/// Removes a log, for good.
pub(in crate::parquet) fn remove(dir: &Path, sequence: u64) -> Result<(), FileError> {
    let path = LogName::of(dir, sequence).path;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::of("removing", &path)(error)),
        _ => sync_directory(&directory(dir)),
    }
}

/// Makes the names in a directory durable.
pub(in crate::parquet) fn sync_directory(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|dir| dir.sync_all()).map_err(FileError::of("synchronising", path))
}

/// The log that is written.
#[derive(Debug)]
pub(in crate::parquet) struct Log {
    path: PathBuf,
    file: Arc<File>,
    length: u64,
    /// What could not be taken back after a write that failed half-way.
    is_torn: bool,
}

impl Log {
    /// Begins the log of that number, durable from the beginning.
    pub(in crate::parquet) fn create(dir: &Path, sequence: u64) -> Result<Self, FileError> {
        let path = LogName::of(dir, sequence).path;
        let open = OpenOptions::new().append(true).create_new(true).open(&path);
        let mut file = open.map_err(FileError::of("creating", &path))?;
        let header = record::header(sequence);
        file.write_all(&header).and_then(|()| file.sync_all()).map_err(FileError::of("writing", &path))?;
        sync_directory(&directory(dir))?;
        Ok(Self { path, file: Arc::new(file), length: header.len() as u64, is_torn: false })
    }

    /// Goes on with a log that was left behind, after its first `length` bytes.
    pub(in crate::parquet) fn resume(name: &LogName, length: u64) -> Result<Self, FileError> {
        let path = name.path.clone();
        let open = OpenOptions::new().append(true).open(&path);
        let file = open.map_err(FileError::of("opening", &path))?;
        file.set_len(length).and_then(|()| file.sync_all()).map_err(FileError::of("cutting", &path))?;
        Ok(Self { path, file: Arc::new(file), length, is_torn: false })
    }

    /// Writes whole records; all of them, or none.
    pub(in crate::parquet) fn write(&mut self, records: &[u8]) -> Result<(), FileError> {
        if self.is_torn {
            self.take_back()?;
        }
        if let Err(error) = (&*self.file).write_all(records) {
            self.is_torn = true;
            let _ = self.take_back();
            return Err(FileError::of("writing", &self.path)(error));
        }
        self.length += records.len() as u64;
        Ok(())
    }

    fn take_back(&mut self) -> Result<(), FileError> {
        self.file.set_len(self.length).map_err(FileError::of("cutting", &self.path))?;
        self.is_torn = false;
        Ok(())
    }

    /// Makes durable what was written.
    pub(in crate::parquet) fn sync(&self) -> Result<(), FileError> {
        self.file.sync_data().map_err(FileError::of("synchronising", &self.path))
    }

    pub(in crate::parquet) fn file(&self) -> &Arc<File> {
        &self.file
    }

    pub(in crate::parquet) fn length(&self) -> u64 {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_goes_on_where_it_was_left() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(directory(dir.path())).unwrap();
        let mut log = Log::create(dir.path(), 7).unwrap();
        log.write(b"one").unwrap();
        log.write(b"two").unwrap();
        log.sync().unwrap();
        assert_eq!(log.length(), record::HEADER as u64 + 6);
        drop(log);
        let name = LogName::of(dir.path(), 7);
        assert_eq!(list(dir.path()).unwrap(), std::slice::from_ref(&name));
        let mut log = Log::resume(&name, record::HEADER as u64 + 3).unwrap();
        log.write(b"2").unwrap();
        assert_eq!(&fs::read(&name.path).unwrap()[record::HEADER..], b"one2");
        assert!(Log::create(dir.path(), 7).is_err());
        remove(dir.path(), 7).unwrap();
        remove(dir.path(), 7).unwrap();
        assert_eq!(list(dir.path()).unwrap(), []);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_that_names_the_file() {
        let path = PathBuf::from("/dev/full");
        let file = Arc::new(OpenOptions::new().append(true).open(&path).unwrap());
        let mut log = Log { path, file, length: 24, is_torn: false };
        assert_eq!(log.write(b"record").unwrap_err().to_string(), "writing /dev/full");
        assert!(log.write(b"record").is_err());
        assert_eq!(log.length(), 24);
    }
}
