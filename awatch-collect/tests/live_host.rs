//! The host collector on the machine that runs the tests: whatever that is, its numbers must make sense.
#![cfg(target_os = "linux")]

use std::sync::Arc;
use std::time::Duration;

use awatch_collect::host::{Group, metrics};
use awatch_collect::{HostConfig, conformance};
use awatch_core::{Collector, Interval, Kind, Name, Registry, SampleBatch, Target, Timestamp};

/// Of these every Linux machine has something to tell; disks, file systems and interfaces may all be virtual.
const EVERYWHERE: [Group; 3] = [Group::Cpu, Group::Load, Group::Memory];

#[test]
fn this_machine_passes_the_suite() {
    let config = HostConfig::default().with_groups(EVERYWHERE);
    conformance::check(&mut config.clone().build().unwrap());
    conformance::check_budget(&mut config.build().unwrap());
}

#[test]
fn the_numbers_of_this_machine_make_sense() {
    let mut host = HostConfig::default().build().unwrap();
    let (source, target) = (Name::new("host").unwrap(), Target::new("here").unwrap());
    let registry = Arc::new(Registry::new(100_000));
    let mut out = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
    for secs in 0..3 {
        out.restart(Timestamp::from_secs(secs));
        // A machine may have file systems or devices that cannot be read; what can be is delivered.
        let _ = host.collect(&mut out);
    }
    let reported: Vec<_> =
        out.samples().iter().map(|sample| (out.resolve(sample.series).unwrap(), sample.value)).collect();
    for (meta, value) in &reported {
        assert!(*value >= 0.0 || meta.unit.as_str() == "Cel", "{} = {value}", meta.key);
        assert!(meta.unit.as_str() != "1" || *value <= 1.0, "{} = {value}", meta.key);
        let listed = metrics().any(|(_, metric)| {
            meta.key.metric() == metric.name && meta.unit == metric.unit() && meta.kind == metric.kind
        });
        assert!(listed, "{} is not in the table", meta.key);
    }
    let value =
        |name: &str| reported.iter().find(|(meta, _)| meta.key.metric() == name).map(|(_, value)| *value);
    assert!(value("system.memory.limit").unwrap() > 1e6);
    assert!(value("system.cpu.logical.count").unwrap() >= 1.0);
    assert!(reported.iter().any(|(meta, value)| meta.kind == Kind::CumulativeCounter && *value > 0.0));
}

#[test]
fn every_group_tells_what_this_machine_has() {
    let mut all = 0;
    for group in Group::ALL {
        let mut host = HostConfig::default().with_groups([group]).build().unwrap();
        let (source, target) = (Name::new("host").unwrap(), Target::new("here").unwrap());
        let registry = Arc::new(Registry::new(100_000));
        let mut out = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
        for secs in 0..2 {
            out.restart(Timestamp::from_secs(secs));
            let _ = host.collect(&mut out);
            std::thread::park_timeout(Duration::from_millis(30));
        }
        let (number, name) = (out.samples().len(), group.as_str());
        println!("{name}: {number} series");
        all += number;
        for sample in out.samples() {
            let meta = out.resolve(sample.series).unwrap();
            let of_group = metrics().any(|(own, metric)| own == group && meta.key.metric() == metric.name);
            assert!(of_group, "{} is not of the group {name}", meta.key);
        }
    }
    println!("{all} series in all");
    assert!(all > 100, "{all}");
}
