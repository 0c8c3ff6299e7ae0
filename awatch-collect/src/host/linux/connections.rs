//! TCP connections by state, from the kernel's socket diagnostics.
//!
//! The kernel has no count by state: it must walk all its sockets. Asked over netlink it passes over a table of some
//! hundred thousand entries in a third of a millisecond and needs half a microsecond per socket more; as text in
//! `/proc/net/tcp` the same takes three times as long. That is why it is asked once per `slow_interval`. The text is read
//! only where netlink cannot tell: below another machine's `/proc`, or when it is forbidden.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use awatch_core::CollectError;
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};

use super::Source;
use crate::host::HostConfig;
use crate::host::metrics::connections::{COUNT, STATE, TRACKED, TRACKED_LIMIT, TRANSPORT};
use crate::host::seldom::Seldom;
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, Fields, ParseError, ProcFile, lines};

/// How long to wait for a part of the answer; the kernel gives it at once.
const LONGEST_ANSWER: Duration = Duration::from_secs(1);
/// In the order of the kernel's numbers, which start at one.
const STATES: [&str; 11] = [
    "established",
    "syn_sent",
    "syn_received",
    "fin_wait_1",
    "fin_wait_2",
    "time_wait",
    "closed",
    "close_wait",
    "last_ack",
    "listen",
    "closing",
];

/// How many sockets are in each of [`STATES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts([u64; STATES.len()]);

impl Counts {
    /// Counts a socket in the state of that number. One that is still being opened by the other side has a state of
    /// its own in newer kernels.
    fn add(&mut self, state: u8) {
        const NEW_SYN_RECEIVED: u8 = 12;
        let state = if state == NEW_SYN_RECEIVED { 3 } else { state };
        if let Some(count) = usize::from(state).checked_sub(1).and_then(|at| self.0.get_mut(at)) {
            *count += 1;
        }
    }

    /// Counts the sockets of a `/proc/net/tcp` or `/proc/net/tcp6`.
    pub(super) fn add_table(&mut self, table: &[u8]) -> Result<(), ParseError> {
        for (line, text) in lines(table).skip(1) {
            let mut fields = Fields::of(line, text);
            for name in ["number", "local address", "remote address"] {
                fields.field(name)?;
            }
            let state = std::str::from_utf8(fields.field("state")?).ok();
            self.add(state.and_then(|state| u8::from_str_radix(state, 16).ok()).unwrap_or(0));
        }
        Ok(())
    }
}

/// A conversation with the kernel about sockets.
mod diagnostics {
    pub(super) const HEADER: usize = 16;
    /// Asks for TCP sockets of all address families at once.
    pub(super) const TCP_SOCKETS: u16 = 18;
    pub(super) const ERROR: u16 = 2;
    pub(super) const DONE: u16 = 3;
    const REQUEST_DUMP: u16 = 0x301;
    const ALL_STATES: u32 = u32::MAX;
    const STATES_AT: usize = HEADER + 52;

    /// The question: a header, a family (any), and which states.
    pub(super) fn question() -> [u8; HEADER + 60] {
        let mut question = [0; HEADER + 60];
        let mut put = |at: usize, bytes: &[u8]| {
            if let Some(place) = question.get_mut(at..at + bytes.len()) {
                place.copy_from_slice(bytes);
            }
        };
        put(0, &76_u32.to_ne_bytes());
        put(4, &TCP_SOCKETS.to_ne_bytes());
        put(6, &REQUEST_DUMP.to_ne_bytes());
        put(STATES_AT, &ALL_STATES.to_ne_bytes());
        question
    }

    /// The messages of one answer: type and contents.
    pub(super) fn messages(mut answer: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
        std::iter::from_fn(move || {
            let length = answer.first_chunk::<4>().map(|bytes| u32::from_ne_bytes(*bytes))?;
            let kind = answer.get(4..6)?.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes))?;
            let length = usize::try_from(length).ok().filter(|length| *length >= HEADER)?;
            let message = answer.get(HEADER..length)?;
            answer = answer.get(length.next_multiple_of(4)..).unwrap_or_default();
            Some((kind, message))
        })
    }
}

/// Counts in the answer so far; `true` when it is complete.
fn count(answer: &[u8], counts: &mut Counts) -> Result<bool, Errno> {
    for (kind, message) in diagnostics::messages(answer) {
        match kind {
            diagnostics::DONE => return Ok(true),
            diagnostics::ERROR => {
                let number = message.first_chunk().map_or(0, |bytes| i32::from_ne_bytes(*bytes));
                return Err(Errno::from_raw_os_error(number.saturating_neg()));
            }
            // The family comes first, the state second.
            _ => counts.add(message.get(1).copied().unwrap_or(0)),
        }
    }
    Ok(false)
}

fn ask(socket: &OwnedFd, buffer: &mut Buffer) -> Result<Counts, Errno> {
    let mut counts = Counts::default();
    send(socket, &diagnostics::question(), SendFlags::empty())?;
    loop {
        let room = buffer.room();
        let (received, _) = recv(socket, &mut *room, RecvFlags::empty())?;
        if received == 0 || count(room.get(..received).unwrap_or_default(), &mut counts)? {
            return Ok(counts);
        }
    }
}

