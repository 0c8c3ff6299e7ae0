//! Files of `/proc`, kept open and read from their start each time.

use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use awatch_core::CollectError;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, PROC_SUPER_MAGIC, fstatfs, open};
use rustix::io::{Errno, pread};

use super::scan::ParseError;

const FIRST_SIZE: usize = 16 * 1024;
/// The kernel makes parts of an answer no longer than this.
const ANSWER_SIZE: usize = 32 * 1024;
const CALLS_ABSENT: u32 = 59;
const MAX_SIZE: usize = 64 * 1024 * 1024;

/// Memory that all files are read into, one after the other.
#[derive(Default)]
pub(crate) struct Buffer(Vec<u8>);

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer({} bytes)", self.0.len())
    }
}

/// A file that is opened once and read at every tick.
#[derive(Debug)]
pub(crate) struct ProcFile {
    candidates: Vec<PathBuf>,
    open: Option<Open>,
    /// How many more calls take it for absent.
    absent: u32,
}

#[derive(Debug)]
struct Open {
    fd: OwnedFd,
    path: PathBuf,
    /// Whether the kernel tells when it changes: only its own files do.
    tells_changes: bool,
}

impl ProcFile {
    /// The first of `names` below `root` that exists.
    pub(crate) fn new(root: &Path, names: &[&str]) -> Self {
        Self { candidates: names.iter().map(|name| root.join(name)).collect(), open: None, absent: 0 }
    }

    /// A file of a process: of this one, or of process 1 when `root` is the `/proc` of another machine.
    pub(crate) fn of_process(root: &Path, own: &str, name: &str) -> Self {
        let first = format!("1/{name}");
        if root == Path::new("/proc") { Self::new(root, &[own]) } else { Self::new(root, &[&first, own]) }
    }

    /// All of its present text. When it cannot be read it is opened anew next time.
    ///
    /// # Errors
    /// [`CollectError::Unavailable`] when it cannot be opened or read.
    pub(crate) fn read<'b>(&mut self, buffer: &'b mut Buffer) -> Result<&'b [u8], CollectError> {
        let open = self.opened()?;
        match buffer.fill(&open.fd) {
            Ok(length) => Ok(buffer.0.get(..length).unwrap_or_default()),
            Err(error) => {
                let error = CollectError::unavailable(open.path.display().to_string(), error);
                self.open = None;
                Err(error)
            }
        }
    }

    /// The same, and `None` when there is no such file, which is looked for anew at one call in sixty.
    ///
    /// # Errors
    /// [`CollectError::Unavailable`] when it exists and cannot be opened or read.
    pub(crate) fn read_if_there<'b>(
        &mut self,
        buffer: &'b mut Buffer,
    ) -> Result<Option<&'b [u8]>, CollectError> {
        if self.absent > 0 {
            self.absent -= 1;
            return Ok(None);
        }
        match self.read(buffer) {
            Ok(text) => Ok(Some(text)),
            Err(CollectError::Unavailable { source, .. }) if is_absent(&*source) => {
                self.absent = CALLS_ABSENT;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether it may have changed since this was asked last, as far as the kernel tells.
    pub(crate) fn may_have_changed(&self) -> bool {
        let Some(open) = self.open.as_ref().filter(|open| open.tells_changes) else { return true };
        let mut asked = [PollFd::new(&open.fd, PollFlags::PRI)];
        let answered = poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        answered.is_err() || asked.iter().any(|asked| !asked.revents().is_empty())
    }

    /// The error that its text cannot be understood.
    pub(crate) fn malformed(&self, error: ParseError) -> CollectError {
        let path = self.open.as_ref().map(|open| &open.path).or(self.candidates.last());
        CollectError::malformed(path.map_or_else(String::new, |path| path.display().to_string()), error)
    }

    fn opened(&mut self) -> Result<&Open, CollectError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => self.open_first()?,
        };
        Ok(self.open.insert(open))
    }

    fn open_first(&self) -> Result<Open, CollectError> {
        let mut error = Errno::NOENT;
        for path in &self.candidates {
            match open(path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY, Mode::empty()) {
                Ok(fd) => {
                    let tells_changes = fstatfs(&fd).is_ok_and(|about| about.f_type == PROC_SUPER_MAGIC);
                    return Ok(Open { fd, path: path.clone(), tells_changes });
                }
                Err(failed) => error = failed,
            }
        }
        let path = self.candidates.last().map_or_else(String::new, |path| path.display().to_string());
        Err(CollectError::unavailable(path, io::Error::from(error)))
    }
}

fn is_absent(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

impl Buffer {
    /// Reads the whole file; returns its length.
    fn fill(&mut self, fd: &OwnedFd) -> io::Result<usize> {
        let mut length = 0;
        loop {
            if length == self.0.len() {
                self.grow()?;
            }
            let room = self.0.get_mut(length..).unwrap_or_default();
            match pread(fd, room, length as u64) {
                Ok(0) => return Ok(length),
                Ok(read) => length += read,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// All of the memory, 32 KiB at least, for an answer that comes in parts.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        if self.0.len() < ANSWER_SIZE {
            self.0.resize(ANSWER_SIZE, 0);
        }
        &mut self.0
    }

    fn grow(&mut self) -> io::Result<()> {
        let size = (self.0.len() * 2).max(FIRST_SIZE);
        if size > MAX_SIZE {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "more than 64 MiB of text"));
        }
        self.0.resize(size, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_present_text_of_any_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stat");
        let mut buffer = Buffer::default();
        let mut file = ProcFile::new(folder.path(), &["absent", "stat"]);
        for length in [0, 1, FIRST_SIZE, 5 * FIRST_SIZE + 1, 3] {
            std::fs::write(&path, vec![b'7'; length]).unwrap();
            assert_eq!(file.read(&mut buffer).unwrap().len(), length);
        }
    }

    #[test]
    fn a_missing_file_is_named_and_found_once_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut buffer = Buffer::default();
        let mut file = ProcFile::new(folder.path(), &["stat"]);
        let error = file.read(&mut buffer).unwrap_err();
        assert_eq!(error.to_string(), format!("{}/stat is not available", folder.path().display()));
        std::fs::write(folder.path().join("stat"), "cpu").unwrap();
        assert_eq!(file.read(&mut buffer).unwrap(), b"cpu");
    }

    #[test]
    fn an_optional_file_is_looked_for_now_and_then() {
        let folder = tempfile::tempdir().unwrap();
        let mut buffer = Buffer::default();
        let mut file = ProcFile::new(folder.path(), &["snmp6"]);
        assert!(file.read_if_there(&mut buffer).unwrap().is_none());
        std::fs::write(folder.path().join("snmp6"), "x").unwrap();
        for _ in 0..CALLS_ABSENT {
            assert!(file.read_if_there(&mut buffer).unwrap().is_none());
        }
        assert_eq!(file.read_if_there(&mut buffer).unwrap(), Some(&b"x"[..]));
    }

    #[test]
    fn a_file_that_is_not_of_the_kernel_may_always_have_changed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mountinfo"), "").unwrap();
        let mut file = ProcFile::new(folder.path(), &["mountinfo"]);
        assert!(file.may_have_changed());
        file.read(&mut Buffer::default()).unwrap();
        assert!(file.may_have_changed());
    }
}
