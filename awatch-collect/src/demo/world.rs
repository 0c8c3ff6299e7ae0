//! All hosts, step by step.

use std::time::Duration;

use awatch_core::{Interval, Timestamp};

use super::backends::{Cache, Database, Worker};
use super::catalogue;
use super::effects::Effects;
use super::http::{Call, Http, QUESTIONS};
use super::machine::Machine;
use super::plan::Plan;
use super::random::{Random, Wander};
use super::tick::Tick;
use super::{DemoConfig, Hosts, Role, rhythm};

/// The world at a tick.
#[derive(Debug)]
pub(super) struct World {
    plan: Plan,
    hosts: Vec<Host>,
    random: Random,
    users: (Wander, Wander),
    /// Requests per second that people make in the busiest hour.
    most: f64,
    /// The mean time and the failing part of a question, by role, in the last tick.
    tiers: Tiers,
    now: Timestamp,
    step: Duration,
}

/// A host with the values of its series at the tick.
#[derive(Debug)]
struct Host {
    role: Role,
    machine: Machine,
    service: Service,
    effects: Effects,
    values: Vec<f64>,
}

#[derive(Debug)]
enum Service {
    Http(Http),
    Database(Database),
    Cache(Cache),
    Worker(Worker),
}

/// How the tiers that are asked were in the last tick.
#[derive(Clone, Copy, Debug)]
struct Tiers {
    api: (f64, f64),
    db: (f64, f64),
}

/// Streams of random numbers of a world.
const USERS: u64 = 3;
const MACHINES: u64 = 4;
const SERVICES: u64 = 5;

/// What one host of each role is asked at most, per second.
const WEB_RATE: f64 = 1200.0;
const API_RATE: f64 = 1200.0;
const DB_RATE: f64 = 5000.0;
const CACHE_RATE: f64 = 20_000.0;
const WORKER_RATE: f64 = 2800.0;

/// Questions to each tier for one request of a user, directly or not.
const TO_API: f64 = 0.7;
const TO_CACHE: f64 = TO_API * 6.0;
const TO_DB: f64 = TO_API * QUESTIONS;
const TO_WORKER: f64 = TO_API * 2.0;

impl World {
    /// The world of `config` whose first tick is `begin`.
    pub(super) fn new(config: &DemoConfig, begin: Timestamp, interval: Interval) -> Self {
        let plan = config.plan(config.begin.unwrap_or(begin));
        let seed = config.seed;
        let host = |(place, role): (usize, Role)| {
            let stream = |kind: u64| Random::new(seed, &[kind, place as u64]);
            Host::new(role, Machine::new(role, stream(MACHINES)), stream(SERVICES))
        };
        let hosts = plan.hosts().iter().map(|(_, role)| *role).enumerate().map(host).collect();
        let mut random = Random::new(seed, &[USERS]);
        let users = (Wander::new(300.0, &mut random), Wander::new(20.0, &mut random));
        let step = interval.as_duration();
        let tiers = Tiers { api: (0.016, 0.0), db: (0.0013, 0.0) };
        let mut world = Self {
            most: most(config.hosts),
            plan,
            hosts,
            random,
            users,
            tiers,
            now: begin.minus(step),
            step,
        };
        world.pace();
        world.advance();
        world
    }

    /// The tick at which it is.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// The length of a step.
    pub(super) fn step(&self) -> Duration {
        self.step
    }

