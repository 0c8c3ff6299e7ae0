//! What the name of a segment says.

use std::fmt;

/// `0000000003-0000000007-0-1a2b3c4d.parquet`: which generations of its day it holds, how often it was written anew, and
/// the checksum of its end.
///
/// So the directory itself is the list of what counts: a file whose generations are all in another one, or that was
/// written anew, is left over from a crash. No other file has to be kept in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::parquet) struct SegmentName {
    /// The first generation.
    pub(in crate::parquet) first: u64,
    /// The last generation.
    pub(in crate::parquet) last: u64,
    /// How often it was written anew, to remove rows.
    pub(in crate::parquet) revision: u32,
    /// The CRC-32 of everything after the last row group.
    pub(in crate::parquet) checksum: u32,
}

const ENDING: &str = ".parquet";

impl SegmentName {
    pub(in crate::parquet) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_suffix(ENDING)?.split('-');
        let name = Self {
            first: parts.next()?.parse().ok()?,
            last: parts.next()?.parse().ok()?,
            revision: parts.next()?.parse().ok()?,
            checksum: u32::from_str_radix(parts.next()?, 16).ok()?,
        };
        (name.to_string() == text && name.first <= name.last).then_some(name)
    }

    /// Whether `other`, of the same day, has everything that this one has to say.
    pub(in crate::parquet) fn is_superseded_by(&self, other: &Self) -> bool {
        let same = (self.first, self.last) == (other.first, other.last);
        let within = other.first <= self.first && self.last <= other.last;
        if same { self.revision < other.revision } else { within }
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, revision, checksum } = self;
        write!(f, "{first:010}-{last:010}-{revision}-{checksum:08x}{ENDING}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        let name = SegmentName { first: 3, last: 7, revision: 1, checksum: 0x1a2b };
        assert_eq!(name.to_string(), "0000000003-0000000007-1-00001a2b.parquet");
        assert_eq!(SegmentName::parse(&name.to_string()), Some(name));
        for text in ["", "x.parquet", "3-7-1-00001a2b.parquet", "0000000007-0000000003-1-00001a2b.parquet"] {
            assert_eq!(SegmentName::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_wider_or_later_one_supersedes() {
        let name = |first, last, revision| SegmentName { first, last, revision, checksum: 0 };
        assert!(name(3, 3, 4).is_superseded_by(&name(1, 5, 0)));
        assert!(name(3, 3, 0).is_superseded_by(&name(3, 3, 1)));
        for other in [name(3, 3, 1), name(3, 3, 0), name(4, 5, 0), name(1, 2, 0)] {
            assert!(!name(3, 3, 1).is_superseded_by(&other), "{other}");
        }
    }
}
