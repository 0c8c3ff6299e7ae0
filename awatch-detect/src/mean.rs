/// The mean of finite values, 0 without any; the sum cannot overflow.
///
/// A second pass adds the mean of what the first left over, so that the mean of equal values is that value but for the
/// last bit, however many they are.
pub(crate) fn mean<I: Iterator<Item = f64>>(values: impl Fn() -> I) -> f64 {
    let count = values().count() as f64;
    let first = values().map(|value| value / count).sum::<f64>();
    let rest = values().map(|value| (value - first).clamp(f64::MIN, f64::MAX) / count).sum::<f64>();
    if rest.is_finite() { first + rest } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_their_mean() {
        for value in [0.1, 1e15 + 0.3, -7.3e-12] {
            let mean = mean(|| std::iter::repeat_n(value, 86_400));
            assert!((mean - value).abs() <= f64::EPSILON * value.abs(), "{mean} {value}");
        }
        assert!(mean(std::iter::empty).abs() < f64::EPSILON);
        assert!(mean(|| [f64::MAX, f64::MAX, f64::MIN].into_iter()).is_finite());
    }
}