fn open() -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, Some(netlink::SOCK_DIAG))?;
    set_socket_timeout(&socket, Timeout::Recv, Some(LONGEST_ANSWER))?;
    Ok(socket)
}

/// Collects how many TCP sockets are in each state.
#[derive(Debug)]
pub(super) struct Connections {
    seldom: Seldom,
    /// `None`: the text is read.
    socket: Option<OwnedFd>,
    tables: [ProcFile; 2],
    counts: Option<Counts>,
    slots: [Slot; STATES.len()],
    tracked: [Tracked; 2],
}

#[derive(Debug)]
struct Tracked {
    file: ProcFile,
    slot: Slot,
}

impl Connections {
    pub(super) fn new(config: &HostConfig) -> Self {
        let root = &config.proc_root;
        let here = root == Path::new("/proc");
        let table = |name: &str| ProcFile::of_process(root, name, name);
        let tracked = |name: &str| {
            let file = ProcFile::new(root, &[&format!("sys/net/netfilter/nf_conntrack_{name}")]);
            Tracked { file, slot: Slot::default() }
        };
        Self {
            seldom: Seldom::new(config.slow_interval),
            socket: here.then(|| open().ok()).flatten(),
            tables: [table("net/tcp"), table("net/tcp6")],
            counts: None,
            slots: Default::default(),
            tracked: [tracked("count"), tracked("max")],
        }
    }

    fn read(&mut self, buffer: &mut Buffer) -> Result<Counts, CollectError> {
        if let Some(socket) = &self.socket {
            match ask(socket, buffer) {
                Ok(counts) => return Ok(counts),
                // Half an answer may still be under way: never to be mixed with the next.
                Err(_) => self.socket = None,
            }
        }
        let [tcp, tcp6] = &mut self.tables;
        let mut counts = Counts::default();
        counts.add_table(tcp.read(buffer)?).map_err(|error| tcp.malformed(error))?;
        if let Some(table) = tcp6.read_if_there(buffer)? {
            counts.add_table(table).map_err(|error| tcp6.malformed(error))?;
        }
        Ok(counts)
    }
}

impl Source for Connections {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        for (tracked, metric) in self.tracked.iter_mut().zip([&TRACKED, &TRACKED_LIMIT]) {
            if let Some(text) = tracked.file.read_if_there(buffer)? {
                let number = Fields::of(1, text).number("connections");
                let number = number.map_err(|error| tracked.file.malformed(error))?;
                out.push(&mut tracked.slot, metric, &[], number as f64);
            }
        }
        if self.seldom.is_due(out.at()) {
            self.counts = None;
            self.counts = Some(self.read(buffer)?);
        }
        let Some(counts) = self.counts else { return Ok(()) };
        for ((slot, state), count) in self.slots.iter_mut().zip(STATES).zip(counts.0) {
            out.push(slot, &COUNT, &[(STATE, state), (TRANSPORT, "tcp")], count as f64);
        }
        Ok(())
    }
}

/// Gives `bytes` to the parsers.
pub(super) fn fuzz(bytes: &[u8]) {
    let mut counts = Counts::default();
    let _ = counts.add_table(bytes);
    let _ = count(bytes, &mut counts);
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"  sl  local_address rem_address   st tx_queue rx_queue\n\
        0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000\n\
        1: 0100007F:0CEA 0100007F:C0DE 01 00000000:00000000 00:00000000 00000000\n\
        2: 0100007F:C0DE 0100007F:0CEA 01 00000000:00000000 00:00000000 00000000\n\
        3: 0100007F:C0DF 0100007F:0CEA 0C 00000000:00000000 00:00000000 00000000\n";

    #[test]
    fn a_table_is_counted_by_state() {
        let mut counts = Counts::default();
        counts.add_table(TABLE).unwrap();
        assert_eq!(counts, Counts([2, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0]));
        let error = counts.add_table(b"heading\n1: a b\n").unwrap_err();
        assert_eq!(error.to_string(), "line 2: `state` is missing");
    }

    #[test]
    fn netlink_and_text_agree() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let _client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let config = HostConfig::default();
        let mut buffer = Buffer::default();
        let mut netlink = Connections::new(&config);
        if netlink.socket.is_none() {
            println!("skipped: netlink is not allowed here");
            return;
        }
        let mut text = Connections::new(&config);
        text.socket = None;
        // Other tests open and close sockets meanwhile: one moment of agreement is enough.
        let agree = (0..50).any(|_| {
            let asked = netlink.read(&mut buffer).unwrap();
            let [established, .., listen, _] = asked.0;
            assert!(established >= 2 && listen >= 1, "{asked:?}");
            asked == text.read(&mut buffer).unwrap()
        });
        assert!(agree);
        assert!(netlink.socket.is_some());
    }
}
