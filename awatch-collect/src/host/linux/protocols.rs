//! What TCP, UDP, IP and ICMP counted, from `/proc/net/snmp`, `/proc/net/netstat` and `/proc/net/snmp6`.

use std::path::Path;

use super::named_file::{Form, NamedFile};
use crate::host::metrics::protocols::{
    CAUSE, COOKIE, DIRECTION, ERROR, ICMP_ERRORS, ICMP_MESSAGES, ICMP_UNREACHABLE, IP_DELIVERED, IP_DROPPED,
    IP_ERRORS, IP_FORWARDED, IP_IO, IP_PACKETS, LISTEN_DROPS, LISTEN_OVERFLOWS, QUEUE, REQUEST_DROPS, SIDE,
    SYN_COOKIES, TCP_ABORTED, TCP_DROPPED, TCP_ERRORS, TCP_ESTABLISHED, TCP_FAILED, TCP_LOSSES,
    TCP_MEMORY_PRESSURE, TCP_OPENED, TCP_OUT_OF_ORDER, TCP_RESET, TCP_RESETS_SENT, TCP_RETRANSMITS,
    TCP_SEGMENTS, TIME_WAIT_OVERFLOWS, TYPE, UDP_DATAGRAMS, UDP_ERRORS,
};
use crate::procfs::{Entry, ProcFile};

const V4: (&str, &str) = (TYPE, "ipv4");
const V6: (&str, &str) = (TYPE, "ipv6");
const IN: (&str, &str) = (DIRECTION, "receive");
const OUT: (&str, &str) = (DIRECTION, "transmit");

const fn error(name: &'static str) -> (&'static str, &'static str) {
    (ERROR, name)
}

const fn cause(name: &'static str) -> (&'static str, &'static str) {
    (CAUSE, name)
}

const fn queue(name: &'static str) -> (&'static str, &'static str) {
    (QUEUE, name)
}

static SNMP: &[Entry] = &[
    Entry::of("Ip", "InReceives", &IP_PACKETS, &[V4, IN]),
    Entry::of("Ip", "OutRequests", &IP_PACKETS, &[V4, OUT]),
    Entry::of("Ip", "InDelivers", &IP_DELIVERED, &[V4]),
    Entry::of("Ip", "ForwDatagrams", &IP_FORWARDED, &[V4]),
    Entry::of("Ip", "InDiscards", &IP_DROPPED, &[V4, IN]),
    Entry::of("Ip", "OutDiscards", &IP_DROPPED, &[V4, OUT]),
    Entry::of("Ip", "InHdrErrors", &IP_ERRORS, &[V4, error("header")]),
    Entry::of("Ip", "InAddrErrors", &IP_ERRORS, &[V4, error("address")]),
    Entry::of("Ip", "InUnknownProtos", &IP_ERRORS, &[V4, error("protocol")]),
    Entry::of("Ip", "OutNoRoutes", &IP_ERRORS, &[V4, error("route")]),
    Entry::of("Ip", "ReasmFails", &IP_ERRORS, &[V4, error("reassembly")]),
    Entry::of("Ip", "FragFails", &IP_ERRORS, &[V4, error("fragmentation")]),
    Entry::of("Icmp", "InMsgs", &ICMP_MESSAGES, &[V4, IN]),
    Entry::of("Icmp", "OutMsgs", &ICMP_MESSAGES, &[V4, OUT]),
    Entry::of("Icmp", "InErrors", &ICMP_ERRORS, &[V4, IN]),
    Entry::of("Icmp", "OutErrors", &ICMP_ERRORS, &[V4, OUT]),
    Entry::of("Icmp", "InDestUnreachs", &ICMP_UNREACHABLE, &[V4, IN]),
    Entry::of("Icmp", "OutDestUnreachs", &ICMP_UNREACHABLE, &[V4, OUT]),
    Entry::of("Tcp", "CurrEstab", &TCP_ESTABLISHED, &[]),
    Entry::of("Tcp", "ActiveOpens", &TCP_OPENED, &[(SIDE, "active")]),
    Entry::of("Tcp", "PassiveOpens", &TCP_OPENED, &[(SIDE, "passive")]),
    Entry::of("Tcp", "AttemptFails", &TCP_FAILED, &[]),
    Entry::of("Tcp", "EstabResets", &TCP_RESET, &[]),
    Entry::of("Tcp", "InSegs", &TCP_SEGMENTS, &[IN]),
    Entry::of("Tcp", "OutSegs", &TCP_SEGMENTS, &[OUT]),
    Entry::of("Tcp", "RetransSegs", &TCP_RETRANSMITS, &[]),
    Entry::of("Tcp", "InErrs", &TCP_ERRORS, &[error("segment")]),
    Entry::of("Tcp", "InCsumErrors", &TCP_ERRORS, &[error("checksum")]),
    Entry::of("Tcp", "OutRsts", &TCP_RESETS_SENT, &[]),
    Entry::of("Udp", "InDatagrams", &UDP_DATAGRAMS, &[V4, IN]),
    Entry::of("Udp", "OutDatagrams", &UDP_DATAGRAMS, &[V4, OUT]),
    Entry::of("Udp", "NoPorts", &UDP_ERRORS, &[V4, error("no_port")]),
    Entry::of("Udp", "InErrors", &UDP_ERRORS, &[V4, error("receive")]),
    Entry::of("Udp", "InCsumErrors", &UDP_ERRORS, &[V4, error("checksum")]),
    Entry::of("Udp", "RcvbufErrors", &UDP_ERRORS, &[V4, error("receive_buffer")]),
    Entry::of("Udp", "SndbufErrors", &UDP_ERRORS, &[V4, error("send_buffer")]),
];

