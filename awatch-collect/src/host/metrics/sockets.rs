//! Sockets in use.

use crate::Metric;

pub(in crate::host) const TRANSPORT: &str = "network.transport";
pub(in crate::host) const TYPE: &str = "network.type";

pub(in crate::host) const OPEN: Metric =
    Metric::gauge("system.network.linux.sockets.open", "{socket}", &[], "Open sockets of all kinds.");
pub(in crate::host) const IN_USE: Metric = Metric::gauge(
    "system.network.linux.sockets.in_use",
    "{socket}",
    &[TRANSPORT, TYPE],
    "Sockets that are in use by transport (`tcp`, `udp`, `raw`) and by `ipv4` and `ipv6`.",
);
pub(in crate::host) const ORPHANED: Metric = Metric::gauge(
    "system.network.tcp.sockets.orphaned",
    "{socket}",
    &[],
    "TCP sockets that no program holds any more.",
);
pub(in crate::host) const TIME_WAIT: Metric = Metric::gauge(
    "system.network.tcp.sockets.time_wait",
    "{socket}",
    &[],
    "TCP sockets that are closed and only wait for late packets.",
);
pub(in crate::host) const ALLOCATED: Metric =
    Metric::gauge("system.network.tcp.sockets.allocated", "{socket}", &[], "TCP sockets that take memory.");
pub(in crate::host) const BUFFERS: Metric = Metric::gauge(
    "system.network.linux.sockets.memory",
    "By",
    &[TRANSPORT],
    "Memory that the buffers of sockets take: `tcp`, `udp`.",
);
pub(in crate::host) const FRAGMENTS: Metric = Metric::gauge(
    "system.network.ip.fragments.memory",
    "By",
    &[TYPE],
    "Memory that fragments of packets take until they are whole.",
);
pub(super) const METRICS: &[Metric] = &[OPEN, IN_USE, ORPHANED, TIME_WAIT, ALLOCATED, BUFFERS, FRAGMENTS];
