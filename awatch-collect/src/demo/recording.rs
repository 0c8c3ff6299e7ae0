use std::sync::Arc;
use std::time::Duration;

use awatch_core::{Arrival, Interval, Name, Recording, RecordingError, Registry, SampleBatch, Timestamp};

use super::random::Random;
use super::{Demo, DemoConfig};

/// A demo world as history in the order of arrival. Made by [`DemoConfig::record`].
///
/// Each tick arrives a little after its time, by some milliseconds that follow from the seed.
#[derive(Debug)]
pub struct DemoRecording {
    demo: Demo,
    interval: Interval,
    seed: u64,
    next: Timestamp,
    from: Timestamp,
    to: Timestamp,
    last: Timestamp,
}

/// The stream of random numbers of the delays.
const DELAYS: u64 = 6;
/// A tick arrives at most so long after its time, and at most after this part of the interval.
const LONGEST_DELAY: Duration = Duration::from_millis(60);
const PART: u32 = 8;

impl DemoRecording {
    pub(super) fn new(mut config: DemoConfig, from: Timestamp, to: Timestamp) -> Self {
        let interval = config.interval.unwrap_or_default();
        let floor = from.floor(interval);
        let next = if floor == from { from } else { from.next_on(interval) };
        config.begin.get_or_insert(next);
        Self { seed: config.seed, demo: Demo::new(config), interval, next, from, to, last: Timestamp::MIN }
    }

    /// The world, with its truth.
    #[must_use]
    pub fn demo(&self) -> &Demo {
        &self.demo
    }

    fn delay(&self, tick: Timestamp) -> Duration {
        let longest = LONGEST_DELAY.min(self.interval.as_duration() / PART);
        let mut random = Random::new(self.seed, &[DELAYS, tick.as_nanos().cast_unsigned()]);
        // Most come soon, some late.
        let share = random.unit();
        longest.mul_f64(0.1 + 0.9 * share * share * share)
    }
}

impl Recording for DemoRecording {
    fn next_arrival(&mut self, registry: &Arc<Registry>) -> Result<Option<Arrival>, RecordingError> {
        let tick = self.next;
        if tick >= self.to {
            return Ok(None);
        }
        self.next = tick.next_on(self.interval);
        let what = "the demo world";
        let malformed = |error: &dyn std::error::Error| RecordingError::malformed(what, error.to_string());
        let source = Name::new(&self.demo.config().name).map_err(|error| malformed(&error))?;
        let Some(target) = self.demo.targets().next().cloned() else { return Ok(None) };
        let mut batch = SampleBatch::new(Arc::clone(registry), source, target, self.interval, tick);
        if let Err(error) = self.demo.report(&mut batch) {
            // What comes after a tick with a hole in it never was.
            self.next = self.to;
            return Err(malformed(&error));
        }
        let received = tick.plus(self.delay(tick)).max(self.last);
        self.last = received;
        Ok(Some(Arrival { batch, received }))
    }

    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.from, self.to))
    }
}
