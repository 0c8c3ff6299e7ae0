use serde::{Deserialize, Serialize};

use super::bank::{Statistics, Update};

/// Decayed mean and variance of one series: 16 bytes.
///
/// With the weight `w` of the new value, `d = value − mean`: `mean += w·d`, `variance = (1 − w)·(variance + w·d²)`
/// (Finch 2009, equations 140 and 143; West 1979 for the weighted form). With `w = 1/n` this is the exact mean and
/// population variance of the first `n` values.
///
/// Learning is winsorised: `d` counts as at most [`CLIP`] spreads, so that one value, however wild, moves the mean by
/// at most `w·CLIP` spreads and the variance by a factor of at most `1 + w·CLIP²`. A true change of level by `z`
/// spreads is learnt all the same, the spread growing by about `w·(CLIP² − 1)/2` per value until it covers the new level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Moments {
    mean: f64,
    variance: f64,
}

/// The largest deviation learnt, in spreads.
pub(super) const CLIP: f64 = 5.0;

/// The largest deviation learnt before there is a spread: its square is a number.
const LARGEST: f64 = 1e150;

impl Statistics for Moments {
    fn centre(&self) -> f64 {
        self.mean
    }

    fn spread(&self) -> f64 {
        self.variance.sqrt()
    }

    fn learn(&mut self, value: f64, update: Update) {
        if update.first {
            *self = Self { mean: value, variance: 0.0 };
            return;
        }
        let largest = update.spread.map_or(LARGEST, |spread| (CLIP * spread).min(LARGEST));
        let deviation = (value - self.mean).clamp(-largest, largest);
        let step = update.weight * deviation;
        self.mean += step;
        self.variance = (1.0 - update.weight) * (self.variance + deviation * step);
    }

    fn is_sound(&self) -> bool {
        self.mean.is_finite() && self.variance.is_finite() && self.variance >= 0.0
    }

    fn heap(&self) -> usize {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_is_the_exact_mean_and_variance() {
        let values = [3.0, 1.5, -2.0, 8.0, 4.25];
        let mut moments = Moments::default();
        for (n, value) in values.into_iter().enumerate() {
            let weight = 1.0 / (n + 1) as f64;
            moments.learn(value, Update { first: n == 0, weight, spread: None });
        }
        let mean = values.iter().sum::<f64>() / 5.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 5.0;
        assert!((moments.centre() - mean).abs() < 1e-12);
        assert!((moments.spread() - variance.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn one_wild_value_moves_the_state_boundedly() {
        let before = Moments { mean: 10.0, variance: 4.0 };
        let mut after = before;
        after.learn(1e300, Update { first: false, weight: 0.001, spread: Some(2.0) });
        assert!((after.mean - 10.01).abs() < 1e-12, "{after:?}");
        assert!(after.variance < 4.0 * (1.0 + 0.001 * CLIP * CLIP), "{after:?}");
    }
}