    /// From now on steps are so long.
    pub(super) fn set_step(&mut self, interval: Interval) {
        self.step = interval.as_duration();
        self.pace();
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The values of the hosts' series at the tick, host by host and in the order of the catalogue; NaN where there is
    /// none.
    pub(super) fn values(&self) -> impl Iterator<Item = &[f64]> {
        self.hosts.iter().map(|host| host.values.as_slice())
    }

    fn pace(&mut self) {
        let secs = self.step.as_secs_f64();
        self.users.0.pace(secs);
        self.users.1.pace(secs);
        self.hosts.iter_mut().for_each(|host| host.pace(secs));
    }

    /// Goes on by one step.
    pub(super) fn advance(&mut self) {
        self.now = self.now.plus(self.step);
        let tick = Tick::new(self.now, self.step);
        for (place, host) in self.hosts.iter_mut().enumerate() {
            host.effects = self.plan.effects(place, &tick);
        }
        let noise = 0.03 * self.users.0.step(&mut self.random) + 0.015 * self.users.1.step(&mut self.random);
        let users = self.most * rhythm::demand(self.now) * (1.0 + noise).max(0.1);
        let tiers = self.tiers;
        let (answered, _) = self.tier(Role::Web, users, tiers.api, &tick);
        let (asked, api) = self.tier(Role::Api, answered * TO_API, tiers.db, &tick);
        let per_request = |questions: f64| asked / TO_API * questions;
        let (_, db) = self.tier(Role::Db, per_request(TO_DB), (0.0, 0.0), &tick);
        self.tier(Role::Cache, per_request(TO_CACHE), (0.0, 0.0), &tick);
        self.tier(Role::Worker, per_request(TO_WORKER), (0.0, 0.0), &tick);
        self.tiers = Tiers { api: api.unwrap_or(tiers.api), db: db.unwrap_or(tiers.db) };
    }

    /// Lets the hosts of a role share `rate` questions per second, those that are up taking over from those that are
    /// not. Answers how many reach a host, and the mean time and failing part of one.
    fn tier(&mut self, role: Role, rate: f64, behind: (f64, f64), tick: &Tick) -> (f64, Option<(f64, f64)>) {
        let of_role = || self.hosts.iter().filter(|host| host.role == role);
        let count = of_role().count() as f64;
        let up: f64 = of_role().map(Host::up).sum();
        let each = if up > 0.0 { rate / up.max(1.0).max(count * 0.5) } else { 0.0 };
        let (mut reached, mut mean, mut failing) = (0.0, 0.0, 0.0);
        for host in self.hosts.iter_mut().filter(|host| host.role == role) {
            let share = each * host.up() * host.effects.traffic;
            reached += share;
            let (host_mean, host_failing) = host.step(share, behind, tick);
            mean += host_mean / count;
            failing += host_failing / count;
        }
        if count > 0.0 { (reached, Some((mean, failing))) } else { (rate, None) }
    }
}

/// Requests per second in the busiest hour: as many as the web hosts are made for and those behind them can bear.
fn most(hosts: Hosts) -> f64 {
    let tiers = [
        (hosts.web, WEB_RATE),
        (hosts.api, API_RATE / TO_API),
        (hosts.db, DB_RATE / TO_DB),
        (hosts.cache, CACHE_RATE / TO_CACHE),
        (hosts.worker, WORKER_RATE / TO_WORKER),
    ];
    let bearable = tiers.iter().filter(|(count, _)| *count > 0).map(|(count, rate)| f64::from(*count) * rate);
    bearable.fold(f64::INFINITY, f64::min)
}

impl Host {
    fn new(role: Role, machine: Machine, random: Random) -> Self {
        let service = match role {
            Role::Web | Role::Api => Service::Http(Http::new(role, random)),
            Role::Db => Service::Database(Database::new(random)),
            Role::Cache => Service::Cache(Cache::new(random)),
            Role::Worker => Service::Worker(Worker::new(random)),
        };
        let values = Vec::with_capacity(catalogue::series(role).count());
        Self { role, machine, service, effects: Effects::default(), values }
    }

    fn pace(&mut self, secs: f64) {
        self.machine.pace(secs);
        match &mut self.service {
            Service::Http(http) => http.pace(secs),
            Service::Database(database) => database.pace(secs),
            Service::Cache(cache) => cache.pace(secs),
            Service::Worker(worker) => worker.pace(secs),
        }
    }

    /// The part of the tick for which it can be asked.
    fn up(&self) -> f64 {
        (1.0 - self.effects.down) * (1.0 - self.effects.cut_off)
    }

    fn step(&mut self, rate: f64, behind: (f64, f64), tick: &Tick) -> (f64, f64) {
        let Self { machine, service, effects, values, .. } = self;
        let call = Call { rate, pressure: machine.pressure(), behind: behind.0, behind_failing: behind.1 };
        let (load, state) = match service {
            Service::Http(http) => (http.step(call, effects, tick), http.state()),
            Service::Database(database) => (database.step(call, effects, tick), database.state()),
            Service::Cache(cache) => (cache.step(call, effects, tick), (0.0, 0.0)),
            Service::Worker(worker) => (worker.step(call, effects, tick), (0.0, 0.0)),
        };
        machine.step(load, effects, tick);
        values.clear();
        machine.write(values);
        let system = values.len();
        match service {
            Service::Http(http) => http.write(values),
            Service::Database(database) => database.write(values),
            Service::Cache(cache) => cache.write(values),
            Service::Worker(worker) => worker.write(values),
        }
        if effects.silent {
            values.iter_mut().skip(system).for_each(|value| *value = f64::NAN);
        }
        state
    }
}
