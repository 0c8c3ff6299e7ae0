//! The file form of everything that remembers: named sections under one checksum.
//!
//! ```text
//! "AWATCH\r\n"      8 bytes
//! format            u16, now 1
//! sections          u16
//! per section       name length u16, name (UTF-8), payload length u64, payload
//! CRC-32            u32 of all before (ISO-HDLC, as in zip)
//! ```
//! Numbers are little-endian.

use std::collections::BTreeMap;

const MAGIC: &[u8; 8] = b"AWATCH\r\n";
const FORMAT: u16 = 1;

/// Writes the sections in the order of their names.
pub(super) fn write(sections: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + sections.values().map(|payload| payload.len() + 64).sum::<usize>());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    let count = u16::try_from(sections.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&count.to_le_bytes());
    for (name, payload) in sections.iter().take(usize::from(count)) {
        // Names are those of watches: at most 255 bytes, with a short prefix.
        let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&(payload.len() as u64).to_le_bytes());
        out.extend_from_slice(payload);
    }
    let sum = crc32fast::hash(&out);
    out.extend_from_slice(&sum.to_le_bytes());
    out
}

/// Reads what [`write`] wrote; the error says what is wrong. Lengths in the bytes are checked before they are used.
pub(super) fn read(bytes: &[u8]) -> Result<BTreeMap<String, &[u8]>, String> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err("it does not begin as a checkpoint does".to_owned());
    };
    let (Some(body), Some(sum)) =
        (bytes.len().checked_sub(4).and_then(|end| bytes.get(..end)), bytes.last_chunk())
    else {
        return Err("it is cut short".to_owned());
    };
    let mut rest = Reader(rest);
    let format = rest.u16()?;
    if format != FORMAT {
        return Err(format!("it has format {format}, and this version reads {FORMAT}"));
    }
    if crc32fast::hash(body) != u32::from_le_bytes(*sum) {
        return Err("its checksum does not fit: it is damaged or cut short".to_owned());
    }
    let mut sections = BTreeMap::new();
    for _ in 0..rest.u16()? {
        let length = usize::from(rest.u16()?);
        let name =
            std::str::from_utf8(rest.take(length)?).map_err(|_| "a section's name is not text".to_owned())?;
        let length =
            usize::try_from(rest.u64()?).map_err(|_| "a section is larger than memory".to_owned())?;
        sections.insert(name.to_owned(), rest.take(length)?);
    }
    if rest.0.len() == 4 {
        Ok(sections)
    } else {
        Err(format!("{} bytes follow its last section", rest.0.len()))
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or("a section is cut short")?;
        self.0 = rest;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16, String> {
        let (taken, rest) = self.0.split_first_chunk().ok_or("it is cut short")?;
        self.0 = rest;
        Ok(u16::from_le_bytes(*taken))
    }

    fn u64(&mut self) -> Result<u64, String> {
        let (taken, rest) = self.0.split_first_chunk().ok_or("it is cut short")?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*taken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> BTreeMap<String, Vec<u8>> {
        [("engine".to_owned(), vec![1, 2, 3]), ("watch/z".to_owned(), vec![])].into()
    }

    #[test]
    fn reads_back_what_was_written() {
        let bytes = write(&sample());
        let read = read(&bytes).unwrap();
        assert_eq!(read["engine"], [1, 2, 3]);
        assert_eq!(read["watch/z"], []);
    }

    #[test]
    fn says_what_is_wrong() {
        let bytes = write(&sample());
        assert_eq!(read(b"hello").unwrap_err(), "it does not begin as a checkpoint does");
        assert_eq!(read(&bytes[..9]).unwrap_err(), "it is cut short");
        let cut = read(&bytes[..bytes.len() - 1]).unwrap_err();
        assert_eq!(cut, "its checksum does not fit: it is damaged or cut short");
        let mut newer = bytes.clone();
        newer[8] = 9;
        assert_eq!(read(&newer).unwrap_err(), "it has format 9, and this version reads 1");
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_noticed(position in 0_usize..40, change in 1_u8..) {
            let mut bytes = write(&sample());
            let position = position % bytes.len();
            bytes[position] ^= change;
            prop_assert!(read(&bytes).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            // With the right frame around them the inner lengths are reached as well.
            let mut bytes = [MAGIC.as_slice(), &FORMAT.to_le_bytes(), &body].concat();
            let sum = crc32fast::hash(&bytes);
            bytes.extend_from_slice(&sum.to_le_bytes());
            let _ = read(&bytes);
            let _ = read(&body);
        }
    }
}
