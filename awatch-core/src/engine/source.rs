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
    pub(super) ahead_told: bool,
    /// Its group on each target.
    #[serde(skip)]
    pub(super) groups: HashMap<Name, usize, foldhash::fast::FixedState>,
    /// The same in ascending order.
    #[serde(skip)]
    sorted: Vec<usize>,
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
            ahead_told: false,
            groups: HashMap::default(),
            sorted: Vec::new(),
        }
    }

    /// Itself as saved: its groups are found again from their own state.
    pub(super) fn without_groups(&self) -> Self {
        Self { name: self.name.clone(), groups: HashMap::default(), sorted: Vec::new(), ..*self }
    }

    /// The tick that is due next, and until when its row waits.
    pub(super) fn deadline(&self, options: &EngineOptions) -> Option<(Timestamp, Timestamp)> {
        if self.groups.is_empty() {
            return None;
        }
        let due = self.last_tick?.plus(self.interval.as_duration());
        Some((due.plus(self.delay).plus(options.grace(self.interval)), due))
    }

    /// Its groups, ascending.
    pub(super) fn sorted(&self) -> &[usize] {
        &self.sorted
    }

    pub(super) fn add_group(&mut self, target: Name, group: usize) {
        self.groups.insert(target, group);
        let at = self.sorted.partition_point(|own| *own < group);
        self.sorted.insert(at, group);
    }

    pub(super) fn remove_group(&mut self, target: &Name) {
        if let Some(group) = self.groups.remove(target) {
            self.sorted.retain(|own| *own != group);
        }
    }
}
