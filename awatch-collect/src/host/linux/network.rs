//! Traffic of network interfaces, from `/proc/net/dev`, and their links, from `/sys/class/net`.

use std::path::{Path, PathBuf};

use awatch_core::CollectError;

use super::Source;
use crate::Metric;
use crate::host::bound::Bound;
use crate::host::metrics::network::{
    CARRIER_CHANGES, CARRIER_ERRORS, COLLISIONS, DIRECTION, DROPPED, ERRORS, FRAME_ERRORS, INTERFACE, IO,
    LEFT_OUT, MULTICAST, OVERRUNS, PACKETS, UP,
};
use crate::host::{Filter, HostConfig};
use crate::listing::Listing;
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, Fields, ParseError, ProcFile, lines};

/// What is told of both directions, in the order of the columns of `/proc/net/dev`.
const BOTH: [&Metric; 5] = [&IO, &PACKETS, &ERRORS, &DROPPED, &OVERRUNS];
const BOTH_COLUMNS: [&str; 5] = ["bytes", "packets", "errs", "drop", "fifo"];
const ONE: [&Metric; 4] = [&FRAME_ERRORS, &MULTICAST, &COLLISIONS, &CARRIER_ERRORS];

/// One line of `/proc/net/dev`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InterfaceStat<'a> {
    name: &'a [u8],
    /// In the order of [`BOTH`].
    received: [u64; 5],
    transmitted: [u64; 5],
    /// In the order of [`ONE`].
    one: [u64; 4],
}

/// Reads `/proc/net/dev` line by line, passing over its two lines of headings.
pub(super) fn parse_net_dev(table: &[u8]) -> impl Iterator<Item = Result<InterfaceStat<'_>, ParseError>> {
    lines(table).skip_while(|(_, text)| text.contains(&b'|')).map(|(line, text)| parse_interface(line, text))
}

fn parse_interface(line: usize, text: &[u8]) -> Result<InterfaceStat<'_>, ParseError> {
    let colon = text.iter().rposition(|byte| *byte == b':');
    let (name, numbers) = colon.and_then(|at| text.split_at_checked(at)).unwrap_or((b"", text));
    let name = name.trim_ascii();
    let mut fields = Fields::of(line, numbers.strip_prefix(b":").unwrap_or(numbers));
    if name.is_empty() {
        return Err(fields.missing("interface"));
    }
    let received = five(&mut fields)?;
    let frame = fields.number("frame")?;
    fields.number("compressed")?;
    let multicast = fields.number("multicast")?;
    let transmitted = five(&mut fields)?;
    let one = [frame, multicast, fields.number("colls")?, fields.number("carrier")?];
    Ok(InterfaceStat { name, received, transmitted, one })
}

fn five(fields: &mut Fields<'_>) -> Result<[u64; 5], ParseError> {
    let mut numbers = [0; 5];
    for (number, column) in numbers.iter_mut().zip(BOTH_COLUMNS) {
        *number = fields.number(column)?;
    }
    Ok(numbers)
}

#[derive(Debug)]
struct Interface {
    name: String,
    received: [Slot; 5],
    transmitted: [Slot; 5],
    one: [Slot; 4],
    link: Link,
}

impl Interface {
    fn new(name: &str, folder: &Path) -> Self {
        Self {
            name: name.to_owned(),
            received: Default::default(),
            transmitted: Default::default(),
            one: Default::default(),
            link: Link::new(&folder.join(name)),
        }
    }

    fn push(&mut self, stat: &InterfaceStat<'_>, out: &mut Output<'_>) {
        let interface = (INTERFACE, self.name.as_str());
        let directions = [
            ("receive", &mut self.received, stat.received),
            ("transmit", &mut self.transmitted, stat.transmitted),
        ];
        for (direction, slots, numbers) in directions {
            for ((slot, metric), number) in slots.iter_mut().zip(BOTH).zip(numbers) {
                out.push(slot, metric, &[interface, (DIRECTION, direction)], number as f64);
            }
        }
        for ((slot, metric), number) in self.one.iter_mut().zip(ONE).zip(stat.one) {
            out.push(slot, metric, &[interface], number as f64);
        }
    }
}

