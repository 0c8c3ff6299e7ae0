//! The host collector as a whole, on machines made of files.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use awatch_core::{Collector, Kind, SeriesMeta, Unit};
use proptest::prelude::*;

use super::fake_proc::{FakeProc, batch, tick, value, values};
use super::fuzz_parsers;
use crate::host::{Filter, Group, metrics};

const SDB: &str = "8 0 sda 10 0 200 40 5 0 100 30 0 60 70\n8 16 sdb 1 0 2 3 4 0 5 6 0 7 8\n";
const SDA: &str = "8 0 sda 10 0 200 40 5 0 100 30 0 60 70\n";

/// Compares on the grid of 1e-9, since sums of decimals are not exact.
fn assert_values(found: &awatch_core::SampleBatch, expected: &[(&str, f64)]) {
    let round = |value: f64| (value * 1e9).round().to_string();
    for (series, number) in expected {
        assert_eq!(value(found, series).map(round), Some(round(*number)), "{series}");
    }
}

const KIB: f64 = 1024.0;

#[test]
fn every_file_becomes_the_numbers_in_it() {
    let machine = FakeProc::new();
    let mut host = machine.config().with_core_times(true).build().unwrap();
    let mut out = batch(1000, 0);
    tick(&mut host, &mut out, 0).unwrap();
    let now = "cpu  120 10 50 1070 30 5 5 1 0 0\ncpu0 80 5 25 570 10 3 2 1\ncpu1 1 2 3 4\nintr 9\nctxt 5\n";
    machine.write("proc/stat", now);
    tick(&mut host, &mut out, 1).unwrap();
    assert_values(&out, &CPU_AND_KERNEL);
    assert_values(&out, &MEMORY);
    assert_values(&out, &DISK);
    assert_values(&out, &NETWORK);
    assert_values(&out, &PROTOCOLS);
    assert_values(&out, &SENSORS);
    let unknown =
        "system.linux.pressure.time{system.pressure.resource=\"cpu\",system.pressure.stall_type=\"full\"}";
    assert_eq!(value(&out, unknown), None, "the kernel writes 0 for what it does not know");
}

const CPU_AND_KERNEL: [(&str, f64); 23] = [
    ("system.cpu.load_average.15m", 0.16),
    ("system.cpu.load_average.1m", 0.15),
    ("system.cpu.load_average.5m", 0.21),
    ("system.cpu.logical.count", 2.0),
    ("system.cpu.time{cpu.mode=\"idle\"}", 10.7),
    ("system.cpu.time{cpu.mode=\"interrupt\"}", 0.1),
    ("system.cpu.time{cpu.mode=\"iowait\"}", 0.3),
    ("system.cpu.time{cpu.mode=\"nice\"}", 0.1),
    ("system.cpu.time{cpu.mode=\"steal\"}", 0.01),
    ("system.cpu.time{cpu.mode=\"system\"}", 0.5),
    ("system.cpu.time{cpu.mode=\"user\"}", 1.2),
    ("system.cpu.utilization", 0.2),
    ("system.cpu.core.utilization{cpu.logical_number=\"0\"}", 0.3),
    ("system.cpu.core.time{cpu.logical_number=\"0\",cpu.mode=\"idle\"}", 5.7),
    ("system.uptime", 11552.89),
    ("system.linux.context_switches", 5.0),
    ("system.linux.interrupts", 9.0),
    ("system.linux.file_handle.count", 486.0),
    ("system.linux.file_handle.limit", 2_466_177.0),
    ("system.linux.pressure.time{system.pressure.resource=\"cpu\",system.pressure.stall_type=\"some\"}", 1.5),
    ("system.linux.pressure.time{system.pressure.resource=\"io\",system.pressure.stall_type=\"full\"}", 0.5),
    ("system.network.connection.count{network.connection.state=\"listen\",network.transport=\"tcp\"}", 1.0),
    ("system.network.linux.conntrack.count", 12.0),
];

