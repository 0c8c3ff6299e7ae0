//! What a demo world is made of.

use std::collections::BTreeSet;

use awatch_core::series::NameError;
use awatch_core::{Interval, Name, Timestamp};
use serde::{Deserialize, Serialize};

use super::plan::Plan;
use super::{Demo, DemoRecording, Hosts, Incident, Label, Restart};

/// A demo world: the same seed, hosts and beginning give the same numbers to the bit, on any machine.
///
/// As a table of a configuration file:
/// ```toml
/// kind = "demo"
/// seed = 7
/// hosts = { web = 2, api = 2, db = 1 }
/// incidents = [{ scenario = "disk-fill", after = "10m" }]
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DemoConfig {
    /// The name of the collector: `demo`.
    pub name: String,
    /// The time between two ticks; `None`: the engine's.
    pub interval: Option<Interval>,
    /// From which all that is random follows: 1.
    pub seed: u64,
    /// The hosts.
    pub hosts: Hosts,
    /// When the world begins; `None`: with the first tick.
    pub begin: Option<Timestamp>,
    /// When the world goes live, from which incidents count their beginnings; `None`: when it begins.
    pub live: Option<Timestamp>,
    /// What goes wrong: nothing.
    pub incidents: Vec<Incident>,
}

impl Default for DemoConfig {
    fn default() -> Self {
        Self {
            name: "demo".to_owned(),
            interval: None,
            seed: 1,
            hosts: Hosts::default(),
            begin: None,
            live: None,
            incidents: Vec::new(),
        }
    }
}

/// The demo world cannot be as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DemoConfigError {
    /// The name is not a name.
    #[error("the name of the demo collector is malformed")]
    Name(#[from] NameError),
    /// There is nothing to watch.
    #[error("the demo has no hosts: give at least one, for example `web = 1`")]
    NoHosts,
    /// There are too many hosts.
    #[error("the demo has {given} hosts: give at most {}", DemoConfig::MOST_HOSTS)]
    TooManyHosts {
        /// How many were asked for.
        given: u64,
    },
    /// An incident has several beginnings.
    #[error("incident {number} has several beginnings: give one of `after`, `before` and `at`")]
    Beginnings {
        /// Which of the incidents, counted from 1.
        number: usize,
    },
    /// An incident would not last.
    #[error("incident {number} lasts 0s: give a `duration`, or leave it out")]
    NoDuration {
        /// Which of the incidents, counted from 1.
        number: usize,
    },
    /// An incident is about a host that is not there.
    #[error("incident {number} is about `{target}`, and there is no such host: write one of {hosts}")]
    UnknownTarget {
        /// Which of the incidents, counted from 1.
        number: usize,
        /// The host that was named.
        target: String,
        /// Those there are.
        hosts: String,
    },
    /// An incident cannot befall a host of that role.
    #[error("incident {number}: `{scenario}` cannot befall {what}: it needs one of {roles}")]
    Unsuitable {
        /// Which of the incidents, counted from 1.
        number: usize,
        /// What it is.
        scenario: super::Scenario,
        /// The host that was named, or that there is none.
        what: String,
        /// The roles it can befall.
        roles: String,
    },
}

impl DemoConfig {
    /// The most hosts of a world.
    pub const MOST_HOSTS: u64 = 10_000;

    /// Names the collector.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Gives it an interval of its own.
    #[must_use]
    pub fn with_interval(mut self, interval: Interval) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the hosts.
    #[must_use]
    pub fn with_hosts(mut self, hosts: Hosts) -> Self {
        self.hosts = hosts;
        self
    }

    /// Sets when the world begins.
    #[must_use]
    pub fn with_begin(mut self, begin: Timestamp) -> Self {
        self.begin = Some(begin);
        self
    }

    /// Sets when the world goes live.
    #[must_use]
    pub fn with_live(mut self, live: Timestamp) -> Self {
        self.live = Some(live);
        self
    }

