//! Rows in the order of time, from a file in any other order.
//!
//! What does not fit in memory is sorted piece by piece; the pieces wait in a temporary file and are merged as they
//! are read. Rows of one instant stay in the order of the file.

mod spill;

use awatch_core::{RecordingError, Timestamp};

use self::spill::Spill;
use super::dictionary::EntryId;
use super::row::{Row, Rows};

/// Rows sorted in memory at once: 48 MiB of them, and half as much again while they are sorted.
const IN_MEMORY: usize = 1 << 21;

/// What is sorted of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    at: Timestamp,
    entry: EntryId,
    value: f64,
}

/// The rows of a file, sorted.
#[derive(Debug)]
pub(super) struct Sorted {
    /// The last piece, or all there is; latest first.
    rest: Vec<Sample>,
    spill: Option<Spill>,
}

impl Sorted {
    /// Reads all rows and goes back to the first.
    pub(super) fn of(rows: &mut impl Rows) -> Result<Self, RecordingError> {
        Self::within(rows, IN_MEMORY)
    }

    fn within(rows: &mut impl Rows, most: usize) -> Result<Self, RecordingError> {
        let (mut piece, mut spill): (Vec<Sample>, Option<Spill>) = (Vec::new(), None);
        while let Some(Row { at, entry, value, .. }) = rows.next_row()? {
            if piece.len() >= most {
                piece.sort_by_key(|sample| sample.at);
                let spill = match &mut spill {
                    Some(spill) => spill,
                    None => spill.insert(Spill::create()?),
                };
                spill.add(&piece)?;
                piece.clear();
            }
            piece.push(Sample { at, entry, value });
        }
        rows.rewind()?;
        piece.sort_by_key(|sample| sample.at);
        piece.reverse();
        if let Some(spill) = &mut spill {
            spill.begin()?;
        }
        Ok(Self { rest: piece, spill })
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, RecordingError> {
        // The last piece comes after the others where the instant is the same.
        let spilled = self.spill.as_ref().and_then(Spill::first);
        let last = self.rest.last().map(|sample| sample.at);
        let sample = match (spilled, last, &mut self.spill) {
            (Some(spilled), last, Some(spill)) if last.is_none_or(|last| spilled <= last) => {
                spill.next_sample()?
            }
            _ => self.rest.pop(),
        };
        Ok(sample.map(|Sample { at, entry, value }| Row { at, received: None, entry, value }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::file::dictionary::Dictionary;

    #[derive(Debug)]
    struct Given {
        rows: Vec<Row>,
        next: usize,
        dictionary: Dictionary,
    }

    impl Rows for Given {
        fn next_row(&mut self) -> Result<Option<Row>, RecordingError> {
            self.next += 1;
            Ok(self.rows.get(self.next - 1).copied())
        }

        fn rewind(&mut self) -> Result<(), RecordingError> {
            self.next = 0;
            Ok(())
        }

        fn dictionary(&self) -> &Dictionary {
            &self.dictionary
        }

        fn has_received(&self) -> bool {
            false
        }

        fn has_sources(&self) -> bool {
            false
        }

        fn is_table(&self) -> bool {
            false
        }

        fn place(&self) -> String {
            String::new()
        }
    }

    proptest! {
        #[test]
        fn in_memory_or_not_it_is_a_stable_sort(times in proptest::collection::vec(-9..9_i64, 0..200), most in 1..80_usize) {
            let row = |(index, at): (usize, &i64)| Row {
                at: Timestamp::from_secs(*at),
                received: None,
                entry: EntryId::from_index(index).unwrap(),
                value: index as f64,
            };
            let rows: Vec<Row> = times.iter().enumerate().map(row).collect();
            let mut given = Given { rows: rows.clone(), next: 0, dictionary: Dictionary::new(None) };
            let mut sorted = Sorted::within(&mut given, most).unwrap();
            let mut expected = rows;
            expected.sort_by_key(|row| row.at);
            for row in expected {
                prop_assert_eq!(sorted.next_row().unwrap(), Some(row));
            }
            prop_assert_eq!(sorted.next_row().unwrap(), None);
        }
    }
}
