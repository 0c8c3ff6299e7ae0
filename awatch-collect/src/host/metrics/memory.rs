//! Memory.

use crate::Metric;

pub(in crate::host) const STATE: &str = "system.memory.state";
pub(in crate::host) const SLAB_STATE: &str = "system.memory.linux.slab.state";
pub(in crate::host) const LIST: &str = "linux.memory.list";
pub(in crate::host) const BACKING: &str = "linux.memory.backing";
pub(in crate::host) const HUGE_PAGE_STATE: &str = "system.memory.linux.hugepages.state";

const fn bytes(name: &'static str, labels: &'static [&'static str], meaning: &'static str) -> Metric {
    Metric::gauge(name, "By", labels, meaning)
}

const fn pages(name: &'static str, labels: &'static [&'static str], meaning: &'static str) -> Metric {
    Metric::gauge(name, "{page}", labels, meaning)
}

pub(in crate::host) const USAGE: Metric = bytes(
    "system.memory.usage",
    &[STATE],
    "Memory by state: `used` (not available to programs), `free`, `buffers`, `cached`. The last two can be taken back \
     and are part of what is available, so the states do not add up to the whole.",
);
pub(in crate::host) const UTILIZATION: Metric = Metric::gauge(
    "system.memory.utilization",
    "1",
    &[],
    "Share of the memory that is used: not available to programs.",
);
pub(in crate::host) const AVAILABLE: Metric = bytes(
    "system.memory.linux.available",
    &[],
    "Memory that programs can get without swapping, as the kernel estimates it; kernels before 3.14: free, buffers, \
     cached and reclaimable slab together.",
);
pub(in crate::host) const LIMIT: Metric =
    bytes("system.memory.limit", &[], "All memory that the kernel manages.");
pub(in crate::host) const SHARED: Metric =
    bytes("system.memory.linux.shared", &[], "Memory shared between processes, and files in `tmpfs`.");
pub(in crate::host) const SLAB: Metric = bytes(
    "system.memory.linux.slab.usage",
    &[SLAB_STATE],
    "Memory in which the kernel keeps its own objects: `reclaimable`, `unreclaimable`.",
);
pub(in crate::host) const PAGE_LIST: Metric = bytes(
    "system.memory.linux.page_list",
    &[LIST, BACKING],
    "Memory that can be reclaimed, by how lately it was used (`active`, `inactive`) and what backs it (`anonymous`, \
     `file`).",
);
pub(in crate::host) const ANONYMOUS: Metric =
    bytes("system.memory.linux.anonymous", &[], "Memory of programs that no file backs.");
pub(in crate::host) const HUGE_ANONYMOUS: Metric =
    bytes("system.memory.linux.anonymous_huge", &[], "The part of it that lies in transparent huge pages.");
pub(in crate::host) const MAPPED: Metric =
    bytes("system.memory.linux.mapped", &[], "Files that programs have mapped into their memory.");
pub(in crate::host) const DIRTY: Metric =
    bytes("system.memory.linux.dirty", &[], "Changed pages of files that wait to be written.");
pub(in crate::host) const WRITEBACK: Metric =
    bytes("system.memory.linux.writeback", &[], "Changed pages of files that are being written.");
pub(in crate::host) const UNEVICTABLE: Metric =
    bytes("system.memory.linux.unevictable", &[], "Memory that cannot be reclaimed.");
pub(in crate::host) const LOCKED: Metric =
    bytes("system.memory.linux.locked", &[], "Memory that programs have locked.");
pub(in crate::host) const KERNEL_STACK: Metric =
    bytes("system.memory.linux.kernel_stack", &[], "Stacks that the kernel keeps for threads.");
pub(in crate::host) const PAGE_TABLES: Metric =
    bytes("system.memory.linux.page_tables", &[], "Tables that map the memory of programs.");
pub(in crate::host) const PER_CPU: Metric =
    bytes("system.memory.linux.per_cpu", &[], "What the kernel keeps for each processor apart.");
pub(in crate::host) const VMALLOC: Metric =
    bytes("system.memory.linux.vmalloc", &[], "Memory that the kernel has mapped for itself.");
pub(in crate::host) const COMMITTED: Metric =
    bytes("system.memory.linux.committed", &[], "Memory that programs were promised, used or not.");
pub(in crate::host) const COMMIT_LIMIT: Metric = bytes(
    "system.memory.linux.commit_limit",
    &[],
    "What may be promised, where the system is set to keep its promises strictly.",
);
pub(in crate::host) const CORRUPTED: Metric =
    bytes("system.memory.linux.corrupted", &[], "Memory taken out of use because the hardware failed.");
pub(in crate::host) const HUGE_PAGE_LIMIT: Metric = pages(
    "system.memory.linux.hugepages.limit",
    &[],
    "Huge pages set aside. This and what follows only where there are any.",
);
pub(in crate::host) const HUGE_PAGES: Metric =
    pages("system.memory.linux.hugepages.usage", &[HUGE_PAGE_STATE], "Huge pages by state: `used`, `free`.");
pub(in crate::host) const HUGE_PAGES_RESERVED: Metric =
    pages("system.memory.linux.hugepages.reserved", &[], "Free huge pages that are promised to programs.");
pub(in crate::host) const HUGE_PAGES_SURPLUS: Metric =
    pages("system.memory.linux.hugepages.surplus", &[], "Huge pages beyond those set aside.");
pub(in crate::host) const HUGE_PAGE_SIZE: Metric =
    bytes("system.memory.linux.hugepages.page_size", &[], "The size of one huge page.");

pub(super) const METRICS: &[Metric] = &[
    USAGE,
    UTILIZATION,
    AVAILABLE,
    LIMIT,
    SHARED,
    SLAB,
    PAGE_LIST,
    ANONYMOUS,
    HUGE_ANONYMOUS,
    MAPPED,
    DIRTY,
    WRITEBACK,
    UNEVICTABLE,
    LOCKED,
    KERNEL_STACK,
    PAGE_TABLES,
    PER_CPU,
    VMALLOC,
    COMMITTED,
    COMMIT_LIMIT,
    CORRUPTED,
    HUGE_PAGE_LIMIT,
    HUGE_PAGES,
    HUGE_PAGES_RESERVED,
    HUGE_PAGES_SURPLUS,
    HUGE_PAGE_SIZE,
];
