//! TCP connections.

use crate::Metric;

pub(in crate::host) const STATE: &str = "network.connection.state";
pub(in crate::host) const TRANSPORT: &str = "network.transport";

pub(in crate::host) const COUNT: Metric = Metric::gauge(
    "system.network.connection.count",
    "{connection}",
    &[STATE, TRANSPORT],
    "TCP sockets over IPv4 and IPv6 by state: `established`, `syn_sent`, `syn_received`, `fin_wait_1`, `fin_wait_2`, \
     `time_wait`, `closed`, `close_wait`, `last_ack`, `listen`, `closing`. Counted every `slow_interval`, and repeated \
     in between.",
);
pub(in crate::host) const TRACKED: Metric = Metric::gauge(
    "system.network.linux.conntrack.count",
    "{connection}",
    &[],
    "Connections that the firewall keeps track of. Only where it does.",
);
pub(in crate::host) const TRACKED_LIMIT: Metric = Metric::gauge(
    "system.network.linux.conntrack.limit",
    "{connection}",
    &[],
    "How many it can keep track of.",
);
pub(super) const METRICS: &[Metric] = &[COUNT, TRACKED, TRACKED_LIMIT];
