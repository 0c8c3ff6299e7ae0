use serde::{Deserialize, Serialize};

use super::Resolution;

/// A value with how many training values are below it, and how many are not above it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Knot {
    pub(super) value: f64,
    pub(super) below: u32,
    pub(super) upto: u32,
}

/// Minus the logarithms of both tail probabilities of a value: of being at most it, and of being at least it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Logs {
    pub(crate) left: f64,
    pub(crate) right: f64,
}

/// The empirical distribution of a column, as knots.
///
/// At a knot both tails are exact. Between two knots they lie between those of their ends, and are taken linear in the
/// value; where the knots are neighbours in the history both ends are the same and the tails exact. Below the least value
/// the left tail goes on as `1 / (n (1 + d))` with `d` the distance in standard deviations (a Pareto tail of shape 1), so
/// that a value twice as far out scores higher and a column alone cannot rule the sum; above the largest likewise.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Knots {
    pub(super) all: Vec<Knot>,
    values: Vec<f64>,
    at: Vec<Logs>,
    /// The tails just above each knot and just below the next.
    gaps: Vec<[Logs; 2]>,
    /// Whether some gap is not of neighbours.
    thinned: bool,
    rows: u32,
    spread: f64,
}

impl Knots {
    /// The distribution given by knots in rising order over `rows` values; `spread` is their standard deviation.
    pub(super) fn new(knots: Vec<Knot>, rows: u32, spread: f64) -> Self {
        let log = |count: u32| f64::from(rows).ln() - f64::from(count.max(1)).ln();
        let at = |knot: &Knot| Logs { left: log(knot.upto), right: log(rows.saturating_sub(knot.below)) };
        let gap = |ends: &[Knot]| {
            let counts = [ends.first().map_or(0, |knot| knot.upto), ends.last().map_or(0, |knot| knot.below)];
            counts.map(|count| Logs { left: log(count), right: log(rows.saturating_sub(count)) })
        };
        let thinned = knots.windows(2).any(|ends| ends[0].upto != ends[1].below);
        Self {
            values: knots.iter().map(|knot| knot.value).collect(),
            at: knots.iter().map(at).collect(),
            gaps: if thinned { knots.windows(2).map(gap).collect() } else { Vec::new() },
            thinned,
            all: knots,
            rows,
            spread,
        }
    }

    /// How many values the column had in the history.
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    pub(super) fn spread(&self) -> f64 {
        self.spread
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.all.capacity() * size_of::<Knot>()
            + self.values.capacity() * size_of::<f64>()
            + self.at.capacity() * size_of::<Logs>()
            + self.gaps.capacity() * size_of::<[Logs; 2]>()
    }

    /// Both tails of a finite value; of none when the column never had a value. O(log knots).
    pub(super) fn tails(&self, value: f64) -> Logs {
        let place = self.values.partition_point(|own| *own < value);
        let before = place.checked_sub(1);
        match (before.and_then(|before| self.at.get(before)), self.at.get(place)) {
            (_, Some(at)) if self.values.get(place).is_some_and(|own| *own <= value) => *at,
            (None, Some(_)) => Logs { left: self.beyond(self.values.first(), value), right: 0.0 },
            (Some(_), None) => Logs { left: 0.0, right: self.beyond(self.values.last(), value) },
            (Some(low), Some(high)) if !self.thinned => Logs { left: low.left, right: high.right },
            (Some(_), Some(_)) => self.between(place, value),
            (None, None) => Logs::default(),
        }
    }

    fn between(&self, place: usize, value: f64) -> Logs {
        let ends = place
            .checked_sub(1)
            .and_then(|before| Some((self.values.get(before..=place)?, self.gaps.get(before)?)));
        let Some(([low, high], [start, end])) = ends else { return Logs::default() };
        // Halves, so that the difference cannot overflow.
        let part = ((value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)).min(1.0);
        let along = |start: f64, end: f64| start + part * (end - start);
        Logs { left: along(start.left, end.left), right: along(start.right, end.right) }
    }

    fn beyond(&self, end: Option<&f64>, value: f64) -> f64 {
        let distance = (end.copied().unwrap_or(value) - value).abs() / self.spread;
        // A constant column has no spread: any other value counts as one spread away.
        let distance = if self.spread > 0.0 { distance.min(f64::MAX) } else { 1.0 };
        f64::from(self.rows).ln() + distance.ln_1p()
    }
}

