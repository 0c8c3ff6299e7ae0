use std::sync::Arc;
use std::time::Duration;

use awatch_core::detect::{Decider, DeciderFactory};
use awatch_core::{DetectError, Severity};
use serde::{Deserialize, Serialize};

use super::bank::Bank;
use super::{CalibratorFactory, FixedEdge};
use crate::parameter;

/// The parameters of a decision policy; [`build`](Policy::build) checks them.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use awatch_detect::decide::Policy;
///
/// let patient = Policy::default().with_edge(8.0).with_persistence(Duration::from_secs(30), Duration::from_mins(1));
/// assert!(patient.build().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The score that becomes an anomaly score of 1: 1 unless told otherwise, which suits detectors whose score is
    /// made so; a detector names its own in the policy it brings along.
    pub edge: f64,
    /// How much time beyond the edge opens an alert: `"3s"` unless told otherwise; `"0s"`: one row.
    #[serde(with = "awatch_core::duration")]
    pub need: Duration,
    /// Within which time: `"5s"` unless told otherwise.
    #[serde(with = "awatch_core::duration")]
    pub within: Duration,
    /// An anomaly score below this lets an alert end: 0.8 unless told otherwise, at most 1.
    pub clear_below: f64,
    /// How long it must stay below: `"10s"` unless told otherwise.
    #[serde(with = "awatch_core::duration")]
    pub clear_after: Duration,
    /// How long an output opens no further alert after one ended, unless the severity is higher than that one's:
    /// `"60s"` unless told otherwise.
    #[serde(with = "awatch_core::duration")]
    pub quiet: Duration,
    /// The anomaly scores at which the severities begin.
    pub severity: SeverityEdges,
}

/// The anomaly scores at which severities begin; below `medium` an alert is [`Severity::Low`].
///
/// An alert begins with the severity of the worst score in its window and rises with worse ones; it never falls. An
/// anomaly score is a distance relative to the edge, and what people tell apart is its ratio: the edges widen by
/// about half as much again each time. A detector whose scores spread more widely names wider ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeverityEdges {
    /// Where [`Severity::Medium`] begins: 1.5.
    pub medium: f64,
    /// Where [`Severity::High`] begins: 2.5.
    pub high: f64,
    /// Where [`Severity::Critical`] begins: 4.
    pub critical: f64,
}

impl Default for SeverityEdges {
    fn default() -> Self {
        Self { medium: 1.5, high: 2.5, critical: 4.0 }
    }
}

impl SeverityEdges {
    /// The severity of an anomaly score.
    #[must_use]
    pub fn of(&self, anomaly_score: f64) -> Severity {
        if anomaly_score >= self.critical {
            Severity::Critical
        } else if anomaly_score >= self.high {
            Severity::High
        } else if anomaly_score >= self.medium {
            Severity::Medium
        } else {
            Severity::Low
        }
    }

    fn check(&self) -> Result<(), DetectError> {
        let ascending = 1.0 <= self.medium && self.medium <= self.high && self.high <= self.critical;
        if ascending && self.critical.is_finite() {
            return Ok(());
        }
        let given = format!("medium {}, high {}, critical {}", self.medium, self.high, self.critical);
        Err(parameter(
            "severity",
            &given,
            "give ascending anomaly scores from 1 on, for example 1.5, 2.5 and 4",
        ))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            edge: 1.0,
            need: Duration::from_secs(3),
            within: Duration::from_secs(5),
            clear_below: 0.8,
            clear_after: Duration::from_secs(10),
            quiet: Duration::from_mins(1),
            severity: SeverityEdges::default(),
        }
    }
}

impl Policy {
    /// Opens at the first row beyond the edge and ends at the first within, without a quiet period: for detectors
    /// that wait and hold by themselves.
    #[must_use]
    pub fn immediate() -> Self {
        let zero = Duration::ZERO;
        Self { need: zero, clear_below: 1.0, clear_after: zero, quiet: zero, ..Self::default() }
    }

    /// Sets the score that becomes an anomaly score of 1.
    #[must_use]
    pub fn with_edge(mut self, edge: f64) -> Self {
        self.edge = edge;
        self
    }

    /// Sets how much time beyond the edge, within which time, opens an alert.
    #[must_use]
    pub fn with_persistence(mut self, need: Duration, within: Duration) -> Self {
        (self.need, self.within) = (need, within);
        self
    }

