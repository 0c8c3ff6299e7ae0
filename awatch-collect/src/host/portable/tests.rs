//! The portable part on the machine that runs the tests, beside the part of that machine's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use awatch_core::{Interval, Name, Registry, SampleBatch, Target, Timestamp};

use super::Groups;
use crate::host::{Group, HostConfig, metrics};

fn batch() -> SampleBatch {
    let (source, target) = (Name::new("host").unwrap(), Target::new("web-1").unwrap());
    SampleBatch::new(Arc::new(Registry::new(10_000)), source, target, Interval::SECOND, Timestamp::EPOCH)
}

fn values(out: &SampleBatch) -> BTreeMap<String, f64> {
    let name = |sample: &awatch_core::Sample| {
        let meta = out.resolve(sample.series).unwrap();
        format!("{}{}", meta.key.metric(), meta.key.labels())
    };
    out.samples().iter().map(|sample| (name(sample), sample.value)).collect()
}

/// Two ticks with enough time between them for `sysinfo` to measure.
fn two_ticks(config: &HostConfig) -> SampleBatch {
    let (mut groups, mut out) = (Groups::new(config), batch());
    for secs in 0..2 {
        out.restart(Timestamp::from_secs(secs));
        groups.collect(&mut out).unwrap();
        std::thread::park_timeout(sysinfo::MINIMUM_CPU_UPDATE_INTERVAL);
    }
    out
}

#[test]
fn everything_reported_is_in_the_table_and_makes_sense() {
    let out = two_ticks(&HostConfig::default());
    let listed: BTreeSet<_> = metrics().map(|(_, metric)| metric.name).collect();
    for sample in out.samples() {
        let meta = out.resolve(sample.series).unwrap();
        assert!(listed.contains(meta.key.metric().as_str()), "{} is not in the table", meta.key);
        assert!(sample.value >= 0.0 || meta.unit.as_str() == "Cel", "{} = {}", meta.key, sample.value);
        assert!(meta.unit.as_str() != "1" || sample.value <= 1.0, "{} = {}", meta.key, sample.value);
    }
    let values = values(&out);
    for series in ["system.cpu.utilization", "system.uptime", "system.memory.utilization"] {
        assert!(values.contains_key(series), "{series}");
    }
    assert_eq!(out.rejected(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn it_agrees_with_what_this_system_says_itself() {
    use awatch_core::Collector as _;
    let config = HostConfig::default();
    let portable = values(&two_ticks(&config));
    let (mut host, mut out) = (config.build().unwrap(), batch());
    let _ = host.collect(&mut out);
    let own = values(&out);
    let exact = ["system.cpu.logical.count", "system.memory.limit"];
    for series in exact {
        assert_eq!(portable.get(series), own.get(series), "{series}");
    }
    let near = |series: &str, tolerance: f64| {
        let (Some(a), Some(b)) = (portable.get(series), own.get(series)) else {
            panic!("{series} is missing")
        };
        assert!((a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0), "{series}: {a} and {b}");
    };
    near("system.uptime", 0.01);
    near("system.memory.usage{system.memory.state=\"free\"}", 0.2);
    for series in portable.keys().filter(|series| series.starts_with("system.network.io")) {
        near(series, 0.1);
    }
}

#[test]
fn groups_are_switched_off_one_by_one() {
    assert!(values(&two_ticks(&HostConfig::default().with_groups([Group::Pressure]))).is_empty());
    let load = values(&two_ticks(&HostConfig::default().with_groups([Group::Load])));
    assert!(load.keys().all(|series| series.starts_with("system.cpu.load_average")));
}

#[test]
fn it_passes_the_suite_for_collectors() {
    #[derive(Debug)]
    struct Portable(Groups);

    impl awatch_core::Collector for Portable {
        fn name(&self) -> &'static str {
            "host"
        }

        fn collect(&mut self, out: &mut SampleBatch) -> Result<(), awatch_core::CollectError> {
            self.0.collect(out)
        }
    }

    crate::conformance::check(&mut Portable(Groups::new(&HostConfig::default())));
    crate::conformance::check_budget(&mut Portable(Groups::new(&HostConfig::default())));
}
