//! The collector of processes as a whole.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use awatch_core::{
    CollectError, Collector, Interval, Name, Record, Registry, SampleBatch, Target, Timestamp,
};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{ProcessesConfig, fuzz_parsers, metrics};
use crate::Processes;

/// A `/proc` of a test's making.
struct FakeProcesses(TempDir);

/// One process of it.
#[derive(Clone, Copy)]
struct Made {
    pid: u32,
    state: char,
    /// Clock ticks.
    used: u64,
    threads: u32,
    start: u64,
    pages: u64,
    io: Option<[u64; 2]>,
}

const IDLE: Made = Made { pid: 1, state: 'S', used: 0, threads: 1, start: 5, pages: 10, io: Some([0, 0]) };

impl FakeProcesses {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn uptime(&self, secs: u64) {
        self.write("uptime", &format!("{secs}.00 1.00\n"));
    }

    fn put(&self, made: Made) {
        let Made { pid, state, used, threads, start, pages, io } = made;
        let stat = format!(
            "{pid} (made {pid}) {state} 1 1 1 0 -1 0 1 0 2 0 {used} 0 0 0 20 0 {threads} 0 {start} 4096 {pages} 1 1\n"
        );
        self.write(&format!("{pid}/stat"), &stat);
        if let Some([read, written]) = io {
            self.write(
                &format!("{pid}/io"),
                &format!("rchar: 1\nread_bytes: {read}\nwrite_bytes: {written}\n"),
            );
        }
    }

    fn end(&self, pid: u32) {
        std::fs::remove_dir_all(self.0.path().join(pid.to_string())).unwrap();
    }

    fn processes(&self, top: usize) -> Processes {
        let passwd = self.0.path().join("passwd");
        let config = ProcessesConfig::default().with_proc_root(self.0.path()).with_passwd(passwd);
        config.with_top(top).build().unwrap()
    }
}

fn batch() -> SampleBatch {
    let (source, target) = (Name::new("processes").unwrap(), Target::new("web-1").unwrap());
    let interval = Interval::from_secs(5).unwrap();
    SampleBatch::new(Arc::new(Registry::new(1000)), source, target, interval, Timestamp::EPOCH)
}

fn tick(processes: &mut Processes, out: &mut SampleBatch, secs: i64) -> Result<(), CollectError> {
    out.restart(Timestamp::from_secs(secs));
    processes.collect(out)
}

fn field<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    record.fields.iter().find(|(own, _)| *own == name).map(|(_, text)| text.as_str())
}

fn told(out: &SampleBatch) -> Vec<String> {
    let text = |record: &Record| {
        ["pid", "cpu", "io.read", "io.write", "top"].map(|name| field(record, name).unwrap_or("-")).join(" ")
    };
    out.records().iter().map(text).collect()
}

fn counts(out: &SampleBatch) -> Vec<(String, f64)> {
    let name = |meta: &awatch_core::SeriesMeta| match meta.key.labels().get("process.state") {
        Some(state) => state.to_owned(),
        None => meta.key.metric().to_string(),
    };
    out.samples().iter().map(|s| (name(&out.resolve(s.series).unwrap()), s.value)).collect()
}

#[test]
fn processes_are_counted_by_state() {
    let machine = FakeProcesses::new();
    machine.uptime(100);
    for (pid, state) in (1..).zip("SSRDITtZX".chars()) {
        machine.put(Made { pid, state, threads: 2, ..IDLE });
    }
    machine.write("self/stat", "not a number");
    machine.write("77/stat", "cut short");
    let (mut processes, mut out) = (machine.processes(3), batch());
    tick(&mut processes, &mut out, 0).unwrap();
    let expected = [
        ("running", 1.0),
        ("sleeping", 2.0),
        ("blocked", 1.0),
        ("idle", 1.0),
        ("stopped", 2.0),
        ("defunct", 2.0),
        ("system.thread.count", 18.0),
    ];
    assert_eq!(counts(&out), expected.map(|(name, count)| (name.to_owned(), count)));
}

#[test]
fn rates_come_with_the_second_tick_and_the_young_count_from_their_start() {
    let machine = FakeProcesses::new();
    machine.uptime(100);
    machine.put(Made { pid: 1, used: 1000, io: Some([500, 100]), ..IDLE });
    machine.put(Made { pid: 2, used: 70, pages: 30, ..IDLE });
    let (mut processes, mut out) = (machine.processes(2), batch());
    tick(&mut processes, &mut out, 0).unwrap();
    assert_eq!(told(&out), ["1 - - - memory", "2 - - - memory"]);

    machine.uptime(105);
    machine.put(Made { pid: 1, used: 1250, io: Some([1000, 100]), ..IDLE });
    machine.put(Made { pid: 3, used: 50, start: 10_200, pages: 1, io: Some([0, 1000]), ..IDLE });
    tick(&mut processes, &mut out, 5).unwrap();
    assert_eq!(told(&out), ["1 0.5000 100 0 cpu memory io", "2 0.0000 0 0 memory", "3 0.1000 0 200 cpu io"]);

    machine.end(1);
    machine.uptime(110);
    machine.put(Made { pid: 2, start: 10_900, used: 5, ..IDLE });
    tick(&mut processes, &mut out, 10).unwrap();
    assert_eq!(told(&out), ["2 0.0100 0 0 cpu memory", "3 0.0000 0 0 memory"]);
}

