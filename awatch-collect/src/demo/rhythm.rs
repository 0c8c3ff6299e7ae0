//! The rhythm of the people who use the services.

use awatch_core::Timestamp;

use super::arithmetic::{cos_turns, smooth};
use super::tick::{day_and_second, is_weekend};

/// The least demand of a day, in parts of the most.
const NIGHT: f64 = 0.35;
/// The demand of a weekend, in parts of that of a working day.
const WEEKEND: f64 = 0.6;
/// One day turns into the next over so many seconds before and after midnight.
const TURN: f64 = 4.0 * 3600.0;

/// How much is asked of the services at an instant, in parts of the busiest hour of a working day: least at 03:00 UTC,
/// most at 15:00, with a second rise in the evening.
pub(super) fn demand(at: Timestamp) -> f64 {
    let (day, second) = day_and_second(at);
    let hours = second / 3600.0;
    let daily = 0.5 - 0.5 * cos_turns((hours - 3.0) / 24.0);
    let evening = 0.12 * smooth(18.0, 20.0, hours) * (1.0 - smooth(21.0, 23.0, hours));
    (NIGHT + (1.0 - NIGHT) * (daily + evening).min(1.0)) * weekly(day, second)
}

fn weekly(day: i64, second: f64) -> f64 {
    let of = |day: i64| if is_weekend(day) { WEEKEND } else { 1.0 };
    let into_next = smooth(86_400.0 - TURN, 86_400.0 + TURN, second);
    let from_last = 1.0 - smooth(-TURN, TURN, second);
    of(day) * (1.0 - into_next - from_last) + of(day + 1) * into_next + of(day - 1) * from_last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> f64 {
        demand(text.parse().unwrap())
    }

    #[test]
    fn nights_and_weekends_are_calm() {
        assert!((at("2026-11-18T03:00:00Z") - NIGHT).abs() < 1e-6);
        assert!((at("2026-11-18T15:00:00Z") - 1.0).abs() < 1e-6);
        assert!((at("2026-11-21T15:00:00Z") - WEEKEND).abs() < 1e-6);
        assert!(at("2026-11-18T19:30:00Z") > at("2026-11-18T22:30:00Z"));
    }

    #[test]
    fn it_never_jumps() {
        let start: Timestamp = "2026-11-16T00:00:00Z".parse().unwrap();
        let minute = |n: u64| demand(start.plus(std::time::Duration::from_mins(n)));
        for n in 0..7 * 24 * 60 {
            assert!((minute(n) - minute(n + 1)).abs() < 0.01, "{n}");
            assert!(minute(n) > 0.0 && minute(n) <= 1.0);
        }
    }
}
