use std::time::Duration;

use awatch::Interval;

use super::moment::{Band, Moment};

/// A stretch of time of one series, as one cell of a line.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Point {
    /// The mean, when there was a value.
    pub(in crate::view) mean: Option<f64>,
    /// The least value.
    pub(in crate::view) min: f64,
    /// The greatest value.
    pub(in crate::view) max: f64,
    /// What was usual at its end.
    pub(in crate::view) band: Band,
    /// Whether any value lay outside of what was usual.
    pub(in crate::view) is_unusual: bool,
}

impl Point {
    const EMPTY: Self =
        Self { mean: None, min: f64::INFINITY, max: f64::NEG_INFINITY, band: Band::NONE, is_unusual: false };
}

/// The length of a stretch so that `count` of them reach at least `span`, in whole steps.
pub(in crate::view) fn step_for(span: Duration, count: usize, step: Interval) -> Interval {
    let each = span.as_nanos().div_ceil(u128::try_from(count.max(1)).unwrap_or(1));
    let grain = step.as_duration().as_nanos().max(1);
    let whole = each.div_ceil(grain).max(1).saturating_mul(grain);
    Interval::new(Duration::from_nanos(u64::try_from(whole).unwrap_or(u64::MAX))).unwrap_or(step)
}

/// The length and number of stretches, at most `most`, that together are `span`.
pub(in crate::view) fn stretches(span: Duration, most: usize, step: Interval) -> (Interval, usize) {
    let each = step_for(span, most, step);
    let count = span.as_nanos().div_ceil(each.as_duration().as_nanos().max(1));
    (each, usize::try_from(count).unwrap_or(most).clamp(1, most.max(1)))
}

/// After so many stretches without a moment a line ends: until then it goes on as it was.
const HELD: usize = 3;

/// The last `count` stretches of `step`, aligned to the time itself so that a line moves without changing its form.
pub(super) fn points<'a>(
    moments: impl DoubleEndedIterator<Item = &'a Moment>,
    slot: usize,
    count: usize,
    step: Interval,
) -> Vec<Point> {
    let mut points = vec![Point::EMPTY; count];
    let (mut sums, mut seen) = (vec![(0.0, 0.0); count], vec![false; count]);
    let mut newest = None;
    for moment in moments.rev() {
        let stretch = moment.at.as_nanos().div_euclid(step.as_nanos());
        let newest = *newest.get_or_insert(stretch);
        let back = usize::try_from(newest - stretch).unwrap_or(usize::MAX);
        let Some(place) = count.checked_sub(1).and_then(|last| last.checked_sub(back)) else { break };
        let (Some(point), Some(sum), Some(seen)) =
            (points.get_mut(place), sums.get_mut(place), seen.get_mut(place))
        else {
            break;
        };
        *seen = true;
        let band = moment.band(slot);
        if !point.band.is_known() {
            point.band = band;
        }
        if let Some(value) = moment.value(slot) {
            *sum = (sum.0 + value, sum.1 + 1.0);
            (point.min, point.max) = (point.min.min(value), point.max.max(value));
            point.is_unusual |= band.side(value).is_some();
        }
    }
    for (point, (sum, count)) in points.iter_mut().zip(sums) {
        point.mean = (count > 0.0).then(|| sum / count);
    }
    hold(&mut points, &seen);
    points
}

/// Fills stretches without a moment with what was before, for a while.
fn hold(points: &mut [Point], seen: &[bool]) {
    let mut held: Option<(Point, usize)> = None;
    for (point, seen) in points.iter_mut().zip(seen) {
        held = match held {
            _ if *seen => Some((*point, 0)),
            Some((last, age)) if age < HELD => {
                *point = last;
                Some((last, age + 1))
            }
            _ => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_whole_steps_and_no_more_than_needed() {
        let minute = Duration::from_mins(1);
        assert_eq!(stretches(minute, 134, Interval::SECOND), (Interval::SECOND, 60));
        let (each, count) = stretches(minute * 10, 134, Interval::SECOND);
        assert_eq!((each.as_secs_f64(), count), (5.0, 120));
        assert_eq!(stretches(Duration::ZERO, 134, Interval::SECOND), (Interval::SECOND, 1));
    }
}
