//! Asking this machine, by the collectors and by its own tools.

#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use awatch_core::{CollectError, Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};

/// A collector that is called tick by tick.
#[derive(Debug)]
pub(crate) struct Asked<C> {
    collector: C,
    pub(crate) out: SampleBatch,
    secs: i64,
}

impl<C: Collector> Asked<C> {
    pub(crate) fn new(collector: C) -> Self {
        let (source, target) = (Name::new(collector.name()).unwrap(), Target::new("here").unwrap());
        let registry = Arc::new(Registry::new(100_000));
        let out = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
        Self { collector, out, secs: 0 }
    }

    /// One tick.
    pub(crate) fn tick(&mut self) -> Result<(), CollectError> {
        self.secs += 1;
        self.out.restart(Timestamp::from_secs(self.secs));
        self.collector.collect(&mut self.out)
    }

    /// What is in the batch of the last tick, each series as text without its target.
    pub(crate) fn values(&self) -> BTreeMap<String, f64> {
        let name = |sample: &awatch_core::Sample| {
            let meta = self.out.resolve(sample.series).unwrap();
            format!("{}{}", meta.key.metric(), meta.key.labels())
        };
        self.out.samples().iter().map(|sample| (name(sample), sample.value)).collect()
    }

    /// One series of a new tick.
    pub(crate) fn value(&mut self, series: &str) -> f64 {
        let _ = self.tick();
        *self.values().get(series).unwrap_or_else(|| panic!("{series} is not reported"))
    }
}

/// What a tool of the system prints; `None`, with the reason printed, when it is not installed or fails.
pub(crate) fn tool(name: &str, arguments: &[&str]) -> Option<String> {
    match Command::new(name).args(arguments).env("LC_ALL", "C").output() {
        Ok(done) if done.status.success() => Some(String::from_utf8_lossy(&done.stdout).into_owned()),
        Ok(done) => {
            println!("skipped: {name} failed: {}", String::from_utf8_lossy(&done.stderr).trim());
            None
        }
        Err(error) => {
            println!("skipped: {name} cannot be run: {error}");
            None
        }
    }
}

/// Whether the collector's value of `series` is what `other` says at the same moment: between what the collector says
/// just before and just after, give or take `slack`. A gauge may jump there and back meanwhile, so several moments are
/// tried. `None` from `other`: there is nothing to compare.
pub(crate) fn agrees<C: Collector>(
    asked: &mut Asked<C>,
    series: &str,
    slack: f64,
    mut other: impl FnMut() -> Option<f64>,
) {
    let mut seen = Vec::new();
    for _ in 0..20 {
        let before = asked.value(series);
        let Some(told) = other() else { return };
        let after = asked.value(series);
        if told >= before.min(after) - slack && told <= before.max(after) + slack {
            return;
        }
        seen.push((before, told, after));
    }
    panic!("{series}: before, the other, after: {seen:?}");
}
