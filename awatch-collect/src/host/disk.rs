//! Disk input and output, from `/proc/diskstats`.

use awatch_core::CollectError;

use super::groups::Source;
use super::listing::Listing;
use super::output::{COUNTER, Output, Slot};
use super::proc_file::{Buffer, ProcFile};
use super::scan::{Fields, ParseError, lines};
use super::{Filter, Group, HostConfig, Metric};

const DEVICE: &str = "system.device";
const DIRECTION: &str = "disk.io.direction";
/// What the kernel calls a sector here, whatever the disk's own are.
const SECTOR_BYTES: f64 = 512.0;

const fn counter(
    name: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    meaning: &'static str,
) -> Metric {
    Metric { name, unit, kind: COUNTER, labels, group: Group::Disk, meaning }
}

const IO: Metric =
    counter("system.disk.io", "By", &[DEVICE, DIRECTION], "Bytes read from and written to the disk.");
const OPERATIONS: Metric = counter(
    "system.disk.operations",
    "{operation}",
    &[DEVICE, DIRECTION],
    "Reads and writes that were completed.",
);
const OPERATION_TIME: Metric = counter(
    "system.disk.operation_time",
    "s",
    &[DEVICE, DIRECTION],
    "Time that completed reads and writes took, summed over those that ran at once; by the number of operations it is \
     their mean latency.",
);
const IO_TIME: Metric =
    counter("system.disk.io_time", "s", &[DEVICE], "Time during which at least one operation was under way.");
pub(super) const METRICS: &[Metric] = &[IO, OPERATIONS, OPERATION_TIME, IO_TIME];

/// One line of `/proc/diskstats`. Read first, written second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DiskStat<'a> {
    name: &'a [u8],
    operations: [u64; 2],
    sectors: [u64; 2],
    millis: [u64; 2],
    busy_millis: u64,
}

/// Reads `/proc/diskstats` line by line.
pub(super) fn parse_diskstats(table: &[u8]) -> impl Iterator<Item = Result<DiskStat<'_>, ParseError>> {
    lines(table).map(|(line, text)| parse_disk(Fields::of(line, text)))
}

fn parse_disk(mut fields: Fields<'_>) -> Result<DiskStat<'_>, ParseError> {
    fields.number("major")?;
    fields.number("minor")?;
    let name = fields.field("name")?;
    let mut direction = |merged| -> Result<[u64; 3], ParseError> {
        let operations = fields.number("operations")?;
        fields.number(merged)?;
        Ok([operations, fields.number("sectors")?, fields.number("milliseconds")?])
    };
    let [reads, sectors_read, read_millis] = direction("reads merged")?;
    let [writes, sectors_written, write_millis] = direction("writes merged")?;
    fields.number("in flight")?;
    Ok(DiskStat {
        name,
        operations: [reads, writes],
        sectors: [sectors_read, sectors_written],
        millis: [read_millis, write_millis],
        busy_millis: fields.number("busy milliseconds")?,
    })
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
    io: [Slot; 2],
    operations: [Slot; 2],
    operation_time: [Slot; 2],
    io_time: Slot,
}

impl Disk {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            io: Default::default(),
            operations: Default::default(),
            operation_time: Default::default(),
            io_time: Slot::default(),
        }
    }

    fn push(&mut self, stat: &DiskStat<'_>, out: &mut Output<'_>) {
        let tables = [
            (&mut self.io, &IO, stat.sectors, SECTOR_BYTES),
            (&mut self.operations, &OPERATIONS, stat.operations, 1.0),
            (&mut self.operation_time, &OPERATION_TIME, stat.millis, 1e-3),
        ];
        for (slots, metric, numbers, scale) in tables {
            for ((slot, direction), number) in slots.iter_mut().zip(["read", "write"]).zip(numbers) {
                let labels = [(DEVICE, self.name.as_str()), (DIRECTION, direction)];
                out.push(slot, metric, &labels, number as f64 * scale);
            }
        }
        out.push(&mut self.io_time, &IO_TIME, &[(DEVICE, &self.name)], stat.busy_millis as f64 * 1e-3);
    }
}

/// Collects the activity of disks.
#[derive(Debug)]
pub(super) struct Disks {
    file: ProcFile,
    filter: Filter,
    partitions: bool,
    known: Listing<Disk>,
}

impl Disks {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self {
            file: ProcFile::new(&config.proc_root, &["diskstats"]),
            filter: config.devices.clone(),
            partitions: config.partitions,
            known: Listing::default(),
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
        self.known.end();
        first_error.map_or(Ok(()), |error| Err(self.file.malformed(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_real_machine() {
        let text = b" 254       0 vda 14613 5461 5250066 20458 2411 14915 1665024 2568 0 4280 23301 3916 15 135912 269 138 5\n";
        let stats: Vec<_> = parse_diskstats(text).collect();
        let vda = DiskStat {
            name: b"vda",
            operations: [14613, 2411],
            sectors: [5_250_066, 1_665_024],
            millis: [20458, 2568],
            busy_millis: 4280,
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
