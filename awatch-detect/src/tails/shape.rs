use serde::{Deserialize, Serialize};

use crate::mean::mean;

/// To which side a distribution has its longer tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Skew {
    Left,
    Right,
    /// To neither: symmetric, or constant.
    Neither,
}

/// The skew of values, by the sign of their third central moment, and their standard deviation (of the population).
pub(super) fn shape(values: &[f64]) -> (Skew, f64) {
    let count = values.len().max(1) as f64;
    let mean = mean(|| values.iter().copied());
    let deviation = |value: &f64| (value - mean).clamp(f64::MIN, f64::MAX);
    let largest = values.iter().map(|value| deviation(value).abs()).fold(0.0, f64::max);
    // Deviations as parts of the largest cannot overflow.
    let moment =
        |power| values.iter().map(|value| (deviation(value) / largest).powi(power)).sum::<f64>() / count;
    let spread = if largest > 0.0 { largest * moment(2).sqrt() } else { 0.0 };
    // Below this the deviations are rounding errors of the mean; scipy sees no skew there either.
    let skew = if spread <= f64::EPSILON * mean.abs() { 0.0 } else { moment(3) };
    let skew = match skew {
        skew if skew > 0.0 => Skew::Right,
        skew if skew < 0.0 => Skew::Left,
        _ => Skew::Neither,
    };
    (skew, spread.min(f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_tail_is_found() {
        assert_eq!(shape(&[0.0, 0.0, 0.0, 9.0]).0, Skew::Right);
        assert_eq!(shape(&[-9.0, 0.0, 0.0, 0.0]).0, Skew::Left);
        assert_eq!(shape(&[-1.0, 0.0, 1.0]).0, Skew::Neither);
        assert_eq!(shape(&[0.1; 30]).0, Skew::Neither);
        assert_eq!(shape(&[]), (Skew::Neither, 0.0));
    }

    #[test]
    fn the_spread_is_the_standard_deviation_and_finite() {
        assert!((shape(&[1.0, 3.0]).1 - 1.0).abs() < 1e-12);
        assert!(shape(&[f64::MIN, f64::MAX, f64::MAX]).1.is_finite());
    }
}
