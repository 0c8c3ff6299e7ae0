use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Interval;

/// An instant: nanoseconds since 1970-01-01T00:00:00 UTC, leap seconds ignored.
///
/// Reaches from the year 1678 to 2262. Human-readable formats carry it as RFC 3339 text, binary formats as the
/// integer.
///
/// # Example
/// ```
/// use awatch_core::Timestamp;
/// let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
/// assert_eq!(at.to_string(), "2026-11-20T10:00:00Z");
/// assert_eq!(at.as_nanos() % 1_000_000_000, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a timestamp: write RFC 3339, for example `2026-11-20T10:00:00Z`")]
pub struct ParseTimestampError {
    /// What was given.
    pub text: String,
}

impl Timestamp {
    /// 1970-01-01T00:00:00 UTC.
    pub const EPOCH: Self = Self(0);
    /// The earliest instant.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest instant.
    pub const MAX: Self = Self(i64::MAX);

    /// The instant so many nanoseconds after the epoch.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The instant so many seconds after the epoch, held at the ends of the range.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since the epoch.
    #[must_use]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch, with the fraction as far as `f64` carries it (about 0.2 µs today).
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The instant `span` later, held at the end of the range.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(nanos(span)))
    }

    /// The instant `span` earlier, held at the start of the range.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(span)))
    }

    /// The time that passed since `earlier`; `None` when `earlier` is in fact later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Duration> {
        let nanos = i128::from(self.0) - i128::from(earlier.0);
        u64::try_from(nanos).ok().map(Duration::from_nanos)
    }

    /// The last instant of the grid of `interval` at or before this one. The grid passes through the epoch.
    #[must_use]
    pub fn floor(self, interval: Interval) -> Self {
        let step = interval.as_nanos();
        Self(self.0.saturating_sub(self.0.rem_euclid(step)))
    }

    /// The first instant of the grid of `interval` after this one.
    #[must_use]
    pub fn next_on(self, interval: Interval) -> Self {
        Self(self.floor(interval).0.saturating_add(interval.as_nanos()))
    }
}

fn nanos(span: Duration) -> i64 {
    i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(at) => fmt::Display::fmt(&at, f),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>()
            .ok()
            .and_then(|at| i64::try_from(at.as_nanosecond()).ok())
            .map(Self)
            .ok_or_else(|| ParseTimestampError { text: text.to_owned() })
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            text.parse().map_err(D::Error::custom)
        } else {
            i64::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_rfc_3339() {
        let at = Timestamp::from_nanos(1_764_000_000_250_000_000);
        assert_eq!(at.to_string(), "2025-11-24T16:00:00.25Z");
        assert_eq!(at.to_string().parse(), Ok(at));
        let error = "noon".parse::<Timestamp>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`noon` is not a timestamp: write RFC 3339, for example `2026-11-20T10:00:00Z`"
        );
    }

    #[test]
    fn grid_passes_through_the_epoch_on_both_sides() {
        let second = Interval::from_secs(1).unwrap();
        assert_eq!(Timestamp::from_nanos(1_999_999_999).floor(second), Timestamp::from_secs(1));
        assert_eq!(Timestamp::from_nanos(-1).floor(second), Timestamp::from_secs(-1));
        assert_eq!(Timestamp::from_secs(5).next_on(second), Timestamp::from_secs(6));
    }

    #[test]
    fn since_refuses_to_go_backwards() {
        assert_eq!(Timestamp::from_secs(1).since(Timestamp::from_secs(2)), None);
        assert_eq!(Timestamp::MAX.since(Timestamp::MIN), Some(Duration::from_nanos(u64::MAX)));
    }
}
