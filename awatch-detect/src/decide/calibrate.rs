use std::fmt::Debug;

use awatch_core::detect::{DetectError, Readiness};
use awatch_core::{Row, Scores};
use serde::{Deserialize, Serialize};

use crate::parameter;

/// Turns the raw scores of a bank into anomaly scores, 1.0 = the edge.
///
/// Law: for a given state of the calibrator the anomaly score of an output is strictly increasing in its score and
/// never clipped, so that the worse of two rows stays the worse. It may keep state per output (a fitted tail, say).
pub trait Calibrator: Debug + Send {
    /// Gives place `output` to a series (`true`) or takes it away (`false`); a new one starts without history.
    fn bind(&mut self, output: usize, bound: bool);

    /// Writes the anomaly score of each output that is ready into its place of `out`, from the state before this
    /// row, then moves the state. `out` comes filled with NaN, one place per output.
    fn calibrate(&mut self, row: Row<'_>, scores: &Scores, out: &mut [f64]);

    /// All it remembers.
    ///
    /// # Errors
    /// [`DetectError::State`] when the state cannot be written.
    fn save(&self) -> Result<Vec<u8>, DetectError>;

    /// Takes over saved state, the same places bound before. On an error nothing changed.
    ///
    /// # Errors
    /// [`DetectError::State`] when the bytes are not state of such a calibrator with as many places.
    fn load(&mut self, state: &[u8]) -> Result<(), DetectError>;

    /// The memory it holds, in bytes, roughly.
    fn memory(&self) -> usize;
}

/// The configuration of a calibrator.
pub trait CalibratorFactory: Debug + Send + Sync {
    /// A new instance without history and without places.
    fn create(&self) -> Box<dyn Calibrator>;
}

/// Divides the score by a fixed edge. Keeps nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedEdge {
    edge: f64,
}

impl FixedEdge {
    /// The calibration by which a score of `edge` becomes 1.
    ///
    /// # Errors
    /// [`DetectError::Parameter`] when the edge is not a positive normal number.
    pub fn new(edge: f64) -> Result<Self, DetectError> {
        if edge > 0.0 && edge.is_normal() && edge.recip().is_normal() {
            Ok(Self { edge })
        } else {
            Err(parameter("edge", &edge, "give a number above zero: the score at which a row is unusual"))
        }
    }

    pub(super) const fn trusted(edge: f64) -> Self {
        Self { edge }
    }
}

impl CalibratorFactory for FixedEdge {
    fn create(&self) -> Box<dyn Calibrator> {
        Box::new(*self)
    }
}

impl Calibrator for FixedEdge {
    fn bind(&mut self, _output: usize, _bound: bool) {}

    fn calibrate(&mut self, _row: Row<'_>, scores: &Scores, out: &mut [f64]) {
        for ((place, score), readiness) in out.iter_mut().zip(scores.raw()).zip(scores.all_readiness()) {
            if *readiness == Readiness::Ready {
                *place = (score / self.edge).min(f64::MAX);
            }
        }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        Ok(Vec::new())
    }

    fn load(&mut self, state: &[u8]) -> Result<(), DetectError> {
        let reason = || format!("{} bytes for a calibration that keeps nothing", state.len());
        if state.is_empty() {
            Ok(())
        } else {
            Err(DetectError::State { kind: "fixed edge", reason: reason() })
        }
    }

    fn memory(&self) -> usize {
        size_of::<Self>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_a_positive_number() {
        for edge in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE / 4.0, f64::MAX] {
            assert!(FixedEdge::new(edge).is_err(), "{edge}");
        }
        let error = FixedEdge::new(0.0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "parameter `edge` is 0: give a number above zero: the score at which a row is unusual"
        );
        let mut fixed = FixedEdge::new(4.0).unwrap();
        assert!(fixed.load(&[1]).is_err());
        assert!(fixed.load(&[]).is_ok());
    }
}
