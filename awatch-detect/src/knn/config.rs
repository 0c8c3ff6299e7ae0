use awatch_core::DetectError;
use serde::{Deserialize, Serialize};

use crate::batch::Checked;
use crate::parameter;
use crate::zscore::MinSpread;

/// The most neighbours that are looked for.
pub(super) const MOST_NEIGHBOURS: usize = 100;

/// The most rows that are kept.
pub(super) const MOST_ROWS: usize = 65_536;

/// The parameters of the k-nearest-neighbour distance; [`build`](KNearest::build) checks them.
///
/// # Example
/// ```
/// use awatch_core::{ColumnKey, Detector as _, Fit as _, Frame, Labels, Name, Timestamp, Unit};
/// use awatch_detect::knn::KNearest;
///
/// let key = ColumnKey { metric: Name::new("cpu")?, labels: Labels::none(), unit: Unit::RATIO };
/// let mut history = Frame::new(vec![key]);
/// for second in 0..600 {
///     // Idle or busy, never in between.
///     let state = if second % 60 < 40 { 0.1 } else { 0.9 };
///     history.push(Timestamp::from_secs(second), &[state + (second % 7) as f64 / 100.0])?;
/// }
/// let model = KNearest::default().build()?.fit(history.view())?;
///
/// let mut rows = Frame::new(model.columns().to_vec());
/// rows.push(Timestamp::from_secs(600), &[0.9])?;
/// rows.push(Timestamp::from_secs(601), &[0.5])?;
/// let mut scores = [None; 2];
/// model.score(rows.view(), &mut scores)?;
/// assert!(scores[1] > scores[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KNearest {
    /// Which neighbour is measured to: the fifth unless told otherwise, so that four rows of an old incident in the sample
    /// do not make the next one usual.
    pub neighbours: usize,
    /// How many rows of the history are kept: 1000 unless told otherwise, about 10 µs per row scored; what fills one
    /// part in a hundred of the history is then held by ten rows.
    pub sample: usize,
    /// What the rows are drawn by: the same seed and history give the same sample. 0 unless told otherwise.
    pub seed: u64,
    /// The least spread taken for real, per unit and relative to the mean.
    pub min_spread: MinSpread,
}

impl Default for KNearest {
    fn default() -> Self {
        Self { neighbours: 5, sample: 1000, seed: 0, min_spread: MinSpread::default() }
    }
}

impl KNearest {
    /// Sets which neighbour is measured to.
    #[must_use]
    pub fn with_neighbours(mut self, neighbours: usize) -> Self {
        self.neighbours = neighbours;
        self
    }

    /// Sets how many rows of the history are kept.
    #[must_use]
    pub fn with_sample(mut self, sample: usize) -> Self {
        self.sample = sample;
        self
    }

    /// Sets what the rows are drawn by.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
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
    /// [`DetectError::Parameter`] when there are not 1 to 100 neighbours, the sample does not have as many rows as that or
    /// more than 65536, or a minimum spread is not above zero and finite.
    pub fn build(self) -> Result<Checked<Self>, DetectError> {
        if !(1..=MOST_NEIGHBOURS).contains(&self.neighbours) {
            return Err(parameter("neighbours", &self.neighbours, "give 1 to 100, for example 5"));
        }
        if !(self.neighbours..=MOST_ROWS).contains(&self.sample) {
            let remedy = "give as many rows as neighbours at least and 65536 at most, for example 1000";
            return Err(parameter("sample", &self.sample, remedy));
        }
        self.min_spread.check()?;
        Ok(Checked::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_parameter_is_wrong_and_what_it_may_be() {
        let message = |config: KNearest| config.build().expect_err("refused").to_string();
        for neighbours in [0, 101] {
            let text = format!("parameter `neighbours` is {neighbours}: give 1 to 100, for example 5");
            assert_eq!(message(KNearest::default().with_neighbours(neighbours)), text);
        }
        for sample in [4, 65_537] {
            let remedy = "give as many rows as neighbours at least and 65536 at most, for example 1000";
            let text = format!("parameter `sample` is {sample}: {remedy}");
            assert_eq!(message(KNearest::default().with_sample(sample)), text);
        }
    }

    #[test]
    fn is_read_from_text() {
        let config: KNearest = serde_json::from_str(r#"{"neighbours": 3}"#).unwrap();
        assert_eq!(config, KNearest::default().with_neighbours(3));
        assert!(serde_json::from_str::<KNearest>(r#"{"k": 3}"#).is_err());
    }
}
