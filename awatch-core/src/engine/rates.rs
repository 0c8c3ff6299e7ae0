//! From raw counters to rates.

use serde::{Deserialize, Serialize};

use crate::series::{Growth, LastTotal};
use crate::{Interval, Kind, Timestamp};

/// What a detector sees of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen {
    /// A number: the gauge itself, or a rate per second.
    Value(f64),
    /// Nothing yet: a counter needs two samples.
    Nothing,
    /// Nothing, because the counter started again from a lower total.
    Reset,
}

/// The last total of a counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rate {
    last: LastTotal,
}

impl Rate {
    /// What a detector sees of `value`. A counter's rate is over the time since the sample before; after a reset it
    /// is unknown for one sample, since nobody knows when the counter started again.
    pub(crate) fn see(&mut self, kind: Kind, interval: Interval, at: Timestamp, value: f64) -> Seen {
        match kind {
            Kind::Gauge => Seen::Value(value),
            Kind::DeltaSum => Seen::Value(value / interval.as_secs_f64()),
            Kind::CumulativeCounter => match self.last.see(at, value) {
                Growth::Grown { by, over } => Seen::Value(by / over.as_secs_f64()),
                Growth::Reset => Seen::Reset,
                Growth::Unknown => Seen::Nothing,
            },
        }
    }

    /// Forgets the last total: after a step of the clock or a long absence, time and total do not fit together.
    pub(crate) fn forget(&mut self) {
        self.last.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(rate: &mut Rate, second: i64, value: f64) -> Seen {
        rate.see(Kind::CumulativeCounter, Interval::SECOND, Timestamp::from_secs(second), value)
    }

    #[test]
    fn a_counter_becomes_a_rate_over_the_time_that_passed() {
        let mut rate = Rate::default();
        assert_eq!(see(&mut rate, 0, 100.0), Seen::Nothing);
        assert_eq!(see(&mut rate, 1, 110.0), Seen::Value(10.0));
        assert_eq!(see(&mut rate, 5, 150.0), Seen::Value(10.0));
    }

    #[test]
    fn a_reset_is_unknown_for_one_sample_and_never_negative() {
        let mut rate = Rate::default();
        see(&mut rate, 0, 100.0);
        assert_eq!(see(&mut rate, 1, 3.0), Seen::Reset);
        assert_eq!(see(&mut rate, 2, 5.0), Seen::Value(2.0));
    }

    #[test]
    fn gauges_pass_and_sums_are_spread_over_their_interval() {
        let minute = Interval::from_secs(60).unwrap();
        let mut rate = Rate::default();
        assert_eq!(rate.see(Kind::Gauge, minute, Timestamp::EPOCH, -4.0), Seen::Value(-4.0));
        assert_eq!(rate.see(Kind::DeltaSum, minute, Timestamp::EPOCH, 30.0), Seen::Value(0.5));
    }
}
