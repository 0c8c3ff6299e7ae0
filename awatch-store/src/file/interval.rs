//! Which interval timestamps show.

use std::collections::BTreeMap;
use std::time::Duration;

use awatch_core::{Interval, Timestamp};

/// The most different steps counted per series.
const MOST: usize = 64;

/// How often each step from one timestamp of a series to its next was seen.
///
/// Steps are rounded to whole seconds, those below a second to 10 ms, so that jitter does not hide the interval. The
/// interval is the step seen most often; of two seen equally often, the shorter.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    last: Option<Timestamp>,
    counts: BTreeMap<Interval, u64>,
}

impl Steps {
    /// Takes in the next timestamp of the series.
    pub(super) fn see(&mut self, at: Timestamp) {
        let Some(last) = self.last.replace(at) else { return };
        let Some(step) = at.since(last).filter(|step| !step.is_zero()) else { return };
        let step = rounded(step);
        if self.counts.len() < MOST || self.counts.contains_key(&step) {
            *self.counts.entry(step).or_default() += 1;
        }
    }

    /// Adds what another series of the same source showed.
    pub(super) fn add(&mut self, other: &Self) {
        for (step, count) in &other.counts {
            *self.counts.entry(*step).or_default() += count;
        }
    }

    pub(super) fn interval(&self) -> Option<Interval> {
        let most = self.counts.values().max()?;
        self.counts.iter().find(|(_, count)| *count == most).map(|(step, _)| *step)
    }
}

fn rounded(step: Duration) -> Interval {
    let unit: u128 = if step < Duration::from_secs(1) { 10_000_000 } else { 1_000_000_000 };
    let units = (step.as_nanos() + unit / 2) / unit;
    let nanos = u64::try_from(units.max(1) * unit).unwrap_or(u64::MAX);
    let longest = Duration::from_hours(3650 * 24);
    Interval::new(Duration::from_nanos(nanos).min(longest)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(millis: &[i64]) -> Option<String> {
        let mut steps = Steps::default();
        for at in millis {
            steps.see(Timestamp::from_nanos(at * 1_000_000));
        }
        steps.interval().map(|interval| interval.to_string())
    }

    #[test]
    fn the_commonest_step_is_the_interval() {
        for (millis, expected) in [
            (&[][..], None),
            (&[5000, 5000], None),
            (&[0, 1003, 1998, 3001, 63_000], Some("1s")),
            (&[0, 300_000, 900_000], Some("5m")),
            (&[0, 104, 199, 302], Some("100ms")),
            (&[0, 1, 2], Some("10ms")),
            (&[9000, 5000, 6000], Some("1s")),
            (&[0, 1_000_000_000_000], Some("3650d")),
        ] {
            assert_eq!(interval(millis).as_deref(), expected, "{millis:?}");
        }
    }
}