/// What the kernel tells of an interface's link, in files of its own.
#[derive(Debug)]
struct Link {
    state: ProcFile,
    changes: ProcFile,
    up: Slot,
    carrier_changes: Slot,
}

impl Link {
    fn new(folder: &Path) -> Self {
        Self {
            state: ProcFile::new(folder, &["operstate"]),
            changes: ProcFile::new(folder, &["carrier_changes"]),
            up: Slot::default(),
            carrier_changes: Slot::default(),
        }
    }

    /// An interface that is just going away has no link to tell of.
    fn push(&mut self, name: &str, out: &mut Output<'_>, buffer: &mut Buffer) {
        let up = match self.state.read_if_there(buffer).ok().flatten().map(<[u8]>::trim_ascii) {
            Some(b"up") => Some(1.0),
            Some(b"unknown" | b"") | None => None,
            Some(_) => Some(0.0),
        };
        if let Some(up) = up {
            out.push(&mut self.up, &UP, &[(INTERFACE, name)], up);
        }
        let changes = self.changes.read_if_there(buffer).ok().flatten();
        if let Some(Ok(changes)) = changes.map(|text| Fields::of(1, text).number("carrier changes")) {
            out.push(&mut self.carrier_changes, &CARRIER_CHANGES, &[(INTERFACE, name)], changes as f64);
        }
    }
}

/// Collects the traffic of interfaces.
#[derive(Debug)]
pub(super) struct Network {
    file: ProcFile,
    folder: PathBuf,
    filter: Filter,
    known: Listing<Interface>,
    bound: Bound,
}

impl Network {
    pub(super) fn new(config: &HostConfig) -> Self {
        let remedy = "raise `max_interfaces`, or narrow `interfaces`";
        Self {
            file: ProcFile::of_process(&config.proc_root, "net/dev", "net/dev"),
            folder: config.sys_root.join("class/net"),
            filter: config.interfaces.clone(),
            known: Listing::new(config.max_interfaces),
            bound: Bound::new("interfaces", config.max_interfaces, remedy, &LEFT_OUT),
        }
    }
}

impl Source for Network {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let table = self.file.read(buffer)?;
        let mut first_error = None;
        self.known.begin();
        for stat in parse_net_dev(table) {
            match stat {
                Ok(stat) => {
                    let make =
                        |name: &str| self.filter.matches(name).then(|| Interface::new(name, &self.folder));
                    if let Some(interface) = self.known.next(stat.name, make) {
                        interface.push(&stat, out);
                    }
                }
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        let surplus = self.bound.left_out(self.known.end(), out);
        for interface in self.known.kept() {
            interface.link.push(&interface.name, out, buffer);
        }
        first_error.map_or(surplus, |error| Err(self.file.malformed(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: &str = "Inter-|   Receive                                                |  Transmit\n face \
        |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";

    #[test]
    fn reads_a_real_machine() {
        let text = format!(
            "{HEADINGS}  eth0: 40878373    2737    1    2    0     0          0         0   280333    2102    3    4    0     0       0          0\n"
        );
        let stats: Vec<_> = parse_net_dev(text.as_bytes()).collect();
        let eth0 = InterfaceStat {
            name: b"eth0",
            received: [40_878_373, 2737, 1, 2, 0],
            transmitted: [280_333, 2102, 3, 4, 0],
            one: [0, 0, 0, 0],
        };
        assert_eq!(stats, [Ok(eth0)]);
    }

    #[test]
    fn odd_names_and_missing_blanks_are_understood() {
        let text = b"eth0:1:18446744073709551615 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n";
        let stat = parse_net_dev(text).next().unwrap().unwrap();
        assert_eq!(stat.name, b"eth0:1");
        assert_eq!(stat.received, [u64::MAX, 1, 1, 1, 1]);
    }

    #[test]
    fn says_where_it_does_not_understand() {
        for (text, message) in [
            ("eth0 1 2 3", "line 3: `interface` is missing"),
            (": 1 2 3", "line 3: `interface` is missing"),
            ("eth0: 1 2", "line 3: `errs` is missing"),
            ("eth0: 1 2 -3", "line 3: `errs` is `-3`, not a number"),
        ] {
            let text = format!("{HEADINGS}{text}");
            let error = parse_net_dev(text.as_bytes()).next().unwrap().unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
