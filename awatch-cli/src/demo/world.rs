//! The demo world that the command line asks for.

use std::time::Duration;

use awatch::demo::{Demo, DemoConfig, Hosts, Label, Scenario};
use awatch::{Interval, Timestamp};

use super::Choice;
use super::args::ShapeArgs;
use crate::failure::Failure;

/// A demo world and the time it is about.
#[derive(Clone, Debug)]
pub(crate) struct World {
    config: DemoConfig,
    /// When it begins.
    pub(crate) begin: Timestamp,
    /// When it goes live: from then on incidents count their beginnings.
    pub(crate) live: Timestamp,
}

/// From one incident to the next in a world that is lived in.
const APART: Duration = Duration::from_mins(3);

impl World {
    /// The world that begins `past` before it goes live at `live`.
    pub(crate) fn new(choice: Choice, shape: &ShapeArgs, live: Timestamp, past: Duration) -> Self {
        Self::drawn(choice, shape, (live.minus(past), live), APART)
    }

    /// The world of a history of that length, which has room for what is to go wrong.
    pub(crate) fn of_history(choice: Choice, shape: &ShapeArgs, from: Timestamp, span: Duration) -> Self {
        match choice {
            Choice::All => {
                let apart = span / 4 * 3 / u32::try_from(Scenario::ALL.len()).unwrap_or(u32::MAX);
                Self::drawn(choice, shape, (from, from.plus(span / 4)), apart)
            }
            Choice::One(_) | Choice::None => {
                Self::drawn(choice, shape, (from, from.plus(span / 3 * 2)), APART)
            }
        }
    }

    fn drawn(
        choice: Choice,
        shape: &ShapeArgs,
        (begin, live): (Timestamp, Timestamp),
        apart: Duration,
    ) -> Self {
        let mut config = DemoConfig::default();
        if let Some(seed) = shape.seed {
            config = config.with_seed(seed);
        }
        if let Some(hosts) = shape.hosts {
            config = config.with_hosts(Hosts::of(hosts));
        }
        let (begin, live) = (begin.floor(Interval::SECOND), live.floor(Interval::SECOND));
        Self { config: choice.befall(config.with_begin(begin).with_live(live), apart), begin, live }
    }

    /// With that time between two samples.
    pub(crate) fn with_interval(self, interval: Interval) -> Self {
        Self { config: self.config.with_interval(interval), ..self }
    }

    /// The seed it is drawn from.
    pub(crate) fn seed(&self) -> u64 {
        self.config.seed
    }

    /// Its collector.
    pub(crate) fn collector(&self) -> Result<Demo, Failure> {
        Ok(self.config.clone().build()?)
    }

    /// What goes wrong in it, where and when.
    pub(crate) fn labels(&self) -> Result<Vec<Label>, Failure> {
        Ok(self.config.labels(self.live)?)
    }

    /// Its history from its beginning until `end`.
    pub(crate) fn history(&self, end: Timestamp) -> Result<awatch::demo::DemoRecording, Failure> {
        Ok(self.config.clone().record(self.begin, end)?)
    }
}
