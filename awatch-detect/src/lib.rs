#![doc = include_str!("../README.md")]

pub mod batch;
pub mod conformance;
pub mod decide;
pub mod isolation_forest;
pub mod threshold;
pub mod zscore;

mod random;

use awatch_core::DetectError;

/// A parameter with a value it cannot have.
fn parameter(parameter: &'static str, given: &dyn std::fmt::Display, remedy: &'static str) -> DetectError {
    DetectError::Parameter { parameter, given: given.to_string(), remedy }
}
