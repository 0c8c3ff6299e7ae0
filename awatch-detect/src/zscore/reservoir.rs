use serde::{Deserialize, Serialize};

use super::bank::{Statistics, Update};

/// A sample of the values of one series whose ages are spread exponentially, kept sorted, for decayed quantiles.
///
/// A new value enters with probability `SIZE × weight` in the place of one taken at random. With `weight = 1/n` that is
/// reservoir sampling (Vitter 1985, algorithm R: every value so far equally likely), with a constant weight it is
/// Aggarwal's biased reservoir (VLDB 2006, algorithm 2.1: the probability to be in it halves with every half-life).
/// Against incremental quantile estimators (Chen, Lambert and Pinheiro 2000) it needs no density estimate, takes flat
/// lines and ties as they are, and learns a change of level in a time that does not depend on its size.
///
/// The spread is the larger of the quartile distance / 1.349, the standard deviation of a normal distribution, and a
/// quarter of the deviation that one value in ten exceeds: bursts that fill a tenth of the time count as usual up to
/// twice their height when the edge is at 8 spreads. For a normal distribution the second is 0.41 standard deviations.
///
/// The standard error of the median is 1.25/√64 = 0.16 spreads. The randomness is a fixed sequence: the same rows give
/// the same bits. 512 bytes on the heap besides its 48.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Reservoir {
    centre: f64,
    spread: f64,
    random: u64,
    sorted: Vec<f64>,
}

/// How many values are kept.
pub(super) const SIZE: usize = 64;

/// The share of values whose deviation may be larger than the tail.
const TAIL: f64 = 0.1;

/// How many spreads the tail is.
const TAIL_SPREADS: f64 = 4.0;

/// Quartile distance of a normal distribution, in standard deviations.
pub(super) const NORMAL_QUARTILES: f64 = 1.349;

impl Statistics for Reservoir {
    fn centre(&self) -> f64 {
        self.centre
    }

    fn spread(&self) -> f64 {
        self.spread
    }

    fn learn(&mut self, value: f64, update: Update) {
        if update.first {
            self.sorted.clear();
            self.sorted.reserve_exact(SIZE);
        } else if self.sorted.len() >= SIZE {
            self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let bits = mix(self.random);
            if unit(bits) >= update.weight * SIZE as f64 {
                return;
            }
            self.sorted.remove(usize::try_from(bits % SIZE as u64).unwrap_or(0));
        }
        let place = self.sorted.partition_point(|own| own.total_cmp(&value).is_lt());
        self.sorted.insert(place, value);
        (self.centre, self.spread) = level(&self.sorted);
    }

    fn is_sound(&self) -> bool {
        let sorted = self.sorted.is_sorted_by(|a, b| a.total_cmp(b).is_le());
        let (centre, spread) = level(&self.sorted);
        (1..=SIZE).contains(&self.sorted.len())
            && sorted
            && self.sorted.iter().all(|value| value.is_finite())
            && centre.to_bits() == self.centre.to_bits()
            && spread.to_bits() == self.spread.to_bits()
    }

    fn heap(&self) -> usize {
        self.sorted.capacity() * size_of::<f64>()
    }
}

/// Centre and spread of sorted values.
pub(super) fn level(sorted: &[f64]) -> (f64, f64) {
    let [lower, median, upper] = [0.25, 0.5, 0.75].map(|part| quantile(sorted, part));
    let quartiles = (upper - lower).min(f64::MAX) / NORMAL_QUARTILES;
    let spread = quartiles.max(tail(sorted, median) / TAIL_SPREADS);
    (median, spread)
}

/// The deviation from `centre` that at most a tenth of the sorted values exceeds.
fn tail(sorted: &[f64], centre: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the length")]
    let beyond = (TAIL * sorted.len() as f64) as usize;
    let mut inner = sorted;
    for _ in 0..beyond {
        inner = match inner {
            [first, rest @ .., last] if centre - first <= last - centre => {
                inner.get(..=rest.len()).unwrap_or(rest)
            }
            [_, rest @ ..] => rest,
            [] => inner,
        };
    }
    let [Some(first), Some(last)] = [inner.first(), inner.last()] else { return 0.0 };
    (centre - first).max(last - centre).clamp(0.0, f64::MAX)
}

/// The quantile of sorted values, linear between neighbours (Hyndman and Fan 1996, type 7); 0 without values.
pub(super) fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * sorted.len().saturating_sub(1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the length")]
    let index = place as usize;
    let low = sorted.get(index).copied().unwrap_or_default();
    let high = sorted.get(index + 1).copied().unwrap_or(low);
    let share = place.fract();
    low * (1.0 - share) + high * share
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014).
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A number from 0 up to 1 from the upper bits.
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert!((quantile(&[1.0, 2.0, 4.0, 8.0], 0.5) - 3.0).abs() < 1e-12);
        assert!((quantile(&[1.0, 2.0, 4.0, 8.0], 0.25) - 1.75).abs() < 1e-12);
        assert!((quantile(&[5.0], 0.75) - 5.0).abs() < 1e-12);
        assert!(quantile(&[], 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_tail_leaves_out_a_tenth_on_either_side() {
        let zeros_and = |low: &[f64], high: &[f64]| [low, &[0.0; 18], high].concat();
        assert!(tail(&zeros_and(&[], &[30.0, 50.0]), 0.0).abs() < 1e-12);
        assert!((tail(&zeros_and(&[], &[20.0, 30.0, 50.0]), 0.0) - 20.0).abs() < 1e-12);
        assert!((tail(&zeros_and(&[-60.0], &[20.0, 30.0, 50.0]), 0.0) - 30.0).abs() < 1e-12);
    }

    #[test]
    fn ages_halve_with_each_half_life() {
        let mut reservoir = Reservoir::default();
        let half_life = 500.0_f64;
        let weight = 1.0 - (-1.0 / half_life).exp2();
        let (mut young, mut seen) = (0_usize, 0_usize);
        for row in 0..60_000_u32 {
            reservoir.learn(f64::from(row), Update { first: row == 0, weight, spread: None });
            if row > 5000 && row % 100 == 0 {
                young += reservoir.sorted.iter().filter(|value| f64::from(row) - **value < half_life).count();
                seen += reservoir.sorted.len();
            }
        }
        let share = young as f64 / seen as f64;
        assert!((share - 0.5).abs() < 0.03, "{share}");
    }
}
