//! Disk input and output, from `/proc/diskstats`.

use awatch_core::CollectError;

use super::Source;
use crate::host::bound::Bound;
use crate::host::metrics::disk::{
    DEVICE, DIRECTION, IO, IO_TIME, LEFT_OUT, MERGED, OPERATION_TIME, OPERATIONS, PENDING, WEIGHTED_IO_TIME,
};
use crate::host::{Filter, HostConfig};
use crate::listing::Listing;
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, Fields, ParseError, ProcFile, lines};

/// What the kernel calls a sector here, whatever the disk's own are.
const SECTOR_BYTES: f64 = 512.0;
const DIRECTIONS: [&str; 4] = ["read", "write", "discard", "flush"];

/// What was done in one direction; `None`: the kernel does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Done {
    operations: Option<u64>,
    merged: Option<u64>,
    sectors: Option<u64>,
    millis: Option<u64>,
}

/// One line of `/proc/diskstats`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DiskStat<'a> {
    name: &'a [u8],
    /// In the order of [`DIRECTIONS`].
    done: [Done; 4],
    in_flight: u64,
    busy_millis: u64,
    weighted_millis: u64,
}

/// Reads `/proc/diskstats` line by line.
pub(super) fn parse_diskstats(table: &[u8]) -> impl Iterator<Item = Result<DiskStat<'_>, ParseError>> {
    lines(table).map(|(line, text)| parse_disk(Fields::of(line, text)))
}

fn parse_disk(mut fields: Fields<'_>) -> Result<DiskStat<'_>, ParseError> {
    fields.number("major")?;
    fields.number("minor")?;
    let name = fields.field("name")?;
    let mut direction = |merged| -> Result<Done, ParseError> {
        Ok(Done {
            operations: Some(fields.number("operations")?),
            merged: Some(fields.number(merged)?),
            sectors: Some(fields.number("sectors")?),
            millis: Some(fields.number("milliseconds")?),
        })
    };
    let (read, write) = (direction("reads merged")?, direction("writes merged")?);
    let in_flight = fields.number("in flight")?;
    let busy_millis = fields.number("busy milliseconds")?;
    let weighted_millis = fields.number("weighted milliseconds")?;
    let discard = Done {
        operations: fields.optional_number("discards")?,
        merged: fields.optional_number("discards merged")?,
        sectors: fields.optional_number("sectors discarded")?,
        millis: fields.optional_number("discard milliseconds")?,
    };
    let flush = Done {
        operations: fields.optional_number("flushes")?,
        millis: fields.optional_number("flush milliseconds")?,
        ..Done::default()
    };
    Ok(DiskStat { name, done: [read, write, discard, flush], in_flight, busy_millis, weighted_millis })
}

/// Whether `name` is a partition of the disk `whole`: `sda1` of `sda`, `nvme0n1p2` of `nvme0n1`.
fn is_partition(name: &[u8], whole: &[u8]) -> bool {
    let Some(rest) = name.strip_prefix(whole) else { return false };
    let number =
        if whole.last().is_some_and(u8::is_ascii_digit) { rest.strip_prefix(b"p") } else { Some(rest) };
    number.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

#[derive(Debug)]
struct Disk {
    name: String,
    directions: [Direction; 4],
    io_time: Slot,
    weighted_io_time: Slot,
    pending: Slot,
}

#[derive(Debug, Default)]
struct Direction {
    io: Slot,
    operations: Slot,
    operation_time: Slot,
    merged: Slot,
}

impl Disk {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            directions: Default::default(),
            io_time: Slot::default(),
            weighted_io_time: Slot::default(),
            pending: Slot::default(),
        }
    }

    fn push(&mut self, stat: &DiskStat<'_>, out: &mut Output<'_>) {
        let device = (DEVICE, self.name.as_str());
        for ((slots, direction), done) in self.directions.iter_mut().zip(DIRECTIONS).zip(stat.done) {
            let numbers = [
                (&mut slots.io, &IO, done.sectors, SECTOR_BYTES),
                (&mut slots.operations, &OPERATIONS, done.operations, 1.0),
                (&mut slots.operation_time, &OPERATION_TIME, done.millis, 1e-3),
                (&mut slots.merged, &MERGED, done.merged, 1.0),
            ];
            for (slot, metric, number, scale) in numbers {
                if let Some(number) = number {
                    out.push(slot, metric, &[device, (DIRECTION, direction)], number as f64 * scale);
                }
            }
        }
        out.push(&mut self.io_time, &IO_TIME, &[device], stat.busy_millis as f64 * 1e-3);
        let weighted = stat.weighted_millis as f64 * 1e-3;
        out.push(&mut self.weighted_io_time, &WEIGHTED_IO_TIME, &[device], weighted);
        out.push(&mut self.pending, &PENDING, &[device], stat.in_flight as f64);
    }
}

