/// Parts of one that path lengths are counted in, so that their sum is exact in any order.
pub(crate) const PARTS: u32 = 1 << 20;

const EULER: f64 = 0.577_215_664_901_532_9;

/// The average depth at which a search for a row in a binary tree of `rows` rows ends without finding it: `c(n)`,
/// equation 1, with the harmonic number as `ln(n − 1) + γ`; 1 for two rows.
pub(crate) fn average(rows: usize) -> f64 {
    match rows {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let rows = rows as f64;
            2.0 * ((rows - 1.0).ln() + EULER) - 2.0 * (rows - 1.0) / rows
        }
    }
}

/// The path length of a leaf, in parts.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "below 30 for trees of 4096 rows"
)]
pub(crate) fn of_leaf(depth: u32, rows: usize) -> u32 {
    ((f64::from(depth) + average(rows)) * f64::from(PARTS)).round() as u32
}

/// The score of a row from the sum of its path lengths, in parts: equation 2.
pub(crate) fn score(sum: u64, trees: usize, sample: usize) -> f64 {
    let mean = sum as f64 / (f64::from(PARTS) * trees.max(1) as f64);
    (-mean / average(sample).max(f64::MIN_POSITIVE)).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_path_lengths_are_those_of_the_paper() {
        assert!((average(256) - 10.244_770_9).abs() < 1e-6, "{}", average(256));
        assert!((average(3) - 1.207_392_357_6).abs() < 1e-9, "{}", average(3));
        assert!(average(1).abs() < 1e-12);
    }

    #[test]
    fn a_row_at_the_average_depth_scores_one_half() {
        let at_average = u64::from(of_leaf(0, 256)) * 100;
        assert!((score(at_average, 100, 256) - 0.5).abs() < 1e-6);
        assert!((score(0, 100, 256) - 1.0).abs() < 1e-12);
    }
}