const MEMORY: [(&str, f64); 30] = [
    ("system.memory.limit", 1000.0 * KIB),
    ("system.memory.linux.available", 750.0 * KIB),
    ("system.memory.usage{system.memory.state=\"buffers\"}", 50.0 * KIB),
    ("system.memory.usage{system.memory.state=\"cached\"}", 200.0 * KIB),
    ("system.memory.usage{system.memory.state=\"free\"}", 300.0 * KIB),
    ("system.memory.usage{system.memory.state=\"used\"}", 250.0 * KIB),
    ("system.memory.utilization", 0.25),
    ("system.memory.linux.shared", 5.0 * KIB),
    ("system.memory.linux.slab.usage{system.memory.linux.slab.state=\"reclaimable\"}", 20.0 * KIB),
    (
        "system.memory.linux.page_list{linux.memory.backing=\"file\",linux.memory.list=\"inactive\"}",
        90.0 * KIB,
    ),
    ("system.memory.linux.dirty", 3.0 * KIB),
    ("system.memory.linux.committed", 65.0 * KIB),
    ("system.memory.linux.hugepages.limit", 10.0),
    ("system.memory.linux.hugepages.usage{system.memory.linux.hugepages.state=\"used\"}", 6.0),
    ("system.memory.linux.hugepages.usage{system.memory.linux.hugepages.state=\"free\"}", 4.0),
    ("system.memory.linux.hugepages.reserved", 3.0),
    ("system.memory.linux.hugepages.surplus", 2.0),
    ("system.memory.linux.hugepages.page_size", 2048.0 * KIB),
    ("system.paging.usage{system.paging.state=\"free\"}", 75.0 * KIB),
    ("system.paging.usage{system.paging.state=\"used\"}", 25.0 * KIB),
    ("system.paging.utilization", 0.25),
    ("system.paging.faults{system.paging.fault.type=\"major\"}", 62_284.0),
    ("system.paging.faults{system.paging.fault.type=\"minor\"}", 238_404_833.0),
    ("system.paging.operations{system.paging.direction=\"in\"}", 0.0),
    ("system.linux.paging.io{system.paging.direction=\"out\"}", 41_323_152.0 * KIB),
    ("system.linux.oom_kills", 0.0),
    ("system.linux.reclaim.stalls", 0.0),
    ("system.linux.page.allocated", 229_765_485.0),
    ("system.linux.reclaim.refaults{linux.memory.backing=\"file\"}", 6_920_795.0),
    ("system.linux.compactions{linux.compaction.result=\"fail\"}", 0.0),
];

const DISK: [(&str, f64); 17] = [
    ("system.disk.io_time{system.device=\"sda\"}", 0.06),
    ("system.disk.weighted_io_time{system.device=\"sda\"}", 0.07),
    ("system.disk.pending_operations{system.device=\"sda\"}", 3.0),
    ("system.disk.io{disk.io.direction=\"read\",system.device=\"sda\"}", 200.0 * 512.0),
    ("system.disk.io{disk.io.direction=\"write\",system.device=\"sda\"}", 100.0 * 512.0),
    ("system.disk.io{disk.io.direction=\"discard\",system.device=\"sda\"}", 16.0 * 512.0),
    ("system.disk.operation_time{disk.io.direction=\"read\",system.device=\"sda\"}", 0.04),
    ("system.disk.operation_time{disk.io.direction=\"write\",system.device=\"sda\"}", 0.03),
    ("system.disk.operation_time{disk.io.direction=\"discard\",system.device=\"sda\"}", 0.02),
    ("system.disk.operation_time{disk.io.direction=\"flush\",system.device=\"sda\"}", 0.011),
    ("system.disk.operations{disk.io.direction=\"read\",system.device=\"sda\"}", 10.0),
    ("system.disk.operations{disk.io.direction=\"write\",system.device=\"sda\"}", 5.0),
    ("system.disk.operations{disk.io.direction=\"discard\",system.device=\"sda\"}", 7.0),
    ("system.disk.operations{disk.io.direction=\"flush\",system.device=\"sda\"}", 9.0),
    ("system.disk.merged{disk.io.direction=\"read\",system.device=\"sda\"}", 1.0),
    ("system.disk.merged{disk.io.direction=\"write\",system.device=\"sda\"}", 2.0),
    ("system.disk.merged{disk.io.direction=\"discard\",system.device=\"sda\"}", 4.0),
];

