use std::fmt::Debug;

use super::{DetectError, Row, Scores};
use crate::{Severity, Timestamp};

/// Turns raw scores into anomaly scores, and those into alerts.
///
/// Per output of a detector: `anomaly_score` is a strictly increasing, never clipped calibration of the score with
/// 1.0 = the edge; `alert_score` is what is left of it after the policy (debounce, hysteresis, quiet period), 0
/// between alerts. While a score is missing, a firing alert holds and a quiet one stays quiet.
pub trait Decider: Debug + Send {
    /// Gives place `output` to a series (`true`) or takes it away (`false`); a new one starts without history.
    fn bind(&mut self, output: usize, bound: bool);

    /// Decides on one row. `out` comes empty, sized to the scores.
    fn step(&mut self, row: Row<'_>, scores: &Scores, out: &mut Decisions);

    /// All it remembers.
    ///
    /// # Errors
    /// [`DetectError::State`] when the state cannot be written.
    fn save(&self) -> Result<Vec<u8>, DetectError>;

    /// Takes over saved state, the same places bound before. On an error nothing changed.
    ///
    /// # Errors
    /// [`DetectError::State`] when the bytes are not state of such a policy with as many places.
    fn load(&mut self, state: &[u8]) -> Result<(), DetectError>;

    /// The memory it holds, in bytes, roughly.
    fn memory(&self) -> usize;
}

/// The configuration of a decision policy.
pub trait DeciderFactory: Debug + Send + Sync {
    /// A new instance without history and without places.
    fn create(&self) -> Box<dyn Decider>;
}

/// What was decided on one row: a buffer used again for each.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// Per output the anomaly score, 1.0 = the edge; NaN where there is none.
    pub anomaly_score: Vec<f64>,
    /// Per output the alert score, 0 between alerts.
    pub alert_score: Vec<f64>,
    /// The alerts that began, rose or ended with this row, in the order of their outputs.
    pub changes: Vec<Change>,
}

impl Decisions {
    /// Clears it for a row with so many outputs.
    pub fn reset(&mut self, outputs: usize) {
        self.anomaly_score.clear();
        self.anomaly_score.resize(outputs, f64::NAN);
        self.alert_score.clear();
        self.alert_score.resize(outputs, 0.0);
        self.changes.clear();
    }
}

/// An alert of one output began, rose or ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The output.
    pub output: usize,
    /// What happened.
    pub kind: ChangeKind,
    /// The severity now; at the end the highest there was.
    pub severity: Severity,
    /// The tick at which the alert's first score beyond the edge was seen.
    pub since: Timestamp,
    /// The highest anomaly score of the alert so far.
    pub peak: f64,
}

/// What happened to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It began.
    Opened,
    /// Its severity rose.
    Raised,
    /// It ended.
    Closed,
}