    /// Sets below which anomaly score, and for how long, an alert ends.
    #[must_use]
    pub fn with_clearing(mut self, below: f64, after: Duration) -> Self {
        (self.clear_below, self.clear_after) = (below, after);
        self
    }

    /// Sets how long an output opens no further alert after one ended.
    #[must_use]
    pub fn with_quiet(mut self, quiet: Duration) -> Self {
        self.quiet = quiet;
        self
    }

    /// Sets the anomaly scores at which severities begin.
    #[must_use]
    pub fn with_severity(mut self, severity: SeverityEdges) -> Self {
        self.severity = severity;
        self
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`DetectError::Parameter`] when the edge is not above zero, `need` is longer than `within`, `within` is zero or
    /// above a day, `clear_below` is not within 0 and 1 or zero itself, or the severities do not ascend from 1 on.
    pub fn build(self) -> Result<PolicyFactory, DetectError> {
        let text = awatch_core::duration::format;
        FixedEdge::new(self.edge)?;
        if self.within.is_zero() || self.within > Duration::from_hours(24) {
            return Err(parameter(
                "within",
                &text(self.within),
                "give more than 0s and at most 1d, for example \"5s\"",
            ));
        }
        if self.need > self.within {
            return Err(parameter(
                "need",
                &text(self.need),
                "give at most `within`, for example \"3s\" of \"5s\"",
            ));
        }
        if !(self.clear_below > 0.0 && self.clear_below <= 1.0) {
            let remedy = "give a number above 0 and at most 1, for example 0.8";
            return Err(parameter("clear_below", &self.clear_below, remedy));
        }
        self.severity.check()?;
        Ok(self.into_factory())
    }

    /// For parameters known to be good.
    pub(crate) fn into_factory(self) -> PolicyFactory {
        PolicyFactory { calibrator: Arc::new(FixedEdge::trusted(self.edge)), policy: self }
    }
}

/// A checked [`Policy`]: creates banks that decide for each output by itself.
#[derive(Clone, Debug)]
pub struct PolicyFactory {
    policy: Policy,
    calibrator: Arc<dyn CalibratorFactory>,
}

impl PolicyFactory {
    /// The parameters.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Calibrates by `calibrator` in place of the fixed edge.
    #[must_use]
    pub fn with_calibrator(mut self, calibrator: impl CalibratorFactory + 'static) -> Self {
        self.calibrator = Arc::new(calibrator);
        self
    }
}

impl DeciderFactory for PolicyFactory {
    fn create(&self) -> Box<dyn Decider> {
        Box::new(Bank::new(&self.policy, self.calibrator.create()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_parameter_is_wrong_and_what_it_may_be() {
        let secs = Duration::from_secs;
        let message = |policy: Policy| policy.build().expect_err("refused").to_string();
        let default = Policy::default;
        assert_eq!(
            message(default().with_persistence(secs(6), secs(5))),
            "parameter `need` is 6s: give at most `within`, for example \"3s\" of \"5s\""
        );
        assert_eq!(
            message(default().with_persistence(secs(0), secs(0))),
            "parameter `within` is 0s: give more than 0s and at most 1d, for example \"5s\""
        );
        assert_eq!(
            message(default().with_clearing(1.2, secs(1))),
            "parameter `clear_below` is 1.2: give a number above 0 and at most 1, for example 0.8"
        );
        assert_eq!(
            message(default().with_severity(SeverityEdges { medium: 3.0, ..SeverityEdges::default() })),
            "parameter `severity` is medium 3, high 2.5, critical 4: give ascending anomaly scores from 1 on, for \
             example 1.5, 2.5 and 4"
        );
        assert!(message(default().with_edge(-1.0)).starts_with("parameter `edge` is -1"));
        assert!(Policy::immediate().build().is_ok());
    }

    #[test]
    fn is_read_from_text() {
        let policy: Policy =
            serde_json::from_str(r#"{"need": "6s", "within": "10s", "severity": {"high": 3}}"#).unwrap();
        assert_eq!(policy.need, Duration::from_secs(6));
        assert_eq!(policy.severity, SeverityEdges { high: 3.0, ..SeverityEdges::default() });
        assert!(serde_json::from_str::<Policy>(r#"{"ned": "6s"}"#).is_err());
    }
}
