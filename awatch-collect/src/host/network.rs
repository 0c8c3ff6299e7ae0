//! Traffic of network interfaces, from `/proc/net/dev`.

use awatch_core::CollectError;

use super::groups::Source;
use super::listing::Listing;
use super::output::{COUNTER, Output, Slot};
use super::proc_file::{Buffer, ProcFile};
use super::scan::{Fields, ParseError, lines};
use super::{Filter, Group, HostConfig, Metric};

const INTERFACE: &str = "network.interface.name";
const DIRECTION: &str = "network.io.direction";

const fn counter(name: &'static str, unit: &'static str, meaning: &'static str) -> Metric {
    Metric { name, unit, kind: COUNTER, labels: &[INTERFACE, DIRECTION], group: Group::Network, meaning }
}

/// In the order of the columns of `/proc/net/dev`.
pub(super) const METRICS: &[Metric] = &[
    counter("system.network.io", "By", "Bytes received and transmitted."),
    counter("system.network.packet.count", "{packet}", "Packets received and transmitted."),
    counter("system.network.errors", "{error}", "Packets that were damaged or could not be sent."),
    counter(
        "system.network.packet.dropped",
        "{packet}",
        "Packets that were discarded although they were sound.",
    ),
];
const COLUMNS: [&str; 4] = ["bytes", "packets", "errs", "drop"];
const RECEIVE_COLUMNS_LEFT: usize = 4;

/// One line of `/proc/net/dev`, in the order of [`METRICS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InterfaceStat<'a> {
    name: &'a [u8],
    received: [u64; 4],
    transmitted: [u64; 4],
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
    let received = four(&mut fields)?;
    for _ in 0..RECEIVE_COLUMNS_LEFT {
        fields.number("received")?;
    }
    Ok(InterfaceStat { name, received, transmitted: four(&mut fields)? })
}

fn four(fields: &mut Fields<'_>) -> Result<[u64; 4], ParseError> {
    let mut numbers = [0; 4];
    for (number, column) in numbers.iter_mut().zip(COLUMNS) {
        *number = fields.number(column)?;
    }
    Ok(numbers)
}

#[derive(Debug)]
struct Interface {
    name: String,
    received: [Slot; 4],
    transmitted: [Slot; 4],
}

impl Interface {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), received: Default::default(), transmitted: Default::default() }
    }

    fn push(&mut self, stat: &InterfaceStat<'_>, out: &mut Output<'_>) {
        let directions = [
            ("receive", &mut self.received, stat.received),
            ("transmit", &mut self.transmitted, stat.transmitted),
        ];
        for (direction, slots, numbers) in directions {
            let labels = [(INTERFACE, self.name.as_str()), (DIRECTION, direction)];
            for ((slot, metric), number) in slots.iter_mut().zip(METRICS).zip(numbers) {
                out.push(slot, metric, &labels, number as f64);
            }
        }
    }
}

/// Collects the traffic of interfaces.
#[derive(Debug)]
pub(super) struct Network {
    file: ProcFile,
    filter: Filter,
    known: Listing<Interface>,
}

impl Network {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self {
            file: ProcFile::of_process(&config.proc_root, "net/dev", "net/dev"),
            filter: config.interfaces.clone(),
            known: Listing::default(),
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
                    let make = |name: &str| self.filter.matches(name).then(|| Interface::new(name));
                    if let Some(interface) = self.known.next(stat.name, make) {
                        interface.push(&stat, out);
                    }
                }
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        self.known.end();
        first_error.map_or(Ok(()), |error| Err(self.file.malformed(error)))
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
            received: [40_878_373, 2737, 1, 2],
            transmitted: [280_333, 2102, 3, 4],
        };
        assert_eq!(stats, [Ok(eth0)]);
    }

    #[test]
    fn odd_names_and_missing_blanks_are_understood() {
        let text = b"eth0:1:18446744073709551615 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n";
        let stat = parse_net_dev(text).next().unwrap().unwrap();
        assert_eq!(stat.name, b"eth0:1");
        assert_eq!(stat.received, [u64::MAX, 1, 1, 1]);
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
