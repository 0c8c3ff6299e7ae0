use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Role;

/// Something that goes wrong in a demo world, with what is known to be true about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scenario {
    /// A runaway job takes all processors of a host.
    CpuSaturation,
    /// A service holds ever more memory until the kernel ends it.
    MemoryLeak,
    /// Something writes and writes, and the disk fills up.
    DiskFill,
    /// Most requests stop coming.
    TrafficDrop,
    /// Requests take several times as long.
    LatencyShift,
    /// Many requests fail.
    ErrorBurst,
    /// Another machine on the same hardware takes processor time.
    NoisyNeighbour,
    /// A service starts and dies again and again.
    Flapping,
    /// Requests wait ever longer for the database.
    SlowDrift,
    /// The exporter of one service stops answering.
    DeadExporter,
    /// The rack loses its uplink: all hosts behind it are cut off.
    UplinkDown,
}

/// The text names no scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a scenario{}: write one of {}", meant(*nearest), names())]
pub struct ParseScenarioError {
    /// What was given, cut to 60 characters.
    pub given: String,
    /// The scenario that was probably meant.
    pub nearest: Option<Scenario>,
}

fn meant(nearest: Option<Scenario>) -> String {
    nearest.map(|scenario| format!(", did you mean `{scenario}`?")).unwrap_or_default()
}

fn names() -> String {
    Scenario::ALL.map(Scenario::as_str).join(", ")
}

/// When a scenario begins by nature, seen from the moment a demo goes live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onset {
    /// So long before.
    Before(Duration),
    /// So long after.
    After(Duration),
}

/// What is known of a scenario.
struct Facts {
    name: &'static str,
    sentence: &'static str,
    /// The metrics that show it first hand.
    metrics: &'static [&'static str],
    onset: Onset,
    duration: Duration,
    /// The roles that it can befall.
    roles: &'static [Role],
}

const SOON: Onset = Onset::After(Duration::from_secs(15));
const REQUESTS: &str = "http.server.request.count";
const LATENCY: &str = "http.server.request.duration";

impl Scenario {
    /// All scenarios.
    pub const ALL: [Self; 11] = [
        Self::CpuSaturation,
        Self::MemoryLeak,
        Self::DiskFill,
        Self::TrafficDrop,
        Self::LatencyShift,
        Self::ErrorBurst,
        Self::NoisyNeighbour,
        Self::Flapping,
        Self::SlowDrift,
        Self::DeadExporter,
        Self::UplinkDown,
    ];

    fn facts(self) -> Facts {
        match self {
            Self::CpuSaturation => Facts {
                name: "cpu-saturation",
                sentence: "a runaway job takes all processors of a host",
                metrics: &["system.cpu.utilization", "system.cpu.time"],
                onset: SOON,
                duration: Duration::from_mins(5),
                roles: &Role::ALL,
            },
            Self::MemoryLeak => Facts {
                name: "memory-leak",
                sentence: "a service holds ever more memory until the kernel ends it",
                metrics: &["system.memory.usage", "system.memory.utilization"],
                onset: Onset::After(Duration::from_secs(10)),
                duration: Duration::from_mins(5),
                roles: &Role::ALL,
            },
            Self::DiskFill => Facts {
                name: "disk-fill",
                sentence: "something writes and writes, and the disk fills up",
                metrics: &["system.filesystem.usage", "system.filesystem.utilization"],
                onset: SOON,
                duration: Duration::from_mins(4),
                roles: &Role::ALL,
            },
            Self::TrafficDrop => Facts {
                name: "traffic-drop",
                sentence: "most requests stop coming, and nothing here is broken",
                metrics: &[
                    REQUESTS,
                    "http.server.active_requests",
                    "system.network.io",
                    "system.network.packet.count",
                ],
                onset: SOON,
                duration: Duration::from_mins(3),
                roles: &[Role::Web],
            },
            Self::LatencyShift => Facts {
                name: "latency-shift",
                sentence: "requests take several times as long, and the host is not busier",
                metrics: &[LATENCY],
                onset: SOON,
                duration: Duration::from_mins(5),
                roles: &[Role::Api],
            },
            Self::ErrorBurst => Facts {
                name: "error-burst",
                sentence: "one request in six fails",
                metrics: &[REQUESTS],
                onset: SOON,
                duration: Duration::from_mins(2),
                roles: &[Role::Web, Role::Api],
            },
            Self::NoisyNeighbour => Facts {
                name: "noisy-neighbour",
                sentence: "another machine on the same hardware takes processor time",
                metrics: &["system.cpu.time"],
                onset: SOON,
                duration: Duration::from_mins(5),
                roles: &Role::ALL,
            },
            Self::Flapping => Facts {
                name: "flapping",
                sentence: "a service starts, dies after a quarter of a minute, and starts again",
                metrics: &[REQUESTS, "http.server.active_requests"],
                onset: SOON,
                duration: Duration::from_mins(3),
                roles: &[Role::Web, Role::Api],
            },
            Self::SlowDrift => Facts {
                name: "slow-drift",
                sentence: "requests wait ever longer for the database, too slowly to be told from what is usual",
                metrics: &[LATENCY, "db.client.operation.duration"],
                onset: Onset::Before(Duration::from_mins(62)),
                duration: Duration::from_mins(70),
                roles: &[Role::Api],
            },
            Self::DeadExporter => Facts {
                name: "dead-exporter",
                sentence: "the exporter of one service stops answering; the service goes on",
                metrics: &[],
                onset: SOON,
                duration: Duration::from_mins(3),
                roles: &Role::ALL,
            },
            Self::UplinkDown => Facts {
                name: "uplink-down",
                sentence: "the rack loses its uplink, and all hosts behind it are cut off",
                metrics: &["system.network.io", "system.network.packet.count", REQUESTS],
                onset: SOON,
                duration: Duration::from_secs(90),
                roles: &Role::ALL,
            },
        }
    }

