use awatch_core::DetectError;
use serde::{Deserialize, Serialize};

use crate::batch::Checked;
use crate::parameter;

/// The most trees of a forest.
pub(super) const MOST_TREES: usize = 1000;

/// The most rows a tree is grown on.
pub(super) const MOST_ROWS: usize = 4096;

/// The parameters of an isolation forest; [`build`](IsolationForest::build) checks them.
///
/// # Example
/// ```
/// use awatch_core::{ColumnKey, Detector as _, Fit as _, Frame, Labels, Name, Timestamp, Unit};
/// use awatch_detect::isolation_forest::IsolationForest;
///
/// let key = |name| ColumnKey { metric: Name::new(name).expect("a name"), labels: Labels::none(), unit: Unit::RATIO };
/// let mut history = Frame::new(vec![key("cpu"), key("memory")]);
/// for second in 0..600 {
///     let wave = (second as f64 / 40.0).sin() / 10.0;
///     history.push(Timestamp::from_secs(second), &[0.3 + wave, 0.5 - wave])?;
/// }
/// let model = IsolationForest::default().build()?.fit(history.view())?;
///
/// let mut rows = Frame::new(model.columns().to_vec());
/// rows.push(Timestamp::from_secs(600), &[0.3, 0.5])?;
/// rows.push(Timestamp::from_secs(601), &[0.9, 0.5])?;
/// let mut scores = [None; 2];
/// model.score(rows.view(), &mut scores)?;
/// assert!(scores[1] > scores[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IsolationForest {
    /// How many trees: 100 unless told otherwise, where the paper finds path lengths converged (TKDD 2012, section 4.4).
    pub trees: usize,
    /// How many rows each tree is grown on: 256 unless told otherwise, the paper's choice; more rows let anomalies hide
    /// each other, fewer know less of what is usual. All rows when there are no more.
    pub sample: usize,
    /// What the random cuts are drawn from: the same seed and history give the same forest. 0 unless told otherwise.
    pub seed: u64,
}

impl Default for IsolationForest {
    fn default() -> Self {
        Self { trees: 100, sample: 256, seed: 0 }
    }
}

impl IsolationForest {
    /// Sets how many trees.
    #[must_use]
    pub fn with_trees(mut self, trees: usize) -> Self {
        self.trees = trees;
        self
    }

    /// Sets how many rows each tree is grown on.
    #[must_use]
    pub fn with_sample(mut self, sample: usize) -> Self {
        self.sample = sample;
        self
    }

    /// Sets what the random cuts are drawn from.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`DetectError::Parameter`] when there are not 1 to 1000 trees of 2 to 4096 rows.
    pub fn build(self) -> Result<Checked<Self>, DetectError> {
        if !(1..=MOST_TREES).contains(&self.trees) {
            return Err(parameter("trees", &self.trees, "give 1 to 1000 trees, for example 100"));
        }
        if !(2..=MOST_ROWS).contains(&self.sample) {
            return Err(parameter(
                "sample",
                &self.sample,
                "give 2 to 4096 rows for each tree, for example 256",
            ));
        }
        Ok(Checked::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_parameter_is_wrong_and_what_it_may_be() {
        let message = |config: IsolationForest| config.build().expect_err("refused").to_string();
        let default = IsolationForest::default;
        for trees in [0, 1001] {
            let text = format!("parameter `trees` is {trees}: give 1 to 1000 trees, for example 100");
            assert_eq!(message(default().with_trees(trees)), text);
        }
        for sample in [1, 4097] {
            let text =
                format!("parameter `sample` is {sample}: give 2 to 4096 rows for each tree, for example 256");
            assert_eq!(message(default().with_sample(sample)), text);
        }
    }

    #[test]
    fn is_read_from_text() {
        let config: IsolationForest = serde_json::from_str(r#"{"trees": 50, "seed": 7}"#).unwrap();
        assert_eq!(config, IsolationForest::default().with_trees(50).with_seed(7));
        assert!(serde_json::from_str::<IsolationForest>(r#"{"tree": 50}"#).is_err());
    }
}
