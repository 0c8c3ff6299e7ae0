use std::time::Duration;

use awatch_core::detect::{DeciderFactory, DetectorFactory, Scope};
use awatch_core::{DetectError, OnlineDetector};
use serde::{Deserialize, Serialize};

use super::bank::Bank;
use super::moments::Moments;
use super::reservoir::Reservoir;
use super::{KIND, MinSpread};
use crate::decide::{Policy, PolicyFactory, SeverityEdges};
use crate::parameter;

/// The parameters of the streaming z-score; [`build`](ZScore::build) checks them.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use awatch_core::DetectorFactory as _;
/// use awatch_detect::zscore::ZScore;
///
/// let zscore = ZScore::default().with_half_life(Duration::from_mins(30)).build()?;
/// assert_eq!(zscore.kind(), "zscore");
/// # Ok::<(), awatch_core::DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ZScore {
    /// The age at which a value weighs half of a new one: `"10m"` unless told otherwise. A value never weighs more
    /// than a thirtieth of all, so that for intervals above half a minute the memory is longer.
    #[serde(with = "awatch_core::duration")]
    pub half_life: Duration,
    /// The time a series must have been seen before it is scored: `"60s"` unless told otherwise; never fewer than
    /// 12 values.
    #[serde(with = "awatch_core::duration")]
    pub min_history: Duration,
    /// The score at which a value is unusual, in spreads: the anomaly score is 1 here. 8 unless told otherwise.
    pub edge: f64,
    /// Which statistics are kept: `"robust"` unless told otherwise.
    pub form: Form,
    /// The least spread taken for real, per unit and relative to the level.
    pub min_spread: MinSpread,
}

/// Which statistics a z-score keeps of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Decayed mean and standard deviation.
    Moments,
    /// Decayed median, with the spread of the middle half and of the tails.
    #[default]
    Robust,
}

impl Default for ZScore {
    fn default() -> Self {
        Self {
            half_life: Duration::from_mins(10),
            min_history: Duration::from_mins(1),
            edge: 8.0,
            form: Form::default(),
            min_spread: MinSpread::default(),
        }
    }
}

impl ZScore {
    /// Sets the age at which a value weighs half of a new one.
    #[must_use]
    pub fn with_half_life(mut self, half_life: Duration) -> Self {
        self.half_life = half_life;
        self
    }

    /// Sets the time a series must have been seen before it is scored.
    #[must_use]
    pub fn with_min_history(mut self, min_history: Duration) -> Self {
        self.min_history = min_history;
        self
    }

    /// Sets the score at which a value is unusual, in spreads.
    #[must_use]
    pub fn with_edge(mut self, edge: f64) -> Self {
        self.edge = edge;
        self
    }

    /// Sets which statistics are kept.
    #[must_use]
    pub fn with_form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Sets the least spread taken for real.
    #[must_use]
    pub fn with_min_spread(mut self, min_spread: MinSpread) -> Self {
        self.min_spread = min_spread;
        self
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`DetectError::Parameter`] when the half-life is not within 1 s and 10 years, the minimum history is above a
    /// year, the edge is not within 0.1 and 1e6, or a minimum spread is not above zero and finite.
    pub fn build(self) -> Result<ZScoreFactory, DetectError> {
        const YEAR: Duration = Duration::from_hours(365 * 24);
        let text = awatch_core::duration::format;
        if self.half_life < Duration::from_secs(1) || self.half_life > YEAR * 10 {
            return Err(parameter(
                "half_life",
                &text(self.half_life),
                "give 1s to 3650d, for example \"10m\"",
            ));
        }
        if self.min_history > YEAR {
            return Err(parameter(
                "min_history",
                &text(self.min_history),
                "give at most 365d, for example \"60s\"",
            ));
        }
        if !(0.1..=1e6).contains(&self.edge) {
            return Err(parameter(
                "edge",
                &self.edge,
                "give a number of spreads from 0.1 to 1000000, for example 8",
            ));
        }
        self.min_spread.check()?;
        Ok(ZScoreFactory { config: self })
    }
}

/// A checked [`ZScore`]: creates banks that score each column by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ZScoreFactory {
    config: ZScore,
}

impl ZScoreFactory {
    /// The parameters.
    #[must_use]
    pub fn config(&self) -> &ZScore {
        &self.config
    }

    /// The default decision policy: the edge of this detector, and severities that begin at 1, 2, 5 and 25 edges.
    ///
    /// By default the edge of a ratio that never moved is 8 percentage points, so that a utilisation alone is high
    /// from 40 points on and, at 12.5 edges for the whole range, never critical: a full CPU wakes nobody.
    #[must_use]
    pub fn default_policy(&self) -> PolicyFactory {
        let severity = SeverityEdges { medium: 2.0, high: 5.0, critical: 25.0 };
        Policy::default().with_edge(self.config.edge).with_severity(severity).into_factory()
    }
}

impl DetectorFactory for ZScoreFactory {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn scope(&self) -> Scope {
        Scope::Series
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        match self.config.form {
            Form::Moments => Box::new(Bank::<Moments>::new(&self.config)),
            Form::Robust => Box::new(Bank::<Reservoir>::new(&self.config)),
        }
    }

    fn policy(&self) -> Option<Box<dyn DeciderFactory>> {
        Some(Box::new(self.default_policy()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(config: ZScore) -> String {
        config.build().expect_err("refused").to_string()
    }

    #[test]
    fn says_which_parameter_is_wrong_and_what_it_may_be() {
        let default = ZScore::default;
        assert_eq!(
            message(default().with_half_life(Duration::from_millis(10))),
            "parameter `half_life` is 10ms: give 1s to 3650d, for example \"10m\""
        );
        assert_eq!(
            message(default().with_min_history(Duration::from_hours(400 * 24))),
            "parameter `min_history` is 400d: give at most 365d, for example \"60s\""
        );
        for edge in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                message(default().with_edge(edge)),
                format!(
                    "parameter `edge` is {edge}: give a number of spreads from 0.1 to 1000000, for example 8"
                )
            );
        }
        assert_eq!(
            message(default().with_min_spread(MinSpread::default().with_unit("By", 0.0))),
            "parameter `min_spread` is 0 for the unit `By`: give a number above zero in that unit"
        );
        assert_eq!(
            message(default().with_min_spread(MinSpread::default().with_relative(2.0))),
            "parameter `min_spread.relative` is 2: give a part of the level from 0 to 1, for example 0.01"
        );
    }

    #[test]
    fn is_read_from_text_with_durations() {
        let text = r#"{"half_life": "30m", "form": "robust", "min_spread": {"units": {"By": 5}}}"#;
        let config: ZScore = serde_json::from_str(text).unwrap();
        assert_eq!(config.half_life, Duration::from_mins(30));
        assert_eq!(config.form, Form::Robust);
        assert_eq!(config.min_history, ZScore::default().min_history);
        assert!(serde_json::from_str::<ZScore>(r#"{"halflife": "30m"}"#).is_err());
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<ZScore>(&text).unwrap(), config);
    }
}