const NETWORK: [(&str, f64); 16] = [
    ("system.network.errors{network.interface.name=\"eth0\",network.io.direction=\"receive\"}", 1.0),
    ("system.network.errors{network.interface.name=\"eth0\",network.io.direction=\"transmit\"}", 3.0),
    ("system.network.io{network.interface.name=\"eth0\",network.io.direction=\"receive\"}", 1000.0),
    ("system.network.io{network.interface.name=\"eth0\",network.io.direction=\"transmit\"}", 2000.0),
    ("system.network.packet.count{network.interface.name=\"eth0\",network.io.direction=\"receive\"}", 10.0),
    ("system.network.packet.count{network.interface.name=\"eth0\",network.io.direction=\"transmit\"}", 20.0),
    ("system.network.packet.dropped{network.interface.name=\"eth0\",network.io.direction=\"receive\"}", 2.0),
    ("system.network.packet.dropped{network.interface.name=\"eth0\",network.io.direction=\"transmit\"}", 4.0),
    ("system.network.linux.overruns{network.interface.name=\"eth0\",network.io.direction=\"receive\"}", 5.0),
    ("system.network.linux.overruns{network.interface.name=\"eth0\",network.io.direction=\"transmit\"}", 8.0),
    ("system.network.linux.frame_errors{network.interface.name=\"eth0\"}", 6.0),
    ("system.network.linux.multicast{network.interface.name=\"eth0\"}", 7.0),
    ("system.network.linux.collisions{network.interface.name=\"eth0\"}", 9.0),
    ("system.network.linux.carrier_errors{network.interface.name=\"eth0\"}", 11.0),
    ("system.network.linux.carrier_changes{network.interface.name=\"eth0\"}", 2.0),
    ("system.network.up{network.interface.name=\"eth0\"}", 1.0),
];

const PROTOCOLS: [(&str, f64); 14] = [
    ("system.network.linux.sockets.open", 14.0),
    ("system.network.linux.sockets.in_use{network.transport=\"udp\",network.type=\"ipv4\"}", 5.0),
    ("system.network.linux.sockets.in_use{network.transport=\"tcp\",network.type=\"ipv6\"}", 7.0),
    ("system.network.tcp.sockets.orphaned", 2.0),
    ("system.network.tcp.sockets.time_wait", 3.0),
    ("system.network.ip.fragments.memory{network.type=\"ipv6\"}", 88.0),
    ("system.network.tcp.segments{network.io.direction=\"receive\"}", 41_907.0),
    ("system.network.tcp.connections.opened{network.tcp.side=\"active\"}", 2807.0),
    ("system.network.tcp.connections.established", 0.0),
    ("system.network.tcp.listen.overflows", 0.0),
    ("system.network.ip.io{network.io.direction=\"receive\",network.type=\"ipv4\"}", 712_174_999.0),
    ("system.network.ip.io{network.io.direction=\"transmit\",network.type=\"ipv6\"}", 4856.0),
    ("system.network.udp.datagrams{network.io.direction=\"receive\",network.type=\"ipv4\"}", 276.0),
    ("system.network.icmp.unreachable{network.io.direction=\"receive\",network.type=\"ipv6\"}", 4.0),
];

const SENSORS: [(&str, f64); 4] = [
    ("hw.temperature{hw.id=\"coretemp/temp1\",hw.name=\"Package id 0\"}", 45.5),
    ("hw.temperature{hw.id=\"coretemp/temp1#2\",hw.name=\"coretemp\"}", -1.0),
    ("hw.temperature{hw.id=\"thermal_zone0\",hw.name=\"acpitz\"}", 38.0),
    ("hw.fan.speed{hw.id=\"coretemp/fan1\",hw.name=\"coretemp\"}", 1200.0),
];