    /// Adds something that goes wrong: an [`Incident`], or a [`Scenario`](super::Scenario) for one by nature.
    #[must_use]
    pub fn with_incident(mut self, incident: impl Into<Incident>) -> Self {
        self.incidents.push(incident.into());
        self
    }

    /// Checks it.
    ///
    /// # Errors
    /// [`DemoConfigError`] when the name is malformed, there are no or too many hosts, or an incident has several
    /// beginnings, no duration or hosts that are not there or do not suit it.
    pub fn check(&self) -> Result<(), DemoConfigError> {
        Name::new(&self.name)?;
        match self.hosts.total() {
            0 => return Err(DemoConfigError::NoHosts),
            given if given > Self::MOST_HOSTS => return Err(DemoConfigError::TooManyHosts { given }),
            _ => {}
        }
        let mut incidents = self.incidents.iter().enumerate();
        incidents.try_for_each(|(index, incident)| self.check_incident(index + 1, incident))
    }

    fn check_incident(&self, number: usize, incident: &Incident) -> Result<(), DemoConfigError> {
        if incident.beginnings() > 1 {
            return Err(DemoConfigError::Beginnings { number });
        }
        if incident.duration.is_some_and(|duration| duration.is_zero()) {
            return Err(DemoConfigError::NoDuration { number });
        }
        let scenario = incident.scenario;
        let unsuitable = |what: String| {
            let roles = scenario.roles().iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
            DemoConfigError::Unsuitable { number, scenario, what, roles }
        };
        let hosts: Vec<_> = self.hosts.names().collect();
        for target in &incident.targets {
            let Some((_, role)) = hosts.iter().find(|(name, _)| name == target) else {
                let hosts = hosts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
                return Err(DemoConfigError::UnknownTarget { number, target: target.clone(), hosts });
            };
            if !scenario.roles().contains(role) {
                return Err(unsuitable(format!("`{target}`")));
            }
        }
        let roles: BTreeSet<_> = hosts.iter().map(|(_, role)| *role).collect();
        if !scenario.roles().iter().any(|role| roles.contains(role)) {
            return Err(unsuitable("any host that there is".to_owned()));
        }
        Ok(())
    }

    /// The collector. The world begins with its first tick, or before.
    ///
    /// # Errors
    /// As [`DemoConfig::check`].
    pub fn build(self) -> Result<Demo, DemoConfigError> {
        self.check()?;
        Ok(Demo::new(self))
    }

    /// The same as a recording, of the ticks from `from` until before `to`. The world begins at `from` when the
    /// configuration names no other beginning, and has ticks each second when it names no interval.
    ///
    /// # Errors
    /// As [`DemoConfig::check`].
    pub fn record(self, from: Timestamp, to: Timestamp) -> Result<DemoRecording, DemoConfigError> {
        self.check()?;
        Ok(DemoRecording::new(self, from, to))
    }

    /// What goes wrong in a world that goes live at `live` where the configuration does not say when: the truth to
    /// measure detectors by.
    ///
    /// # Errors
    /// As [`DemoConfig::check`].
    pub fn labels(&self, live: Timestamp) -> Result<Vec<Label>, DemoConfigError> {
        self.check()?;
        Ok(self.plan(live).labels())
    }

    /// The times in `from..to` at which services start again, in a world that goes live at `live` where the
    /// configuration does not say when: their counters begin at zero. Those of deploys are harmless.
    ///
    /// # Errors
    /// As [`DemoConfig::check`].
    pub fn restarts(
        &self,
        live: Timestamp,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Restart>, DemoConfigError> {
        self.check()?;
        Ok(self.plan(live).restarts(from, to))
    }

    /// The plan of the world when it goes live at `live` where the configuration does not say when.
    pub(super) fn plan(&self, live: Timestamp) -> Plan {
        Plan::new(self, self.live.unwrap_or(live))
    }
}