static NETSTAT: &[Entry] = &[
    Entry::of("TcpExt", "SyncookiesSent", &SYN_COOKIES, &[(COOKIE, "sent")]),
    Entry::of("TcpExt", "SyncookiesRecv", &SYN_COOKIES, &[(COOKIE, "received")]),
    Entry::of("TcpExt", "SyncookiesFailed", &SYN_COOKIES, &[(COOKIE, "failed")]),
    Entry::of("TcpExt", "ListenOverflows", &LISTEN_OVERFLOWS, &[]),
    Entry::of("TcpExt", "ListenDrops", &LISTEN_DROPS, &[]),
    Entry::of("TcpExt", "TCPReqQFullDrop", &REQUEST_DROPS, &[]),
    Entry::of("TcpExt", "TCPTimeouts", &TCP_LOSSES, &[cause("timeout")]),
    Entry::of("TcpExt", "TCPSynRetrans", &TCP_LOSSES, &[cause("syn")]),
    Entry::of("TcpExt", "TCPFastRetrans", &TCP_LOSSES, &[cause("fast")]),
    Entry::of("TcpExt", "TCPLostRetransmit", &TCP_LOSSES, &[cause("lost_retransmit")]),
    Entry::of("TcpExt", "TCPSpuriousRTOs", &TCP_LOSSES, &[cause("spurious")]),
    Entry::of("TcpExt", "TCPAbortOnData", &TCP_ABORTED, &[cause("data")]),
    Entry::of("TcpExt", "TCPAbortOnClose", &TCP_ABORTED, &[cause("close")]),
    Entry::of("TcpExt", "TCPAbortOnMemory", &TCP_ABORTED, &[cause("memory")]),
    Entry::of("TcpExt", "TCPAbortOnTimeout", &TCP_ABORTED, &[cause("timeout")]),
    Entry::of("TcpExt", "TCPRcvQDrop", &TCP_DROPPED, &[queue("receive")]),
    Entry::of("TcpExt", "TCPBacklogDrop", &TCP_DROPPED, &[queue("backlog")]),
    Entry::of("TcpExt", "TCPOFODrop", &TCP_DROPPED, &[queue("out_of_order")]),
    Entry::of("TcpExt", "RcvPruned", &TCP_DROPPED, &[queue("pruned")]),
    Entry::of("TcpExt", "TCPOFOQueue", &TCP_OUT_OF_ORDER, &[]),
    Entry::of("TcpExt", "TCPMemoryPressures", &TCP_MEMORY_PRESSURE, &[]),
    Entry::of("TcpExt", "TCPTimeWaitOverflow", &TIME_WAIT_OVERFLOWS, &[]),
    Entry::of("IpExt", "InOctets", &IP_IO, &[V4, IN]),
    Entry::of("IpExt", "OutOctets", &IP_IO, &[V4, OUT]),
];