#[test]
fn utilization_starts_at_the_second_tick() {
    let machine = FakeProc::new();
    let (mut host, mut out) = (machine.host(), batch(1000, 0));
    tick(&mut host, &mut out, 0).unwrap();
    assert_eq!(value(&out, "system.cpu.utilization"), None);
    assert!(value(&out, "system.cpu.logical.count").is_some());
}

#[test]
fn the_table_in_the_documentation_is_what_is_reported() {
    let machine = FakeProc::with_surplus();
    let mut config = machine.config().with_core_times(true);
    (config.max_processors, config.max_devices, config.max_mounts, config.max_interfaces) = (1, 1, 1, 1);
    let mut host = config.build().unwrap();
    let mut out = batch(1000, 0);
    let _ = tick(&mut host, &mut out, 0);
    let stat = "cpu  120 10 50 1070 30 5 5 1 0 0\ncpu0 60 5 25 550 10 3 2 1\ncpu1 1 2 3 4\n";
    machine.write("proc/stat", &format!("{stat}{}", FakeProc::KERNEL));
    tick(&mut host, &mut out, 1).unwrap();
    let row = |meta: &SeriesMeta| {
        let labels: Vec<_> = meta.key.labels().iter().map(|(name, _)| name.to_owned()).collect();
        (meta.key.metric().to_string(), meta.unit.to_string(), kind(meta.kind), labels)
    };
    let emitted: BTreeSet<_> = out.samples().iter().map(|s| row(&out.resolve(s.series).unwrap())).collect();
    let listed = metrics().map(|(_, metric)| {
        let mut labels: Vec<_> = metric.labels.iter().map(|label| (*label).to_owned()).collect();
        labels.sort();
        (metric.name.to_owned(), metric.unit.to_owned(), kind(metric.kind), labels)
    });
    assert_eq!(emitted, listed.collect());

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/host-metrics.md");
    let table = table();
    if std::env::var_os("AWATCH_REGENERATE").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == table,
        "docs/host-metrics.md is not what is reported: AWATCH_REGENERATE=1 cargo test -p awatch-collect the_table"
    );
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Gauge => "gauge",
        Kind::CumulativeCounter => "counter",
        _ => "other",
    }
}

fn table() -> String {
    let mut table = String::from(
        "# Metrics of the host\n\nMade from the code: `AWATCH_REGENERATE=1 cargo test -p awatch-collect the_table`.\n\n\
         Names and units follow the OpenTelemetry semantic conventions for systems, with these deviations:\n\
         utilizations are one number for what is in use instead of one per mode or state, processor time is the sum\n\
         over the processors, load averages have the names that the OpenTelemetry Collector gives them, packets carry\n\
         the label `network.interface.name` like all that is said of an interface, and devices of disks are named as\n\
         the kernel names them. Single processors have metrics of their own, so that a rule for the whole machine is\n\
         not a rule for each of them. Where the conventions have no name, those of the OpenTelemetry Collector are\n\
         taken (`system.disk.weighted_io_time`, `system.filesystem.inodes.usage`), else one in their style.\n\n\
         | group | metric | unit | kind | labels | meaning |\n|---|---|---|---|---|---|\n",
    );
    for (group, metric) in metrics() {
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let (group, labels) = (group.as_str(), labels.join(", "));
        let (name, unit, kind) = (metric.name, metric.unit, kind(metric.kind));
        writeln!(table, "| {group} | `{name}` | `{unit}` | {kind} | {labels} | {} |", metric.meaning)
            .unwrap();
    }
    table
}

const PER_FILE_SYSTEM: usize = 8;

