//! What the network protocols counted.

use crate::Metric;

pub(in crate::host) const DIRECTION: &str = "network.io.direction";
pub(in crate::host) const TYPE: &str = "network.type";
pub(in crate::host) const ERROR: &str = "error.type";
pub(in crate::host) const SIDE: &str = "network.tcp.side";
pub(in crate::host) const CAUSE: &str = "network.tcp.cause";
pub(in crate::host) const QUEUE: &str = "network.tcp.queue";
pub(in crate::host) const COOKIE: &str = "network.tcp.cookie";

const fn counter(
    name: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    meaning: &'static str,
) -> Metric {
    Metric::counter(name, unit, labels, meaning)
}

pub(in crate::host) const TCP_ESTABLISHED: Metric = Metric::gauge(
    "system.network.tcp.connections.established",
    "{connection}",
    &[],
    "TCP connections that are established or closed by the other side only.",
);
pub(in crate::host) const TCP_OPENED: Metric = counter(
    "system.network.tcp.connections.opened",
    "{connection}",
    &[SIDE],
    "TCP connections that were opened: `active`ly to others, `passive`ly from others.",
);
pub(in crate::host) const TCP_FAILED: Metric = counter(
    "system.network.tcp.connections.failed",
    "{connection}",
    &[],
    "TCP connections that could not be opened.",
);
pub(in crate::host) const TCP_RESET: Metric = counter(
    "system.network.tcp.connections.reset",
    "{connection}",
    &[],
    "Established TCP connections that were broken off.",
);
pub(in crate::host) const TCP_ABORTED: Metric = counter(
    "system.network.tcp.connections.aborted",
    "{connection}",
    &[CAUSE],
    "TCP connections that this side broke off: `data` came after the close, it was closed with data left (`close`), \
     `memory` ran out, or the other side fell silent (`timeout`).",
);
pub(in crate::host) const TCP_SEGMENTS: Metric = counter(
    "system.network.tcp.segments",
    "{segment}",
    &[DIRECTION],
    "TCP segments received and transmitted.",
);
pub(in crate::host) const TCP_RETRANSMITS: Metric =
    counter("system.network.tcp.retransmits", "{segment}", &[], "TCP segments that were sent again.");
pub(in crate::host) const TCP_LOSSES: Metric = counter(
    "system.network.tcp.losses",
    "{event}",
    &[CAUSE],
    "What made TCP send again: `timeout`, `syn` (an opening was not answered), `fast` (acknowledgements told of a gap), \
     `lost_retransmit`, and `spurious` (it had not been necessary).",
);
pub(in crate::host) const TCP_ERRORS: Metric = counter(
    "system.network.tcp.errors",
    "{error}",
    &[ERROR],
    "Received TCP segments that were bad: `segment` (all), `checksum` (those of a wrong checksum).",
);
pub(in crate::host) const TCP_RESETS_SENT: Metric = counter(
    "system.network.tcp.resets_sent",
    "{segment}",
    &[],
    "TCP segments that told others to break off.",
);
pub(in crate::host) const LISTEN_OVERFLOWS: Metric = counter(
    "system.network.tcp.listen.overflows",
    "{connection}",
    &[],
    "Connections refused because the program did not accept those before: its backlog was full.",
);
pub(in crate::host) const LISTEN_DROPS: Metric = counter(
    "system.network.tcp.listen.drops",
    "{connection}",
    &[],
    "Connections refused while listening, for this or another reason.",
);
pub(in crate::host) const REQUEST_DROPS: Metric = counter(
    "system.network.tcp.listen.request_drops",
    "{connection}",
    &[],
    "Openings dropped because too many others were half-open.",
);
pub(in crate::host) const SYN_COOKIES: Metric = counter(
    "system.network.tcp.syn_cookies",
    "{packet}",
    &[COOKIE],
    "Cookies used instead of remembering openings, as in a flood: `sent`, `received`, `failed`.",
);
pub(in crate::host) const TCP_DROPPED: Metric = counter(
    "system.network.tcp.dropped",
    "{packet}",
    &[QUEUE],
    "Received TCP segments dropped for want of room: in the `receive` queue, the `backlog` of a busy socket, the \
     `out_of_order` queue, or to free memory (`pruned`).",
);
pub(in crate::host) const TCP_OUT_OF_ORDER: Metric = counter(
    "system.network.tcp.out_of_order",
    "{packet}",
    &[],
    "TCP segments that came before others sent earlier.",
);
pub(in crate::host) const TCP_MEMORY_PRESSURE: Metric = counter(
    "system.network.tcp.memory_pressure",
    "{event}",
    &[],
    "Times that TCP began to save memory because its limit was near.",
);
pub(in crate::host) const TIME_WAIT_OVERFLOWS: Metric = counter(
    "system.network.tcp.time_wait_overflows",
    "{socket}",
    &[],
    "Sockets closed at once because too many waited for late packets.",
);
pub(in crate::host) const IP_PACKETS: Metric = counter(
    "system.network.ip.packets",
    "{packet}",
    &[TYPE, DIRECTION],
    "IP packets received and handed over for transmission, by `ipv4` and `ipv6`.",
);
pub(in crate::host) const IP_IO: Metric =
    counter("system.network.ip.io", "By", &[TYPE, DIRECTION], "Bytes of those packets.");
