//! Memory and swap.

use awatch_core::CollectError;
use sysinfo::{MemoryRefreshKind, System};

use super::{Source, opened};
use crate::host::metrics::memory::{LIMIT, STATE, USAGE, UTILIZATION};
use crate::host::metrics::paging;
use crate::host::{Group, HostConfig};
use crate::output::{Output, Slot};

/// Collects memory and swap.
#[derive(Debug)]
pub(super) struct Memory {
    system: Option<System>,
    main: bool,
    swap: bool,
    states: [Slot; 2],
    limit: Slot,
    utilization: Slot,
    swap_states: [Slot; 2],
    swap_utilization: Slot,
}

impl Memory {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self {
            system: None,
            main: config.groups.contains(&Group::Memory),
            swap: config.groups.contains(&Group::Paging),
            states: Default::default(),
            limit: Slot::default(),
            utilization: Slot::default(),
            swap_states: Default::default(),
            swap_utilization: Slot::default(),
        }
    }
}

impl Source for Memory {
    fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let system = opened(&mut self.system, "the system", System::new)?;
        system.refresh_memory_specifics(MemoryRefreshKind::everything());
        let (total, available) = (system.total_memory(), system.available_memory());
        if self.main && total > 0 {
            let used = total.saturating_sub(available);
            let states = [("used", used), ("free", system.free_memory())];
            for (slot, (state, bytes)) in self.states.iter_mut().zip(states) {
                out.push(slot, &USAGE, &[(STATE, state)], bytes as f64);
            }
            out.push(&mut self.limit, &LIMIT, &[], total as f64);
            out.push(&mut self.utilization, &UTILIZATION, &[], used as f64 / total as f64);
        }
        let total = system.total_swap();
        if self.swap && total > 0 {
            let used = system.used_swap().min(total);
            let states = [("used", used), ("free", total - used)];
            for (slot, (state, bytes)) in self.swap_states.iter_mut().zip(states) {
                out.push(slot, &paging::USAGE, &[(paging::STATE, state)], bytes as f64);
            }
            let share = used as f64 / total as f64;
            out.push(&mut self.swap_utilization, &paging::UTILIZATION, &[], share);
        }
        Ok(())
    }
}
