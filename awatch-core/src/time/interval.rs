use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::duration;

/// The time between two samples of one series: from 10 ms to 10 years.
///
/// # Example
/// ```
/// use awatch_core::Interval;
/// let minute = Interval::from_secs(60).unwrap();
/// assert_eq!(minute.to_string(), "1m");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval(NonZeroU64);

/// The duration cannot be an interval.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an interval of {} is out of range: use 10ms to 10 years (3650d)", duration::format(*given))]
pub struct IntervalError {
    /// What was given.
    pub given: Duration,
}

const MIN: Duration = Duration::from_millis(10);
const MAX: Duration = Duration::from_hours(3650 * 24);

impl Interval {
    /// One second, the interval of the engine unless told otherwise.
    pub const SECOND: Self = Self(NonZeroU64::new(1_000_000_000).expect("not zero"));

    /// The interval of that length.
    ///
    /// # Errors
    /// [`IntervalError`] when `span` is shorter than 10 ms or longer than 10 years.
    pub fn new(span: Duration) -> Result<Self, IntervalError> {
        let error = IntervalError { given: span };
        if span < MIN || span > MAX {
            return Err(error);
        }
        u64::try_from(span.as_nanos()).ok().and_then(NonZeroU64::new).map(Self).ok_or(error)
    }

    /// The interval of so many seconds.
    ///
    /// # Errors
    /// As [`Interval::new`].
    pub fn from_secs(secs: u64) -> Result<Self, IntervalError> {
        Self::new(Duration::from_secs(secs))
    }

    /// Its length.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_nanos(self.0.get())
    }

    /// Its length in nanoseconds, always positive.
    #[must_use]
    pub fn as_nanos(self) -> i64 {
        i64::try_from(self.0.get()).unwrap_or(i64::MAX)
    }

    /// Its length in seconds.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.as_duration().as_secs_f64()
    }
}

impl Default for Interval {
    fn default() -> Self {
        Self::SECOND
    }
}

impl TryFrom<Duration> for Interval {
    type Error = IntervalError;

    fn try_from(span: Duration) -> Result<Self, Self::Error> {
        Self::new(span)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&duration::format(self.as_duration()))
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_u64(self.0.get())
        }
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let span = if deserializer.is_human_readable() {
            duration::deserialize(deserializer)?
        } else {
            Duration::from_nanos(u64::deserialize(deserializer)?)
        };
        Self::new(span).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_would_spin_or_never_come() {
        let error = Interval::new(Duration::from_millis(1)).unwrap_err();
        assert_eq!(error.to_string(), "an interval of 1ms is out of range: use 10ms to 10 years (3650d)");
        assert!(Interval::new(Duration::ZERO).is_err());
        assert!(Interval::new(Duration::MAX).is_err());
    }

    #[test]
    fn binary_form_is_checked_too() {
        let bytes = postcard::to_stdvec(&5_u64).unwrap();
        assert!(postcard::from_bytes::<Interval>(&bytes).is_err());
        let bytes = postcard::to_stdvec(&Interval::SECOND).unwrap();
        assert_eq!(postcard::from_bytes::<Interval>(&bytes), Ok(Interval::SECOND));
    }
}
