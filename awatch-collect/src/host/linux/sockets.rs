//! Sockets in use, from `/proc/net/sockstat` and `/proc/net/sockstat6`.

use std::path::Path;

use super::named_file::{Form, NamedFile};
use crate::host::metrics::sockets::{
    ALLOCATED, BUFFERS, FRAGMENTS, IN_USE, OPEN, ORPHANED, TIME_WAIT, TRANSPORT, TYPE,
};
use crate::procfs::{Entry, ProcFile};

const TCP: (&str, &str) = (TRANSPORT, "tcp");
const UDP: (&str, &str) = (TRANSPORT, "udp");
const RAW: (&str, &str) = (TRANSPORT, "raw");
const V4: (&str, &str) = (TYPE, "ipv4");
const V6: (&str, &str) = (TYPE, "ipv6");

static V6_ENTRIES: &[Entry] = &[
    Entry::of("TCP6", "inuse", &IN_USE, &[TCP, V6]),
    Entry::of("UDP6", "inuse", &IN_USE, &[UDP, V6]),
    Entry::of("RAW6", "inuse", &IN_USE, &[RAW, V6]),
    Entry::of("FRAG6", "memory", &FRAGMENTS, &[V6]),
];

/// The buffers are counted in pages, whose size the kernel sets when it starts.
fn entries() -> Vec<Entry> {
    let page = rustix::param::page_size() as f64;
    vec![
        Entry::of("sockets", "used", &OPEN, &[]),
        Entry::of("TCP", "inuse", &IN_USE, &[TCP, V4]),
        Entry::of("TCP", "orphan", &ORPHANED, &[]),
        Entry::of("TCP", "tw", &TIME_WAIT, &[]),
        Entry::of("TCP", "alloc", &ALLOCATED, &[]),
        Entry::of("TCP", "mem", &BUFFERS, &[TCP]).times(page),
        Entry::of("UDP", "inuse", &IN_USE, &[UDP, V4]),
        Entry::of("UDP", "mem", &BUFFERS, &[UDP]).times(page),
        Entry::of("RAW", "inuse", &IN_USE, &[RAW, V4]),
        Entry::of("FRAG", "memory", &FRAGMENTS, &[V4]),
    ]
}

/// Collects what `/proc/net/sockstat` tells.
pub(super) fn sockstat(root: &Path) -> NamedFile {
    let file = ProcFile::of_process(root, "net/sockstat", "net/sockstat");
    NamedFile::new(file, Form::Sectioned, entries())
}

/// Collects what `/proc/net/sockstat6` tells; nothing where there is no IPv6.
pub(super) fn sockstat6(root: &Path) -> NamedFile {
    let file = ProcFile::of_process(root, "net/sockstat6", "net/sockstat6");
    NamedFile::new(file, Form::Sectioned, V6_ENTRIES).optional()
}