#[test]
fn traffic_that_may_not_be_read_is_not_told() {
    let machine = FakeProcesses::new();
    for secs in [100, 105, 110] {
        machine.uptime(secs);
        machine.put(Made { used: secs, io: None, ..IDLE });
        let (mut processes, mut out) = (machine.processes(1), batch());
        tick(&mut processes, &mut out, 0).unwrap();
        let record = out.records().first().unwrap();
        assert_eq!(field(record, "io.read"), None);
        assert_eq!(field(record, "rss"), Some(&*(10 * rustix::param::page_size()).to_string()));
    }
}

#[test]
fn a_user_has_a_name_or_a_number() {
    use std::os::unix::fs::MetadataExt as _;
    let machine = FakeProcesses::new();
    machine.uptime(1);
    machine.put(IDLE);
    let user = std::fs::metadata(machine.0.path()).unwrap().uid();
    let (mut processes, mut out) = (machine.processes(1), batch());
    tick(&mut processes, &mut out, 0).unwrap();
    assert_eq!(field(out.records().first().unwrap(), "user"), Some(&*user.to_string()));
    machine.write("passwd", &format!("ada:x:{user}:0::/:/bin/sh\n"));
    tick(&mut processes, &mut out, 5).unwrap();
    assert_eq!(field(out.records().first().unwrap(), "user"), Some("ada"));
}

#[test]
fn without_a_proc_it_says_what_is_missing() {
    let machine = FakeProcesses::new();
    let (mut processes, mut out) = (machine.processes(1), batch());
    let error = tick(&mut processes, &mut out, 0).unwrap_err();
    assert_eq!(error.to_string(), format!("{}/uptime is not available", machine.0.path().display()));
}

#[test]
fn it_passes_the_suite_for_collectors() {
    crate::conformance::check(&mut ProcessesConfig::default().build().unwrap());
    crate::conformance::check_budget(&mut ProcessesConfig::default().build().unwrap());
}

#[test]
fn the_table_in_the_documentation_is_what_is_reported() {
    let machine = FakeProcesses::new();
    machine.uptime(1);
    let (mut processes, mut out) = (machine.processes(1), batch());
    tick(&mut processes, &mut out, 0).unwrap();
    let reported: BTreeSet<_> =
        out.samples().iter().map(|s| out.resolve(s.series).unwrap().key.metric().to_string()).collect();
    assert_eq!(
        reported,
        metrics()
            .chain(crate::process::metrics())
            .map(|metric| metric.name.to_owned())
            .filter(|name| name.starts_with("system."))
            .collect()
    );

    let mut table = String::from(
        "# Metrics of processes\n\nMade from the code: `AWATCH_REGENERATE=1 cargo test -p awatch-collect the_table`.\n\n\
         Of all processes together, by the collector `processes`; what takes most comes as records beside them:\n\n\
         | metric | unit | kind | labels | meaning |\n|---|---|---|---|---|\n",
    );
    let rows = |metrics: &mut dyn Iterator<Item = &'static crate::Metric>, table: &mut String| {
        for metric in metrics {
            let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            let kind = if metric.kind == awatch_core::Kind::Gauge { "gauge" } else { "counter" };
            let (name, unit, labels) = (metric.name, metric.unit, labels.join(", "));
            writeln!(table, "| `{name}` | `{unit}` | {kind} | {labels} | {} |", metric.meaning).unwrap();
        }
    };
    rows(&mut metrics(), &mut table);
    table.push_str(
        "\nOf the program itself, by the collector `process`; names and units follow the OpenTelemetry semantic\n\
         conventions, but that the utilization is one number, in parts of one processor:\n\n\
         | metric | unit | kind | labels | meaning |\n|---|---|---|---|---|\n",
    );
    rows(&mut crate::process::metrics(), &mut table);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/process-metrics.md");
    if std::env::var_os("AWATCH_REGENERATE").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == table,
        "docs/process-metrics.md is not what is reported: AWATCH_REGENERATE=1 cargo test -p awatch-collect the_table"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        fuzz_parsers(&bytes);
    }

    #[test]
    fn no_line_like_text_makes_a_parser_panic(text in "[0-9]{1,5} \\(a?\\)( ([RSDZ]|-?[0-9]{1,21})){0,60}") {
        fuzz_parsers(text.as_bytes());
    }
}
