//! Page faults, swapping and the search for free memory, from `/proc/vmstat`.

use std::path::Path;

use super::named_file::{Form, NamedFile};
use crate::host::metrics::paging::{
    ALLOCATED, BACKING, BY, COMPACTIONS, DIRECTION, DIRTIED, FAULT, FAULTS, FREED, HUGE_ALLOCATED,
    HUGE_FALLBACKS, IO, OOM_KILLS, OPERATIONS, RECLAIMED, REFAULTS, RESULT, SCANNED, STALLS, WRITTEN,
};
use crate::procfs::{Entry, ProcFile};

/// What `pgpgin` and `pgpgout` count, whatever the size of a page.
const KIB: f64 = 1024.0;

/// Faults that are not major are minor.
static ENTRIES: &[Entry] = &[
    Entry::plain("pgfault", &FAULTS, &[(FAULT, "minor")]),
    Entry::plain("pgmajfault", &FAULTS, &[(FAULT, "minor")]).times(-1.0),
    Entry::plain("pgmajfault", &FAULTS, &[(FAULT, "major")]),
    Entry::plain("pswpin", &OPERATIONS, &[(DIRECTION, "in")]),
    Entry::plain("pswpout", &OPERATIONS, &[(DIRECTION, "out")]),
    Entry::plain("pgpgin", &IO, &[(DIRECTION, "in")]).times(KIB),
    Entry::plain("pgpgout", &IO, &[(DIRECTION, "out")]).times(KIB),
    Entry::plain("oom_kill", &OOM_KILLS, &[]),
    Entry::plain("pgscan_kswapd", &SCANNED, &[(BY, "kswapd")]),
    Entry::plain("pgscan_direct", &SCANNED, &[(BY, "direct")]),
    Entry::plain("pgsteal_kswapd", &RECLAIMED, &[(BY, "kswapd")]),
    Entry::plain("pgsteal_direct", &RECLAIMED, &[(BY, "direct")]),
    Entry::plain("allocstall_dma", &STALLS, &[]),
    Entry::plain("allocstall_dma32", &STALLS, &[]),
    Entry::plain("allocstall_normal", &STALLS, &[]),
    Entry::plain("allocstall_movable", &STALLS, &[]),
    Entry::plain("allocstall_device", &STALLS, &[]),
    Entry::plain("workingset_refault_anon", &REFAULTS, &[(BACKING, "anonymous")]),
    Entry::plain("workingset_refault_file", &REFAULTS, &[(BACKING, "file")]),
    Entry::plain("pgalloc_dma", &ALLOCATED, &[]),
    Entry::plain("pgalloc_dma32", &ALLOCATED, &[]),
    Entry::plain("pgalloc_normal", &ALLOCATED, &[]),
    Entry::plain("pgalloc_movable", &ALLOCATED, &[]),
    Entry::plain("pgalloc_device", &ALLOCATED, &[]),
    Entry::plain("pgfree", &FREED, &[]),
    Entry::plain("nr_dirtied", &DIRTIED, &[]),
    Entry::plain("nr_written", &WRITTEN, &[]),
    Entry::plain("thp_fault_alloc", &HUGE_ALLOCATED, &[]),
    Entry::plain("thp_fault_fallback", &HUGE_FALLBACKS, &[]),
    Entry::plain("compact_success", &COMPACTIONS, &[(RESULT, "success")]),
    Entry::plain("compact_fail", &COMPACTIONS, &[(RESULT, "fail")]),
];

/// Collects what `/proc/vmstat` counts.
pub(super) fn vmstat(root: &Path) -> NamedFile {
    NamedFile::new(ProcFile::new(root, &["vmstat"]), Form::Listed, ENTRIES)
}
