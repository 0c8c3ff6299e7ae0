use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The last total of a cumulative counter: turns totals into growth, and is the one place that knows of resets.
///
/// # Example
/// ```
/// use awatch_core::Timestamp;
/// use awatch_core::series::{Growth, LastTotal};
///
/// let mut packets = LastTotal::default();
/// assert_eq!(packets.see(Timestamp::from_secs(0), 100.0), Growth::Unknown);
/// let Growth::Grown { by, over } = packets.see(Timestamp::from_secs(5), 150.0) else { panic!() };
/// assert_eq!((by, over.as_secs()), (50.0, 5));
/// assert_eq!(packets.see(Timestamp::from_secs(6), 3.0), Growth::Reset);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LastTotal {
    last: Option<(Timestamp, f64)>,
}

/// What a cumulative counter did since its sample before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Growth {
    /// It grew, or stayed as it was.
    Grown {
        /// By so much, in the unit of the counter.
        by: f64,
        /// In this time, never zero.
        over: Duration,
    },
    /// It has a lower total: it started again, and nobody knows when, so nobody knows by how much it grew.
    Reset,
    /// There is no sample before, or none that is earlier.
    Unknown,
}

impl LastTotal {
    /// Takes in the total at `at`, and answers what happened since the one before.
    pub fn see(&mut self, at: Timestamp, total: f64) -> Growth {
        match self.last.replace((at, total)) {
            Some((_, before)) if total < before => Growth::Reset,
            Some((then, before)) => match at.since(then).filter(|over| !over.is_zero()) {
                Some(over) => Growth::Grown { by: total - before, over },
                None => Growth::Unknown,
            },
            None => Growth::Unknown,
        }
    }

    /// The total of the last sample.
    #[must_use]
    pub fn total(&self) -> Option<f64> {
        self.last.map(|(_, total)| total)
    }

    /// Forgets it: after a step of the clock time and total do not fit together.
    pub fn forget(&mut self) {
        self.last = None;
    }
}
