//! Empirical tail probabilities of every column of a history: what ECOD and COPOD are made of.

mod knots;
mod model;
mod saved;
mod shape;

pub(crate) use knots::Logs;
pub(crate) use model::TailModel;
pub(crate) use shape::Skew;

use awatch_core::DetectError;

use crate::parameter;

/// How the distribution of a column is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Resolution {
    /// Up to so many rows every distinct value is kept.
    pub(crate) exact_rows: usize,
    /// Beyond them, how far a contribution may be from that of all values.
    pub(crate) error: f64,
}

impl Resolution {
    pub(crate) fn check(self) -> Result<(), DetectError> {
        if self.exact_rows > 1 << 20 {
            return Err(parameter(
                "exact_rows",
                &self.exact_rows,
                "give at most 1048576 rows, for example 16384",
            ));
        }
        if !(1e-4..=0.5).contains(&self.error) {
            return Err(parameter(
                "error",
                &self.error,
                "give a contribution from 0.0001 to 0.5, for example 0.02",
            ));
        }
        Ok(())
    }
}
