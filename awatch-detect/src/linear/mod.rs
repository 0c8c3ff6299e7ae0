//! The little linear algebra that the detectors need, on symmetric matrices of as many rows as there are columns.
//!
//! Written here rather than taken from a library: it is small, has no ways of its own to run on several threads (the same
//! bits everywhere), and the general libraries would multiply what this crate compiles.

mod eigen;
mod matrix;

pub(crate) use eigen::Eigen;
pub(crate) use matrix::{Lower, Symmetric};
