//! The series of a host, in the order in which its values are written.

use awatch_core::Kind;

use super::Role;

/// A series of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Series {
    /// The name of its metric.
    pub metric: &'static str,
    /// Its labels, as name and value.
    pub labels: &'static [(&'static str, &'static str)],
    /// The UCUM code of its unit.
    pub unit: &'static str,
    /// How its numbers follow from each other.
    pub kind: Kind,
}

/// All series of a host of that role: those of its system, then those of its service.
///
/// # Example
/// ```
/// use awatch_collect::demo::{Role, series};
/// assert!(series(Role::Web).any(|series| series.metric == "http.server.request.count"));
/// ```
pub fn series(role: Role) -> impl Iterator<Item = &'static Series> {
    SYSTEM.iter().chain(service(role))
}

/// The series that the exporter of the service reports.
pub(super) fn service(role: Role) -> &'static [Series] {
    match role {
        Role::Web => &WEB,
        Role::Api => &API,
        Role::Db => &DB,
        Role::Cache => &CACHE,
        Role::Worker => &WORKER,
    }
}

type Labels = &'static [(&'static str, &'static str)];

const fn gauge(metric: &'static str, labels: Labels, unit: &'static str) -> Series {
    Series { metric, labels, unit, kind: Kind::Gauge }
}

const fn counter(metric: &'static str, labels: Labels, unit: &'static str) -> Series {
    Series { metric, labels, unit, kind: Kind::CumulativeCounter }
}

const CPU_TIME: &str = "system.cpu.time";
const MEMORY: &str = "system.memory.usage";
const READ: Labels = &[("disk.io.direction", "read"), ("system.device", "vda")];
const WRITE: Labels = &[("disk.io.direction", "write"), ("system.device", "vda")];
const RECEIVE: Labels = &[("network.interface.name", "eth0"), ("network.io.direction", "receive")];
const TRANSMIT: Labels = &[("network.interface.name", "eth0"), ("network.io.direction", "transmit")];
const USED: Labels = &[
    ("system.device", "/dev/vda1"),
    ("system.filesystem.mountpoint", "/"),
    ("system.filesystem.state", "used"),
];
const FREE: Labels = &[
    ("system.device", "/dev/vda1"),
    ("system.filesystem.mountpoint", "/"),
    ("system.filesystem.state", "free"),
];

/// What the agent of the host reports.
pub(super) const SYSTEM: [Series; 27] = [
    gauge("system.cpu.utilization", &[], "1"),
    counter(CPU_TIME, &[("cpu.mode", "user")], "s"),
    counter(CPU_TIME, &[("cpu.mode", "system")], "s"),
    counter(CPU_TIME, &[("cpu.mode", "iowait")], "s"),
    counter(CPU_TIME, &[("cpu.mode", "steal")], "s"),
    counter(CPU_TIME, &[("cpu.mode", "idle")], "s"),
    gauge("system.cpu.load_average.1m", &[], "{thread}"),
    gauge("system.cpu.load_average.5m", &[], "{thread}"),
    gauge("system.cpu.load_average.15m", &[], "{thread}"),
    gauge(MEMORY, &[("system.memory.state", "used")], "By"),
    gauge(MEMORY, &[("system.memory.state", "free")], "By"),
    gauge(MEMORY, &[("system.memory.state", "cached")], "By"),
    gauge("system.memory.utilization", &[], "1"),
    counter("system.disk.io", READ, "By"),
    counter("system.disk.io", WRITE, "By"),
    counter("system.disk.operations", READ, "{operation}"),
    counter("system.disk.operations", WRITE, "{operation}"),
    counter("system.disk.io_time", &[("system.device", "vda")], "s"),
    gauge("system.filesystem.usage", USED, "By"),
    gauge("system.filesystem.usage", FREE, "By"),
    gauge(
        "system.filesystem.utilization",
        &[("system.device", "/dev/vda1"), ("system.filesystem.mountpoint", "/")],
        "1",
    ),
    counter("system.network.io", RECEIVE, "By"),
    counter("system.network.io", TRANSMIT, "By"),
    counter("system.network.packet.count", RECEIVE, "{packet}"),
    counter("system.network.packet.count", TRANSMIT, "{packet}"),
    counter("system.network.errors", RECEIVE, "{error}"),
    counter("system.network.packet.dropped", RECEIVE, "{packet}"),
];

const REQUESTS: &str = "http.server.request.count";
const DURATION: &str = "http.server.request.duration";
const OK: Labels = &[("http.response.status_code", "200")];
const NOT_FOUND: Labels = &[("http.response.status_code", "404")];
const FAILED: Labels = &[("http.response.status_code", "500")];
const MEDIAN: Labels = &[("quantile", "0.5")];
const P95: Labels = &[("quantile", "0.95")];
const P99: Labels = &[("quantile", "0.99")];

const WEB: [Series; 7] = [
    counter(REQUESTS, OK, "{request}"),
    counter(REQUESTS, NOT_FOUND, "{request}"),
    counter(REQUESTS, FAILED, "{request}"),
    gauge(DURATION, MEDIAN, "s"),
    gauge(DURATION, P95, "s"),
    gauge(DURATION, P99, "s"),
    gauge("http.server.active_requests", &[], "{request}"),
];

const POOL: &str = "db.client.connection.count";

const API: [Series; 11] = [
    WEB[0],
    WEB[1],
    WEB[2],
    WEB[3],
    WEB[4],
    WEB[5],
    WEB[6],
    gauge("db.client.operation.duration", MEDIAN, "s"),
    gauge("db.client.operation.duration", P95, "s"),
    gauge(POOL, &[("db.client.connection.state", "used")], "{connection}"),
    gauge(POOL, &[("db.client.connection.state", "idle")], "{connection}"),
];

const DB: [Series; 6] = [
    gauge("postgresql.backends", &[], "{connection}"),
    counter("postgresql.commits", &[], "{transaction}"),
    counter("postgresql.rollbacks", &[], "{transaction}"),
    counter("postgresql.blocks_read", &[("source", "heap_hit")], "{block}"),
    counter("postgresql.blocks_read", &[("source", "heap_read")], "{block}"),
    gauge("postgresql.db_size", &[], "By"),
];

const CACHE: [Series; 5] = [
    gauge("redis.clients.connected", &[], "{client}"),
    counter("redis.commands.processed", &[], "{command}"),
    counter("redis.keyspace.hits", &[], "{hit}"),
    counter("redis.keyspace.misses", &[], "{miss}"),
    gauge("redis.memory.used", &[], "By"),
];

const WORKER: [Series; 4] = [
    counter("messaging.client.consumed.messages", &[], "{message}"),
    gauge("messaging.process.duration", MEDIAN, "s"),
    gauge("messaging.process.duration", P95, "s"),
    gauge("rabbitmq.message.current", &[("state", "ready")], "{message}"),
];
