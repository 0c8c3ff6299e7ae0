use std::fmt;

/// A short name for a series within one process: a place and the generation of its tenant, so that an id kept
/// after its series expired is noticed. Never written to disk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesId(u32);

const INDEX_BITS: u32 = 22;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;

impl SeriesId {
    /// The most series a process can name: 4,194,304.
    pub const MAX_SERIES: usize = 1 << INDEX_BITS;

    pub(crate) fn new(index: usize, generation: u16) -> Option<Self> {
        let index = u32::try_from(index).ok().filter(|index| *index <= INDEX_MASK)?;
        Some(Self((u32::from(generation) << INDEX_BITS) | index))
    }

    /// The place: small, dense, used again after its series expired. For vectors indexed by series.
    #[must_use]
    pub fn index(self) -> usize {
        (self.0 & INDEX_MASK) as usize
    }

    pub(crate) fn generation(self) -> u16 {
        u16::try_from(self.0 >> INDEX_BITS).unwrap_or(u16::MAX)
    }

    pub(crate) const GENERATIONS: u16 = 1 << (32 - INDEX_BITS);
}

impl fmt::Debug for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SeriesId({}#{})", self.index(), self.generation())
    }
}
