//! Mahalanobis distance: how far a row is from the centre of the history, in the history's own shape.
//!
//! **When to use it.** Metrics that are roughly one cloud: it sees values far out and relations that are broken alike, each
//! weighed by how much the history varied in that direction. The strictest detector here for a change in how metrics go
//! together. With normal data the score follows a χ² distribution with as many degrees of freedom as columns.
//!
//! **When not.** Histories of several states, such as day and night, are one wide cloud to it, with the gap between them as its
//! centre. Heavy tails and outliers in the history widen it. Shrinkage makes up for histories with few rows per column, but
//! not for fewer rows than columns.
//!
//! **What it is.** Columns as distances from their mean in standard deviations (at least the least spread taken for real, see
//! [`MinSpread`](crate::zscore::MinSpread)), their covariance shrunk towards the identity by Ledoit and Wolf's estimate, and
//! the score `zᵀ Σ⁻¹ z`: the squared distance, 0 or more, higher = more anomalous. A column that moved less than its least
//! spread counts as having moved by it, on its own: a constant column is independent of the others.
//!
//! **Contributions.** `zⱼ (Σ⁻¹ z)ⱼ`: they add up to the score, exactly. One can be negative: the value makes
//! the row more usual than it would be at the mean.
//!
//! **Missing values** are read as the mean, in training and in scoring, and contribute nothing.
//!
//! **Cost.** Fit O(rows × columns² + columns³); score and contributions O(columns²) per row. Memory 4 × columns² bytes.
//!
//! # References
//! Mahalanobis, *On the Generalised Distance in Statistics*, 1936. Ledoit and Wolf, *A Well-Conditioned Estimator for
//! Large-Dimensional Covariance Matrices*, Journal of Multivariate Analysis 88, 2004: equation 14 with the estimates of lemmas 3.2
//! to 3.4. Equal to scikit-learn's `LedoitWolf().mahalanobis` on columns scaled by `StandardScaler`. Deviations: the least spread,
//! and a shrinkage of at least 10⁻⁹, so that duplicate columns have an inverse.

mod config;
mod model;
mod shrinkage;

pub use config::Mahalanobis;
pub use model::MahalanobisModel;

const KIND: &str = "mahalanobis";
