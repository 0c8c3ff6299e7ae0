//! When what goes wrong or is deployed, on which hosts, and what that does to them.

use std::time::Duration;

use awatch_core::{Name, Timestamp};

use super::effects::Effects;
use super::random::Random;
use super::tick::{Tick, day_and_second, in_day, is_weekend};
use super::{DemoConfig, Label, Restart, Role, Scenario};

/// All that happens in a world.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    seed: u64,
    hosts: Vec<(Name, Role)>,
    incidents: Vec<Planned>,
}

/// An incident with its instants and hosts.
#[derive(Clone, Debug)]
struct Planned {
    scenario: Scenario,
    /// The places of the hosts in the world.
    hosts: Vec<usize>,
    start: Timestamp,
    end: Timestamp,
    /// How severe it is in parts of the usual, from 0.85 to 1.15.
    strength: f64,
}

/// Streams of random numbers of a plan.
const INCIDENTS: u64 = 1;
const DEPLOYS: u64 = 2;

/// A flapping service is up and down for so long.
const FLAP_UP: f64 = 15.0;
const FLAP_DOWN: f64 = 8.0;

/// In so long a drift adds 105 ms to each request.
const DRIFT: Duration = Duration::from_mins(62);

/// After a start caches are cold for so long.
const COLD: Duration = Duration::from_secs(30);
/// A deploy takes the service away for so long.
const DEPLOY_DOWN: Duration = Duration::from_secs(4);
/// Nobody deploys so long before an incident, nor while it lasts: what is told then is about the incident.
const FREEZE: Duration = Duration::from_mins(10);

impl Plan {
    pub(super) fn new(config: &DemoConfig, live: Timestamp) -> Self {
        let named = |(name, role): (String, Role)| Some((Name::new(name).ok()?, role));
        let hosts: Vec<(Name, Role)> = config.hosts.names().filter_map(named).collect();
        let mut plan = Self { seed: config.seed, hosts, incidents: Vec::new() };
        for (number, incident) in config.incidents.iter().enumerate() {
            let scenario = incident.scenario;
            let mut random = Random::new(config.seed, &[INCIDENTS, number as u64]);
            let start = incident.start(live);
            let end = start.plus(incident.duration.unwrap_or(scenario.duration()));
            let hosts = plan.befallen(scenario, &incident.targets, &mut random);
            plan.incidents.push(Planned {
                scenario,
                hosts,
                start,
                end,
                strength: random.between(0.85, 1.15),
            });
        }
        plan
    }

