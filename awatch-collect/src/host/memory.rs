//! Memory and swap, from `/proc/meminfo`.

use std::path::Path;

use awatch_core::CollectError;

use super::groups::Source;
use super::output::{GAUGE, Output, Slot};
use super::proc_file::{Buffer, ProcFile};
use super::scan::{Fields, ParseError, lines, missing_line};
use super::{Group, Metric};

const STATE: &str = "system.memory.state";
const SWAP_STATE: &str = "system.paging.state";

const fn gauge(
    name: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    meaning: &'static str,
) -> Metric {
    Metric { name, unit, kind: GAUGE, labels, group: Group::Memory, meaning }
}

const USAGE: Metric = gauge(
    "system.memory.usage",
    "By",
    &[STATE],
    "Memory by state: `used` (not available to programs), `free`, `buffers`, `cached`. The last two can be taken back \
     and are part of what is available, so the states do not add up to the whole.",
);
const UTILIZATION: Metric = gauge(
    "system.memory.utilization",
    "1",
    &[],
    "Share of the memory that is used: not available to programs.",
);
const AVAILABLE: Metric = gauge(
    "system.memory.linux.available",
    "By",
    &[],
    "Memory that programs can get without swapping, as the kernel estimates it; kernels before 3.14: free, buffers, \
     cached and reclaimable slab together.",
);
const LIMIT: Metric = gauge("system.memory.limit", "By", &[], "All memory that the kernel manages.");
const SWAP_USAGE: Metric = gauge(
    "system.paging.usage",
    "By",
    &[SWAP_STATE],
    "Swap space: `used`, `free`. Only where there is swap.",
);
const SWAP_UTILIZATION: Metric = gauge(
    "system.paging.utilization",
    "1",
    &[],
    "Share of the swap space that is used. Only where there is swap.",
);
pub(super) const METRICS: &[Metric] = &[USAGE, UTILIZATION, AVAILABLE, LIMIT, SWAP_USAGE, SWAP_UTILIZATION];

/// What `/proc/meminfo` tells, in bytes; `None`: it does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meminfo {
    total: Option<u64>,
    free: Option<u64>,
    available: Option<u64>,
    buffers: Option<u64>,
    cached: Option<u64>,
    reclaimable: Option<u64>,
    swap_total: Option<u64>,
    swap_free: Option<u64>,
}

/// Reads `/proc/meminfo`; lines it does not know are passed over.
pub(super) fn parse_meminfo(table: &[u8]) -> Result<Meminfo, ParseError> {
    let mut found = Meminfo::default();
    for (line, text) in lines(table) {
        let mut fields = Fields::of(line, text);
        let (place, name) = match fields.next_field() {
            Some(b"MemTotal:") => (&mut found.total, "MemTotal"),
            Some(b"MemFree:") => (&mut found.free, "MemFree"),
            Some(b"MemAvailable:") => (&mut found.available, "MemAvailable"),
            Some(b"Buffers:") => (&mut found.buffers, "Buffers"),
            Some(b"Cached:") => (&mut found.cached, "Cached"),
            Some(b"SwapTotal:") => (&mut found.swap_total, "SwapTotal"),
            Some(b"SwapFree:") => (&mut found.swap_free, "SwapFree"),
            Some(b"SReclaimable:") => {
                found.reclaimable = Some(kibibytes(&mut fields, "SReclaimable")?);
                break;
            }
            _ => continue,
        };
        *place = Some(kibibytes(&mut fields, name)?);
    }
    if found.total.is_none() { Err(missing_line("MemTotal")) } else { Ok(found) }
}

fn kibibytes(fields: &mut Fields<'_>, name: &'static str) -> Result<u64, ParseError> {
    Ok(fields.number(name)?.saturating_mul(1024))
}

impl Meminfo {
    /// What programs can get; the sum of what can be taken back where the kernel gives no estimate.
    fn available(&self) -> Option<u64> {
        let parts = [self.buffers, self.cached, self.reclaimable];
        let sum = |free: u64| parts.into_iter().flatten().fold(free, u64::saturating_add);
        self.available.or_else(|| self.free.map(sum))
    }
}