#[test]
fn file_systems_are_asked_and_listed_anew_when_mounts_change() {
    let machine = FakeProc::new();
    let mut host = machine.config().with_groups([Group::FileSystem]).build().unwrap();
    let mut out = batch(1000, 0);
    tick(&mut host, &mut out, 0).unwrap();
    let utilization =
        "system.filesystem.utilization{system.device=\"/dev/sda1\",system.filesystem.mountpoint=\"/\"}";
    assert!((0.0..=1.0).contains(&value(&out, utilization).unwrap()));
    assert_eq!(out.samples().len(), PER_FILE_SYSTEM);

    machine.add_folder("my data");
    machine.write(
        "proc/1/mountinfo",
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n3 1 8:2 / /my\\040data rw - xfs /dev/sdb rw\n",
    );
    let mut host = machine.config().with_groups([Group::FileSystem]).build().unwrap();
    tick(&mut host, &mut out, 1).unwrap();
    assert_eq!(out.samples().len(), 2 * PER_FILE_SYSTEM);
    let free = "system.filesystem.usage{system.device=\"/dev/sdb\",system.filesystem.mountpoint=\"/my data\",\
                system.filesystem.state=\"free\"}";
    assert!(value(&out, free).unwrap() > 0.0);

    machine.write("proc/1/mountinfo", "3 1 8:2 / /my\\040data rw - xfs /dev/sdb rw\n");
    tick(&mut host, &mut out, 2).unwrap();
    assert_eq!(out.samples().len(), PER_FILE_SYSTEM);
}

#[test]
fn a_group_that_fails_does_not_stop_the_others() {
    let machine = FakeProc::new();
    machine.remove("proc/loadavg");
    let (mut host, mut out) = (machine.host(), batch(1000, 0));
    let error = tick(&mut host, &mut out, 0).unwrap_err();
    assert!(error.to_string().ends_with("/proc/loadavg is not available"), "{error}");
    assert_eq!(value(&out, "system.cpu.load_average.1m"), None);
    assert!(value(&out, "system.disk.io_time{system.device=\"sda\"}").is_some());

    machine.write("proc/diskstats", &format!("8 0 broken 1\n{SDA}"));
    let error = tick(&mut host, &mut out, 1).unwrap_err();
    assert_eq!(error.to_string(), "part of the host (load, disk) is not available");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("load: ") && source.contains("disk: "), "{source}");
    assert!(
        source.ends_with("/proc/diskstats cannot be understood: line 1: `reads merged` is missing"),
        "{source}"
    );
    assert!(value(&out, "system.disk.io_time{system.device=\"sda\"}").is_some());

    machine.write("proc/loadavg", "1 2 3\n");
    machine.write("proc/diskstats", SDA);
    tick(&mut host, &mut out, 2).unwrap();
    assert!(value(&out, "system.cpu.load_average.1m").is_some());
}

#[test]
fn a_disk_comes_goes_and_comes_back() {
    let machine = FakeProc::new();
    let mut host = machine.config().with_groups([Group::Disk]).build().unwrap();
    let mut out = batch(1000, 0);
    let busy = "system.disk.io_time{system.device=\"sdb\"}";
    for (secs, (table, there)) in
        [(SDA, false), (SDB, true), (SDB, true), (SDA, false), (SDB, true)].iter().enumerate()
    {
        machine.write("proc/diskstats", table);
        tick(&mut host, &mut out, i64::try_from(secs).unwrap()).unwrap();
        assert_eq!(value(&out, busy).is_some(), *there, "tick {secs}");
        assert!(value(&out, "system.disk.io_time{system.device=\"sda\"}").is_some());
    }
}

#[test]
fn partitions_and_virtual_devices_are_reported_when_asked_for() {
    let machine = FakeProc::new();
    let config = machine.config().with_groups([Group::Disk, Group::Network]);
    let config = config
        .with_partitions(true)
        .with_devices(Filter::default())
        .with_interfaces(Filter::new(["lo"], [""; 0]));
    let mut host = config.build().unwrap();
    let mut out = batch(1000, 0);
    tick(&mut host, &mut out, 0).unwrap();
    for device in ["loop0", "sda", "sda1"] {
        assert!(
            value(&out, &format!("system.disk.io_time{{system.device=\"{device}\"}}")).is_some(),
            "{device}"
        );
    }
    let (plain_disk, full_disk, interface) = (11, 17, 14);
    assert_eq!(out.samples().len(), 2 * plain_disk + full_disk + interface);
}

