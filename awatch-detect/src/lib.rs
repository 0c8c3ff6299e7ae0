#![doc = include_str!("../README.md")]

pub mod batch;
pub mod conformance;
pub mod copod;
pub mod decide;
pub mod ecod;
pub mod isolation_forest;
pub mod knn;
pub mod mahalanobis;
pub mod pca;
pub mod threshold;
pub mod zscore;

mod linear;
mod mean;
mod random;
mod scaling;
mod tails;

use awatch_core::DetectError;

/// A parameter with a value it cannot have.
fn parameter(parameter: &'static str, given: &dyn std::fmt::Display, remedy: &'static str) -> DetectError {
    DetectError::Parameter { parameter, given: given.to_string(), remedy }
}
