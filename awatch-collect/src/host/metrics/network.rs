//! Traffic of network interfaces.

use crate::Metric;

pub(in crate::host) const INTERFACE: &str = "network.interface.name";
pub(in crate::host) const DIRECTION: &str = "network.io.direction";

const fn both(name: &'static str, unit: &'static str, meaning: &'static str) -> Metric {
    Metric::counter(name, unit, &[INTERFACE, DIRECTION], meaning)
}

const fn one(name: &'static str, unit: &'static str, meaning: &'static str) -> Metric {
    Metric::counter(name, unit, &[INTERFACE], meaning)
}

pub(in crate::host) const IO: Metric = both("system.network.io", "By", "Bytes received and transmitted.");
pub(in crate::host) const PACKETS: Metric =
    both("system.network.packet.count", "{packet}", "Packets received and transmitted.");
pub(in crate::host) const ERRORS: Metric =
    both("system.network.errors", "{error}", "Packets that were damaged or could not be sent.");
pub(in crate::host) const DROPPED: Metric = both(
    "system.network.packet.dropped",
    "{packet}",
    "Packets that were discarded although they were sound.",
);
pub(in crate::host) const OVERRUNS: Metric = both(
    "system.network.linux.overruns",
    "{packet}",
    "Packets lost because a queue of the device was full. Also counted as errors by most drivers.",
);
pub(in crate::host) const FRAME_ERRORS: Metric =
    one("system.network.linux.frame_errors", "{error}", "Received packets that were framed wrongly.");
pub(in crate::host) const MULTICAST: Metric =
    one("system.network.linux.multicast", "{packet}", "Received packets that were meant for many.");
pub(in crate::host) const COLLISIONS: Metric =
    one("system.network.linux.collisions", "{packet}", "Packets that collided with others on the wire.");
pub(in crate::host) const CARRIER_ERRORS: Metric = one(
    "system.network.linux.carrier_errors",
    "{error}",
    "Packets that could not be sent for want of a link.",
);
pub(in crate::host) const CARRIER_CHANGES: Metric =
    one("system.network.linux.carrier_changes", "{change}", "Times that the link went up or down.");
pub(in crate::host) const UP: Metric = Metric::gauge(
    "system.network.up",
    "1",
    &[INTERFACE],
    "1 when the interface has a link and is switched on, else 0. Left out where the driver does not tell.",
);
pub(in crate::host) const LEFT_OUT: Metric = Metric::gauge(
    "awatch.host.network.left_out",
    "{interface}",
    &[],
    "Interfaces beyond `max_interfaces`, which are not reported. Only when there are any.",
);
pub(super) const METRICS: &[Metric] = &[
    IO,
    PACKETS,
    ERRORS,
    DROPPED,
    OVERRUNS,
    FRAME_ERRORS,
    MULTICAST,
    COLLISIONS,
    CARRIER_ERRORS,
    CARRIER_CHANGES,
    UP,
    LEFT_OUT,
];