#[test]
fn ids_are_looked_up_anew_for_another_registry_and_after_a_pause() {
    let machine = FakeProc::new();
    let mut host = machine.host();
    let mut small = batch(3, 0);
    tick(&mut host, &mut small, 0).unwrap();
    let mut out = batch(1000, 1);
    tick(&mut host, &mut out, 1).unwrap();
    let all = values(&out).len();
    assert!(all > 30);
    let mut other = batch(1000, 2);
    other.series(&some_meta(&other)).unwrap();
    tick(&mut host, &mut other, 2).unwrap();
    assert_eq!(values(&other).len(), all);
    tick(&mut host, &mut other, 7200).unwrap();
    assert_eq!(values(&other).len(), all);
    tick(&mut host, &mut other, 3600).unwrap();
    assert_eq!(values(&other).len(), all);
}

fn some_meta(out: &awatch_core::SampleBatch) -> SeriesMeta {
    use awatch_core::{Labels, Name, SeriesKey};
    let key = SeriesKey::new(out.target().clone(), Name::new("other").unwrap(), Labels::none());
    SeriesMeta { key, unit: Unit::RATIO, kind: Kind::Gauge, interval: out.interval() }
}

#[test]
fn a_refused_series_is_asked_for_again_after_a_minute() {
    let machine = FakeProc::new();
    let mut host = machine.config().with_groups([Group::Load]).build().unwrap();
    let mut out = batch(2, 0);
    let refusals: Vec<_> = (0..130)
        .map(|secs| {
            tick(&mut host, &mut out, secs).unwrap();
            assert_eq!(out.samples().len(), 2);
            out.rejected()
        })
        .collect();
    let asked: Vec<_> = (0..130).filter(|secs| refusals[*secs] > 0).collect();
    assert_eq!(asked, [0, 60, 120]);
}

#[test]
fn a_series_known_with_another_meaning_is_told_and_the_others_stay() {
    let machine = FakeProc::new();
    let mut host = machine.config().with_groups([Group::Load]).build().unwrap();
    let mut out = batch(100, 0);
    out.counter("system.cpu.load_average.1m", [], &Unit::BYTES, 1.0).unwrap();
    let error = tick(&mut host, &mut out, 0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "series web-1/system.cpu.load_average.1m is known in By as CumulativeCounter, and was given in {thread} as \
         Gauge: use another name"
    );
    assert_eq!(out.samples().len(), 2);
}

#[test]
fn it_passes_the_suite_for_collectors() {
    let machine = FakeProc::new();
    crate::conformance::check(&mut machine.host());
    crate::conformance::check_budget(&mut machine.host());
    assert_eq!(machine.host().name(), "host");
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        fuzz_parsers(&bytes);
    }

    #[test]
    fn no_table_like_text_makes_a_parser_panic(
        words in proptest::collection::vec(
            prop_oneof!["cpu[0-9]?", "[0-9]{1,22}", "eth0:", "-", "\n", "MemTotal:", "/[a-z\\\\0-9]{0,5}", "ext4", "sd[a-c][0-9]?"],
            0..80,
        )
    ) {
        fuzz_parsers(words.join(" ").as_bytes());
    }
}

#[test]
fn whatever_the_files_say_the_samples_are_sound() {
    let machine = FakeProc::new();
    let line = "(cpu|MemTotal:|8 0 sda|eth0:|1 0 8:1 / / rw - ext4 /dev/x rw)( [0-9]{1,20}){0,18}\n";
    proptest!(|(text in line)| {
        for file in ["stat", "loadavg", "meminfo", "diskstats", "net/dev", "self/mountinfo"] {
            machine.write(&format!("proc/{file}"), &text);
        }
        let (mut host, mut out) = (machine.host(), batch(1000, 0));
        for secs in 0..2 {
            let _ = tick(&mut host, &mut out, secs);
            prop_assert_eq!(out.rejected(), 0);
            for (series, value) in values(&out) {
                let signed = series.starts_with("hw.temperature");
                prop_assert!(value.is_finite() && (value >= 0.0 || signed), "{} = {}", series, value);
                prop_assert!(!series.contains("utilization") || value <= 1.0, "{} = {}", series, value);
            }
        }
    });
}
