//! Sealed samples of one series: compressed, never changed, shared with readers.

use std::sync::Arc;

use super::codec::{self, DecodeError};

/// Most samples sealed into one chunk whose values differ. A full batch of `pco`: shorter ones cost more bytes per
/// sample for their own bookkeeping, longer ones keep more samples uncompressed before they are sealed.
pub(super) const CHUNK_LEN: usize = 256;

/// What an allocation costs beside the bytes asked for.
pub(super) const ALLOCATION: usize = 16;

/// The two counters in front of what an `Arc` holds.
const SHARED: usize = 16;

/// Between one and a few thousand samples of one series, times strictly ascending.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    first: i64,
    last: i64,
    count: u32,
    /// The length of the times within the bytes; none for samples on a grid.
    times_len: u32,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    /// One value throughout, on a grid.
    Constant(f64),
    Packed(Arc<[u8]>),
}

impl Chunk {
    /// Samples on a grid that all have one value; `None` without samples.
    pub(super) fn constant(first: i64, step: i64, count: u32, value: f64) -> Option<Self> {
        let last = first.checked_add(step.checked_mul(i64::from(count.checked_sub(1)?))?)?;
        Some(Self { first, last, count, times_len: 0, values: Values::Constant(value) })
    }

    /// The samples given: times strictly ascending, as many values; `None` without samples.
    pub(super) fn new(times: &[i64], values: &[f64]) -> Option<Self> {
        let (&first, &last) = (times.first()?, times.last()?);
        let count = u32::try_from(times.len()).ok()?;
        let mut bytes = Vec::new();
        if !on_grid(times) {
            codec::encode_times(times, &mut bytes);
        }
        let times_len = u32::try_from(bytes.len()).ok()?;
        let values = match values.first() {
            Some(one) if times_len == 0 && values.iter().all(|value| value.to_bits() == one.to_bits()) => {
                Values::Constant(*one)
            }
            _ => {
                codec::encode_values(values, &mut bytes);
                Values::Packed(Arc::from(bytes))
            }
        };
        Some(Self { first, last, count, times_len, values })
    }

    /// The samples on a grid from `first` on, `step` apart; `None` without samples.
    pub(super) fn on_grid(first: i64, step: i64, values: &[f64]) -> Option<Self> {
        let count = u32::try_from(values.len()).ok()?;
        let bare = Self::constant(first, step, count, *values.first()?)?;
        let mut bytes = Vec::new();
        codec::encode_values(values, &mut bytes);
        Some(Self { values: Values::Packed(Arc::from(bytes)), ..bare })
    }

    /// The samples given, in as many chunks as they need.
    pub(super) fn pieces(times: &[i64], values: &[f64]) -> impl Iterator<Item = Self> {
        let len = times.len().div_ceil(times.len().div_ceil(CHUNK_LEN).max(1)).max(1);
        times.chunks(len).zip(values.chunks(len)).filter_map(|(times, values)| Self::new(times, values))
    }

    pub(super) fn first(&self) -> i64 {
        self.first
    }

    pub(super) fn last(&self) -> i64 {
        self.last
    }

    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    /// Bytes allocated beside the chunk itself.
    pub(super) fn heap_bytes(&self) -> usize {
        match &self.values {
            Values::Constant(_) => 0,
            Values::Packed(bytes) => bytes.len() + SHARED + ALLOCATION,
        }
    }

    /// Appends the samples to the two rows.
    pub(super) fn decode(&self, times: &mut Vec<i64>, values: &mut Vec<f64>) -> Result<(), DecodeError> {
        let count = self.count();
        let bytes = match &self.values {
            Values::Constant(value) => {
                times.extend(self.grid());
                values.extend(std::iter::repeat_n(*value, count));
                return Ok(());
            }
            Values::Packed(bytes) => bytes,
        };
        let (own_times, own_values) =
            bytes.split_at_checked(self.times_len as usize).ok_or(DecodeError::Truncated)?;
        codec::decode_values(own_values, count, values)?;
        if own_times.is_empty() {
            times.extend(self.grid());
        } else {
            times.append(&mut codec::decode_times(own_times, count)?);
        }
        Ok(())
    }

    fn grid(&self) -> impl Iterator<Item = i64> + use<> {
        let steps = i64::from(self.count) - 1;
        let step = if steps == 0 { 0 } else { (self.last - self.first) / steps };
        let first = self.first;
        (0..=steps).map(move |n| first + step * n)
    }
}

/// Whether the times are evenly spaced, by arithmetic that fits.
fn on_grid(times: &[i64]) -> bool {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return true };
    last.checked_sub(*first).is_some()
        && times.windows(3).all(|w| matches!(w, [a, b, c] if c.wrapping_sub(*b) == b.wrapping_sub(*a)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(chunk: &Chunk) -> (Vec<i64>, Vec<f64>) {
        let (mut times, mut values) = (Vec::new(), Vec::new());
        chunk.decode(&mut times, &mut values).unwrap();
        (times, values)
    }

    #[test]
    fn a_grid_costs_no_bytes_and_one_value_none_at_all() {
        let times: Vec<i64> = (0..200).map(|i| 50 + i * 10).collect();
        let even = Chunk::new(&times, &[7.5; 200]).unwrap();
        assert_eq!((even.heap_bytes(), even.first(), even.last(), even.count()), (0, 50, 2040, 200));
        assert_eq!(decoded(&even), (times.clone(), vec![7.5; 200]));
        let mut gap = times;
        if let Some(last) = gap.last_mut() {
            *last += 5;
        }
        let uneven = Chunk::new(&gap, &[7.5; 200]).unwrap();
        assert!(uneven.heap_bytes() > 0);
        assert_eq!(decoded(&uneven).0, gap);
    }

    #[test]
    fn times_as_far_apart_as_there_are_come_back() {
        let times = vec![i64::MIN, 0, i64::MAX];
        let chunk = Chunk::new(&times, &[1.0, 2.0, 3.0]).unwrap();
        assert_eq!(decoded(&chunk).0, times);
    }

    #[test]
    fn a_chunk_is_small_itself() {
        assert_eq!(size_of::<Chunk>(), 40);
    }

    proptest! {
        #[test]
        fn pieces_hold_all_samples_in_order(gaps in prop::collection::vec(1_i64..3, 0..900)) {
            let times: Vec<i64> = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect();
            let values: Vec<f64> = times.iter().map(|at| *at as f64 * 0.3).collect();
            let (mut all_times, mut all_values) = (Vec::new(), Vec::new());
            for chunk in Chunk::pieces(&times, &values) {
                prop_assert!(chunk.count() <= CHUNK_LEN);
                chunk.decode(&mut all_times, &mut all_values).unwrap();
            }
            prop_assert_eq!(all_times, times);
            prop_assert_eq!(all_values, values);
        }
    }
}
