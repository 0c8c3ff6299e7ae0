//! The collector of the program itself, on this very program.

use std::collections::BTreeSet;
use std::sync::Arc;

use awatch_core::{Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};

use super::{ProcessConfig, metrics, portable};
use crate::output::{Output, Ticks};

fn batch() -> SampleBatch {
    let (source, target) = (Name::new("process").unwrap(), Target::new("web-1").unwrap());
    SampleBatch::new(Arc::new(Registry::new(100)), source, target, Interval::SECOND, Timestamp::EPOCH)
}

fn spin() {
    let sum = (0..300_000_000_u64).fold(0, |sum, n| std::hint::black_box(sum ^ n));
    std::hint::black_box(sum);
}

fn value(out: &SampleBatch, series: &str) -> Option<f64> {
    let named = |sample: &&awatch_core::Sample| {
        let meta = out.resolve(sample.series).unwrap();
        format!("{}{}", meta.key.metric(), meta.key.labels()) == series
    };
    out.samples().iter().find(named).map(|sample| sample.value)
}

#[test]
#[cfg(target_os = "linux")]
fn everything_listed_is_reported_and_makes_sense() {
    let (mut process, mut out) = (ProcessConfig::default().build().unwrap(), batch());
    process.collect(&mut out).unwrap();
    assert_eq!(value(&out, "process.cpu.utilization"), None);
    spin();
    out.restart(Timestamp::from_secs(1));
    process.collect(&mut out).unwrap();
    let reported: BTreeSet<_> =
        out.samples().iter().map(|s| out.resolve(s.series).unwrap().key.metric().to_string()).collect();
    assert_eq!(reported, metrics().map(|metric| metric.name.to_owned()).collect());
    let value = |series: &str| value(&out, series).unwrap();
    assert!(value("process.cpu.utilization") > 0.0);
    assert!(value("process.cpu.time{cpu.mode=\"user\"}") > 0.0);
    assert!(value("process.memory.usage") > 500_000.0);
    assert!(value("process.memory.virtual") > value("process.memory.usage"));
    assert!(value("process.thread.count") >= 1.0);
    assert!(value("process.unix.file_descriptor.count") >= 3.0);
    assert!(value("process.unix.file_descriptor.limit") > value("process.unix.file_descriptor.count"));
    assert!(value("process.paging.faults{system.paging.fault.type=\"minor\"}") > 10.0);
    assert!(value("process.uptime") < 3600.0);
}

#[test]
fn the_portable_part_tells_the_same() {
    let (mut own, mut ticks, mut out) = (portable::Own::new(), Ticks::default(), batch());
    for secs in 0..2 {
        out.restart(Timestamp::from_secs(secs));
        let tick = ticks.next(&out);
        own.collect(&mut Output::new(&mut out, tick)).unwrap();
        spin();
    }
    assert_eq!(out.samples().len(), 6);
    assert!(value(&out, "process.cpu.utilization").unwrap() > 0.0);
    assert!(value(&out, "process.memory.usage").unwrap() > 500_000.0);
}

#[test]
fn it_passes_the_suite_for_collectors() {
    crate::conformance::check(&mut ProcessConfig::default().build().unwrap());
    crate::conformance::check_budget(&mut ProcessConfig::default().build().unwrap());
}

#[test]
fn says_what_is_wrong() {
    let error = ProcessConfig::default().with_name("").build().unwrap_err();
    assert_eq!(error.to_string(), "the name of the process collector is malformed");
}
