//! Tables of many named numbers, of which some become series: `/proc/vmstat`, `/proc/net/snmp` and their like.

use std::borrow::Cow;
use std::ops::Range;

use crate::Metric;
use crate::output::{Output, Slot};

use super::scan::{Fields, ParseError, lines};

/// One number of a table, as the kernel writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    line: usize,
    section: &'a [u8],
    name: &'a [u8],
    /// The rest of the line from the number on.
    text: &'a [u8],
}

/// A number that becomes a series, or a part of one: all entries of one series are summed. Entries of one number stand
/// next to each other.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    section: &'static str,
    name: &'static str,
    metric: &'static Metric,
    labels: &'static [(&'static str, &'static str)],
    scale: f64,
}

impl Entry {
    /// The number `name` of a table without sections.
    pub(crate) const fn plain(
        name: &'static str,
        metric: &'static Metric,
        labels: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self::of("", name, metric, labels)
    }

    /// The number `name` in `section`.
    pub(crate) const fn of(
        section: &'static str,
        name: &'static str,
        metric: &'static Metric,
        labels: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { section, name, metric, labels, scale: 1.0 }
    }

    /// One of the number is so many of the metric's unit.
    pub(crate) const fn times(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    fn is(&self, number: &Number<'_>) -> bool {
        self.name.as_bytes() == number.name && self.section.as_bytes() == number.section
    }

    fn same_series(&self, other: &Self) -> bool {
        self.metric == other.metric && self.labels == other.labels
    }
}

/// The series that are made of a table.
///
/// Which number stands where is remembered, so that a table with the same names costs one comparison per number.
#[derive(Debug)]
pub(crate) struct Named {
    entries: Cow<'static, [Entry]>,
    /// For each entry the place of its series in `series`.
    places: Vec<usize>,
    series: Vec<Series>,
    seen: Vec<Seen>,
}

#[derive(Debug)]
struct Series {
    /// The first of its entries.
    entry: usize,
    slot: Slot,
    value: Option<f64>,
}

/// What stood at one place of the table at the tick before.
#[derive(Debug)]
struct Seen {
    section: Box<[u8]>,
    name: Box<[u8]>,
    /// Its entries.
    entries: Range<usize>,
}

impl Named {
    pub(crate) fn new(entries: impl Into<Cow<'static, [Entry]>>) -> Self {
        let entries = entries.into();
        let mut series: Vec<Series> = Vec::new();
        let mut places = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let same =
                |known: &Series| entries.get(known.entry).is_some_and(|other| other.same_series(entry));
            let known = series.iter().position(same);
            places.push(known.unwrap_or(series.len()));
            if known.is_none() {
                series.push(Series { entry: index, slot: Slot::default(), value: None });
            }
        }
        Self { entries, places, series, seen: Vec::new() }
    }

    /// Adds the series of a table to `out`: of a number that cannot be understood none, and the first such is the error.
    pub(crate) fn collect<'a>(
        &mut self,
        table: impl Iterator<Item = Number<'a>>,
        out: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let mut first_error = None;
        for (place, number) in table.enumerate() {
            for index in self.entries_at(place, &number) {
                if let Err(error) = self.add(index, &number) {
                    first_error.get_or_insert(error);
                }
            }
        }
        for series in &mut self.series {
            if let Some((value, entry)) = series.value.take().zip(self.entries.get(series.entry)) {
                out.push(&mut series.slot, entry.metric, entry.labels, value.max(0.0));
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    fn entries_at(&mut self, place: usize, number: &Number<'_>) -> Range<usize> {
        if let Some(seen) = self.seen.get(place)
            && *seen.name == *number.name
            && *seen.section == *number.section
        {
            return seen.entries.clone();
        }
        let first = self.entries.iter().position(|entry| entry.is(number)).unwrap_or(self.entries.len());
        let count = self.entries.iter().skip(first).take_while(|entry| entry.is(number)).count();
        let entries = first..first + count;
        self.seen.truncate(place);
        let seen =
            Seen { section: number.section.into(), name: number.name.into(), entries: entries.clone() };
        self.seen.push(seen);
        entries
    }

    fn add(&mut self, index: usize, number: &Number<'_>) -> Result<(), ParseError> {
        let (Some(entry), Some(place)) = (self.entries.get(index), self.places.get(index)) else {
            return Ok(());
        };
        let value = Fields::of(number.line, number.text).number(entry.name)? as f64 * entry.scale;
        if let Some(series) = self.series.get_mut(*place) {
            series.value = Some(series.value.unwrap_or(0.0) + value);
        }
        Ok(())
    }
}

/// The numbers of a table with a name and a number in each line: `/proc/vmstat`, `/proc/meminfo`, `/proc/net/snmp6`.
pub(crate) fn listed(table: &[u8]) -> impl Iterator<Item = Number<'_>> {
    lines(table).filter_map(|(line, text)| {
        let mut fields = Fields::of(line, text);
        let name = fields.next_field()?;
        let name = name.strip_suffix(b":").unwrap_or(name);
        Some(Number { line, section: b"", name, text: fields.rest() })
    })
}

/// The numbers of a table whose lines begin with a section and go on with names and numbers in turn:
/// `/proc/net/sockstat`.
pub(crate) fn sectioned(table: &[u8]) -> impl Iterator<Item = Number<'_>> {
    lines(table).flat_map(|(line, text)| {
        let mut fields = Fields::of(line, text);
        let section = fields.next_field().map_or(&b""[..], |name| name.strip_suffix(b":").unwrap_or(name));
        std::iter::from_fn(move || {
            let name = fields.next_field()?;
            let text = fields.rest();
            fields.next_field();
            Some(Number { line, section, name, text })
        })
    })
}

/// The numbers of a table of pairs of lines, the names in one and the numbers in the next, both beginning with their
/// section: `/proc/net/snmp`, `/proc/net/netstat`.
pub(crate) fn headed(table: &[u8]) -> impl Iterator<Item = Number<'_>> {
    let mut lines = lines(table);
    std::iter::from_fn(move || lines.next().zip(lines.next())).flat_map(
        |((above, names), (line, numbers))| {
            let (mut names, mut numbers) = (Fields::of(above, names), Fields::of(line, numbers));
            let section = names.next_field().unwrap_or_default();
            let same = numbers.next_field() == Some(section);
            let section = section.strip_suffix(b":").unwrap_or(section);
            std::iter::from_fn(move || {
                let name = names.next_field().filter(|_| same)?;
                let text = numbers.rest();
                numbers.next_field();
                Some(Number { line, section, name, text })
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(numbers: impl Iterator<Item = Number<'a>>) -> Vec<String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        numbers
            .map(|number| {
                let value = Fields::of(1, number.text).next_field().map(text).unwrap_or_default();
                format!("{}/{}={value}@{}", text(number.section), text(number.name), number.line)
            })
            .collect()
    }

    #[test]
    fn each_form_of_table_is_read() {
        assert_eq!(found(listed(b"a 1\nb: 2 kB\n\nc\n")), ["/a=1@1", "/b=2@2", "/c=@4"]);
        assert_eq!(
            found(sectioned(b"TCP: inuse 1 mem 9\nUDP:\nRAW: inuse")),
            ["TCP/inuse=1@1", "TCP/mem=9@1", "RAW/inuse=@3"]
        );
        assert_eq!(
            found(headed(b"Ip: A B\nIp: 1 2\nTcp: C D\nTcp: -1\nUdp: E\nX: 1\nOdd: F\n")),
            ["Ip/A=1@2", "Ip/B=2@2", "Tcp/C=-1@4", "Tcp/D=@4"]
        );
    }
}
