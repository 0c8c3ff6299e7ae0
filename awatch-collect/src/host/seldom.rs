//! What is too dear to ask at every tick.

use std::time::Duration;

use awatch_core::Timestamp;

/// Says at which ticks to ask anew.
#[derive(Debug)]
pub(super) struct Seldom {
    interval: Duration,
    asked: Option<Timestamp>,
}

impl Seldom {
    /// Once per `interval`, and at the first tick.
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, asked: None }
    }

    /// Whether to ask at the tick `at`. A clock that went back makes it due.
    pub(super) fn is_due(&mut self, at: Timestamp) -> bool {
        let passed = self.asked.map(|asked| at.as_nanos().saturating_sub(asked.as_nanos()));
        let interval = i64::try_from(self.interval.as_nanos()).unwrap_or(i64::MAX);
        let due = passed.is_none_or(|passed| passed < 0 || passed >= interval);
        if due {
            self.asked = Some(at);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_once_per_interval() {
        let mut seldom = Seldom::new(Duration::from_secs(10));
        let due: Vec<_> = (0..25).filter(|secs| seldom.is_due(Timestamp::from_secs(*secs))).collect();
        assert_eq!(due, [0, 10, 20]);
        assert!(seldom.is_due(Timestamp::from_secs(3)));
    }
}
