//! The names of users, from `/etc/passwd`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rustix::fs::{Stat, stat};

/// What tells that a file was changed or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    inode: u64,
    size: i64,
    modified: (i64, i64),
}

impl Version {
    fn of(stat: &Stat) -> Self {
        let nanos = i64::try_from(stat.st_mtime_nsec).unwrap_or(0);
        Self { inode: stat.st_ino, size: stat.st_size, modified: (stat.st_mtime, nanos) }
    }
}

/// The names of users by number, read again when the file changes.
#[derive(Debug)]
pub(super) struct Users {
    path: PathBuf,
    version: Option<Version>,
    names: HashMap<u32, String>,
}

impl Users {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), version: None, names: HashMap::new() }
    }

    /// Looks whether the file changed. One that cannot be read names nobody.
    pub(super) fn refresh(&mut self) {
        let version = stat(&self.path).ok().map(|stat| Version::of(&stat));
        if version.is_some() && version == self.version {
            return;
        }
        self.version = version;
        self.names = std::fs::read(&self.path).map(|text| parse_passwd(&text)).unwrap_or_default();
    }

    /// What the user of that number is called: the number, when it has no name.
    pub(super) fn name(&mut self, user: u32) -> &str {
        self.names.entry(user).or_insert_with(|| user.to_string())
    }
}

/// Reads `/etc/passwd`; of two names for one number the first counts.
pub(super) fn parse_passwd(text: &[u8]) -> HashMap<u32, String> {
    let mut names = HashMap::new();
    for line in text.split(|byte| *byte == b'\n') {
        let mut fields = line.split(|byte| *byte == b':');
        let (Some(name), Some(number)) = (fields.next(), fields.nth(1)) else { continue };
        let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        if let Some(number) = number.filter(|_| !name.is_empty()) {
            names.entry(number).or_insert_with(|| String::from_utf8_lossy(name).into_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passwd");
        let mut users = Users::new(&path);
        users.refresh();
        assert_eq!(users.name(0), "0");
        std::fs::write(&path, "root:x:0:0::/root:/bin/sh\n\n+\nada:x:1000:1000\ntwin:x:1000:1\nbad:x:y\n")
            .unwrap();
        users.refresh();
        assert_eq!(
            [users.name(0).to_owned(), users.name(1000).to_owned(), users.name(7).to_owned()],
            ["root", "ada", "7"]
        );
        std::fs::write(&path, "toor:x:0:0::/root:/bin/sh\n").unwrap();
        users.refresh();
        assert_eq!(users.name(0), "toor");
        assert_eq!(users.name(1000), "1000");
    }
}