/// Collects the activity of disks.
#[derive(Debug)]
pub(super) struct Disks {
    file: ProcFile,
    filter: Filter,
    partitions: bool,
    known: Listing<Disk>,
    bound: Bound,
}

impl Disks {
    pub(super) fn new(config: &HostConfig) -> Self {
        let remedy = "raise `max_devices`, or narrow `devices`";
        Self {
            file: ProcFile::new(&config.proc_root, &["diskstats"]),
            filter: config.devices.clone(),
            partitions: config.partitions,
            known: Listing::new(config.max_devices),
            bound: Bound::new("disks", config.max_devices, remedy, &LEFT_OUT),
        }
    }
}

impl Source for Disks {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let table = self.file.read(buffer)?;
        let mut first_error = None;
        let mut whole: &[u8] = b"";
        self.known.begin();
        for stat in parse_diskstats(table) {
            let stat = match stat {
                Ok(stat) => stat,
                Err(error) => {
                    first_error.get_or_insert(error);
                    continue;
                }
            };
            let partition = !whole.is_empty() && is_partition(stat.name, whole);
            if !partition {
                whole = stat.name;
            }
            let wanted = |name: &str| (!partition || self.partitions) && self.filter.matches(name);
            if let Some(disk) = self.known.next(stat.name, |name| wanted(name).then(|| Disk::new(name))) {
                disk.push(&stat, out);
            }
        }
        let surplus = self.bound.left_out(self.known.end(), out);
        first_error.map_or(surplus, |error| Err(self.file.malformed(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_real_machine() {
        let text = b" 254       0 vda 14613 5461 5250066 20458 2411 14915 1665024 2568 0 4280 23301 3916 15 135912 269 138 5\n";
        let stats: Vec<_> = parse_diskstats(text).collect();
        let done = |[operations, merged, sectors, millis]: [u64; 4]| Done {
            operations: Some(operations),
            merged: Some(merged),
            sectors: Some(sectors),
            millis: Some(millis),
        };
        let flush = Done { operations: Some(138), millis: Some(5), ..Done::default() };
        let vda = DiskStat {
            name: b"vda",
            done: [
                done([14613, 5461, 5_250_066, 20458]),
                done([2411, 14915, 1_665_024, 2568]),
                done([3916, 15, 135_912, 269]),
                flush,
            ],
            in_flight: 0,
            busy_millis: 4280,
            weighted_millis: 23301,
        };
        assert_eq!(stats, [Ok(vda)]);
    }

    #[test]
    fn old_kernels_have_fewer_fields_and_a_short_line_is_named() {
        let text = b"8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n8 1 sda1 1 2 3 4\n8 16 sdb 1 2 3 4 5 6 7 8 9 x 11\n";
        let stats: Vec<_> = parse_diskstats(text).map(|stat| stat.map(|stat| stat.busy_millis)).collect();
        let messages: Vec<_> = stats.iter().map(|stat| stat.as_ref().map_err(ToString::to_string)).collect();
        let missing = "line 2: `operations` is missing".to_owned();
        let malformed = "line 3: `busy milliseconds` is `x`, not a number".to_owned();
        assert_eq!(messages, [Ok(&10), Err(missing), Err(malformed)]);
    }

    #[test]
    fn a_partition_is_told_from_another_disk() {
        for (name, whole, partition) in [
            ("sda1", "sda", true),
            ("sdaa", "sda", false),
            ("sda", "sda", false),
            ("nvme0n1p2", "nvme0n1", true),
            ("nvme0n10", "nvme0n1", false),
            ("mmcblk0p1", "mmcblk0", true),
            ("mmcblk0boot0", "mmcblk0", false),
            ("dm-10", "dm-1", false),
            ("xvda1", "sda", false),
        ] {
            assert_eq!(is_partition(name.as_bytes(), whole.as_bytes()), partition, "{name} of {whole}");
        }
    }
}
