//! Notices that the wall clock jumped, or that the machine slept.

use std::time::Duration;

use crate::{Clock, Timestamp};

/// A drift of the wall clock against the monotonic one beyond this, between two looks, is a step.
const TOLERANCE: Duration = Duration::from_millis(500);

/// Compares the two clocks. The monotonic one stands still while the machine is suspended and does not jump.
#[derive(Debug)]
pub(super) struct ClockWatch {
    wall: Timestamp,
    monotonic: Duration,
}

impl ClockWatch {
    pub(super) fn new(clock: &dyn Clock) -> Self {
        let (wall, monotonic) = together(clock);
        Self { wall, monotonic }
    }

    /// Where the wall clock should be and where it is, when they differ by more than the tolerance.
    pub(super) fn look(&mut self, clock: &dyn Clock) -> Option<(Timestamp, Timestamp)> {
        let (wall, monotonic) = together(clock);
        let expected = self.wall.plus(monotonic.saturating_sub(self.monotonic));
        (self.wall, self.monotonic) = (wall, monotonic);
        let off = wall.since(expected).or_else(|| expected.since(wall)).unwrap_or_default();
        (off > TOLERANCE).then_some((expected, wall))
    }
}

/// Both clocks, read so shortly after one another that they belong together: a thread that was not given the processor
/// in between reads again.
fn together(clock: &dyn Clock) -> (Timestamp, Duration) {
    let mut before = clock.monotonic();
    for _ in 0..10 {
        let (wall, after) = (clock.now(), clock.monotonic());
        if after.saturating_sub(before) < TOLERANCE / 10 {
            return (wall, after);
        }
        before = after;
    }
    (clock.now(), clock.monotonic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Signal, SimClock};

    #[test]
    fn tells_a_step_from_passing_time() {
        let clock = SimClock::new(Timestamp::from_secs(1000));
        let mut presence = clock.enter();
        presence.begin();
        let mut watch = ClockWatch::new(&clock);
        clock.wait(&Signal::new(), Some(Duration::from_secs(50)));
        assert_eq!(watch.look(&clock), None);
        clock.step_wall(Timestamp::from_secs(10));
        assert_eq!(watch.look(&clock), Some((Timestamp::from_secs(1050), Timestamp::from_secs(10))));
        assert_eq!(watch.look(&clock), None);
    }
}
