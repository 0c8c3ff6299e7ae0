//! What stands in a log, byte for byte; described in `docs/format.md`.

/// The version of the log format that is written, and the newest that is read.
pub(in crate::parquet) const VERSION: u32 = 1;

/// The length of what stands in front of the records.
pub(in crate::parquet) const HEADER: usize = 24;

/// The length of what stands in front of a record: its length and its checksum.
const FRAME: usize = 8;

const MAGIC: [u8; 8] = *b"awatchlg";

/// The longest record, so that a damaged length is noticed.
const LONGEST: usize = 1 << 26;

const DEFINE: u8 = 1;
const TICK: u8 = 2;
const SAMPLES: u8 = 3;
const DELETE: u8 = 4;

/// Most samples in one record.
const MOST: usize = 1 << 20;

/// A sample of a series by its number in the log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::parquet) struct Entry {
    pub(in crate::parquet) series: u32,
    pub(in crate::parquet) at: i64,
    pub(in crate::parquet) value: f64,
}

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::parquet) enum Record<'a> {
    /// What the series of that number is, as JSON.
    Define { series: u32, definition: &'a [u8] },
    /// Samples in the order they were appended.
    Samples(Vec<Entry>),
    /// Samples before `cutoff` of the series meant were removed.
    Delete { cutoff: i64, matcher: &'a str },
}

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parquet) enum Header {
    /// A log with that number.
    Sound { sequence: u64 },
    /// A log of a later format.
    Newer { version: u32 },
    /// Not a header.
    Damaged,
}

/// The first bytes of a log.
pub(in crate::parquet) fn header(sequence: u64) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    let mut fields = Vec::with_capacity(HEADER);
    fields.extend_from_slice(&MAGIC);
    fields.extend_from_slice(&VERSION.to_le_bytes());
    fields.extend_from_slice(&sequence.to_le_bytes());
    fields.extend_from_slice(&crc32fast::hash(&fields).to_le_bytes());
    bytes.copy_from_slice(&fields);
    bytes
}

pub(in crate::parquet) fn read_header(bytes: &[u8]) -> Header {
    parse_header(bytes).unwrap_or(Header::Damaged)
}

fn parse_header(bytes: &[u8]) -> Option<Header> {
    let (fields, mut crc) = bytes.split_at_checked(HEADER - 4)?;
    if crc32fast::hash(fields) != u32::from_le_bytes(take(&mut crc)?) {
        return None;
    }
    let mut rest = fields.strip_prefix(&MAGIC)?;
    let (version, sequence) = (u32::from_le_bytes(take(&mut rest)?), u64::from_le_bytes(take(&mut rest)?));
    Some(if version == VERSION { Header::Sound { sequence } } else { Header::Newer { version } })
}

/// Appends a record that says what a series is.
pub(in crate::parquet) fn define(series: u32, definition: &[u8], out: &mut Vec<u8>) {
    framed(DEFINE, out, |out| {
        out.extend_from_slice(&series.to_le_bytes());
        out.extend_from_slice(definition);
    });
}

/// Appends records of samples: all of one tick as runs of consecutive series, any others one by one.
pub(in crate::parquet) fn samples(entries: &[Entry], out: &mut Vec<u8>) {
    for entries in entries.chunks(MOST) {
        match entries.first() {
            Some(first) if entries.iter().all(|entry| entry.at == first.at) => tick(first.at, entries, out),
            _ => framed(SAMPLES, out, |out| {
                for entry in entries {
                    out.extend_from_slice(&entry.series.to_le_bytes());
                    out.extend_from_slice(&entry.at.to_le_bytes());
                    out.extend_from_slice(&entry.value.to_le_bytes());
                }
            }),
        }
    }
}

