//! Swap, page faults, and the work of finding free memory.

use crate::Metric;

pub(in crate::host) const STATE: &str = "system.paging.state";
pub(in crate::host) const FAULT: &str = "system.paging.fault.type";
pub(in crate::host) const DIRECTION: &str = "system.paging.direction";
pub(in crate::host) const BY: &str = "linux.reclaim.by";
pub(in crate::host) const BACKING: &str = "linux.memory.backing";
pub(in crate::host) const RESULT: &str = "linux.compaction.result";

const fn counter(
    name: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    meaning: &'static str,
) -> Metric {
    Metric::counter(name, unit, labels, meaning)
}

pub(in crate::host) const USAGE: Metric = Metric::gauge(
    "system.paging.usage",
    "By",
    &[STATE],
    "Swap space: `used`, `free`. Only where there is swap.",
);
pub(in crate::host) const UTILIZATION: Metric = Metric::gauge(
    "system.paging.utilization",
    "1",
    &[],
    "Share of the swap space that is used. Only where there is swap.",
);
pub(in crate::host) const FAULTS: Metric = counter(
    "system.paging.faults",
    "{fault}",
    &[FAULT],
    "Times that a program touched a page it had no access to yet: `minor`, or `major` when a disk had to be read.",
);
pub(in crate::host) const OPERATIONS: Metric = counter(
    "system.paging.operations",
    "{operation}",
    &[DIRECTION],
    "Pages that came from swap (`in`) and went there (`out`).",
);
pub(in crate::host) const IO: Metric = counter(
    "system.linux.paging.io",
    "By",
    &[DIRECTION],
    "Bytes that the kernel read from block devices (`in`) and wrote to them (`out`).",
);
pub(in crate::host) const OOM_KILLS: Metric = counter(
    "system.linux.oom_kills",
    "{process}",
    &[],
    "Processes that the kernel killed because memory had run out.",
);
pub(in crate::host) const SCANNED: Metric = counter(
    "system.linux.reclaim.scanned",
    "{page}",
    &[BY],
    "Pages looked at to find memory to free: by `kswapd` in the background, or `direct`ly while a program waited.",
);
pub(in crate::host) const RECLAIMED: Metric =
    counter("system.linux.reclaim.freed", "{page}", &[BY], "Pages that were freed that way.");
pub(in crate::host) const STALLS: Metric = counter(
    "system.linux.reclaim.stalls",
    "{stall}",
    &[],
    "Times that a program had to free memory itself before it got some.",
);
pub(in crate::host) const REFAULTS: Metric = counter(
    "system.linux.reclaim.refaults",
    "{page}",
    &[BACKING],
    "Pages that were needed again after they had been freed, by what backs them: `anonymous`, `file`.",
);
pub(in crate::host) const ALLOCATED: Metric =
    counter("system.linux.page.allocated", "{page}", &[], "Pages that were given out.");
pub(in crate::host) const FREED: Metric =
    counter("system.linux.page.freed", "{page}", &[], "Pages that were given back.");
pub(in crate::host) const DIRTIED: Metric =
    counter("system.linux.page.dirtied", "{page}", &[], "Pages of files that were changed.");
pub(in crate::host) const WRITTEN: Metric =
    counter("system.linux.page.written", "{page}", &[], "Changed pages of files that were written.");
pub(in crate::host) const HUGE_ALLOCATED: Metric = counter(
    "system.linux.huge_page.allocated",
    "{page}",
    &[],
    "Transparent huge pages that programs were given at a page fault.",
);
pub(in crate::host) const HUGE_FALLBACKS: Metric = counter(
    "system.linux.huge_page.fallbacks",
    "{page}",
    &[],
    "Times that small pages had to do because there was no huge one.",
);
pub(in crate::host) const COMPACTIONS: Metric = counter(
    "system.linux.compactions",
    "{compaction}",
    &[RESULT],
    "Times that a program waited while memory was moved to make room for huge pages: `success`, `fail`.",
);

pub(super) const METRICS: &[Metric] = &[
    USAGE,
    UTILIZATION,
    FAULTS,
    OPERATIONS,
    IO,
    OOM_KILLS,
    SCANNED,
    RECLAIMED,
    STALLS,
    REFAULTS,
    ALLOCATED,
    FREED,
    DIRTIED,
    WRITTEN,
    HUGE_ALLOCATED,
    HUGE_FALLBACKS,
    COMPACTIONS,
];
