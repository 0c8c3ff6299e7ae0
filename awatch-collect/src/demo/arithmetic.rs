//! Functions whose bits are the same on every machine: only additions, multiplications, divisions and roots, which
//! IEEE 754 defines exactly. Those of the system's mathematics library differ in the last digit.

/// `e^x`, to about 1e-15 of its size; 0 below -700, held at `e^700` above.
pub(super) fn exp(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    let x = x.min(700.0);
    let powers = (x * std::f64::consts::LOG2_E).round();
    // ln 2 in two parts, so that the product with a whole number is exact in the first.
    let rest = x - powers * 0.693_147_180_369_123_8 - powers * 1.908_214_929_270_587_7e-10;
    let mut sum = 1.0;
    for n in (1..=13).rev() {
        sum = 1.0 + rest / f64::from(n) * sum;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number from -1010 to 1010")]
    let exponent = powers as i64;
    sum * f64::from_bits(((1023 + exponent) << 52).cast_unsigned())
}

/// The cosine of a number of turns, to about 1e-11.
pub(super) fn cos_turns(turns: f64) -> f64 {
    // From -1/2 to 1/2, then to the quarter around 0, with the sign turned.
    let half = turns - turns.round();
    let (quarter, sign) = if half.abs() > 0.25 { (0.5 - half.abs(), -1.0) } else { (half, 1.0) };
    let angle = quarter * std::f64::consts::TAU;
    let square = angle * angle;
    let mut sum = 1.0;
    for n in (1..=9).rev() {
        let n = f64::from(n) * 2.0;
        sum = 1.0 - square / (n * (n - 1.0)) * sum;
    }
    sign * sum
}

/// From 0 up to `low` to 1 from `high` on, without a kink.
pub(super) fn smooth(low: f64, high: f64, x: f64) -> f64 {
    let part = ((x - low) / (high - low)).clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_the_library() {
        for step in -4000..4000 {
            let x = f64::from(step) / 37.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-13, "{x}");
            let cos = (x * std::f64::consts::TAU).cos();
            assert!((cos_turns(x) - cos).abs() < 1e-9, "{x}");
        }
        assert!(exp(-1e9).abs() < 1e-300);
        assert!(exp(1e9).is_finite());
    }

    #[test]
    fn they_give_the_same_bits_everywhere() {
        let sum = (0..1000).map(f64::from).map(|x| exp(x / 100.0 - 5.0) + cos_turns(x / 77.0)).sum::<f64>();
        assert_eq!(sum.to_bits(), 0x40cc_d6c8_6f8c_931c);
    }
}
