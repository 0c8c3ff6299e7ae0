//! Space of mounted file systems, from `statvfs`.

use std::ffi::{CString, OsStr};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use awatch_core::CollectError;
use rustix::fs::{StatVfs, StatVfsMountFlags, statvfs};

use super::Source;
use super::mounts::{Choice, Chosen};
use crate::host::HostConfig;
use crate::host::bound::Bound;
use crate::host::metrics::filesystem::{
    DEVICE, INODE_UTILIZATION, INODES, LEFT_OUT, MOUNT_POINT, READ_ONLY, STATE, USAGE, UTILIZATION,
};
use crate::listing::text;
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, ParseError, ProcFile};

/// Bytes of a file system.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Space {
    used: f64,
    free: f64,
    reserved: f64,
}

impl Space {
    /// `None` for a file system without space of its own.
    fn of(stat: &StatVfs) -> Option<Self> {
        let bytes = |blocks: u64| blocks as f64 * stat.f_frsize as f64;
        (stat.f_blocks > 0 && stat.f_frsize > 0).then(|| Self {
            used: bytes(stat.f_blocks.saturating_sub(stat.f_bfree)),
            free: bytes(stat.f_bavail.min(stat.f_bfree)),
            reserved: bytes(stat.f_bfree.saturating_sub(stat.f_bavail)),
        })
    }

    fn utilization(&self) -> Option<f64> {
        let open = self.used + self.free;
        (open > 0.0).then(|| self.used / open)
    }
}

#[derive(Debug)]
struct FileSystem {
    chosen: Chosen,
    point: String,
    path: CString,
    states: [Slot; 3],
    utilization: Slot,
    inodes: [Slot; 2],
    inode_utilization: Slot,
    read_only: Slot,
}

impl FileSystem {
    fn new(chosen: Chosen, root: &Path) -> Option<Self> {
        let path = CString::new(below(root, &chosen.point).into_os_string().into_vec()).ok()?;
        let point = text(&chosen.point);
        Some(Self {
            chosen,
            point,
            path,
            states: Default::default(),
            utilization: Slot::default(),
            inodes: Default::default(),
            inode_utilization: Slot::default(),
            read_only: Slot::default(),
        })
    }

    fn push(&mut self, stat: &StatVfs, out: &mut Output<'_>) {
        let Some(space) = Space::of(stat) else { return };
        let (device, point) = ((DEVICE, self.chosen.device.as_str()), (MOUNT_POINT, self.point.as_str()));
        let states = [("used", space.used), ("free", space.free), ("reserved", space.reserved)];
        for (slot, (state, bytes)) in self.states.iter_mut().zip(states) {
            out.push(slot, &USAGE, &[device, point, (STATE, state)], bytes);
        }
        if let Some(utilization) = space.utilization() {
            out.push(&mut self.utilization, &UTILIZATION, &[device, point], utilization);
        }
        if stat.f_files > 0 {
            let used = stat.f_files.saturating_sub(stat.f_ffree) as f64;
            let states = [("used", used), ("free", stat.f_ffree.min(stat.f_files) as f64)];
            for (slot, (state, inodes)) in self.inodes.iter_mut().zip(states) {
                out.push(slot, &INODES, &[device, point, (STATE, state)], inodes);
            }
            let utilization = used / stat.f_files as f64;
            out.push(&mut self.inode_utilization, &INODE_UTILIZATION, &[device, point], utilization);
        }
        let read_only = f64::from(u8::from(stat.f_flag.contains(StatVfsMountFlags::RDONLY)));
        out.push(&mut self.read_only, &READ_ONLY, &[device, point], read_only);
    }
}

/// The path of a mount point when the root of the file systems is at `root`.
fn below(root: &Path, point: &[u8]) -> PathBuf {
    let point = Path::new(OsStr::from_bytes(point));
    root.join(point.strip_prefix("/").unwrap_or(point))
}

