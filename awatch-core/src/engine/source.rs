//! Who reports, and when the next report is due.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::EngineOptions;
use crate::series::Name;
use crate::{Interval, Timestamp};

/// A source of batches: a collector, or whoever calls `step`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Source {
    pub(super) name: Name,
    pub(super) interval: Interval,
    pub(super) delay: Duration,
    /// The tick whose row was closed last, whether the source reported or not.
    pub(super) last_tick: Option<Timestamp>,
    /// The tick it reported last.
    pub(super) last_report: Option<Timestamp>,
    pub(super) silent: bool,
    pub(super) late_told: bool,
    /// Its group on each target.
    #[serde(skip)]
    pub(super) groups: HashMap<Name, usize, foldhash::fast::FixedState>,
}

impl Source {
    pub(super) fn new(name: Name, interval: Interval, delay: Duration) -> Self {
        Self {
            name,
            interval,
            delay,
            last_tick: None,
            last_report: None,
            silent: false,
            late_told: false,
            groups: HashMap::default(),
        }
    }

    /// Itself as saved: its groups are found again from their own state.
    pub(super) fn without_groups(&self) -> Self {
        Self { name: self.name.clone(), groups: HashMap::default(), ..*self }
    }

    /// The tick that is due next, and until when its row waits.
    pub(super) fn deadline(&self, options: &EngineOptions) -> Option<(Timestamp, Timestamp)> {
        if self.groups.is_empty() {
            return None;
        }
        let due = self.last_tick?.plus(self.interval.as_duration());
        Some((due.plus(self.delay).plus(options.grace(self.interval)), due))
    }

    /// Its groups in the order they came.
    pub(super) fn sorted_groups(&self) -> Vec<usize> {
        let mut groups: Vec<usize> = self.groups.values().copied().collect();
        groups.sort_unstable();
        groups
    }
}