pub(in crate::host) const IP_DELIVERED: Metric =
    counter("system.network.ip.delivered", "{packet}", &[TYPE], "IP packets that were for this host.");
pub(in crate::host) const IP_FORWARDED: Metric =
    counter("system.network.ip.forwarded", "{packet}", &[TYPE], "IP packets that were passed on to others.");
pub(in crate::host) const IP_DROPPED: Metric = counter(
    "system.network.ip.dropped",
    "{packet}",
    &[TYPE, DIRECTION],
    "IP packets that were sound and dropped for want of room.",
);
pub(in crate::host) const IP_ERRORS: Metric = counter(
    "system.network.ip.errors",
    "{error}",
    &[TYPE, ERROR],
    "IP packets that were bad: in their `header` or `address`, of an unknown `protocol`, without a `route`, or when \
     put together from fragments (`reassembly`) or cut into them (`fragmentation`).",
);
pub(in crate::host) const ICMP_MESSAGES: Metric =
    counter("system.network.icmp.messages", "{message}", &[TYPE, DIRECTION], "ICMP messages.");
pub(in crate::host) const ICMP_ERRORS: Metric = counter(
    "system.network.icmp.errors",
    "{error}",
    &[TYPE, DIRECTION],
    "ICMP messages that were bad or not sent.",
);
pub(in crate::host) const ICMP_UNREACHABLE: Metric = counter(
    "system.network.icmp.unreachable",
    "{message}",
    &[TYPE, DIRECTION],
    "ICMP messages that a destination cannot be reached.",
);
pub(in crate::host) const UDP_DATAGRAMS: Metric =
    counter("system.network.udp.datagrams", "{datagram}", &[TYPE, DIRECTION], "UDP datagrams.");
pub(in crate::host) const UDP_ERRORS: Metric = counter(
    "system.network.udp.errors",
    "{error}",
    &[TYPE, ERROR],
    "UDP datagrams that were lost: nobody listened (`no_port`), `receive` (all other reasons), of which `checksum` and \
     `receive_buffer` (full), and `send_buffer` (full).",
);

pub(super) const METRICS: &[Metric] = &[
    TCP_ESTABLISHED,
    TCP_OPENED,
    TCP_FAILED,
    TCP_RESET,
    TCP_ABORTED,
    TCP_SEGMENTS,
    TCP_RETRANSMITS,
    TCP_LOSSES,
    TCP_ERRORS,
    TCP_RESETS_SENT,
    LISTEN_OVERFLOWS,
    LISTEN_DROPS,
    REQUEST_DROPS,
    SYN_COOKIES,
    TCP_DROPPED,
    TCP_OUT_OF_ORDER,
    TCP_MEMORY_PRESSURE,
    TIME_WAIT_OVERFLOWS,
    IP_PACKETS,
    IP_IO,
    IP_DELIVERED,
    IP_FORWARDED,
    IP_DROPPED,
    IP_ERRORS,
    ICMP_MESSAGES,
    ICMP_ERRORS,
    ICMP_UNREACHABLE,
    UDP_DATAGRAMS,
    UDP_ERRORS,
];
