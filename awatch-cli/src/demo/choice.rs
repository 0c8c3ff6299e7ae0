use std::str::FromStr;
use std::time::Duration;

use awatch::demo::{DemoConfig, Incident, Onset, ParseScenarioError, Scenario};

/// What is to go wrong in a demo world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// One incident after the other, of those that can befall a host there is.
    All,
    /// Nothing.
    None,
    /// This.
    One(Scenario),
}

impl FromStr for Choice {
    type Err = ParseScenarioError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "all" => Ok(Self::All),
            "none" => Ok(Self::None),
            name => name.parse().map(Self::One),
        }
    }
}

impl Choice {
    /// The world with what is to go wrong in it; where one incident follows the other, that far apart.
    pub(super) fn befall(self, world: DemoConfig, apart: Duration) -> DemoConfig {
        match self {
            Self::None => world,
            Self::One(scenario) => world.with_incident(scenario),
            Self::All => {
                let hosts = world.hosts;
                let can_befall =
                    |scenario: &Scenario| scenario.roles().iter().any(|role| hosts.count(*role) > 0);
                let numbered = Scenario::ALL.into_iter().filter(can_befall).zip(0_u32..);
                numbered.fold(world, |world, (scenario, place)| {
                    let after = first(scenario).saturating_add(apart.saturating_mul(place));
                    world.with_incident(Incident::new(scenario).with_after(after))
                })
            }
        }
    }
}

/// When a scenario begins if it is the first.
fn first(scenario: Scenario) -> Duration {
    match scenario.onset() {
        Onset::After(after) => after,
        Onset::Before(_) => Duration::ZERO,
    }
}
