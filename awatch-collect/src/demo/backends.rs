//! The services behind the api: database, cache, worker.

use super::arithmetic::exp;
use super::counter::Total;
use super::effects::Effects;
use super::http::{Call, contention};
use super::machine::Load;
use super::random::{Random, Wander};
use super::tick::{Tick, day_and_second};

/// A database.
#[derive(Clone, Debug)]
pub(super) struct Database {
    random: Random,
    slow: Wander,
    commits: Total,
    rollbacks: Total,
    hits: Total,
    reads: Total,
    backends: f64,
    size: f64,
    /// The mean time of a question.
    mean: f64,
}

impl Database {
    pub(super) fn new(mut random: Random) -> Self {
        let slow = Wander::new(15.0, &mut random);
        let mut start = |most: f64| Total::starting_at(random.between(0.2, 1.0) * most);
        let (commits, rollbacks, hits, reads) = (start(5e9), start(2e6), start(9e10), start(9e8));
        Self { random, slow, commits, rollbacks, hits, reads, backends: 0.0, size: 0.0, mean: 0.0012 }
    }

    pub(super) fn pace(&mut self, step: f64) {
        self.slow.pace(step);
    }

    pub(super) fn state(&self) -> (f64, f64) {
        (self.mean, 0.0)
    }

    pub(super) fn step(&mut self, call: Call, effects: &Effects, tick: &Tick) -> Load {
        if effects.restarted {
            (self.commits, self.rollbacks, self.hits, self.reads) = Default::default();
        }
        let asked = self.random.count(call.rate * (1.0 - effects.down) * tick.secs);
        let rate = asked / tick.secs;
        let failed = self.random.count(asked * 3e-4).min(asked);
        self.rollbacks.add(failed);
        self.commits.add(asked - failed);
        let missed = self.random.count(asked * (0.06 + 0.5 * effects.cold));
        self.reads.add(missed);
        self.hits.add(self.random.count(asked * 14.0));
        let noise = exp(0.05 * self.slow.step(&mut self.random));
        self.mean = 0.0012 * contention(call.pressure) * effects.slowness * noise + effects.waiting;
        self.backends = 24.0 + self.random.count(rate * self.mean * 2.0);
        let (day, second) = day_and_second(tick.to);
        let days = day.rem_euclid(250) as f64 + second / 86_400.0;
        self.size = ((60e9 + 4e7 * days) / 8192.0).floor() * 8192.0;
        Load {
            answered: asked,
            cores: rate * 0.9e-3 * (1.0 + 0.3 * effects.cold),
            memory: self.backends * 9e6,
            read: missed / tick.secs * 8192.0,
            written: rate * 2400.0,
            received: rate * 700.0,
            transmitted: rate * 1900.0,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<f64>) {
        out.push(self.backends);
        out.extend([self.commits, self.rollbacks, self.hits, self.reads].map(Total::value));
        out.push(self.size);
    }
}

/// A cache.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    random: Random,
    fill: Wander,
    commands: Total,
    hits: Total,
    misses: Total,
    clients: f64,
    used: f64,
    mean: f64,
}

impl Cache {
    pub(super) fn new(mut random: Random) -> Self {
        let fill = Wander::new(900.0, &mut random);
        let mut start = |most: f64| Total::starting_at(random.between(0.2, 1.0) * most);
        let (commands, hits, misses) = (start(2e10), start(1e10), start(1e9));
        Self { random, fill, commands, hits, misses, clients: 0.0, used: 0.0, mean: 0.0003 }
    }

    pub(super) fn pace(&mut self, step: f64) {
        self.fill.pace(step);
    }

    pub(super) fn step(&mut self, call: Call, effects: &Effects, tick: &Tick) -> Load {
        if effects.restarted {
            (self.commands, self.hits, self.misses) = Default::default();
        }
        let asked = self.random.count(call.rate * (1.0 - effects.down) * tick.secs);
        let rate = asked / tick.secs;
        let missed = self.random.count(asked * (0.08 + 0.6 * effects.cold)).min(asked);
        self.commands.add(asked);
        self.misses.add(missed);
        self.hits.add(asked - missed);
        self.mean = 0.0003 * contention(call.pressure) * effects.slowness + effects.waiting;
        self.clients = 40.0 + self.random.count(rate * self.mean);
        let used = 8e9 * (1.0 + 0.02 * self.fill.step(&mut self.random));
        self.used = (used / 1024.0).floor() * 1024.0;
        Load {
            answered: asked,
            cores: rate * 7e-5,
            memory: self.clients * 2e5,
            read: 0.0,
            written: rate * 60.0,
            received: rate * 300.0,
            transmitted: rate * 1200.0,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<f64>) {
        out.push(self.clients);
        out.extend([self.commands, self.hits, self.misses].map(Total::value));
        out.push(self.used);
    }
}

/// A host that works off jobs.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    random: Random,
    slow: Wander,
    done: Total,
    median: f64,
    p95: f64,
    /// Jobs that wait.
    waiting: f64,
}

/// The processors that it works with.
const WORKERS: f64 = 7.0;

impl Worker {
    pub(super) fn new(mut random: Random) -> Self {
        let slow = Wander::new(30.0, &mut random);
        let done = Total::starting_at(random.between(0.2, 1.0) * 6e8);
        Self { random, slow, done, median: 0.0, p95: 0.0, waiting: 3.0 }
    }

    pub(super) fn pace(&mut self, step: f64) {
        self.slow.pace(step);
    }

    pub(super) fn step(&mut self, call: Call, effects: &Effects, tick: &Tick) -> Load {
        const JOB: f64 = 0.0015;
        if effects.restarted {
            self.done = Total::default();
        }
        let evens = tick.secs.max(1.0).sqrt();
        let noise = exp(0.04 * self.slow.step(&mut self.random));
        let mean = JOB * contention(call.pressure) * effects.slowness * noise + effects.waiting;
        let came = self.random.count(call.rate * tick.secs);
        let most = WORKERS / mean * (1.0 - effects.down) * tick.secs;
        // What came during the tick is under way for a moment before it is done.
        let ready = self.waiting + came;
        let kept = self.random.count(call.rate * 0.015).min(ready);
        let done = (ready - kept).min(most.floor());
        self.waiting = ready - done;
        self.done.add(done);
        let mut about = |times: f64, spread: f64| {
            (mean * times * exp(spread * self.random.normal() / evens) * 1e5).round() / 1e5
        };
        (self.median, self.p95) = (about(0.85, 0.02), about(2.2, 0.05));
        let rate = done / tick.secs;
        Load {
            answered: done,
            cores: rate * JOB * 0.9,
            memory: 0.8e6 * rate,
            read: 100.0 * rate,
            written: 400.0 * rate,
            received: 800.0 * rate,
            transmitted: 500.0 * rate,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<f64>) {
        out.push(self.done.value());
        out.extend([self.median, self.p95, self.waiting]);
    }
}
