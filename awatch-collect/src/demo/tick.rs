use std::time::Duration;

use awatch_core::Timestamp;

/// The time that one step of the world stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tick {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// Its length in seconds, above zero.
    pub(super) secs: f64,
}

const DAY: i64 = 86_400_000_000_000;

impl Tick {
    pub(super) fn new(to: Timestamp, step: Duration) -> Self {
        Self { from: to.minus(step), to, secs: step.as_secs_f64() }
    }

    /// The share of the tick that lies between two instants.
    pub(super) fn share(&self, start: Timestamp, end: Timestamp) -> f64 {
        let overlap = self.to.min(end).since(self.from.max(start)).unwrap_or_default();
        overlap.as_secs_f64() / self.secs
    }

    /// Whether an instant lies in it; its beginning belongs to the tick before.
    pub(super) fn has(&self, at: Timestamp) -> bool {
        self.from < at && at <= self.to
    }
}

/// The day since 1970 in UTC, and the seconds that passed of it.
pub(super) fn day_and_second(at: Timestamp) -> (i64, f64) {
    let nanos = at.as_nanos();
    (nanos.div_euclid(DAY), nanos.rem_euclid(DAY) as f64 / 1e9)
}

/// The instant so many seconds into a day since 1970.
pub(super) fn in_day(day: i64, second: f64) -> Timestamp {
    Timestamp::from_nanos(day.saturating_mul(DAY)).plus(Duration::from_secs_f64(second.max(0.0)))
}

/// Whether a day since 1970 is a Saturday or Sunday; 1970-01-01 was a Thursday.
pub(super) fn is_weekend(day: i64) -> bool {
    (day + 3).rem_euclid(7) >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_counts_what_lies_in_it() {
        let at = |secs: i64| Timestamp::from_secs(secs);
        let tick = Tick::new(at(120), Duration::from_mins(1));
        for (start, end, share) in
            [(0, 60, 0.0), (60, 120, 1.0), (0, 75, 0.25), (90, 500, 0.5), (100, 90, 0.0)]
        {
            assert!((tick.share(at(start), at(end)) - share).abs() < 1e-12, "{start} {end}");
        }
        assert!(!tick.has(at(60)) && tick.has(at(120)));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let at: Timestamp = "2026-11-20T06:30:00Z".parse().unwrap();
        let (day, second) = day_and_second(at);
        assert!((second - 23_400.0).abs() < 1e-9);
        assert_eq!(in_day(day, second), at);
        assert!(!is_weekend(day) && is_weekend(day + 1) && is_weekend(day + 2) && !is_weekend(day + 3));
    }
}
