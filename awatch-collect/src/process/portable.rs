//! The program itself on a machine of any kind, from the crate `sysinfo`.

use awatch_core::{CollectError, Timestamp};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::metrics::{DIRECTION, IO, MEMORY, UPTIME, UTILIZATION, VIRTUAL};
use crate::output::{Output, Slot};

#[derive(Debug, Default)]
struct Slots {
    utilization: Slot,
    memory: Slot,
    reserved: Slot,
    io: [Slot; 2],
    uptime: Slot,
}

/// What is known of the program.
#[derive(Debug)]
pub(super) struct Own {
    /// `None` until it is asked for the first time.
    system: Option<System>,
    /// The processor time in milliseconds at the tick before, and the tick.
    before: Option<(u64, Timestamp)>,
    slots: Slots,
}

impl Own {
    pub(super) fn new() -> Self {
        Self { system: None, before: None, slots: Slots::default() }
    }

    pub(super) fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let unavailable = |error: sysinfo::Error| CollectError::unavailable("the system", error.to_string());
        let mut system = match self.system.take() {
            Some(system) => system,
            None => System::new().map_err(unavailable)?,
        };
        let pid = Pid::from_u32(std::process::id());
        let what = ProcessRefreshKind::nothing().without_tasks().with_cpu().with_memory().with_disk_usage();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
        if let Some(process) = system.process(pid) {
            self.push(process, out);
        }
        self.system = Some(system);
        Ok(())
    }

    fn push(&mut self, process: &sysinfo::Process, out: &mut Output<'_>) {
        let slots = &mut self.slots;
        let (used, now) = (process.accumulated_cpu_time(), out.at());
        if let Some((used_before, then)) = self.before.replace((used, now)).filter(|(_, then)| now > *then) {
            let passed = now.as_nanos().saturating_sub(then.as_nanos()) as f64 * 1e-9;
            let utilization = used.saturating_sub(used_before) as f64 * 1e-3 / passed;
            out.push(&mut slots.utilization, &UTILIZATION, &[], utilization);
        }
        out.push(&mut slots.memory, &MEMORY, &[], process.memory() as f64);
        out.push(&mut slots.reserved, &VIRTUAL, &[], process.virtual_memory() as f64);
        out.push(&mut slots.uptime, &UPTIME, &[], process.run_time() as f64);
        let disk = process.disk_usage();
        let totals = [("read", disk.total_read_bytes), ("write", disk.total_written_bytes)];
        for (slot, (direction, bytes)) in slots.io.iter_mut().zip(totals) {
            out.push(slot, &IO, &[(DIRECTION, direction)], bytes as f64);
        }
    }
}
