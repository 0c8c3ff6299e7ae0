use std::time::Duration;

use awatch_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Onset, Scenario};

/// Something that is to go wrong in a demo world; by nature of its [`Scenario`] where nothing else is said.
///
/// As a table of a configuration file:
/// ```toml
/// scenario = "disk-fill"
/// targets = ["db-1"]
/// after = "10m"
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Incident {
    /// What goes wrong.
    pub scenario: Scenario,
    /// The hosts that it befalls, by name: one that suits it, or all where its nature is to befall all.
    #[serde(default)]
    pub targets: Vec<String>,
    /// How long after the world goes live it begins. At most one of `after`, `before` and `at` is given.
    #[serde(with = "awatch_core::duration::option", default)]
    pub after: Option<Duration>,
    /// How long before the world goes live it begins.
    #[serde(with = "awatch_core::duration::option", default)]
    pub before: Option<Duration>,
    /// The instant at which it begins.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// How long it lasts.
    #[serde(with = "awatch_core::duration::option", default)]
    pub duration: Option<Duration>,
}

impl Incident {
    /// That scenario, by nature.
    #[must_use]
    pub fn new(scenario: Scenario) -> Self {
        Self { scenario, targets: Vec::new(), after: None, before: None, at: None, duration: None }
    }

    /// Lets it befall these hosts.
    #[must_use]
    pub fn with_targets<T: Into<String>>(mut self, targets: impl IntoIterator<Item = T>) -> Self {
        self.targets = targets.into_iter().map(Into::into).collect();
        self
    }

    /// Lets it begin so long after the world goes live.
    #[must_use]
    pub fn with_after(self, after: Duration) -> Self {
        Self { after: Some(after), before: None, at: None, ..self }
    }

    /// Lets it begin so long before the world goes live.
    #[must_use]
    pub fn with_before(self, before: Duration) -> Self {
        Self { after: None, before: Some(before), at: None, ..self }
    }

    /// Lets it begin at that instant.
    #[must_use]
    pub fn with_at(self, at: Timestamp) -> Self {
        Self { after: None, before: None, at: Some(at), ..self }
    }

    /// Lets it last so long.
    #[must_use]
    pub fn with_duration(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// When it begins in a world that goes live at `live`.
    pub(super) fn start(&self, live: Timestamp) -> Timestamp {
        match (self.after, self.before, self.at) {
            (_, _, Some(at)) => at,
            (Some(after), _, _) => live.plus(after),
            (_, Some(before), _) => live.minus(before),
            (None, None, None) => match self.scenario.onset() {
                Onset::After(after) => live.plus(after),
                Onset::Before(before) => live.minus(before),
            },
        }
    }

    /// How many of `after`, `before` and `at` are given.
    pub(super) fn beginnings(&self) -> usize {
        usize::from(self.after.is_some())
            + usize::from(self.before.is_some())
            + usize::from(self.at.is_some())
    }
}

impl From<Scenario> for Incident {
    fn from(scenario: Scenario) -> Self {
        Self::new(scenario)
    }
}
