use awatch_core::DetectError;
use serde::{Deserialize, Serialize};

use crate::batch::Checked;
use crate::zscore::MinSpread;

/// The parameters of the Mahalanobis distance; [`build`](Mahalanobis::build) checks them. The shrinkage is estimated.
///
/// # Example
/// ```
/// use awatch_core::{ColumnKey, Detector as _, Fit as _, Frame, Labels, Name, Timestamp, Unit};
/// use awatch_detect::mahalanobis::Mahalanobis;
///
/// let key = |name| ColumnKey { metric: Name::new(name).expect("a name"), labels: Labels::none(), unit: Unit::RATIO };
/// let mut history = Frame::new(vec![key("cpu"), key("load")]);
/// for second in 0..600 {
///     let cpu = 0.5 + (second as f64 / 40.0).sin() / 4.0;
///     history.push(Timestamp::from_secs(second), &[cpu, 2.0 * cpu + (second % 7) as f64 / 100.0])?;
/// }
/// let model = Mahalanobis::default().build()?.fit(history.view())?;
///
/// let mut rows = Frame::new(model.columns().to_vec());
/// rows.push(Timestamp::from_secs(600), &[0.7, 1.42])?;
/// // Both values are usual, but not together.
/// rows.push(Timestamp::from_secs(601), &[0.7, 0.6])?;
/// let mut scores = [None; 2];
/// model.score(rows.view(), &mut scores)?;
/// assert!(scores[1].map(|score| score.0) > scores[0].map(|score| 10.0 * score.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mahalanobis {
    /// The least spread taken for real, per unit and relative to the mean.
    pub min_spread: MinSpread,
}

impl Mahalanobis {
    /// Sets the least spread taken for real.
    #[must_use]
    pub fn with_min_spread(mut self, min_spread: MinSpread) -> Self {
        self.min_spread = min_spread;
        self
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`DetectError::Parameter`] when a minimum spread is not above zero and finite.
    pub fn build(self) -> Result<Checked<Self>, DetectError> {
        self.min_spread.check()?;
        Ok(Checked::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_a_least_spread_may_be() {
        let config = Mahalanobis::default().with_min_spread(MinSpread::default().with_relative(-0.5));
        assert_eq!(
            config.build().expect_err("refused").to_string(),
            "parameter `min_spread.relative` is -0.5: give a part of the level from 0 to 1, for example 0.01"
        );
    }
}
