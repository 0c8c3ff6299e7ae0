//! PCA reconstruction: how far a row is from what its own columns make of each other.
//!
//! **When to use it.** Hosts and services whose metrics move together: the few directions in which the history varied most are
//! taken as what is usual, and a row is scored by what they leave over. It sees a broken relation between metrics each of
//! which is in its usual range, tells the expected value of every metric, and needs a few hundred numbers.
//!
//! **When not.** A load far beyond the history that keeps the usual relations is usual here ([`mahalanobis`](crate::mahalanobis)
//! and [`ecod`](crate::ecod) tell it). Relations must be linear. Outliers in the history draw the directions towards
//! themselves; a history shorter than a few rows per column has no directions to speak of.
//!
//! **What it is.** Columns as distances from their mean in standard deviations (at least the least spread taken for real, see
//! [`MinSpread`](crate::zscore::MinSpread)); the fewest leading eigenvectors of their covariance that explain the share
//! asked for, at least one less than there are columns. The score is the squared length of the residual: 0 or more,
//! higher = more anomalous, in squared standard deviations. The contribution of a column is its squared residual: they add
//! up to the score, exactly.
//!
//! **Missing values** are read as the mean, in training and in scoring, and contribute nothing.
//!
//! **Cost.** Fit O(rows × columns² + columns³), the eigenvectors by Jacobi rotations: made for up to a few hundred
//! columns. Score and contributions O(components × columns) per row. Memory 8 × (components + 2) × columns bytes.
//!
//! # References
//! Jackson and Mudholkar, *Control Procedures for Residuals Associated with Principal Component Analysis*, Technometrics
//! 21(3), 1979: the score is their Q, equation 2.2. Equal to the squared reconstruction error of scikit-learn's
//! `StandardScaler` and `PCA(n_components=share, svd_solver="full")`. Deviations: the least spread, and that one
//! direction at least is left over.

mod config;
mod model;

pub use config::Pca;
pub use model::PcaModel;

const KIND: &str = "pca";
