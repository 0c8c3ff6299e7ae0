//! Writing down what arrives.

use super::Engine;
use super::core::Core;
use super::guard::guard;
use crate::recording::RecordingError;
use crate::{EventKind, Recorder, SampleBatch, Timestamp};

impl Core {
    /// Writes down a batch. A recording with a hole in it would play something that never was: it ends at the first
    /// failure, and says so.
    pub(super) fn record(&mut self, batch: &SampleBatch, received: Timestamp) {
        if self.recorder.is_none() {
            return;
        }
        // What arrives before the time the engine has reached counts as arrived then; and a clock that was set back does
        // not set the recording back, which could not be played on from there.
        let received = received.max(self.now).max(self.recorded_until);
        self.recorded_until = received;
        let done = self.with_recorder(|recorder| recorder.arrived(batch, received));
        let Err(error) = done else { return };
        self.recorder = None;
        self.emit(received, EventKind::RecordingFailed { error });
    }

    fn finish_recording(&mut self) {
        let done = self.with_recorder(|recorder| recorder.finish());
        self.recorder = None;
        if let Err(error) = done {
            self.emit(self.now, EventKind::RecordingFailed { error });
        }
    }

    fn with_recorder(
        &mut self,
        work: impl FnOnce(&mut dyn Recorder) -> Result<(), RecordingError>,
    ) -> Result<(), String> {
        let Some(recorder) = self.recorder.as_deref_mut() else { return Ok(()) };
        match guard(|| work(recorder)) {
            Ok(done) => done.map_err(|error| super::chain(&error)),
            Err(message) => Err(format!("panic: {message}")),
        }
    }
}

impl Engine {
    /// Ends the recording, if there is one: what arrives from now on is not written down. A run ends it by itself.
    pub fn finish_recording(&mut self) {
        self.core.finish_recording();
        self.deliver();
    }
}
