//! How the numbers and times of a chunk become bytes. Lossless, bit for bit.
//!
//! Readings of machines are rarely arbitrary floats: they are whole numbers (bytes, packets), hundredths (clock ticks)
//! or a few values that come again and again (ratios of small counts). Each of these is stored as the integers behind
//! it, for which `pco` is both faster and denser than for the floats themselves; what is none of these is stored as
//! floats.

use std::sync::LazyLock;

use pco::data_types::Number;
use pco::errors::PcoError;
use pco::wrapped::{FileCompressor, FileDecompressor};
use pco::{ChunkConfig, DeltaSpec};

const CONSTANT: u8 = 0;
const WHOLE: u8 = 1;
const HUNDREDTHS: u8 = 2;
const DICTIONARY: u8 = 3;
const FLOATS: u8 = 4;
const PLAIN: u8 = 5;

/// Integers beyond this are not all told apart by an `f64`.
const EXACT: i64 = 1 << 53;

/// A dictionary is used when each of its values occurs at least so many times on average.
const DICTIONARY_USES: usize = 4;

/// Bytes are not what was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error("the bytes end too early")]
    Truncated,
    #[error("the encoding {tag} is not known")]
    Encoding { tag: u8 },
    #[error("an index is outside the dictionary of {len} values")]
    Index { len: usize },
    #[error("the packed integers are damaged")]
    Packed(#[from] PcoError),
}

/// Appends the numbers to `out`. About 30 ns per number.
pub(super) fn encode_values(values: &[f64], out: &mut Vec<u8>) {
    let Some(first) = values.first() else { return };
    if values.iter().all(|value| value.to_bits() == first.to_bits()) {
        out.push(CONSTANT);
        out.extend_from_slice(&first.to_le_bytes());
    } else if let Some(whole) = multiples(values, 1.0) {
        tagged(WHOLE, &whole, values, out);
    } else if let Some(hundredths) = multiples(values, 100.0) {
        tagged(HUNDREDTHS, &hundredths, values, out);
    } else if let Some((dictionary, indices)) = dictionary(values) {
        let start = out.len();
        out.push(DICTIONARY);
        out.extend_from_slice(&u16::try_from(dictionary.len()).unwrap_or(u16::MAX).to_le_bytes());
        out.extend(dictionary.iter().flat_map(|value| value.to_le_bytes()));
        if pack(&indices, DeltaSpec::NoOp, out).is_err() {
            out.truncate(start);
            plain(values, out);
        }
    } else {
        tagged(FLOATS, values, values, out);
    }
}

