//! ECOD: how rare each value is in its column of the history, as a sum of logarithms.
//!
//! **When to use it.** Metrics whose single values say enough, when a person asks for reasons: it has no parameters, no
//! randomness, and every contribution is a probability one can check against the history. A column's
//! contribution c says: one value in eᶜ of the history was as far out.
//!
//! **When not.** Columns are judged one by one, as if they were independent: a row of usual values that never came together is
//! usual ([`mahalanobis`](crate::mahalanobis) and [`pca`](crate::pca) see it), and strongly correlated columns count several
//! times. Only the tails count: a value in the gap between two humps of a distribution is usual here.
//!
//! **What it is.** For each column the empirical probabilities of a value being at most, and at least, what it is; the
//! contribution of a column is minus the logarithm of the smaller one, the score their sum: 0 or more, higher = more
//! anomalous. A column whose skewness is exactly 0 contributes the sum of both.
//!
//! **Missing values** contribute nothing, so that the score of a row is a sum over the columns it has.
//!
//! **Beyond the history** a tail is continued: the least of `n` values has probability `1/n`, one `d` standard deviations
//! below it `1 / (n (1 + d))`. A value twice as far out scores higher; a column alone cannot rule the sum.
//!
//! **Cost.** Fit O(columns × rows log rows); score and contributions O(columns × log rows) per row. Exact up to 16384
//! rows at 40 bytes per distinct value; beyond, as few values as keep each tail's logarithm within 0.02: about 750 per
//! column for a day of seconds, 1.2 MB for 38 columns.
//!
//! # References
//! Li, Zhao, Hu, Botta, Ionescu and Chen, *ECOD: Unsupervised Outlier Detection Using Empirical Cumulative Distribution
//! Functions*, TKDE 2022, algorithm 1. Deviations:
//!
//! - Inductive: a row is judged by the history alone, so that its score does not depend on the rows beside it. For rows
//!   that are in the history both are the same. PyOD adds the rows to the history instead.
//! - As in PyOD, with which it agrees to rounding on the history's own rows, the largest of left tail, right tail and
//!   the one skewness picks is taken column by column, where the algorithm takes the largest of the three sums. This is
//!   what makes contributions additive.
//! - The tails beyond the history, where the paper's probability is 0 and its logarithm infinite.

mod config;
mod model;

pub use config::Ecod;
pub use model::EcodModel;

const KIND: &str = "ecod";