fn tick(at: i64, entries: &[Entry], out: &mut Vec<u8>) {
    framed(TICK, out, |out| {
        out.extend_from_slice(&at.to_le_bytes());
        let runs = entries.chunk_by(|a, b| a.series.checked_add(1) == Some(b.series));
        let count = u32::try_from(runs.clone().count()).unwrap_or(u32::MAX);
        out.extend_from_slice(&count.to_le_bytes());
        for run in runs {
            let start = run.first().map_or(0, |entry| entry.series);
            out.extend_from_slice(&start.to_le_bytes());
            out.extend_from_slice(&u32::try_from(run.len()).unwrap_or(u32::MAX).to_le_bytes());
        }
        for entry in entries {
            out.extend_from_slice(&entry.value.to_le_bytes());
        }
    });
}

/// Appends a record that says what was removed.
pub(in crate::parquet) fn delete(cutoff: i64, matcher: &str, out: &mut Vec<u8>) {
    framed(DELETE, out, |out| {
        out.extend_from_slice(&cutoff.to_le_bytes());
        out.extend_from_slice(matcher.as_bytes());
    });
}

fn framed(tag: u8, out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; FRAME]);
    out.push(tag);
    body(out);
    let Some((frame, body)) = out.get_mut(start..).and_then(|record| record.split_at_mut_checked(FRAME))
    else {
        return;
    };
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
    let crc = crc32fast::hash(body).to_le_bytes();
    for (place, byte) in frame.iter_mut().zip(length.into_iter().chain(crc)) {
        *place = byte;
    }
}

/// What stands at the beginning of some bytes of a log.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::parquet) enum Found<'a> {
    /// A record, and how many bytes it takes.
    Record(Record<'a>, usize),
    /// Bytes that are no record, but of a length that leads to the next.
    Damaged(usize),
    /// No whole record: the end, or one that was not written to its end.
    Torn,
}

/// The record at the beginning of `bytes`.
pub(in crate::parquet) fn read(bytes: &[u8]) -> Found<'_> {
    let mut rest = bytes;
    let (Some(length), Some(crc)) =
        (take(&mut rest).map(u32::from_le_bytes), take(&mut rest).map(u32::from_le_bytes))
    else {
        return Found::Torn;
    };
    let Some(body) = usize::try_from(length)
        .ok()
        .filter(|length| (1..=LONGEST).contains(length))
        .and_then(|length| rest.get(..length))
    else {
        return Found::Torn;
    };
    let whole = FRAME + body.len();
    if crc32fast::hash(body) != crc {
        return if rest.len() == body.len() { Found::Torn } else { Found::Damaged(whole) };
    }
    body.split_first()
        .and_then(|(tag, body)| parse(*tag, body))
        .map_or(Found::Damaged(whole), |record| Found::Record(record, whole))
}

fn parse(tag: u8, mut body: &[u8]) -> Option<Record<'_>> {
    match tag {
        DEFINE => Some(Record::Define { series: u32::from_le_bytes(take(&mut body)?), definition: body }),
        TICK => parse_tick(body).map(Record::Samples),
        SAMPLES => {
            let (entries, rest) = body.as_chunks::<20>();
            let entries = entries.iter().map(|entry| parse_entry(entry));
            rest.is_empty().then(|| entries.collect::<Option<Vec<_>>>().map(Record::Samples))?
        }
        DELETE => {
            let cutoff = i64::from_le_bytes(take(&mut body)?);
            Some(Record::Delete { cutoff, matcher: std::str::from_utf8(body).ok()? })
        }
        _ => None,
    }
}

fn parse_entry(mut bytes: &[u8]) -> Option<Entry> {
    Some(Entry {
        series: u32::from_le_bytes(take(&mut bytes)?),
        at: i64::from_le_bytes(take(&mut bytes)?),
        value: f64::from_le_bytes(take(&mut bytes)?),
    })
}