static SNMP6: &[Entry] = &[
    Entry::plain("Ip6InReceives", &IP_PACKETS, &[V6, IN]),
    Entry::plain("Ip6OutRequests", &IP_PACKETS, &[V6, OUT]),
    Entry::plain("Ip6InOctets", &IP_IO, &[V6, IN]),
    Entry::plain("Ip6OutOctets", &IP_IO, &[V6, OUT]),
    Entry::plain("Ip6InDelivers", &IP_DELIVERED, &[V6]),
    Entry::plain("Ip6OutForwDatagrams", &IP_FORWARDED, &[V6]),
    Entry::plain("Ip6InDiscards", &IP_DROPPED, &[V6, IN]),
    Entry::plain("Ip6OutDiscards", &IP_DROPPED, &[V6, OUT]),
    Entry::plain("Ip6InHdrErrors", &IP_ERRORS, &[V6, error("header")]),
    Entry::plain("Ip6InAddrErrors", &IP_ERRORS, &[V6, error("address")]),
    Entry::plain("Ip6InUnknownProtos", &IP_ERRORS, &[V6, error("protocol")]),
    Entry::plain("Ip6OutNoRoutes", &IP_ERRORS, &[V6, error("route")]),
    Entry::plain("Ip6ReasmFails", &IP_ERRORS, &[V6, error("reassembly")]),
    Entry::plain("Ip6FragFails", &IP_ERRORS, &[V6, error("fragmentation")]),
    Entry::plain("Icmp6InMsgs", &ICMP_MESSAGES, &[V6, IN]),
    Entry::plain("Icmp6OutMsgs", &ICMP_MESSAGES, &[V6, OUT]),
    Entry::plain("Icmp6InErrors", &ICMP_ERRORS, &[V6, IN]),
    Entry::plain("Icmp6OutErrors", &ICMP_ERRORS, &[V6, OUT]),
    Entry::plain("Icmp6InDestUnreachs", &ICMP_UNREACHABLE, &[V6, IN]),
    Entry::plain("Icmp6OutDestUnreachs", &ICMP_UNREACHABLE, &[V6, OUT]),
    Entry::plain("Udp6InDatagrams", &UDP_DATAGRAMS, &[V6, IN]),
    Entry::plain("Udp6OutDatagrams", &UDP_DATAGRAMS, &[V6, OUT]),
    Entry::plain("Udp6NoPorts", &UDP_ERRORS, &[V6, error("no_port")]),
    Entry::plain("Udp6InErrors", &UDP_ERRORS, &[V6, error("receive")]),
    Entry::plain("Udp6InCsumErrors", &UDP_ERRORS, &[V6, error("checksum")]),
    Entry::plain("Udp6RcvbufErrors", &UDP_ERRORS, &[V6, error("receive_buffer")]),
    Entry::plain("Udp6SndbufErrors", &UDP_ERRORS, &[V6, error("send_buffer")]),
];

/// Collects what `/proc/net/snmp` counts.
pub(super) fn snmp(root: &Path) -> NamedFile {
    NamedFile::new(ProcFile::of_process(root, "net/snmp", "net/snmp"), Form::Headed, SNMP)
}

/// Collects what `/proc/net/netstat` counts.
pub(super) fn netstat(root: &Path) -> NamedFile {
    NamedFile::new(ProcFile::of_process(root, "net/netstat", "net/netstat"), Form::Headed, NETSTAT)
}

/// Collects what `/proc/net/snmp6` counts; nothing where there is no IPv6.
pub(super) fn snmp6(root: &Path) -> NamedFile {
    NamedFile::new(ProcFile::of_process(root, "net/snmp6", "net/snmp6"), Form::Listed, SNMP6).optional()
}
