//! Memory and swap, from `/proc/meminfo`.

use awatch_core::CollectError;

use super::Source;
use crate::host::metrics::memory::{
    ANONYMOUS, AVAILABLE, BACKING, COMMIT_LIMIT, COMMITTED, CORRUPTED, DIRTY, HUGE_ANONYMOUS,
    HUGE_PAGE_LIMIT, HUGE_PAGE_SIZE, HUGE_PAGE_STATE, HUGE_PAGES, HUGE_PAGES_RESERVED, HUGE_PAGES_SURPLUS,
    KERNEL_STACK, LIMIT, LIST, LOCKED, MAPPED, PAGE_LIST, PAGE_TABLES, PER_CPU, SHARED, SLAB, SLAB_STATE,
    STATE, UNEVICTABLE, USAGE, UTILIZATION, VMALLOC, WRITEBACK,
};
use crate::host::metrics::paging;
use crate::host::{Group, HostConfig};
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, Entry, Fields, Named, ParseError, ProcFile, lines, listed, missing_line};

const KIB: f64 = 1024.0;

/// What is passed on as it is.
static ENTRIES: &[Entry] = &[
    Entry::plain("Shmem", &SHARED, &[]).times(KIB),
    Entry::plain("SReclaimable", &SLAB, &[(SLAB_STATE, "reclaimable")]).times(KIB),
    Entry::plain("SUnreclaim", &SLAB, &[(SLAB_STATE, "unreclaimable")]).times(KIB),
    Entry::plain("Active(anon)", &PAGE_LIST, &[(LIST, "active"), (BACKING, "anonymous")]).times(KIB),
    Entry::plain("Active(file)", &PAGE_LIST, &[(LIST, "active"), (BACKING, "file")]).times(KIB),
    Entry::plain("Inactive(anon)", &PAGE_LIST, &[(LIST, "inactive"), (BACKING, "anonymous")]).times(KIB),
    Entry::plain("Inactive(file)", &PAGE_LIST, &[(LIST, "inactive"), (BACKING, "file")]).times(KIB),
    Entry::plain("AnonPages", &ANONYMOUS, &[]).times(KIB),
    Entry::plain("AnonHugePages", &HUGE_ANONYMOUS, &[]).times(KIB),
    Entry::plain("Mapped", &MAPPED, &[]).times(KIB),
    Entry::plain("Dirty", &DIRTY, &[]).times(KIB),
    Entry::plain("Writeback", &WRITEBACK, &[]).times(KIB),
    Entry::plain("Unevictable", &UNEVICTABLE, &[]).times(KIB),
    Entry::plain("Mlocked", &LOCKED, &[]).times(KIB),
    Entry::plain("KernelStack", &KERNEL_STACK, &[]).times(KIB),
    Entry::plain("PageTables", &PAGE_TABLES, &[]).times(KIB),
    Entry::plain("Percpu", &PER_CPU, &[]).times(KIB),
    Entry::plain("VmallocUsed", &VMALLOC, &[]).times(KIB),
    Entry::plain("Committed_AS", &COMMITTED, &[]).times(KIB),
    Entry::plain("CommitLimit", &COMMIT_LIMIT, &[]).times(KIB),
    Entry::plain("HardwareCorrupted", &CORRUPTED, &[]).times(KIB),
];

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
    huge: [Option<u64>; 4],
    huge_page_size: Option<u64>,
}