/// Appends `count` numbers to `out`. About 5 ns per number.
pub(super) fn decode_values(bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Result<(), DecodeError> {
    let (&tag, rest) = bytes.split_first().ok_or(DecodeError::Truncated)?;
    match tag {
        CONSTANT => out.extend(std::iter::repeat_n(read_f64s(rest, 1)?.next().unwrap_or_default(), count)),
        WHOLE => out.extend(unpack::<i64>(rest, count)?.into_iter().map(|n| n as f64)),
        HUNDREDTHS => out.extend(unpack::<i64>(rest, count)?.into_iter().map(|n| n as f64 / 100.0)),
        DICTIONARY => decode_dictionary(rest, count, out)?,
        FLOATS => out.extend(unpack::<f64>(rest, count)?),
        PLAIN => out.extend(read_f64s(rest, count)?),
        tag => return Err(DecodeError::Encoding { tag }),
    }
    Ok(())
}

/// Appends times that are not on a grid to `out`.
pub(super) fn encode_times(times: &[i64], out: &mut Vec<u8>) {
    let start = out.len();
    out.push(WHOLE);
    if pack(times, DeltaSpec::TryConsecutive(1), out).is_err() {
        out.truncate(start);
        out.push(PLAIN);
        out.extend(times.iter().flat_map(|at| at.to_le_bytes()));
    }
}

/// Reads `count` times that are not on a grid.
pub(super) fn decode_times(bytes: &[u8], count: usize) -> Result<Vec<i64>, DecodeError> {
    let (&tag, rest) = bytes.split_first().ok_or(DecodeError::Truncated)?;
    match tag {
        WHOLE => unpack(rest, count),
        PLAIN => Ok(rest.as_chunks().0.iter().take(count).map(|bytes| i64::from_le_bytes(*bytes)).collect()),
        tag => Err(DecodeError::Encoding { tag }),
    }
}

fn tagged<T: Number>(tag: u8, numbers: &[T], values: &[f64], out: &mut Vec<u8>) {
    let start = out.len();
    out.push(tag);
    if pack(numbers, DeltaSpec::TryConsecutive(1), out).is_err() {
        out.truncate(start);
        plain(values, out);
    }
}

fn plain(values: &[f64], out: &mut Vec<u8>) {
    out.push(PLAIN);
    out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

/// The integers that divided by `scale` give the values bit for bit; `None` when there are none.
#[expect(clippy::cast_possible_truncation, reason = "whatever the cast gives is checked by turning it back")]
fn multiples(values: &[f64], scale: f64) -> Option<Vec<i64>> {
    let integer = |value: &f64| {
        let integer = (value * scale + 0.5_f64.copysign(*value)) as i64;
        let same = (integer as f64 / scale).to_bits() == value.to_bits();
        (same && integer.abs() < EXACT).then_some(integer)
    };
    values.first().and_then(integer)?;
    values.iter().map(integer).collect()
}

/// The distinct values ascending, and for each value its place among them.
fn dictionary(values: &[f64]) -> Option<(Vec<f64>, Vec<u16>)> {
    let mut distinct = values.to_vec();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup_by_key(|value| value.to_bits());
    if distinct.len() * DICTIONARY_USES > values.len() {
        return None;
    }
    let place = |value: &f64| {
        let place = distinct.binary_search_by(|known| known.total_cmp(value)).ok()?;
        u16::try_from(place).ok()
    };
    let indices = values.iter().map(place).collect::<Option<Vec<u16>>>()?;
    Some((distinct, indices))
}

fn decode_dictionary(bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Result<(), DecodeError> {
    let (len, rest) = bytes.split_first_chunk::<2>().ok_or(DecodeError::Truncated)?;
    let len = usize::from(u16::from_le_bytes(*len));
    let values: Vec<f64> = read_f64s(rest, len)?.collect();
    let indices = unpack::<u16>(rest.get(len * size_of::<f64>()..).ok_or(DecodeError::Truncated)?, count)?;
    for index in indices {
        out.push(*values.get(usize::from(index)).ok_or(DecodeError::Index { len })?);
    }
    Ok(())
}

fn read_f64s(bytes: &[u8], count: usize) -> Result<impl Iterator<Item = f64>, DecodeError> {
    let (chunks, _) = bytes.as_chunks::<8>();
    let chunks = chunks.get(..count).ok_or(DecodeError::Truncated)?;
    Ok(chunks.iter().map(|bytes| f64::from_le_bytes(*bytes)))
}

/// Level 4 and a fixed order of differences: measured on readings of a host, 1 % larger than what `pco` finds by
/// itself at its default level, in a fifth of the time.
fn pack<T: Number>(numbers: &[T], delta: DeltaSpec, out: &mut Vec<u8>) -> Result<(), PcoError> {
    let config = ChunkConfig::default().with_compression_level(4).with_delta_spec(delta);
    let mut compressor = FileCompressor::default().chunk_compressor(numbers, &config)?;
    compressor.write_meta(&mut *out)?;
    compressor.write_page(0, out)?;
    Ok(())
}

fn unpack<T: Number + Default>(bytes: &[u8], count: usize) -> Result<Vec<T>, DecodeError> {
    /// The format's header is the same for every chunk, so that no chunk carries it.
    static HEADER: LazyLock<Vec<u8>> =
        LazyLock::new(|| FileCompressor::default().write_header(Vec::new()).unwrap_or_default());
    let (file, _) = FileDecompressor::new(HEADER.as_slice())?;
    let (mut chunk, rest) = file.chunk_decompressor::<T, &[u8]>(bytes)?;
    let mut numbers = vec![T::default(); count];
    chunk.page_decompressor(rest, count)?.read(&mut numbers)?;
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(values: &[f64]) -> (u8, usize) {
        let mut bytes = Vec::new();
        encode_values(values, &mut bytes);
        let mut back = Vec::new();
        decode_values(&bytes, values.len(), &mut back).unwrap();
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back), bits(values));
        (bytes.first().copied().unwrap(), bytes.len())
    }

    #[test]
    fn readings_of_machines_are_stored_as_the_integers_behind_them() {
        let counter: Vec<f64> = (0..256).map(|i| f64::from(i * 1500 + i % 7)).collect();
        let ticks: Vec<f64> = (0..256).map(|i| f64::from(i * 3 + i % 5) / 100.0).collect();
        let ratios: Vec<f64> = (0..256).map(|i| f64::from(i % 13) / 97.0).collect();
        let floats: Vec<f64> = (0..256).map(|i| (f64::from(i) * 0.7).sin()).collect();
        assert_eq!(round_trip(&[0.1; 256]), (CONSTANT, 9));
        assert_eq!(round_trip(&counter).0, WHOLE);
        assert_eq!(round_trip(&ticks).0, HUNDREDTHS);
        assert_eq!(round_trip(&ratios).0, DICTIONARY);
        assert_eq!(round_trip(&floats).0, FLOATS);
    }

    #[test]
    fn the_sign_of_zero_and_the_edges_stay() {
        round_trip(&[0.0, -0.0, 0.0, -0.0]);
        round_trip(&[f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, -0.0]);
        round_trip(&[9_007_199_254_740_992.0, 9_007_199_254_740_994.0, -9_007_199_254_740_992.0]);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let refused = |bytes: &[u8]| decode_values(bytes, 4, &mut Vec::new()).unwrap_err().to_string();
        assert_eq!(refused(&[]), "the bytes end too early");
        assert_eq!(refused(&[9]), "the encoding 9 is not known");
        assert_eq!(refused(&[CONSTANT, 1]), "the bytes end too early");
        assert_eq!(refused(&[DICTIONARY, 2, 0, 1]), "the bytes end too early");
        assert_eq!(refused(&[WHOLE]), "the packed integers are damaged");
        assert_eq!(decode_times(&[9], 1).unwrap_err().to_string(), "the encoding 9 is not known");
    }

    proptest! {
        #[test]
        fn any_finite_numbers_come_back(values in prop::collection::vec(any::<f64>().prop_filter("finite", |v| v.is_finite()), 1..400)) {
            round_trip(&values);
        }

        #[test]
        fn any_times_come_back(times in prop::collection::vec(any::<i64>(), 1..400)) {
            let mut bytes = Vec::new();
            encode_times(&times, &mut bytes);
            prop_assert_eq!(decode_times(&bytes, times.len()).unwrap(), times);
        }
    }
}
