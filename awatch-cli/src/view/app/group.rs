/// The group of a metric: its place among the groups, and its name.
pub(super) fn group(metric: &str) -> (u8, String) {
    let mut parts = metric.split('.');
    let mut part = || parts.next().unwrap_or_default();
    match (part(), part(), part(), part()) {
        ("system", "network" | "tcp" | "udp", kind, detail) => network(kind, detail),
        ("system", kind, detail, _) => host(kind, detail),
        ("hw", ..) => (13, "Sensors".to_owned()),
        ("process", ..) => (14, "Process".to_owned()),
        ("awatch", ..) => (99, "Awatch itself".to_owned()),
        (name @ ("http" | "rpc" | "db" | "dns" | "jvm"), ..) => (0, name.to_uppercase()),
        (name, ..) => (0, capital(name)),
    }
}

/// The groups of a host, in the order in which a person looks at them.
fn host(kind: &str, detail: &str) -> (u8, String) {
    let (place, name) = match (kind, detail) {
        ("cpu", "load_average") => (2, "Load"),
        ("cpu", _) => (1, "CPU"),
        ("memory", _) => (3, "Memory"),
        ("pressure", _) | ("linux", "pressure" | "psi") => (4, "Pressure"),
        ("disk", _) => (5, "Disks"),
        ("filesystem", _) => (6, "File systems"),
        ("process" | "processes" | "thread", _) => (10, "Process counts"),
        ("paging" | "swap", _)
        | ("linux", "paging" | "page" | "huge_page" | "compactions" | "reclaim" | "oom_kills") => {
            (11, "Paging")
        }
        _ => (12, "Kernel"),
    };
    (place, name.to_owned())
}

/// The groups of what a host does on networks.
fn network(kind: &str, detail: &str) -> (u8, String) {
    let (place, name) = match (kind, detail) {
        ("connection" | "connections", _)
        | ("linux" | "tcp" | "udp", "sockets" | "connections" | "conntrack" | "listen") => (8, "Sockets"),
        ("tcp" | "udp" | "ip" | "icmp", _) => (9, "Protocols"),
        _ => (7, "Network"),
    };
    (place, name.to_owned())
}

fn capital(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// How much a metric says by itself: the lower, the more. How full or busy something is says the most.
pub(super) fn weight(metric: &str) -> u8 {
    match metric.rsplit('.').next().unwrap_or_default() {
        "utilization" => 0,
        "io" | "usage" | "available" => 1,
        "errors" | "dropped" | "limit" => 4,
        "count" => 3,
        _ => 2,
    }
}

/// The length of the dotted beginning that all of the metrics share, with its last dot.
pub(super) fn shared<'a>(mut metrics: impl Iterator<Item = &'a str>) -> usize {
    let Some(first) = metrics.next() else { return 0 };
    let dot = |text: &str| text.rfind('.').map_or(0, |dot| dot + 1);
    metrics.fold(dot(first), |shared, metric| {
        let same = first.bytes().zip(metric.bytes()).take_while(|(a, b)| a == b).count();
        dot(first.get(..same.min(shared)).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_of_a_kind_come_together() {
        for (metric, name) in [
            ("system.cpu.time", "CPU"),
            ("system.cpu.load_average.1m", "Load"),
            ("system.paging.usage", "Paging"),
            ("system.network.io", "Network"),
            ("system.network.connection.count", "Sockets"),
            ("system.network.linux.sockets.open", "Sockets"),
            ("system.network.tcp.retransmits", "Protocols"),
            ("system.linux.pressure.time", "Pressure"),
            ("system.uptime", "Kernel"),
            ("queue.depth", "Queue"),
            ("http.server.request.count", "HTTP"),
            ("awatch.samples", "Awatch itself"),
        ] {
            assert_eq!(group(metric).1, name);
        }
    }

    #[test]
    fn what_metrics_share_ends_at_a_dot() {
        let shared = |metrics: &[&'static str]| shared(metrics.iter().copied());
        assert_eq!(shared(&["system.cpu.time", "system.cpu.utilization"]), "system.cpu.".len());
        assert_eq!(shared(&["system.cpu.load_average.1m", "system.cpu.load_average.15m"]), 24);
        assert_eq!(shared(&["system.memory.usage", "system.paging.usage"]), "system.".len());
        assert_eq!(shared(&["queue.depth"]), "queue.".len());
        assert_eq!(shared(&["depth", "length"]), 0);
        assert_eq!(shared(&[]), 0);
    }
}