/// Collects the space of file systems. The list of mounts is read again when the kernel says that it changed.
#[derive(Debug)]
pub(super) struct FileSystems {
    file: ProcFile,
    root: PathBuf,
    choice: Choice,
    known: Vec<FileSystem>,
    bound: Bound,
    left_out: usize,
    malformed: Option<ParseError>,
}

impl FileSystems {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self {
            file: ProcFile::of_process(&config.proc_root, "self/mountinfo", "mountinfo"),
            root: config.file_system_root.clone(),
            choice: Choice::new(config),
            known: Vec::new(),
            bound: Bound::new(
                "file systems",
                config.max_mounts,
                "raise `max_mounts`, or narrow `mounts`",
                &LEFT_OUT,
            ),
            left_out: 0,
            malformed: None,
        }
    }

    fn list(&mut self, buffer: &mut Buffer) -> Result<(), CollectError> {
        let is_folder = |point: &[u8]| below(&self.root, point).is_dir();
        let (mut chosen, malformed) = self.choice.choose(self.file.read(buffer)?, is_folder);
        self.left_out = chosen.len().saturating_sub(self.bound.max());
        if self.left_out > 0 {
            chosen.sort_by(|a, b| (a.depth(), &a.point).cmp(&(b.depth(), &b.point)));
            chosen.truncate(self.bound.max());
        }
        let mut before = std::mem::take(&mut self.known);
        self.known = chosen
            .into_iter()
            .filter_map(|chosen| match before.iter().position(|known| known.chosen == chosen) {
                Some(at) => Some(before.swap_remove(at)),
                None => FileSystem::new(chosen, &self.root),
            })
            .collect();
        self.malformed = malformed;
        Ok(())
    }
}

impl Source for FileSystems {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        if self.file.may_have_changed() {
            self.list(buffer)?;
        }
        let mut first_error = None;
        for file_system in &mut self.known {
            match statvfs(&file_system.path) {
                Ok(stat) => file_system.push(&stat, out),
                Err(error) => {
                    let error = CollectError::unavailable(&file_system.point, io::Error::from(error));
                    first_error.get_or_insert(error);
                }
            }
        }
        let malformed = self.malformed.clone().map(|error| self.file.malformed(error));
        let surplus = self.bound.left_out(self.left_out, out);
        first_error.or(malformed).map_or(surplus, Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat() -> StatVfs {
        statvfs("/").unwrap()
    }

    #[test]
    fn reserved_space_is_neither_used_nor_free() {
        let stat = StatVfs { f_frsize: 4096, f_blocks: 100, f_bfree: 40, f_bavail: 30, ..stat() };
        let space = Space::of(&stat).unwrap();
        assert_eq!(space, Space { used: 60.0 * 4096.0, free: 30.0 * 4096.0, reserved: 10.0 * 4096.0 });
        assert_eq!(space.utilization().map(|share| (share * 9.0).round()), Some(6.0));
    }

    #[test]
    fn odd_answers_give_no_numbers_below_zero() {
        assert_eq!(Space::of(&StatVfs { f_blocks: 0, ..stat() }), None);
        let stat = StatVfs { f_frsize: 1, f_blocks: 10, f_bfree: 20, f_bavail: u64::MAX, ..stat() };
        assert_eq!(Space::of(&stat), Some(Space { used: 0.0, free: 20.0, reserved: 0.0 }));
        let full = StatVfs { f_frsize: 1, f_blocks: 10, f_bfree: 10, f_bavail: 0, ..stat };
        assert_eq!(Space::of(&full).unwrap().utilization(), None);
    }

    #[test]
    fn mount_points_are_looked_for_below_the_root() {
        assert_eq!(below(Path::new("/"), b"/"), Path::new("/"));
        assert_eq!(below(Path::new("/"), b"/data"), Path::new("/data"));
        assert_eq!(below(Path::new("/host"), b"/data/x"), Path::new("/host/data/x"));
        assert_eq!(below(Path::new("/host"), b"/"), Path::new("/host/"));
    }
}
