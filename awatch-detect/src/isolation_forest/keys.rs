use super::trees::{LANES, WINDOW};

/// The values of a block of rows as words that sort as they do, laid out for [`LANES`] rows side by side: for each group
/// of them all first columns, then all second ones.
#[derive(Debug)]
pub(super) struct Keys {
    words: Vec<u64>,
    columns: usize,
}

impl Keys {
    /// Room for so many rows.
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        let groups = rows.div_ceil(LANES);
        // The tail is only looked at by groups of full width; untouched, it costs no memory.
        let tail = if rows >= LANES { WINDOW } else { 0 };
        Self { words: vec![0; groups * LANES * columns + tail], columns }
    }

    /// Sets the values of a row.
    pub(super) fn set(&mut self, row: usize, values: impl Iterator<Item = f32>) {
        let first = row / LANES * LANES * self.columns + row % LANES;
        let places = self.words.get_mut(first..).unwrap_or_default().iter_mut().step_by(LANES);
        for (place, value) in places.zip(values) {
            *place = key(value);
        }
    }

    /// The words from the first of a group on.
    pub(super) fn group(&self, group: usize) -> Option<&[u64; WINDOW]> {
        self.words.get(group * LANES * self.columns..)?.first_chunk()
    }

    /// The words from the first of a row on; its others follow in steps of [`LANES`].
    pub(super) fn row(&self, row: usize) -> &[u64] {
        self.words.get(row / LANES * LANES * self.columns + row % LANES..).unwrap_or_default()
    }
}

/// The key of a value: its word, with all bits set where a node keeps its column.
fn key(value: f32) -> u64 {
    word(value) | 0xffff
}

/// A number as the upper bits of a word, sorted as numbers are; −0 as 0.
pub(super) fn word(value: f32) -> u64 {
    let bits = (value + 0.0).to_bits();
    let sign = bits.cast_signed() >> 31;
    u64::from(bits ^ (sign.cast_unsigned() | 1 << 31)) << 16
}

/// The number that [`word`] made a word of.
pub(super) fn number(word: u64) -> f32 {
    let bits = u32::try_from(word >> 16 & 0xffff_ffff).unwrap_or(0);
    let sign = !bits.cast_signed() >> 31;
    f32::from_bits(bits ^ (sign.cast_unsigned() | 1 << 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f32; 9] =
        [f32::MIN, -2.5, -1e-40, 0.0, f32::MIN_POSITIVE, 1.0, 1.000_000_1, 3e30, f32::MAX];

    #[test]
    fn words_sort_as_numbers_do_and_give_them_back() {
        for pair in VALUES.windows(2) {
            assert!(word(pair[0]) < word(pair[1]), "{pair:?}");
        }
        for value in VALUES {
            assert_eq!(number(word(value)).to_bits(), value.to_bits());
            assert!(word(value) > 0, "no threshold is a stand-in");
        }
        assert_eq!(word(-0.0), word(0.0));
    }

    #[test]
    fn a_key_is_below_a_node_exactly_if_its_value_is_below_the_threshold() {
        for value in VALUES {
            for threshold in VALUES {
                for place in [0, 37, u64::from(u16::MAX)] {
                    assert_eq!(
                        key(value) < word(threshold) | place,
                        value < threshold,
                        "{value} {threshold}"
                    );
                }
            }
        }
    }
}