#[derive(Debug, Default)]
struct Slots {
    states: [Slot; 4],
    utilization: Slot,
    available: Slot,
    limit: Slot,
    swap_states: [Slot; 2],
    swap_utilization: Slot,
}

/// Collects memory and swap.
#[derive(Debug)]
pub(super) struct Memory {
    file: ProcFile,
    slots: Slots,
}

impl Memory {
    pub(super) fn new(root: &Path) -> Self {
        Self { file: ProcFile::new(root, &["meminfo"]), slots: Slots::default() }
    }
}

impl Source for Memory {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let found = parse_meminfo(self.file.read(buffer)?).map_err(|error| self.file.malformed(error))?;
        self.slots.push_memory(&found, out);
        self.slots.push_swap(&found, out);
        Ok(())
    }
}

impl Slots {
    fn push_memory(&mut self, found: &Meminfo, out: &mut Output<'_>) {
        let total = found.total.unwrap_or(0);
        let available = found.available().map(|available| available.min(total));
        let used = available.map(|available| total - available);
        let states =
            [("used", used), ("free", found.free), ("buffers", found.buffers), ("cached", found.cached)];
        for (slot, (state, bytes)) in self.states.iter_mut().zip(states) {
            if let Some(bytes) = bytes {
                out.push(slot, &USAGE, &[(STATE, state)], bytes as f64);
            }
        }
        out.push(&mut self.limit, &LIMIT, &[], total as f64);
        if let (Some(available), Some(used)) = (available, used) {
            out.push(&mut self.available, &AVAILABLE, &[], available as f64);
            if total > 0 {
                out.push(&mut self.utilization, &UTILIZATION, &[], used as f64 / total as f64);
            }
        }
    }

    fn push_swap(&mut self, found: &Meminfo, out: &mut Output<'_>) {
        let Some((total, free)) = found.swap_total.zip(found.swap_free).filter(|(total, _)| *total > 0)
        else {
            return;
        };
        let used = total.saturating_sub(free);
        for (slot, (state, bytes)) in self.swap_states.iter_mut().zip([("used", used), ("free", free)]) {
            out.push(slot, &SWAP_USAGE, &[(SWAP_STATE, state)], bytes as f64);
        }
        out.push(&mut self.swap_utilization, &SWAP_UTILIZATION, &[], used as f64 / total as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &[u8] =
        b"MemTotal:       24684092 kB\nMemFree:        24394636 kB\nMemAvailable:   24373384 kB\n\
        Buffers:            2128 kB\nCached:           173564 kB\nSwapCached:            0 kB\n\
        Active(anon):       1528 kB\nSwapTotal:       1048576 kB\nSwapFree:        1048000 kB\n\
        Zswap:                 0 kB\nSReclaimable:      34672 kB\nHugePages_Total:       0\n";

    #[test]
    fn reads_a_real_machine() {
        let found = parse_meminfo(REAL).unwrap();
        assert_eq!(found.total, Some(24_684_092 * 1024));
        assert_eq!(found.available(), Some(24_373_384 * 1024));
        assert_eq!(found.cached, Some(173_564 * 1024));
        assert_eq!(found.swap_free, Some(1_048_000 * 1024));
    }

    #[test]
    fn old_kernels_get_an_estimate_and_containers_may_hide_lines() {
        let old = b"MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 20 kB\nSReclaimable: 3 kB\n";
        assert_eq!(parse_meminfo(old).unwrap().available(), Some(38 * 1024));
        let bare = parse_meminfo(b"MemTotal: 100 kB\n").unwrap();
        assert_eq!((bare.available(), bare.swap_total), (None, None));
        let huge = parse_meminfo(b"MemTotal: 18446744073709551615 kB\n").unwrap();
        assert_eq!(huge.total, Some(u64::MAX));
    }

    #[test]
    fn says_where_it_does_not_understand() {
        for (text, message) in [
            ("", "line 0: `MemTotal` is missing"),
            ("MemTotal: 1 kB\nMemFree: many kB", "line 2: `MemFree` is `many`, not a number"),
            ("MemTotal:", "line 1: `MemTotal` is missing"),
        ] {
            assert_eq!(parse_meminfo(text.as_bytes()).unwrap_err().to_string(), message);
        }
    }
}
