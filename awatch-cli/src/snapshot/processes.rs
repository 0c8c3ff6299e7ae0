//! The top processes, which collectors report as records.

use awatch::engine::Snapshot;
use awatch::{Record, Unit};

use crate::columns::{Align, aligned};

/// The most that are shown.
const MOST: usize = 15;

/// The columns: field, title, and the side on which it begins. The name gives way when there is not enough room.
const COLUMNS: [(&str, &str, Align); 7] = [
    ("name", "name", Align::Left),
    ("pid", "pid", Align::Right),
    ("user", "user", Align::Left),
    ("cpu", "cpu", Align::Right),
    ("rss", "memory", Align::Right),
    ("io.read", "read", Align::Right),
    ("io.write", "written", Align::Right),
];

/// A table of the records of the kind `process`, those that take most of the processor first; nothing when there are none.
pub(super) fn processes(snapshot: &Snapshot, room: usize) -> String {
    let records = snapshot.records.values().flatten().filter(|record| record.kind == "process");
    let mut records: Vec<&Record> = records.collect();
    records.sort_by(|a, b| {
        number(b, "cpu").total_cmp(&number(a, "cpu")).then(number(b, "rss").total_cmp(&number(a, "rss")))
    });
    records.truncate(MOST);
    if records.is_empty() {
        return String::new();
    }
    let head = COLUMNS.map(|(_, title, _)| title.to_owned()).to_vec();
    let row = |record: &&Record| COLUMNS.map(|(field, _, _)| shown(record, field)).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(records.iter().map(row)).collect();
    format!("\nprocesses\n{}", aligned(&rows, &COLUMNS.map(|(_, _, align)| align), room))
}

/// A field to sort by; what is not known is last.
fn number(record: &Record, field: &str) -> f64 {
    let found = record.fields.iter().find(|(name, _)| *name == field);
    found.and_then(|(_, text)| text.parse().ok()).unwrap_or(f64::NEG_INFINITY)
}

/// A field as people read it; `-` where it is not known.
fn shown(record: &Record, field: &str) -> String {
    let Some((_, text)) = record.fields.iter().find(|(name, _)| *name == field) else {
        return "-".to_owned();
    };
    let unit = match field {
        "cpu" => Unit::RATIO,
        "rss" => Unit::BYTES,
        "io.read" | "io.write" => Unit::BYTES.per_second(),
        _ => return text.clone(),
    };
    text.parse().map_or_else(|_| text.clone(), |number| unit.display(number))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use awatch::{Name, Timestamp};

    use super::*;

    fn record(kind: &str, fields: &[(&str, &str)]) -> Record {
        let name = |text: &str| Name::new(text).unwrap();
        let fields = fields.iter().map(|(field, text)| (name(field), (*text).to_owned())).collect();
        Record { kind: name(kind), fields }
    }

    #[test]
    fn processes_are_a_table_with_units() {
        let process = |pid, name, cpu, rss| {
            record(
                "process",
                &[("pid", pid), ("name", name), ("user", "root"), ("cpu", cpu), ("rss", rss), ("top", "cpu")],
            )
        };
        let records = vec![
            process("1234", "postgres: writer", "0.031", "2048"),
            record("other", &[("a", "b")]),
            process("7", "awatch", "0.25", "10485760"),
        ];
        let records = BTreeMap::from([(Name::new("processes").unwrap(), records)]);
        let snapshot =
            Snapshot { at: Timestamp::EPOCH, targets: Vec::new(), records, stats: BTreeMap::new() };
        assert_eq!(
            processes(&snapshot, 80),
            "\nprocesses\n\
             name               pid  user    cpu  memory  read  written\n\
             awatch               7  root   25 %  10 MiB     -        -\n\
             postgres: writer  1234  root  3.1 %   2 KiB     -        -\n"
        );
        let none = Snapshot { records: BTreeMap::new(), ..snapshot };
        assert_eq!(processes(&none, 80), "");
    }
}