/// Reads `/proc/meminfo`; lines it does not know are passed over.
pub(super) fn parse_meminfo(table: &[u8]) -> Result<Meminfo, ParseError> {
    let mut found = Meminfo::default();
    let [huge_total, huge_free, huge_reserved, huge_surplus] = &mut found.huge;
    for (line, text) in lines(table) {
        let mut fields = Fields::of(line, text);
        let (place, name, unit) = match fields.next_field() {
            Some(b"MemTotal:") => (&mut found.total, "MemTotal", 1024),
            Some(b"MemFree:") => (&mut found.free, "MemFree", 1024),
            Some(b"MemAvailable:") => (&mut found.available, "MemAvailable", 1024),
            Some(b"Buffers:") => (&mut found.buffers, "Buffers", 1024),
            Some(b"Cached:") => (&mut found.cached, "Cached", 1024),
            Some(b"SwapTotal:") => (&mut found.swap_total, "SwapTotal", 1024),
            Some(b"SwapFree:") => (&mut found.swap_free, "SwapFree", 1024),
            Some(b"SReclaimable:") => (&mut found.reclaimable, "SReclaimable", 1024),
            Some(b"HugePages_Total:") => (&mut *huge_total, "HugePages_Total", 1),
            Some(b"HugePages_Free:") => (&mut *huge_free, "HugePages_Free", 1),
            Some(b"HugePages_Rsvd:") => (&mut *huge_reserved, "HugePages_Rsvd", 1),
            Some(b"HugePages_Surp:") => (&mut *huge_surplus, "HugePages_Surp", 1),
            Some(b"Hugepagesize:") => (&mut found.huge_page_size, "Hugepagesize", 1024),
            _ => continue,
        };
        *place = Some(fields.number(name)?.saturating_mul(unit));
    }
    if found.total.is_none() { Err(missing_line("MemTotal")) } else { Ok(found) }
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
struct MemorySlots {
    states: [Slot; 4],
    utilization: Slot,
    available: Slot,
    limit: Slot,
    huge_states: [Slot; 2],
    huge: [Slot; 4],
}

#[derive(Debug, Default)]
struct SwapSlots {
    states: [Slot; 2],
    utilization: Slot,
}

/// Collects memory, and how much swap there is.
#[derive(Debug)]
pub(super) struct Memory {
    file: ProcFile,
    named: Named,
    /// `None`: not reported.
    main: Option<MemorySlots>,
    swap: Option<SwapSlots>,
}

impl Memory {
    /// Reports the group `Memory`, the swap space of the group `Paging`, or both, as the configuration says.
    pub(super) fn new(config: &HostConfig) -> Self {
        Self {
            file: ProcFile::new(&config.proc_root, &["meminfo"]),
            named: Named::new(ENTRIES),
            main: config.groups.contains(&Group::Memory).then(MemorySlots::default),
            swap: config.groups.contains(&Group::Paging).then(SwapSlots::default),
        }
    }
}

impl Source for Memory {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let table = self.file.read(buffer)?;
        let found = parse_meminfo(table).map_err(|error| self.file.malformed(error))?;
        if let Some(swap) = &mut self.swap {
            swap.push(&found, out);
        }
        let Some(memory) = &mut self.main else { return Ok(()) };
        memory.push(&found, out);
        memory.push_huge_pages(&found, out);
        self.named.collect(listed(table), out).map_err(|error| self.file.malformed(error))
    }
}

impl MemorySlots {
    fn push(&mut self, found: &Meminfo, out: &mut Output<'_>) {
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

    fn push_huge_pages(&mut self, found: &Meminfo, out: &mut Output<'_>) {
        let [Some(total), Some(free), reserved, surplus] = found.huge else { return };
        if total == 0 {
            return;
        }
        let states = [("used", total.saturating_sub(free)), ("free", free)];
        for (slot, (state, pages)) in self.huge_states.iter_mut().zip(states) {
            out.push(slot, &HUGE_PAGES, &[(HUGE_PAGE_STATE, state)], pages as f64);
        }
        let numbers = [
            (&HUGE_PAGE_LIMIT, Some(total)),
            (&HUGE_PAGES_RESERVED, reserved),
            (&HUGE_PAGES_SURPLUS, surplus),
            (&HUGE_PAGE_SIZE, found.huge_page_size),
        ];
        for (slot, (metric, number)) in self.huge.iter_mut().zip(numbers) {
            if let Some(number) = number {
                out.push(slot, metric, &[], number as f64);
            }
        }
    }
}

impl SwapSlots {
    fn push(&mut self, found: &Meminfo, out: &mut Output<'_>) {
        let Some((total, free)) = found.swap_total.zip(found.swap_free).filter(|(total, _)| *total > 0)
        else {
            return;
        };
        let used = total.saturating_sub(free);
        for (slot, (state, bytes)) in self.states.iter_mut().zip([("used", used), ("free", free)]) {
            out.push(slot, &paging::USAGE, &[(paging::STATE, state)], bytes as f64);
        }
        out.push(&mut self.utilization, &paging::UTILIZATION, &[], used as f64 / total as f64);
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
