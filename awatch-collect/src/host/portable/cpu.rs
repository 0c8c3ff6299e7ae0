//! Processor usage, load and uptime.

use awatch_core::CollectError;
use sysinfo::System;

use super::{Source, opened};
use crate::host::HostConfig;
use crate::host::bound::Bound;
use crate::host::metrics::cpu::{CORE_UTILIZATION, LEFT_OUT, LOGICAL_COUNT, NUMBER, UTILIZATION};
use crate::host::metrics::{kernel, load};
use crate::output::{Output, Slot};

/// Collects processor usage.
#[derive(Debug)]
pub(super) struct Cpu {
    system: Option<System>,
    asked_before: bool,
    utilization: Slot,
    count: Slot,
    cores: Vec<(String, Slot)>,
    bound: Bound,
}

impl Cpu {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self {
            system: None,
            asked_before: false,
            utilization: Slot::default(),
            count: Slot::default(),
            cores: Vec::new(),
            bound: Bound::new("processors", config.max_processors, "raise `max_processors`", &LEFT_OUT),
        }
    }
}

fn share(percent: f32) -> f64 {
    (f64::from(percent) / 100.0).clamp(0.0, 1.0)
}

impl Source for Cpu {
    fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let system = opened(&mut self.system, "the system", System::new)?;
        system.refresh_cpu_usage();
        let cpus = system.cpus();
        if !cpus.is_empty() {
            out.push(&mut self.count, &LOGICAL_COUNT, &[], cpus.len() as f64);
        }
        if !std::mem::replace(&mut self.asked_before, true) {
            return Ok(());
        }
        out.push(&mut self.utilization, &UTILIZATION, &[], share(system.global_cpu_usage()));
        while self.cores.len() < cpus.len().min(self.bound.max()) {
            self.cores.push((self.cores.len().to_string(), Slot::default()));
        }
        for ((number, slot), cpu) in self.cores.iter_mut().zip(cpus) {
            out.push(slot, &CORE_UTILIZATION, &[(NUMBER, number)], share(cpu.usage()));
        }
        self.bound.left_out(cpus.len().saturating_sub(self.bound.max()), out)
    }
}

/// Collects the load averages; nothing where the system has none.
#[derive(Debug, Default)]
pub(super) struct Load([Slot; 3]);

impl Source for Load {
    fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let Ok(load) = System::load_average() else { return Ok(()) };
        let averages = [load.one, load.five, load.fifteen];
        for ((slot, metric), average) in self.0.iter_mut().zip(load::METRICS).zip(averages) {
            out.push(slot, metric, &[], average);
        }
        Ok(())
    }
}

/// Collects the uptime.
#[derive(Debug, Default)]
pub(super) struct Uptime(Slot);

impl Source for Uptime {
    fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let uptime = System::uptime().map_err(|e| CollectError::unavailable("the uptime", e.to_string()))?;
        out.push(&mut self.0, &kernel::UPTIME, &[], uptime as f64);
        Ok(())
    }
}
