//! Days in UTC: the partitions of the files.

use std::fmt;

use awatch_core::Timestamp;

const LENGTH: i64 = 86_400_000_000_000;

/// A day in UTC, by its number since 1970-01-01. Written `2026-11-20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Day(i64);

impl Day {
    /// The day of that instant, in nanoseconds.
    pub(super) fn of(at: i64) -> Self {
        Self(at.div_euclid(LENGTH))
    }

    /// Its first instant.
    pub(super) fn start(self) -> i64 {
        self.0.saturating_mul(LENGTH)
    }

    /// The first instant after it, or the last there is.
    pub(super) fn end(self) -> i64 {
        (self.0 + 1).saturating_mul(LENGTH)
    }

    /// The day that [`Display`](fmt::Display) writes so.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // Noon is an instant on the first and on the last day too.
        let noon: Timestamp = format!("{text}T12:00:00Z").parse().ok()?;
        Some(Self::of(noon.as_nanos())).filter(|day| day.to_string() == text)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Timestamp::from_nanos(self.start()).to_string();
        f.write_str(text.get(..10).unwrap_or(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instant_has_a_day() {
        for (at, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (1_700_000_000_000_000_000, "2023-11-14"),
            (i64::MIN, "1677-09-21"),
            (i64::MAX, "2262-04-11"),
        ] {
            let day = Day::of(at);
            assert_eq!(day.to_string(), text);
            assert_eq!(Day::parse(text), Some(day));
            assert!(day.start() <= at && at <= day.end());
        }
        assert_eq!(Day::of(LENGTH - 1).end(), Day::of(LENGTH).start());
        for text in ["", "2026-11-2", "2026-13-01", "../etc"] {
            assert_eq!(Day::parse(text), None);
        }
    }
}
