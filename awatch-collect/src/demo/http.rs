//! A service that answers requests: `web` and `api`.

use super::Role;
use super::arithmetic::exp;
use super::counter::Total;
use super::effects::Effects;
use super::machine::Load;
use super::random::{Random, Wander};
use super::tick::Tick;

/// What a service is asked during a tick, and how the services that it needs are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// Requests per second.
    pub(super) rate: f64,
    /// How hard it is to get a processor, from 0 to 1.
    pub(super) pressure: f64,
    /// The mean time in seconds that those behind it take for one question.
    pub(super) behind: f64,
    /// The part of questions that those behind it fail.
    pub(super) behind_failing: f64,
}

/// How many times its own time a piece of work takes when processors are hard to get.
pub(super) fn contention(pressure: f64) -> f64 {
    1.0 + 0.03 / (1.03 - pressure.min(1.0))
}

/// The service.
#[derive(Clone, Debug)]
pub(super) struct Http {
    role: Role,
    random: Random,
    slow: Wander,
    /// Seconds until the next garbage collection.
    until_collection: f64,
    ok: Total,
    not_found: Total,
    failed: Total,
    median: f64,
    p95: f64,
    p99: f64,
    active: f64,
    database: (f64, f64),
    connections: f64,
    /// The mean time of a request, and the part of them that failed.
    mean: f64,
    failing: f64,
}

/// The connections that a host keeps open to the database.
const POOL: f64 = 60.0;

/// Questions to the database for one request to the api.
pub(super) const QUESTIONS: f64 = 2.5;

impl Http {
    pub(super) fn new(role: Role, mut random: Random) -> Self {
        let slow = Wander::new(15.0, &mut random);
        let mut start = |most: f64| Total::starting_at(random.between(0.2, 1.0) * most);
        let (ok, not_found, failed) = (start(2e9), start(2e7), start(9e5));
        let until_collection = random.between(10.0, 90.0);
        Self {
            role,
            random,
            slow,
            until_collection,
            ok,
            not_found,
            failed,
            median: 0.0,
            p95: 0.0,
            p99: 0.0,
            active: 0.0,
            database: (0.0, 0.0),
            connections: 0.0,
            mean: 0.02,
            failing: 0.0,
        }
    }

    pub(super) fn pace(&mut self, step: f64) {
        self.slow.pace(step);
    }

    /// The mean time of a request in seconds, and the part of them that failed.
    pub(super) fn state(&self) -> (f64, f64) {
        (self.mean, self.failing)
    }

    pub(super) fn step(&mut self, call: Call, effects: &Effects, tick: &Tick) -> Load {
        if effects.restarted {
            (self.ok, self.not_found, self.failed) = Default::default();
        }
        let collecting = self.collection(tick);
        let rate = self.requests(call, effects, tick);
        self.durations(call, effects, tick, collecting, rate);
        let (cost, bytes) = match self.role {
            Role::Web => (1.5e-3, (1.3e3, 16e3)),
            _ => (4.0e-3, (2.2e3, 6.5e3)),
        };
        let asked = if self.role == Role::Web { (9e3, 1.1e3) } else { (4e3, 1.6e3) };
        Load {
            answered: rate * tick.secs,
            cores: rate * cost * (1.0 + 0.3 * effects.cold) + 0.8 * collecting,
            memory: self.active * 1.5e6,
            read: 150.0 * rate * (1.0 + 4.0 * effects.cold),
            written: 420.0 * rate,
            received: rate * (bytes.0 + asked.0),
            transmitted: rate * (bytes.1 + asked.1),
        }
    }

    /// The part of the tick that garbage is collected.
    fn collection(&mut self, tick: &Tick) -> f64 {
        const LASTS: f64 = 0.4;
        let wait = self.random.between(50.0, 160.0);
        self.until_collection -= tick.secs;
        if self.until_collection > 0.0 {
            return 0.0;
        }
        self.until_collection = wait;
        (LASTS / tick.secs).min(1.0)
    }

    /// Counts the requests, and answers how many there were per second.
    fn requests(&mut self, call: Call, effects: &Effects, tick: &Tick) -> f64 {
        let served = self.random.count(call.rate * (1.0 - effects.down) * tick.secs);
        // A service that is down answers nothing; whoever stands before it does.
        let failing = (0.0006 + effects.failing + 0.8 * call.behind_failing).min(1.0);
        let failed = self.random.count(served * failing).min(served);
        let not_found = self.random.count(served * 0.012).min(served - failed);
        self.failed.add(failed);
        self.not_found.add(not_found);
        self.ok.add(served - failed - not_found);
        self.failing = failing;
        served / tick.secs
    }

    fn durations(&mut self, call: Call, effects: &Effects, tick: &Tick, collecting: f64, rate: f64) {
        let evens = tick.secs.max(1.0).sqrt();
        let (own, questions) = if self.role == Role::Web { (0.006, 0.7) } else { (0.011, QUESTIONS) };
        let noise = exp(0.03 * self.slow.step(&mut self.random));
        let slowed = own * contention(call.pressure) * (1.0 + 0.4 * effects.cold) * effects.slowness;
        self.mean = slowed * noise + questions * call.behind + effects.waiting + 0.03 * collecting;
        let mut about = |times: f64, spread: f64| {
            let value = self.mean * times * exp(spread * self.random.normal() / evens);
            (value * 1e5).round() / 1e5
        };
        let (median, p95) = (about(0.82, 0.012), about(2.3, 0.03));
        let p99 = about(4.1, 0.07).max(p95) * (1.0 + 0.5 * collecting);
        (self.median, self.p95, self.p99) = (median, p95, p99);
        self.active = self.random.count(rate * self.mean);
        if self.role == Role::Api {
            let asking = call.behind + effects.waiting / questions;
            let mut about = |times: f64, spread: f64| {
                (asking * times * exp(spread * self.random.normal() / evens) * 1e6).round() / 1e6
            };
            self.database = (about(0.8, 0.012), about(2.6, 0.04));
            self.connections = self.random.count(rate * questions * asking).min(POOL);
        }
    }

    /// Writes the values of its series, in their order.
    pub(super) fn write(&self, out: &mut Vec<f64>) {
        out.extend([self.ok, self.not_found, self.failed].map(Total::value));
        out.extend([self.median, self.p95, self.p99, self.active]);
        if self.role == Role::Api {
            out.extend([self.database.0, self.database.1, self.connections, POOL - self.connections]);
        }
    }
}
