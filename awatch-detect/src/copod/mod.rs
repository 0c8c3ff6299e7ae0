//! COPOD: like [`ecod`](crate::ecod), with the tail that the skewness of a column picks.
//!
//! **When to use it.** In the place of [`ecod`](crate::ecod), when a column's long tail is where trouble shows and its short
//! one means nothing: latencies, error counts, queue lengths. It has no parameters and no randomness.
//!
//! **When not.** As for ECOD. In addition a fall is told late in a column whose long tail is on the right (it counts by
//! half), and the skewness of a column that a few values decide may change sign from one history to the next.
//!
//! **What it is.** For each column the empirical probabilities of a value being at most, and at least, what it is. The
//! contribution of a column is the larger of minus the logarithm of the tail on the side of its skewness, and the mean of
//! both logarithms; the score is their sum: 0 or more, higher = more anomalous.
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
//! Li, Zhao, Botta, Ionescu and Hu, *COPOD: Copula-Based Outlier Detection*, ICDM 2020, algorithm 1. Deviations: those of
//! [`ecod`](crate::ecod), with the maximum taken column by column as PyOD does.

mod config;
mod model;

pub use config::Copod;
pub use model::CopodModel;

const KIND: &str = "copod";
