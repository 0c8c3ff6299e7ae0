//! Steps of time.

use std::time::Duration;

use awatch_core::Timestamp;

use super::{QueryError, Request};

/// Lengths that people think in, ascending, in milliseconds.
const USUAL: [u64; 24] = [
    10,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    2 * 60_000,
    5 * 60_000,
    10 * 60_000,
    15 * 60_000,
    30 * 60_000,
    3_600_000,
    2 * 3_600_000,
    3 * 3_600_000,
    6 * 3_600_000,
    12 * 3_600_000,
    24 * 3_600_000,
];

const WEEK: Duration = Duration::from_hours(7 * 24);

/// The shortest usual step (10 ms, …, 1 s, 2 s, 5 s, 10 s, …, 1 h, …, 1 d, whole weeks) in which `span` has at most
/// `points` steps.
///
/// # Example
/// ```
/// use std::time::Duration;
/// let step = awatch_store::query::step_for(Duration::from_secs(3600), 60);
/// assert_eq!(step, Duration::from_secs(60));
/// ```
#[must_use]
pub fn step_for(span: Duration, points: usize) -> Duration {
    let least = span.as_nanos().div_ceil(points.max(1) as u128);
    let usual = USUAL.iter().map(|millis| Duration::from_millis(*millis));
    usual.into_iter().find(|step| step.as_nanos() >= least).unwrap_or_else(|| {
        let weeks = u32::try_from(least.div_ceil(WEEK.as_nanos())).unwrap_or(u32::MAX);
        WEEK.saturating_mul(weeks)
    })
}

/// The steps of an answer. In nanoseconds, wide enough for the first step to begin before the earliest instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    first: i128,
    step: i128,
    len: usize,
}

impl Grid {
    /// The steps that cover the range of a request for so many series.
    pub(super) fn of(request: &Request, series: usize) -> Result<Self, QueryError> {
        let (start, end) = (request.start, request.end);
        let span = end.since(start).filter(|span| !span.is_zero());
        let span = span.ok_or(QueryError::EmptyRange { start, end })?;
        let most = request.max_points;
        if series > most {
            return Err(QueryError::TooManySeries { series, most });
        }
        let Some(step) = request.step else {
            return Ok(Self { first: i128::from(start.as_nanos()), step: nanos(span), len: 1 });
        };
        if step.is_zero() {
            return Err(QueryError::ZeroStep);
        }
        let first = i128::from(start.as_nanos()).div_euclid(nanos(step)) * nanos(step);
        let covered = (i128::from(end.as_nanos()) - first).unsigned_abs();
        let steps = covered.div_ceil(step.as_nanos());
        let points = steps.saturating_mul(series.max(1) as u128);
        match usize::try_from(steps) {
            Ok(len) if points <= most as u128 => Ok(Self { first, step: nanos(step), len }),
            // However long, two steps may be needed.
            _ if most / series.max(1) < 2 => Err(QueryError::TooManySeries { series, most: most / 2 }),
            _ => {
                // One less, because the first step may begin before the range.
                let fits = step_for(span, most / series.max(1) - 1);
                Err(QueryError::TooManyPoints { step, points, series, most, fits })
            }
        }
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn step(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.step).unwrap_or(u64::MAX))
    }

    /// The start of a step, held at the ends of time.
    pub(super) fn start_of(&self, index: usize) -> Timestamp {
        clamped(self.first + self.step * index as i128)
    }

    /// The step that an instant of the range is in, and the first instant after it.
    pub(super) fn find(&self, at: Timestamp) -> (usize, Timestamp) {
        let steps = (i128::from(at.as_nanos()) - self.first).div_euclid(self.step);
        let index = usize::try_from(steps).unwrap_or(0).min(self.len.saturating_sub(1));
        (index, self.start_of(index + 1))
    }
}

fn nanos(span: Duration) -> i128 {
    i128::try_from(span.as_nanos()).unwrap_or(i128::MAX >> 32)
}

fn clamped(nanos: i128) -> Timestamp {
    let held = nanos.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    Timestamp::from_nanos(i64::try_from(held).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(start: i64, end: i64, step: Duration) -> Request {
        Request::new(Timestamp::from_secs(start), Timestamp::from_secs(end)).with_step(step)
    }

    #[test]
    fn the_grid_passes_through_the_epoch() {
        let grid = Grid::of(&request(-70, 61, Duration::from_mins(1)), 1).unwrap();
        let starts: Vec<i64> = (0..grid.len()).map(|n| grid.start_of(n).as_nanos() / 1_000_000_000).collect();
        assert_eq!(starts, [-120, -60, 0, 60]);
        assert_eq!(grid.find(Timestamp::from_secs(59)), (2, Timestamp::from_secs(60)));
        assert_eq!(grid.find(Timestamp::from_secs(60)), (3, Timestamp::from_secs(120)));
    }

    #[test]
    fn too_many_points_come_with_a_step_that_fits() {
        let error = Grid::of(&request(0, 86_400, Duration::from_secs(1)), 100).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a step of 1s gives 8640000 points for 100 series, more than 1000000: use a step of 10s or longer, a \
             shorter range, or fewer series"
        );
        let error = Grid::of(&request(0, 60, Duration::from_secs(1)).with_max_points(5), 6).unwrap_err();
        assert_eq!(
            error.to_string(),
            "6 series match, more than the 5 points allowed: use a narrower pattern or a limit"
        );
    }

    #[test]
    fn ranges_and_steps_of_no_length_are_refused() {
        let error = Grid::of(&request(0, 60, Duration::ZERO), 1).unwrap_err();
        assert_eq!(error.to_string(), "the step is 0s: give a step of some length, for example 1m");
        let error = Grid::of(&request(60, 60, Duration::ZERO), 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the range ends at 1970-01-01T00:01:00Z, not after its start 1970-01-01T00:01:00Z: give a later end or an \
             earlier start"
        );
    }

    #[test]
    fn all_of_time_is_a_range() {
        let all = Request::new(Timestamp::MIN, Timestamp::MAX);
        assert_eq!(Grid::of(&all, 1).unwrap().len(), 1);
        let weeks = Grid::of(&all.with_step(WEEK), 1).unwrap();
        assert_eq!(weeks.start_of(0), Timestamp::MIN);
        assert_eq!(weeks.find(Timestamp::MAX).1, Timestamp::MAX);
    }

    proptest! {
        #[test]
        fn the_step_that_fits_fits(
            start in -1_000_000_i64..1_000_000, span in 1_i64..10_000_000, millis in 1_u64..100_000, series in 1_usize..50
        ) {
            let asked = request(start, start + span, Duration::from_millis(millis)).with_max_points(1000);
            if let Err(QueryError::TooManyPoints { fits, .. }) = Grid::of(&asked, series) {
                prop_assert!(Grid::of(&asked.with_step(fits), series).is_ok());
            }
        }

        #[test]
        fn every_instant_is_in_the_step_found(start in any::<i32>(), span in 1_i64..100_000, step in 1_u64..5000, part in 0.0..1.0) {
            let start = i64::from(start);
            let grid = Grid::of(&request(start, start + span, Duration::from_secs(step)), 1).unwrap();
            #[expect(clippy::cast_possible_truncation, reason = "a part of the span")]
            let at = Timestamp::from_secs(start + (span as f64 * part) as i64);
            let (index, end) = grid.find(at);
            prop_assert!(grid.start_of(index) <= at && at < end && index < grid.len());
            prop_assert!(grid.start_of(0) <= Timestamp::from_secs(start));
            prop_assert!(grid.start_of(grid.len()) >= Timestamp::from_secs(start + span));
        }
    }
}