    /// Its name in configurations and on the command line: `cpu-saturation`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.facts().name
    }

    /// What happens, in one sentence without a capital and a full stop.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        self.facts().sentence
    }

    /// The names of the metrics that show it first hand on a host of that role: the ground truth. What else moves as
    /// a consequence is not among them.
    pub fn metrics(self, role: Role) -> impl Iterator<Item = &'static str> {
        let own = self.facts().metrics.iter().copied();
        let of_service = if self == Self::DeadExporter { super::catalogue::service(role) } else { &[] };
        let mut names: Vec<&'static str> = own.chain(of_service.iter().map(|series| series.metric)).collect();
        names.dedup();
        names.into_iter()
    }

    /// When it begins unless told otherwise.
    #[must_use]
    pub fn onset(self) -> Onset {
        self.facts().onset
    }

    /// How long it lasts unless told otherwise.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.facts().duration
    }

    /// The roles of the hosts that it can befall.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        self.facts().roles
    }

    /// Whether it befalls all hosts at once unless told otherwise, and not one.
    #[must_use]
    pub fn is_widespread(self) -> bool {
        self == Self::UplinkDown
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Scenario {
    type Err = ParseScenarioError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|scenario| scenario.as_str() == text);
        found.ok_or_else(|| ParseScenarioError {
            given: text.chars().take(60).collect(),
            nearest: nearest(text),
        })
    }
}

/// The scenario that `text` is nearest to, if it is near: at most one slip per three letters.
fn nearest(text: &str) -> Option<Scenario> {
    const LONGEST: usize = 64;
    let text = text.to_lowercase().replace(['_', ' '], "-");
    let slips = |scenario: Scenario| strsim::osa_distance(&text, scenario.as_str());
    let near = |scenario: &Scenario| slips(*scenario) <= (scenario.as_str().len() / 3).max(1);
    let begins = |scenario: &Scenario| text.len() > 2 && scenario.as_str().contains(&text);
    if text.len() > LONGEST {
        return None;
    }
    let by_slips = Scenario::ALL.into_iter().filter(near).min_by_key(|scenario| slips(*scenario));
    by_slips.or_else(|| Scenario::ALL.into_iter().find(begins))
}

impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Scenario {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_called_in_code_as_in_a_configuration() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.as_str().parse(), Ok(scenario));
            assert_eq!(serde_json::to_value(scenario).unwrap(), scenario.as_str());
            assert!(!scenario.roles().is_empty());
            assert!(scenario.roles().iter().all(|role| scenario.metrics(*role).next().is_some()));
        }
    }

    #[test]
    fn a_mistyped_scenario_is_told_with_the_one_that_was_meant() {
        let message = |text: &str| text.parse::<Scenario>().unwrap_err().to_string();
        let all = "write one of cpu-saturation, memory-leak, disk-fill, traffic-drop, latency-shift, error-burst, \
                   noisy-neighbour, flapping, slow-drift, dead-exporter, uplink-down";
        assert_eq!(
            message("disk_full"),
            format!("`disk_full` is not a scenario, did you mean `disk-fill`?: {all}")
        );
        assert_eq!(message("leak"), format!("`leak` is not a scenario, did you mean `memory-leak`?: {all}"));
        assert_eq!(message("earthquake"), format!("`earthquake` is not a scenario: {all}"));
    }
}
