use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ParquetStore, ParquetStoreError};
use crate::ByteSize;

/// How a [`ParquetStore`] keeps what it is given.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use awatch_store::parquet::ParquetStoreConfig;
///
/// let dir = tempfile::tempdir()?;
/// let store = ParquetStoreConfig::default().with_loss_window(Duration::from_millis(200)).open(dir.path())?;
/// assert_eq!(store.recovery().replayed_samples, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParquetStoreConfig {
    /// The most that a loss of power can cost, from 10 ms to 1 h: `"1s"`. The end of the process costs nothing that was
    /// appended.
    #[serde(with = "awatch_core::duration")]
    pub loss_window: Duration,
    /// How far behind the newest sample, or the present, one may be and still be taken, from 1 s to 3650 d: `"24h"`.
    #[serde(with = "awatch_core::duration")]
    pub late_window: Duration,
    /// How long samples are kept, from 1 h to 3650 d: `"30d"`.
    #[serde(with = "awatch_core::duration")]
    pub retention: Duration,
    /// How much time a segment covers, from 1 s to 1 d: `"1h"`. Shorter ones take more bytes per sample.
    #[serde(with = "awatch_core::duration")]
    pub segment_span: Duration,
    /// The most memory that samples may take before they are in a segment, at least 1 MiB: `"128MiB"`.
    pub max_memory: ByteSize,
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const LONGEST: Duration = Duration::from_hours(3650 * 24);
const MIN_MEMORY: ByteSize = ByteSize::from_mib(1);

impl Default for ParquetStoreConfig {
    fn default() -> Self {
        Self {
            loss_window: SECOND,
            late_window: DAY,
            retention: Duration::from_hours(30 * 24),
            segment_span: HOUR,
            max_memory: ByteSize::from_mib(128),
        }
    }
}

impl ParquetStoreConfig {
    /// Loses at most that much with the power.
    #[must_use]
    pub fn with_loss_window(mut self, loss_window: Duration) -> Self {
        self.loss_window = loss_window;
        self
    }

    /// Takes samples that are so late.
    #[must_use]
    pub fn with_late_window(mut self, late_window: Duration) -> Self {
        self.late_window = late_window;
        self
    }

    /// Keeps samples for that long.
    #[must_use]
    pub fn with_retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// Writes segments of that much time.
    #[must_use]
    pub fn with_segment_span(mut self, segment_span: Duration) -> Self {
        self.segment_span = segment_span;
        self
    }

    /// Takes at most so much memory for what is in no segment yet.
    #[must_use]
    pub fn with_max_memory(mut self, max_memory: ByteSize) -> Self {
        self.max_memory = max_memory;
        self
    }

    /// Opens the store in the directory `dir` for writing, an empty one when there is none.
    ///
    /// # Errors
    /// [`ParquetStoreError`] when the configuration is out of range, another process writes there, a log is of a later
    /// format, or the directory cannot be written.
    pub fn open(self, dir: impl AsRef<Path>) -> Result<ParquetStore, ParquetStoreError> {
        self.check()?;
        ParquetStore::open(dir.as_ref(), self)
    }

    fn check(&self) -> Result<(), ParquetStoreError> {
        let spans = [
            ("loss_window", self.loss_window, Duration::from_millis(10), HOUR),
            ("late_window", self.late_window, SECOND, LONGEST),
            ("retention", self.retention, HOUR, LONGEST),
            ("segment_span", self.segment_span, SECOND, DAY),
        ];
        for (key, given, least, most) in spans {
            if !(least..=most).contains(&given) {
                return Err(ParquetStoreError::Span { key, given, least, most });
            }
        }
        if self.max_memory < MIN_MEMORY {
            return Err(ParquetStoreError::MaxMemory { given: self.max_memory, least: MIN_MEMORY });
        }
        Ok(())
    }
}

/// A duration in nanoseconds.
pub(super) fn nanos(span: Duration) -> i64 {
    i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_refused_with_a_remedy() {
        let fail = |config: ParquetStoreConfig| config.check().unwrap_err().to_string();
        let default = ParquetStoreConfig::default;
        for (config, message) in [
            (
                default().with_loss_window(Duration::ZERO),
                "a `loss_window` of 0s is out of range: use 10ms to 1h",
            ),
            (
                default().with_late_window(Duration::ZERO),
                "a `late_window` of 0s is out of range: use 1s to 3650d",
            ),
            (default().with_retention(SECOND), "a `retention` of 1s is out of range: use 1h to 3650d"),
            (
                default().with_segment_span(Duration::from_hours(25)),
                "a `segment_span` of 1d1h is out of range: use 1s to 1d",
            ),
            (
                default().with_max_memory(ByteSize::from_kib(1)),
                "`max_memory` of 1KiB is too small: use 1MiB or more, for example \"128MiB\"",
            ),
        ] {
            assert_eq!(fail(config), message);
        }
    }

    #[test]
    fn configuration_is_text_and_knows_its_keys() {
        let config: ParquetStoreConfig = serde_json::from_str(r#"{"retention": "7d"}"#).unwrap();
        assert_eq!(config, ParquetStoreConfig::default().with_retention(Duration::from_hours(7 * 24)));
        assert!(serde_json::from_str::<ParquetStoreConfig>(r#"{"keep": "1h"}"#).is_err());
    }
}
