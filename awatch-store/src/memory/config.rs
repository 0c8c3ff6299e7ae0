use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::MemoryStore;
use super::contents::Bounds;
use crate::ByteSize;

/// How much a [`MemoryStore`] keeps: by default the last hour, in at most 32 MiB.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use awatch_store::MemoryStoreConfig;
///
/// let store = MemoryStoreConfig::default().with_retention(Duration::from_secs(600)).build()?;
/// assert_eq!(store.config().retention, Duration::from_secs(600));
/// # Ok::<(), awatch_store::MemoryStoreConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemoryStoreConfig {
    /// How long samples are kept, at least a second and at most 3650 days: `"1h"`.
    #[serde(with = "awatch_core::duration")]
    pub retention: Duration,
    /// The most memory it may take, at least 256 KiB: `"32MiB"`.
    pub max_bytes: ByteSize,
}

const MIN_RETENTION: Duration = Duration::from_secs(1);
const MAX_RETENTION: Duration = Duration::from_hours(3650 * 24);
const MIN_BYTES: ByteSize = ByteSize::from_kib(256);

/// The configuration of a memory store is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryStoreConfigError {
    /// The retention is too short or too long.
    #[error(
        "a `retention` of {} is out of range: use 1s to 3650d, for example \"1h\"",
        awatch_core::duration::format(*given)
    )]
    Retention {
        /// What was given.
        given: Duration,
    },
    /// The memory does not suffice for anything useful.
    #[error("`max_bytes` of {given} is too small: use {MIN_BYTES} or more, for example \"32MiB\"")]
    MaxBytes {
        /// What was given.
        given: ByteSize,
    },
}

impl Default for MemoryStoreConfig {
    fn default() -> Self {
        Self { retention: Duration::from_hours(1), max_bytes: ByteSize::from_mib(32) }
    }
}

impl MemoryStoreConfig {
    /// Keeps samples for that long.
    #[must_use]
    pub fn with_retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// Takes at most so much memory.
    #[must_use]
    pub fn with_max_bytes(mut self, max_bytes: ByteSize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// An empty store.
    ///
    /// # Errors
    /// [`MemoryStoreConfigError`] when a bound is out of range.
    pub fn build(self) -> Result<MemoryStore, MemoryStoreConfigError> {
        if !(MIN_RETENTION..=MAX_RETENTION).contains(&self.retention) {
            return Err(MemoryStoreConfigError::Retention { given: self.retention });
        }
        if self.max_bytes < MIN_BYTES {
            return Err(MemoryStoreConfigError::MaxBytes { given: self.max_bytes });
        }
        Ok(MemoryStore::new(self))
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds {
            retention: i64::try_from(self.retention.as_nanos()).unwrap_or(i64::MAX),
            bytes: usize::try_from(self.max_bytes.as_bytes()).unwrap_or(usize::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_out_of_range_are_refused_with_a_remedy() {
        let short = MemoryStoreConfig::default().with_retention(Duration::ZERO).build().unwrap_err();
        assert_eq!(
            short.to_string(),
            "a `retention` of 0s is out of range: use 1s to 3650d, for example \"1h\""
        );
        let small = MemoryStoreConfig::default().with_max_bytes(ByteSize::from_kib(1)).build().unwrap_err();
        assert_eq!(
            small.to_string(),
            "`max_bytes` of 1KiB is too small: use 256KiB or more, for example \"32MiB\""
        );
    }

    #[test]
    fn configuration_is_text_and_knows_its_keys() {
        let config: MemoryStoreConfig =
            serde_json::from_str(r#"{"retention": "30m", "max_bytes": "8MiB"}"#).unwrap();
        assert_eq!((config.retention, config.max_bytes), (Duration::from_mins(30), ByteSize::from_mib(8)));
        assert_eq!(serde_json::to_string(&config).unwrap(), r#"{"retention":"30m","max_bytes":"8MiB"}"#);
        let error = serde_json::from_str::<MemoryStoreConfig>(r#"{"keep": "1h"}"#).unwrap_err();
        assert!(
            error.to_string().starts_with("unknown field `keep`, expected `retention` or `max_bytes`"),
            "{error}"
        );
        assert_eq!(serde_json::from_str::<MemoryStoreConfig>("{}").unwrap(), MemoryStoreConfig::default());
    }
}
