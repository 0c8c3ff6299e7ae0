//! `/proc/<pid>/stat` and `/proc/<pid>/io`.

use crate::processes::metrics::State;
use crate::procfs::{Fields, ParseError, lines, missing_line};

/// The longest name that is told whole. A process can give itself 15 bytes, the kernel its own threads more.
const NAME_BYTES: usize = 32;

/// What a process is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProcessName {
    bytes: [u8; NAME_BYTES],
    length: usize,
}

impl ProcessName {
    fn new(name: &[u8]) -> Self {
        let mut bytes = [0; NAME_BYTES];
        for (place, byte) in bytes.iter_mut().zip(name) {
            *place = *byte;
        }
        Self { bytes, length: name.len().min(NAME_BYTES) }
    }

    /// Its bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// What is told of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProcessStat {
    pub(crate) name: ProcessName,
    pub(crate) state: State,
    pub(crate) minor_faults: u64,
    pub(crate) major_faults: u64,
    pub(crate) user_ticks: u64,
    pub(crate) system_ticks: u64,
    pub(crate) threads: u64,
    /// When it was started, in clock ticks since the system was.
    pub(crate) start_ticks: u64,
    pub(crate) virtual_bytes: u64,
    pub(crate) resident_pages: u64,
}

/// Reads `/proc/<pid>/stat`. The name may hold blanks and brackets.
pub(crate) fn parse_stat(text: &[u8]) -> Result<ProcessStat, ParseError> {
    let missing = || missing_line("name");
    let open = text.iter().position(|byte| *byte == b'(').ok_or_else(missing)?;
    let close =
        text.iter().rposition(|byte| *byte == b')').filter(|close| *close > open).ok_or_else(missing)?;
    let name = text.get(open + 1..close).unwrap_or_default();
    let mut fields = Fields::of(1, text.get(close + 1..).unwrap_or_default());
    let state = state(fields.field("state")?);
    skip(&mut fields, 6)?;
    let minor_faults = fields.number("minor faults")?;
    skip(&mut fields, 1)?;
    let major_faults = fields.number("major faults")?;
    skip(&mut fields, 1)?;
    let (user_ticks, system_ticks) = (fields.number("user time")?, fields.number("system time")?);
    skip(&mut fields, 4)?;
    let threads = fields.number("threads")?;
    skip(&mut fields, 1)?;
    Ok(ProcessStat {
        name: ProcessName::new(name),
        state,
        minor_faults,
        major_faults,
        user_ticks,
        system_ticks,
        threads,
        start_ticks: fields.number("start time")?,
        virtual_bytes: fields.number("virtual memory")?,
        resident_pages: fields.number("resident memory")?,
    })
}

fn skip(fields: &mut Fields<'_>, count: usize) -> Result<(), ParseError> {
    for _ in 0..count {
        fields.field("field")?;
    }
    Ok(())
}

fn state(letter: &[u8]) -> State {
    match letter {
        b"R" => State::Running,
        b"D" => State::Blocked,
        b"I" => State::Idle,
        b"T" | b"t" => State::Stopped,
        b"Z" | b"X" | b"x" => State::Defunct,
        _ => State::Sleeping,
    }
}

/// Reads `/proc/<pid>/io`: bytes read from disks, and written to them.
pub(crate) fn parse_io(text: &[u8]) -> Result<[u64; 2], ParseError> {
    let (mut read, mut written) = (None, None);
    for (line, text) in lines(text) {
        let mut fields = Fields::of(line, text);
        match fields.next_field() {
            Some(b"read_bytes:") => read = Some(fields.number("read_bytes")?),
            Some(b"write_bytes:") => written = Some(fields.number("write_bytes")?),
            _ => {}
        }
    }
    Ok([read.ok_or_else(|| missing_line("read_bytes"))?, written.ok_or_else(|| missing_line("write_bytes"))?])
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &[u8] =
        b"31957 (a (b) c) S 1 31957 31957 0 -1 4194304 1083 20 3 4 105 206 7 8 20 0 9 0 1155289 \
        9052160 1234 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

    #[test]
    fn reads_a_real_process_with_an_odd_name() {
        let stat = parse_stat(REAL).unwrap();
        let expected = ProcessStat {
            name: ProcessName::new(b"a (b) c"),
            state: State::Sleeping,
            minor_faults: 1083,
            major_faults: 3,
            user_ticks: 105,
            system_ticks: 206,
            threads: 9,
            start_ticks: 1_155_289,
            virtual_bytes: 9_052_160,
            resident_pages: 1234,
        };
        assert_eq!(stat, expected);
        assert_eq!(stat.name.as_bytes(), b"a (b) c");
        assert_eq!(ProcessName::new(&[b'x'; 64]).as_bytes(), [b'x'; 32]);
    }

    #[test]
    fn reads_the_traffic_of_a_process() {
        let text = b"rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n";
        assert_eq!(parse_io(text), Ok([4096, 8192]));
        assert_eq!(parse_io(b"read_bytes: 1").unwrap_err().to_string(), "line 0: `write_bytes` is missing");
    }

    #[test]
    fn says_where_it_does_not_understand() {
        for (text, message) in [
            ("", "line 0: `name` is missing"),
            ("1 )x( S", "line 0: `name` is missing"),
            ("1 (x)", "line 1: `state` is missing"),
            ("1 (x) S 1 2 3 4 5 6 x", "line 1: `minor faults` is `x`, not a number"),
        ] {
            assert_eq!(parse_stat(text.as_bytes()).unwrap_err().to_string(), message);
        }
    }
}
