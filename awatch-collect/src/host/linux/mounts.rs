//! Which mounted file systems to report, from `/proc/self/mountinfo`.

use std::collections::{BTreeMap, HashSet};

use crate::host::{Filter, HostConfig};
use crate::listing::text;
use crate::procfs::{Fields, ParseError, lines};

/// One line of `/proc/self/mountinfo`; names with the kernel's escapes in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MountInfo<'a> {
    /// The device number, `8:1`.
    number: &'a [u8],
    point: &'a [u8],
    kind: &'a [u8],
    source: &'a [u8],
}

/// Reads `/proc/self/mountinfo` line by line.
pub(super) fn parse_mountinfo(
    table: &[u8],
) -> impl DoubleEndedIterator<Item = Result<MountInfo<'_>, ParseError>> {
    let lines: Vec<_> = lines(table).collect();
    lines.into_iter().map(|(line, text)| parse_mount(Fields::of(line, text)))
}

fn parse_mount(mut fields: Fields<'_>) -> Result<MountInfo<'_>, ParseError> {
    fields.field("mount id")?;
    fields.field("parent id")?;
    let number = fields.field("device number")?;
    fields.field("root")?;
    let point = fields.field("mount point")?;
    fields.field("options")?;
    while fields.field("separator")? != b"-" {}
    Ok(MountInfo { number, point, kind: fields.field("type")?, source: fields.field("source")? })
}

/// Turns the kernel's `\040` for a blank, and the like, back into what they stand for.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, after)) = rest.split_first() {
        if let (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) = (byte, after) {
            plain.push(((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0'));
            rest = after;
        } else {
            plain.push(byte);
            rest = after;
        }
    }
    plain
}

/// A file system to report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) device: String,
    pub(super) point: Vec<u8>,
}

impl Chosen {
    /// How many folders deep it lies.
    pub(super) fn depth(&self) -> usize {
        self.point.split(|byte| *byte == b'/').filter(|name| !name.is_empty()).count()
    }
}

/// Which mounts are wanted.
#[derive(Debug)]
pub(super) struct Choice {
    points: Filter,
    kinds: Filter,
}

impl Choice {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self { points: config.mounts.clone(), kinds: config.file_system_types.clone() }
    }

    /// The mounts to report, one per device, in the order of their mount points, and the first line that could not be
    /// understood.
    ///
    /// A mount hidden by a later one at the same point is not seen. Of several mounts of one device (bind mounts,
    /// subvolumes) the one with the shortest path stays; `is_folder` tells whether a path is one, since single files
    /// are bind-mounted into containers.
    pub(super) fn choose(
        &self,
        table: &[u8],
        is_folder: impl Fn(&[u8]) -> bool,
    ) -> (Vec<Chosen>, Option<ParseError>) {
        let mut error = None;
        let mut seen = HashSet::new();
        let mut by_device = BTreeMap::<Vec<u8>, Chosen>::new();
        for mount in parse_mountinfo(table).rev() {
            let mount = match mount {
                Ok(mount) => mount,
                Err(failed) => {
                    error = Some(failed);
                    continue;
                }
            };
            if !seen.insert(mount.point) || !self.wants(&mount) {
                continue;
            }
            let chosen = Chosen { device: text(&unescape(mount.source)), point: unescape(mount.point) };
            let device = if mount.source.starts_with(b"/") { mount.source } else { mount.number };
            let shorter = by_device.get(device).is_none_or(|other| chosen.point.len() <= other.point.len());
            if shorter && is_folder(&chosen.point) {
                by_device.insert(device.to_owned(), chosen);
            }
        }
        let mut chosen: Vec<_> = by_device.into_values().collect();
        chosen.sort_by(|a, b| a.point.cmp(&b.point));
        (chosen, error)
    }

    fn wants(&self, mount: &MountInfo<'_>) -> bool {
        let of_a_container = mount.kind == b"overlay" && mount.point != b"/";
        !of_a_container
            && self.kinds.matches(&text(mount.kind))
            && self.points.matches(&text(&unescape(mount.point)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(table: &str) -> Vec<(String, String)> {
        let (chosen, error) =
            Choice::new(&HostConfig::default()).choose(table.as_bytes(), |point| point != b"/etc/hosts");
        assert_eq!(error, None);
        chosen.into_iter().map(|chosen| (chosen.device, String::from_utf8(chosen.point).unwrap())).collect()
    }

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
        pairs.map(|(device, point)| (device.to_owned(), point.to_owned())).to_vec()
    }

    #[test]
    fn pseudo_file_systems_and_duplicates_are_left_out() {
        let table = "22 27 0:21 / /proc rw,relatime - proc proc rw\n\
            25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684092k\n\
            27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard\n\
            28 27 254:0 /srv /srv/bind rw - ext4 /dev/vda rw\n\
            29 27 0:40 /home /home rw - btrfs /dev/sdb rw,subvol=/home\n\
            30 27 0:41 /pool /mnt/pool rw - btrfs /dev/sdb rw,subvol=/pool\n\
            31 27 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro\n\
            32 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n\
            33 27 0:50 / /mnt/nfs rw - nfs4 server:/x rw\n\
            34 27 0:51 / /data rw - zfs tank/data rw\n\
            35 27 0:52 / /var/lib/thing/merged rw - overlay overlay rw\n";
        let expected = [("/dev/vda", "/"), ("tank/data", "/data"), ("/dev/sdb", "/home")];
        assert_eq!(choose(table), pairs(expected));
    }

    #[test]
    fn in_a_container_the_root_is_an_overlay_and_files_are_no_file_systems() {
        let table = "1 0 0:60 / / rw - overlay overlay rw,lowerdir=/a\n\
            2 1 254:0 /c/hosts /etc/hosts rw - ext4 /dev/vda rw\n\
            3 1 254:0 /volumes/x /var/data/volume rw - ext4 /dev/vda rw\n";
        assert_eq!(choose(table), pairs([("overlay", "/"), ("/dev/vda", "/var/data/volume")]));
    }

    #[test]
    fn a_hidden_mount_is_not_seen() {
        let table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n\
            2 1 8:2 / /data rw - ext4 /dev/sda2 rw\n\
            3 2 0:9 / /data rw - tmpfs tmpfs rw\n";
        assert_eq!(choose(table), pairs([("/dev/sda1", "/")]));
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape(b"/a\\040b\\134\\011c"), b"/a b\\\tc");
        assert_eq!(unescape(b"\\9\\04"), b"\\9\\04");
        assert_eq!(
            choose("1 0 8:1 / /my\\040disk rw - ext4 /dev/sda1 rw\n"),
            pairs([("/dev/sda1", "/my disk")])
        );
    }

    #[test]
    fn a_line_cut_short_is_named_and_the_others_stay() {
        let table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /data rw shared:1\n";
        let (chosen, error) = Choice::new(&HostConfig::default()).choose(table.as_bytes(), |_| true);
        assert_eq!(chosen.len(), 1);
        assert_eq!(error.unwrap().to_string(), "line 2: `separator` is missing");
    }
}