/// The knots of sorted values: all distinct ones, or beyond `exact_rows` as few as keep every contribution within
/// `error`.
pub(super) fn knots_of(sorted: &[f64], resolution: Resolution) -> Vec<Knot> {
    let rows = count(sorted.len());
    let mut start = 0;
    let mut distinct = sorted.chunk_by(|a, b| a >= b).map(|equal| {
        let knot = Knot {
            value: equal.first().copied().unwrap_or_default(),
            below: count(start),
            upto: count(start + equal.len()),
        };
        start += equal.len();
        knot
    });
    if sorted.len() <= resolution.exact_rows {
        return distinct.collect();
    }
    let mut kept: Vec<Knot> = distinct.next().into_iter().collect();
    let mut held: Option<Knot> = None;
    for knot in distinct {
        let too_far =
            kept.last().is_some_and(|last| !is_within(last.upto, knot.below, rows, resolution.error));
        kept.extend(held.take().filter(|_| too_far));
        held = Some(knot);
    }
    kept.extend(held);
    kept
}

/// Whether neither logarithm moves by more than `error` between two counts of values that are not above.
fn is_within(low: u32, high: u32, rows: u32, error: f64) -> bool {
    let factor = error.exp();
    let [low, high, rows] = [low, high, rows].map(f64::from);
    high <= low * factor && rows - low <= (rows - high) * factor
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn exact() -> Resolution {
        Resolution { exact_rows: 1 << 20, error: 0.02 }
    }

    fn of(sorted: &[f64], resolution: Resolution) -> Knots {
        Knots::new(knots_of(sorted, resolution), count(sorted.len()), 1.0)
    }

    #[test]
    fn tails_are_counted() {
        let knots = of(&[1.0, 2.0, 2.0, 4.0], exact());
        let log = |part: f64| -part.ln();
        for (value, left, right) in [
            (1.0, log(0.25), 0.0),
            (2.0, log(0.75), log(0.75)),
            (3.0, log(0.75), log(0.25)),
            (4.0, 0.0, log(0.25)),
        ] {
            let tails = knots.tails(value);
            assert!(
                (tails.left - left).abs() < 1e-12 && (tails.right - right).abs() < 1e-12,
                "{value}: {tails:?}"
            );
        }
    }

    #[test]
    fn tails_grow_beyond_the_history() {
        let knots = of(&[1.0, 2.0, 2.0, 4.0], exact());
        assert!(knots.tails(0.9).left > knots.tails(1.0).left);
        assert!(knots.tails(-1e300).left > knots.tails(-1e3).left);
        assert!(knots.tails(f64::MAX).right.is_finite());
        assert!((knots.tails(5.0).right - 8.0_f64.ln()).abs() < 1e-12);
        let constant = Knots::new(knots_of(&[3.0; 10], exact()), 10, 0.0);
        assert!((constant.tails(3.1).right - 20.0_f64.ln()).abs() < 1e-12);
        assert_eq!(constant.tails(3.0), Logs { left: 0.0, right: 0.0 });
        assert_eq!(Knots::default().tails(3.0), Logs::default());
    }

    #[test]
    fn fewer_knots_stay_within_the_error() {
        let mut random = Random::new(1, 0);
        // Smooth, with an atom that holds a third of the values, and some repeated values.
        let mut sorted: Vec<f64> = (0..50_000)
            .map(|_| match random.below(6) {
                0 | 1 => 0.25,
                2 => (random.unit() * 50.0).floor() / 50.0,
                _ => random.unit().powi(3),
            })
            .collect();
        sorted.sort_by(f64::total_cmp);
        let all = of(&sorted, exact());
        for error in [0.2, 0.02] {
            let few = of(&sorted, Resolution { exact_rows: 1000, error });
            assert!(few.all.len() < 3000, "{}", few.all.len());
            let probes = sorted.iter().copied().chain((0..2000).map(|step| f64::from(step) / 1999.0));
            for value in probes {
                let (a, b) = (all.tails(value), few.tails(value));
                let worst = (a.left - b.left).abs().max((a.right - b.right).abs());
                assert!(worst <= error * 1.000_001, "{value}: {a:?} {b:?}");
            }
        }
    }
}
