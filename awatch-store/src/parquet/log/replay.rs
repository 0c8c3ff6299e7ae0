//! Reading a log from where one left off.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::record::{Found, Record, read};

/// How much is read at once.
const PIECE: usize = 1 << 20;

/// Where a log was read to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::parquet) struct ReadTo {
    /// The end of the last whole record.
    pub(in crate::parquet) end: u64,
    /// Bytes after it that are no record: one being written, or torn by a crash.
    pub(in crate::parquet) torn: u64,
    /// Records passed over because their checksum is wrong.
    pub(in crate::parquet) damaged: u64,
}

/// Shows `take` every record of a log from the byte `start` on; a record it answers `false` to counts as damaged.
pub(in crate::parquet) fn replay(
    file: &mut File,
    start: u64,
    mut take: impl FnMut(Record<'_>) -> bool,
) -> io::Result<ReadTo> {
    file.seek(SeekFrom::Start(start))?;
    let mut done = ReadTo { end: start, ..ReadTo::default() };
    let (mut bytes, mut place) = (Vec::new(), 0);
    loop {
        let length = match read(bytes.get(place..).unwrap_or_default()) {
            Found::Record(record, length) => {
                done.damaged += u64::from(!take(record));
                length
            }
            Found::Damaged(length) => {
                done.damaged += 1;
                length
            }
            Found::Torn => {
                bytes.drain(..place);
                place = 0;
                let more = bytes.len().max(PIECE) as u64;
                if file.take(more).read_to_end(&mut bytes)? == 0 {
                    done.torn = bytes.len() as u64;
                    return Ok(done);
                }
                continue;
            }
        };
        place += length;
        done.end += length as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::record::{Entry, delete, samples};
    use super::*;

    fn log(records: i64) -> Vec<u8> {
        let mut bytes = Vec::new();
        for at in 0..records {
            samples(&[Entry { series: 0, at, value: 0.5 }], &mut bytes);
        }
        bytes
    }

    fn read_all(bytes: &[u8], start: u64) -> (ReadTo, Vec<i64>) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let mut seen = Vec::new();
        let read_to = replay(&mut file, start, |record| {
            match record {
                Record::Samples(entries) => seen.extend(entries.iter().map(|entry| entry.at)),
                _ => return false,
            }
            true
        });
        (read_to.unwrap(), seen)
    }

    #[test]
    fn every_record_up_to_a_torn_one_is_seen() {
        let bytes = log(50_000);
        let one = bytes.len() as u64 / 50_000;
        let (read_to, seen) = read_all(&bytes, 0);
        assert_eq!(read_to, ReadTo { end: bytes.len() as u64, torn: 0, damaged: 0 });
        assert_eq!(seen, (0..50_000).collect::<Vec<_>>());
        let (read_to, seen) = read_all(&bytes[..bytes.len() - 3], one * 49_990);
        assert_eq!(read_to, ReadTo { end: one * 49_999, torn: one - 3, damaged: 0 });
        assert_eq!(seen, (49_990..49_999).collect::<Vec<_>>());
    }

    #[test]
    fn a_damaged_record_is_passed_over_and_counted() {
        let mut bytes = log(5);
        let one = bytes.len() / 5;
        bytes[one + one / 2] ^= 1;
        delete(7, "*", &mut bytes);
        let (read_to, seen) = read_all(&bytes, 0);
        assert_eq!((read_to.torn, read_to.damaged), (0, 2));
        assert_eq!(seen, [0, 2, 3, 4]);
    }
}
