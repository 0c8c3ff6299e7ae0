use awatch_core::DetectError;
use serde::{Deserialize, Serialize};

use crate::batch::Checked;
use crate::tails::Resolution;

/// The parameters of COPOD; [`build`](Copod::build) checks them. They are about memory only: the method has none.
///
/// # Example
/// ```
/// use awatch_core::{ColumnKey, Detector as _, Fit as _, Frame, Labels, Name, Timestamp, Unit};
/// use awatch_detect::copod::Copod;
///
/// let key = ColumnKey { metric: Name::new("app.latency")?, labels: Labels::none(), unit: Unit::SECONDS };
/// let mut history = Frame::new(vec![key]);
/// for second in 0..600 {
///     history.push(Timestamp::from_secs(second), &[0.2 + (second % 20) as f64 / 100.0])?;
/// }
/// let model = Copod::default().build()?.fit(history.view())?;
///
/// let mut rows = Frame::new(model.columns().to_vec());
/// rows.push(Timestamp::from_secs(600), &[0.3])?;
/// rows.push(Timestamp::from_secs(601), &[0.9])?;
/// let mut scores = [None; 2];
/// model.score(rows.view(), &mut scores)?;
/// assert!(scores[1] > scores[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Copod {
    /// Up to so many rows of history every distinct value is kept and contributions are exact: 16384 unless told
    /// otherwise, at most 40 bytes per row and column.
    pub exact_rows: usize,
    /// Beyond them, how far either tail's logarithm may be from that of all values: 0.02 unless told otherwise,
    /// for about 750 values per column and day of seconds. A false-alarm rate moves by 2 % with it, less than it is known.
    pub error: f64,
}

impl Default for Copod {
    fn default() -> Self {
        Self { exact_rows: 16_384, error: 0.02 }
    }
}

impl Copod {
    /// Sets up to how many rows every distinct value is kept.
    #[must_use]
    pub fn with_exact_rows(mut self, rows: usize) -> Self {
        self.exact_rows = rows;
        self
    }

    /// Sets how far either tail's logarithm may be from the exact one, beyond the exact rows.
    #[must_use]
    pub fn with_error(mut self, error: f64) -> Self {
        self.error = error;
        self
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`DetectError::Parameter`] when there are more than 1048576 exact rows, or the error is not within 0.0001 and 0.5.
    pub fn build(self) -> Result<Checked<Self>, DetectError> {
        self.resolution().check()?;
        Ok(Checked::new(self))
    }

    pub(super) fn resolution(&self) -> Resolution {
        Resolution { exact_rows: self.exact_rows, error: self.error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_parameter_is_wrong_and_what_it_may_be() {
        let message = |config: Copod| config.build().expect_err("refused").to_string();
        assert_eq!(
            message(Copod::default().with_exact_rows(1 << 21)),
            "parameter `exact_rows` is 2097152: give at most 1048576 rows, for example 16384"
        );
        for error in [0.0, 0.6, f64::NAN] {
            let text = format!(
                "parameter `error` is {error}: give a contribution from 0.0001 to 0.5, for example 0.02"
            );
            assert_eq!(message(Copod::default().with_error(error)), text);
        }
    }

    #[test]
    fn is_read_from_text() {
        let config: Copod = serde_json::from_str(r#"{"exact_rows": 100}"#).unwrap();
        assert_eq!(config, Copod::default().with_exact_rows(100));
        assert!(serde_json::from_str::<Copod>(r#"{"rows": 100}"#).is_err());
    }
}
