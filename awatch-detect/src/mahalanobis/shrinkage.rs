use crate::linear::Symmetric;

/// The least weight of the identity: enough for duplicate columns to have an inverse, and lost in rounding otherwise.
pub(super) const LEAST_SHRINKAGE: f64 = 1e-9;

/// How much of the covariance is replaced by the identity times the mean variance: Ledoit and Wolf's estimate from the
/// rows, one after another, of mean 0. From 0 to 1. O(rows × columns + columns²).
pub(super) fn ledoit_wolf(rows: &[f64], covariance: &Symmetric) -> f64 {
    let size = covariance.size();
    let (columns, count) = (size as f64, (rows.len() / size.max(1)).max(1) as f64);
    if size < 2 {
        return 0.0;
    }
    let squared_lengths =
        rows.chunks_exact(size).map(|row| row.iter().map(|value| value * value).sum::<f64>());
    let fourth: f64 = squared_lengths.map(|length| length * length).sum::<f64>() / count;
    let trace: f64 = covariance.diagonal().sum();
    // The names of the paper: δ² is how far the covariance is from the target, β² how far from the truth.
    let beta = (fourth - covariance.squares()) / (columns * count);
    let delta = (covariance.squares() - trace * trace / columns) / columns;
    if beta > 0.0 && delta > 0.0 { (beta / delta).min(1.0) } else { 0.0 }
}

/// The covariance shrunk by that much towards the identity times its mean variance.
pub(super) fn shrunk(mut covariance: Symmetric, shrinkage: f64) -> Symmetric {
    let mean = covariance.diagonal().sum::<f64>() / covariance.size().max(1) as f64;
    covariance.scale(1.0 - shrinkage);
    covariance.diagonal_mut().for_each(|variance| *variance += shrinkage * mean);
    covariance
}