    /// The hosts that were named; otherwise one that suits the scenario, or all of them.
    fn befallen(&self, scenario: Scenario, named: &[String], random: &mut Random) -> Vec<usize> {
        let places = |fits: &dyn Fn(&(Name, Role)) -> bool| -> Vec<usize> {
            self.hosts.iter().enumerate().filter(|(_, host)| fits(host)).map(|(place, _)| place).collect()
        };
        let draw = random.unit();
        if !named.is_empty() {
            return places(&|(name, _)| named.iter().any(|target| name.as_str() == target));
        }
        let suitable = places(&|(_, role)| scenario.roles().contains(role));
        if scenario.is_widespread() {
            return suitable;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the length")]
        let index = (draw * suitable.len() as f64) as usize;
        suitable.get(index).copied().into_iter().collect()
    }

    pub(super) fn hosts(&self) -> &[(Name, Role)] {
        &self.hosts
    }

    pub(super) fn labels(&self) -> Vec<Label> {
        self.incidents.iter().map(|incident| self.label(incident)).collect()
    }

    fn label(&self, incident: &Planned) -> Label {
        let hosts = || incident.hosts.iter().filter_map(|place| self.hosts.get(*place));
        let mut metrics: Vec<Name> = Vec::new();
        for name in hosts().flat_map(|(_, role)| incident.scenario.metrics(*role)) {
            metrics.extend(Name::new(name).ok().filter(|name| !metrics.contains(name)));
        }
        Label {
            scenario: incident.scenario,
            targets: hosts().map(|(name, _)| name.clone()).collect(),
            start: incident.start,
            end: incident.end,
            metrics,
        }
    }

    /// What is other than usual on the host at `place` during a tick.
    pub(super) fn effects(&self, place: usize, tick: &Tick) -> Effects {
        let mut effects = Effects::default();
        for incident in self.incidents.iter().filter(|incident| incident.hosts.contains(&place)) {
            incident.add_to(&mut effects, tick);
        }
        let (day, _) = day_and_second(tick.to);
        for at in [day - 1, day].into_iter().filter_map(|day| self.deploy(place, day)) {
            effects.down += tick.share(at.minus(DEPLOY_DOWN), at);
            effects.cold += tick.share(at, at.plus(COLD));
            effects.restarted |= tick.has(at);
        }
        // What happens twice at once takes no more than all of it away.
        for part in [&mut effects.down, &mut effects.cold, &mut effects.cut_off] {
            *part = part.min(1.0);
        }
        effects
    }

    /// When the service of the host is up again after the deploy of that day, if there is one.
    fn deploy(&self, place: usize, day: i64) -> Option<Timestamp> {
        const OFFICE: (f64, f64) = (9.0 * 3600.0, 17.0 * 3600.0);
        const CHANCE: f64 = 0.4;
        if is_weekend(day) {
            return None;
        }
        let mut random = Random::new(self.seed, &[DEPLOYS, place as u64, day.cast_unsigned()]);
        let is_due = random.unit() < CHANCE;
        let at = in_day(day, random.between(OFFICE.0, OFFICE.1).round());
        let frozen = |incident: &Planned| at >= incident.start.minus(FREEZE) && at < incident.end.plus(COLD);
        (is_due && !self.incidents.iter().any(frozen)).then_some(at)
    }

    pub(super) fn restarts(&self, from: Timestamp, to: Timestamp) -> Vec<Restart> {
        let mut restarts = Vec::new();
        for (place, (target, _)) in self.hosts.iter().enumerate() {
            let mut add = |at: Timestamp, scenario| {
                if at >= from && at < to {
                    restarts.push(Restart { target: target.clone(), at, scenario });
                }
            };
            for day in day_and_second(from).0..=day_and_second(to).0 {
                self.deploy(place, day).into_iter().for_each(|at| add(at, None));
            }
            for incident in self.incidents.iter().filter(|incident| incident.hosts.contains(&place)) {
                incident.restarts().for_each(|at| add(at, Some(incident.scenario)));
            }
        }
        restarts.sort_by(|a, b| (a.at, &a.target).cmp(&(b.at, &b.target)));
        restarts
    }
}

impl Planned {
    fn add_to(&self, effects: &mut Effects, tick: &Tick) {
        let share = tick.share(self.start, self.end);
        let is_on = tick.to >= self.start && tick.to < self.end;
        let since = if is_on { tick.to.since(self.start).unwrap_or_default().as_secs_f64() } else { 0.0 };
        let strength = self.strength;
        match self.scenario {
            Scenario::CpuSaturation => effects.runaway += share * strength,
            // A fifth of a percent of all memory each second.
            Scenario::MemoryLeak => effects.leaked += 0.002 * strength * since,
            Scenario::DiskFill => {
                effects.filling += 110e6 * strength * share;
                effects.filled += 110e6 * strength * since;
            }
            Scenario::TrafficDrop => effects.traffic *= 1.0 - 0.85 * share,
            Scenario::LatencyShift => effects.slowness *= 1.0 + 2.5 * strength * share,
            Scenario::ErrorBurst => effects.failing += 0.16 * strength * share,
            Scenario::NoisyNeighbour => effects.stolen += 0.35 * strength * share,
            Scenario::SlowDrift => {
                // What waits makes others wait.
                let part = since / DRIFT.as_secs_f64();
                effects.waiting += 0.105 * part * part;
            }
            Scenario::DeadExporter => effects.silent |= is_on,
            Scenario::UplinkDown => effects.cut_off += share,
            Scenario::Flapping => {}
        }
        for at in self.restarts() {
            let down = if self.scenario == Scenario::Flapping {
                Duration::from_secs_f64(FLAP_DOWN)
            } else {
                DEPLOY_DOWN
            };
            effects.down += tick.share(at.minus(down).max(self.start), at);
            effects.cold += tick.share(at, at.plus(COLD));
            effects.restarted |= tick.has(at);
        }
    }

    /// When the service is up again because of it.
    fn restarts(&self) -> impl Iterator<Item = Timestamp> {
        let flaps = self.scenario == Scenario::Flapping;
        let round = Duration::from_secs_f64(FLAP_UP + FLAP_DOWN);
        let end = self.end;
        let first = self.start.plus(Duration::from_secs_f64(FLAP_DOWN));
        let flapping = std::iter::successors(Some(first), move |at| Some(at.plus(round)))
            .take_while(move |at| flaps && *at < end);
        // The kernel ends what leaks.
        let killed = (self.scenario == Scenario::MemoryLeak).then_some(end);
        flapping.chain(killed)
    }
}