fn parse_tick(mut body: &[u8]) -> Option<Vec<Entry>> {
    let at = i64::from_le_bytes(take(&mut body)?);
    let count = usize::try_from(u32::from_le_bytes(take(&mut body)?)).ok()?;
    let (runs, values) = body.split_at_checked(count.checked_mul(8)?)?;
    let (values, rest) = values.as_chunks::<8>();
    let mut entries = Vec::with_capacity(values.len());
    let mut values = values.iter();
    for mut run in runs.chunks_exact(8) {
        let (start, length) = (u32::from_le_bytes(take(&mut run)?), u32::from_le_bytes(take(&mut run)?));
        for series in start..start.checked_add(length)? {
            entries.push(Entry { series, at, value: f64::from_le_bytes(*values.next()?) });
        }
    }
    (rest.is_empty() && values.next().is_none()).then_some(entries)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let at = prop_oneof![Just(7_i64), any::<i64>()];
        (0_u32..9, at, any::<f64>()).prop_map(|(series, at, value)| Entry { series, at, value })
    }

    fn bits(entries: &[Entry]) -> Vec<(u32, i64, u64)> {
        entries.iter().map(|entry| (entry.series, entry.at, entry.value.to_bits())).collect()
    }

    #[test]
    fn a_tick_of_series_in_order_costs_eight_bytes_each() {
        let entries: Vec<Entry> = (0..1000).map(|series| Entry { series, at: 5, value: 0.5 }).collect();
        let mut bytes = Vec::new();
        samples(&entries, &mut bytes);
        assert_eq!(bytes.len(), FRAME + 1 + 8 + 4 + 8 + 8000);
    }

    #[test]
    fn a_header_is_told_from_others() {
        let bytes = header(7);
        assert_eq!(read_header(&bytes), Header::Sound { sequence: 7 });
        for place in 0..HEADER {
            let mut other = bytes;
            other[place] ^= 4;
            assert_eq!(read_header(&other), Header::Damaged, "byte {place}");
        }
        assert_eq!(read_header(&bytes[..20]), Header::Damaged);
        let mut newer = bytes;
        newer[8] = 9;
        let crc = crc32fast::hash(&newer[..20]);
        newer[20..].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(read_header(&newer), Header::Newer { version: 9 });
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entries in prop::collection::vec(entry(), 1..50), cutoff: i64, text in ".{0,20}") {
            let mut bytes = Vec::new();
            samples(&entries, &mut bytes);
            let Found::Record(Record::Samples(back), length) = read(&bytes) else { panic!("no samples") };
            prop_assert_eq!((bits(&back), length), (bits(&entries), bytes.len()));
            let mut bytes = Vec::new();
            delete(cutoff, &text, &mut bytes);
            prop_assert_eq!(read(&bytes), Found::Record(Record::Delete { cutoff, matcher: &text }, bytes.len()));
            let mut bytes = Vec::new();
            define(3, text.as_bytes(), &mut bytes);
            prop_assert_eq!(read(&bytes), Found::Record(Record::Define { series: 3, definition: text.as_bytes() }, bytes.len()));
        }

        #[test]
        fn a_record_cut_short_is_torn_and_a_changed_one_is_noticed(
            entries in prop::collection::vec(entry(), 1..9), cut: prop::sample::Index, bit in 0_u8..8,
        ) {
            let mut bytes = Vec::new();
            samples(&entries, &mut bytes);
            let at = cut.index(bytes.len());
            prop_assert_eq!(read(&bytes[..at]), Found::Torn);
            let whole = bytes.len();
            bytes[at] ^= 1 << bit;
            bytes.extend_from_slice(&[0; 64]);
            prop_assert!(!matches!(read(&bytes), Found::Record(_, length) if length == whole));
        }

        #[test]
        fn any_bytes_are_read_without_panic(tag in 0_u8..6, body in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut bytes = Vec::new();
            framed(tag, &mut bytes, |out| out.extend_from_slice(&body));
            read(&bytes);
            read(&body);
            read_header(&body);
        }
    }
}
