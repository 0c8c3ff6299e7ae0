//! The folder `/proc`, with a folder for each process.

use std::ffi::CStr;
use std::fmt::Write as _;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use awatch_core::CollectError;
use rustix::fs::{AtFlags, Mode, OFlags, RawDir, SeekFrom, open, openat, seek, statat};
use rustix::io::{Errno, read};

const LISTING_BYTES: usize = 32 * 1024;
/// More than any of the files read here has.
const FILE_BYTES: usize = 4096;

/// The folder, kept open.
#[derive(Debug)]
pub(crate) struct ProcDir {
    path: PathBuf,
    fd: Option<OwnedFd>,
    listing: Vec<MaybeUninit<u8>>,
    text: Vec<u8>,
    name: String,
}

impl ProcDir {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            fd: None,
            listing: Vec::new(),
            text: vec![0; FILE_BYTES],
            name: String::new(),
        }
    }

    /// Puts the numbers of all processes into `pids`, smallest first.
    ///
    /// # Errors
    /// [`CollectError::Unavailable`] when the folder cannot be listed.
    pub(crate) fn list(&mut self, pids: &mut Vec<u32>) -> Result<(), CollectError> {
        pids.clear();
        self.try_list(pids).map_err(|error| {
            self.fd = None;
            CollectError::unavailable(self.path.display().to_string(), io::Error::from(error))
        })?;
        // The kernel lists them in order; other file systems do not.
        pids.sort_unstable();
        Ok(())
    }

    fn try_list(&mut self, pids: &mut Vec<u32>) -> Result<(), Errno> {
        let fd = match self.fd.take() {
            Some(fd) => {
                seek(&fd, SeekFrom::Start(0))?;
                fd
            }
            None => open(&self.path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?,
        };
        self.listing.resize(LISTING_BYTES, MaybeUninit::uninit());
        let mut entries = RawDir::new(&fd, &mut self.listing);
        while let Some(entry) = entries.next() {
            pids.extend(number(entry?.file_name()));
        }
        self.fd = Some(fd);
        Ok(())
    }

    /// The text of a file of a process; what is beyond 4096 bytes is left out.
    ///
    /// # Errors
    /// The error of the system: mostly that the process is gone, or not to be looked at.
    pub(crate) fn read(&mut self, pid: u32, file: &str) -> Result<&[u8], Errno> {
        let folder = self.fd.as_ref().ok_or(Errno::NOENT)?;
        self.name.clear();
        let _ = write!(self.name, "{pid}/{file}");
        let fd = openat(folder, self.name.as_str(), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let length = read(&fd, &mut self.text[..])?;
        Ok(self.text.get(..length).unwrap_or_default())
    }

    /// The number of the user whose process it is.
    ///
    /// # Errors
    /// The error of the system, mostly that the process is gone.
    pub(crate) fn owner(&mut self, pid: u32) -> Result<u32, Errno> {
        let folder = self.fd.as_ref().ok_or(Errno::NOENT)?;
        self.name.clear();
        let _ = write!(self.name, "{pid}");
        Ok(statat(folder, self.name.as_str(), AtFlags::empty())?.st_uid)
    }
}

fn number(name: &CStr) -> Option<u32> {
    let digits = name.to_bytes();
    let all_digits = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits).ok().filter(|_| all_digits)?.parse().ok()
}
