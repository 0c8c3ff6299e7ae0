//! The machine that a service runs on: processors, memory, disk, file system, network.

use super::Role;
use super::arithmetic::exp;
use super::counter::Total;
use super::effects::Effects;
use super::random::{Random, Wander};
use super::tick::{Tick, day_and_second};

/// What a service asks of its machine during a tick.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    /// Questions answered during the tick.
    pub(super) answered: f64,
    /// Processors kept busy.
    pub(super) cores: f64,
    /// Memory in bytes, besides what it always has.
    pub(super) memory: f64,
    /// Bytes per second.
    pub(super) read: f64,
    pub(super) written: f64,
    pub(super) received: f64,
    pub(super) transmitted: f64,
}

/// The size of a machine and what it does by itself.
#[derive(Clone, Copy, Debug)]
struct Build {
    cores: f64,
    memory: f64,
    disk: f64,
    /// Parts of memory and disk that are always used.
    memory_used: f64,
    disk_used: f64,
    /// Bytes of logs on a busy day.
    logs: f64,
}

const GIB: f64 = 1_073_741_824.0;
const PAGE: f64 = 4096.0;
/// Clock ticks per second, in which the kernel counts processor time.
const HERTZ: f64 = 100.0;

impl Build {
    fn of(role: Role) -> Self {
        let (cores, memory, disk, memory_used, disk_used, logs) = match role {
            Role::Web => (4.0, 8.0, 60.0, 0.38, 0.42, 1.2),
            Role::Api => (8.0, 16.0, 60.0, 0.44, 0.38, 1.4),
            Role::Db => (8.0, 32.0, 200.0, 0.52, 0.58, 2.5),
            Role::Cache => (4.0, 16.0, 40.0, 0.62, 0.30, 0.2),
            Role::Worker => (8.0, 16.0, 80.0, 0.34, 0.47, 1.1),
        };
        Self { cores, memory: memory * GIB, disk: disk * GIB, memory_used, disk_used, logs: logs * GIB }
    }
}

/// The noises of a machine.
#[derive(Clone, Debug)]
struct Noises {
    cores: Wander,
    memory: Wander,
    free: Wander,
    writing: Wander,
    scratch: Wander,
}

/// Counted by the kernel, in clock ticks.
#[derive(Clone, Copy, Debug, Default)]
struct CpuTime {
    user: Total,
    system: Total,
    iowait: Total,
    steal: Total,
    idle: Total,
    /// What all modes together have grown by.
    all: Total,
}

/// The machine.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    build: Build,
    random: Random,
    noises: Noises,
    time: CpuTime,
    read: Total,
    written: Total,
    reads: Total,
    writes: Total,
    io_time: Total,
    received: Total,
    transmitted: Total,
    packets_in: Total,
    packets_out: Total,
    errors: Total,
    dropped: Total,
    /// Moving averages of the number of threads that want to run.
    load: [f64; 3],
    /// The part of each step that enters them.
    load_weights: [f64; 3],
    /// The second of the hour at which its hourly jobs run, and the minute of the night for its backup.
    hourly: f64,
    nightly: f64,
    /// 1 where there is something to back up.
    backup: f64,
    utilization: f64,
    /// Busy or stolen, in parts of all: how hard it is to get a processor.
    pressure: f64,
    used: f64,
    free: f64,
    cached: f64,
    disk_used: f64,
}

impl Machine {
    pub(super) fn new(role: Role, mut random: Random) -> Self {
        let build = Build::of(role);
        let uptime = random.between(3.0, 60.0) * 86_400.0;
        let noises = Noises {
            cores: Wander::new(20.0, &mut random),
            memory: Wander::new(600.0, &mut random),
            free: Wander::new(120.0, &mut random),
            writing: Wander::new(40.0, &mut random),
            scratch: Wander::new(1800.0, &mut random),
        };
        let mut start = |per_second: f64| Total::starting_at(uptime * per_second * random.between(0.7, 1.3));
        let time = CpuTime {
            user: start(HERTZ * build.cores * 0.24),
            system: start(HERTZ * build.cores * 0.07),
            iowait: start(HERTZ * build.cores * 0.004),
            steal: start(HERTZ * build.cores * 0.002),
            idle: start(HERTZ * build.cores * 0.68),
            all: Total::default(),
        };
        let totals = [3e5, 2e6, 12.0, 90.0, 50.0, 9e5, 6e6, 1500.0, 6000.0, 3e-4, 0.02].map(&mut start);
        let [
            read,
            written,
            reads,
            writes,
            io_time,
            received,
            transmitted,
            packets_in,
            packets_out,
            errors,
            dropped,
        ] = totals;
        let (hourly, nightly) = (random.between(300.0, 3000.0).floor(), random.between(90.0, 210.0).floor());
        Self {
            build,
            random,
            noises,
            time,
            read,
            written,
            reads,
            writes,
            io_time,
            received,
            transmitted,
            packets_in,
            packets_out,
            errors,
            dropped,
            load: [build.cores * 0.35; 3],
            load_weights: [1.0; 3],
            hourly,
            nightly,
            backup: if role == Role::Db { 1.0 } else { 0.0 },
            utilization: 0.0,
            pressure: 0.35,
            used: 0.0,
            free: 0.0,
            cached: 0.0,
            disk_used: 0.0,
        }
    }

    /// From now on steps are so many seconds.
    pub(super) fn pace(&mut self, step: f64) {
        let Noises { cores, memory, free, writing, scratch } = &mut self.noises;
        for noise in [cores, memory, free, writing, scratch] {
            noise.pace(step);
        }
        self.load_weights = [60.0, 300.0, 900.0].map(|time| 1.0 - exp(-step / time));
    }

    /// How hard it was to get a processor during the last tick, from 0 to 1.
    pub(super) fn pressure(&self) -> f64 {
        self.pressure
    }

    pub(super) fn step(&mut self, load: Load, effects: &Effects, tick: &Tick) {
        let jobs = self.jobs(tick);
        let disk = self.disk(load, jobs, effects, tick);
        self.processors(load, jobs, effects, tick, disk);
        self.memory(load, effects);
        self.file_system(effects, tick);
        self.network(load, jobs, effects, tick);
    }

    /// What runs by the clock: something small each minute, a little more each hour, a backup of databases each night.
    fn jobs(&mut self, tick: &Tick) -> Load {
        let (_, second) = day_and_second(tick.to);
        let runs = |every: f64, at: f64, lasts: f64| {
            let into = (second - at).rem_euclid(every);
            // The part of the last tick that lies between the beginning and the end.
            let end = (into - tick.secs).max(0.0).min(lasts);
            (into.min(lasts) - end).max(0.0) / tick.secs
        };
        let (minute, hour) = (runs(60.0, 0.0, 1.5), runs(3600.0, self.hourly, 20.0));
        let night = self.backup * runs(86_400.0, self.nightly * 60.0, 600.0);
        Load {
            answered: 0.0,
            cores: 0.15 * minute + 0.25 * hour + 0.8 * night,
            memory: 0.0,
            read: 1e5 * hour + 25e6 * night,
            written: 1e5 * minute + 8e5 * hour,
            received: 2e4 * minute,
            transmitted: 1e4 * minute + 12e6 * night,
        }
    }

    /// Answers the part of the tick that the disk was busy.
    fn disk(&mut self, load: Load, jobs: Load, effects: &Effects, tick: &Tick) -> f64 {
        // The kernel writes back in bursts; over a long tick they even out.
        let evens = tick.secs.max(1.0).sqrt();
        let burst = if self.random.unit() < 0.2 { 1.2 } else { -0.3 };
        let noise = 0.3 * self.random.normal() + burst;
        let usual =
            (load.written + jobs.written + 2e5) * exp(0.2 * self.noises.writing.step(&mut self.random));
        let written = usual * (1.0 + noise / evens).max(0.05) + effects.filling;
        let read = (load.read + jobs.read + 2e4) * exp(0.5 * self.random.normal() / evens);
        let pages = |bytes: f64| (bytes * tick.secs / PAGE).round();
        let (pages_read, pages_written) = (pages(read), pages(written));
        self.read.add(pages_read * PAGE);
        self.written.add(pages_written * PAGE);
        let reads = self.random.count(pages_read / 6.0).min(pages_read);
        let writes = self.random.count(pages_written / 9.0).min(pages_written);
        self.reads.add(reads);
        self.writes.add(writes);
        let busy = (reads * 1.2e-4 + writes * 8e-5 + (pages_read + pages_written) * PAGE / 400e6) / tick.secs;
        let busy = busy.min(1.0);
        // In milliseconds, as the kernel counts it.
        self.io_time.add(busy * tick.secs * 1000.0);
        busy
    }

    fn processors(&mut self, load: Load, jobs: Load, effects: &Effects, tick: &Tick, disk: f64) {
        let cores = self.build.cores;
        let evens = tick.secs.max(1.0).sqrt();
        let noise = 0.05 * self.noises.cores.step(&mut self.random) + 0.04 * self.random.normal() / evens;
        // Now and then something small wakes up.
        let (draw, size) = (self.random.unit(), self.random.unit());
        let waking = if draw < 0.04 { 0.35 * size } else { 0.0 };
        let usual = 0.03 * cores + load.cores * (1.0 + noise).max(0.1) + jobs.cores + waking;
        let wanted = usual + 1.5 * cores * effects.runaway;
        let steal = (effects.stolen * (1.0 + 0.15 * self.random.normal()) + 0.001 * self.random.unit())
            .clamp(0.0, 0.9);
        let there = cores * (1.0 - steal);
        let most = there * (0.985 + 0.01 * self.random.unit());
        let busy = wanted.min(most);
        let iowait = ((there - busy) * 0.12 * disk).max(0.0);
        let part = 0.78 + 0.02 * self.random.normal();
        self.count_time([busy * part, busy * (1.0 - part), iowait, steal * cores], tick.secs);
        self.pressure = busy / cores + steal;
        let runnable = wanted.min(2.5 * cores) + iowait * 2.0 + self.random.unit();
        for (average, weight) in self.load.iter_mut().zip(self.load_weights) {
            *average += weight * (runnable - *average);
        }
    }

    /// Enters processors in user, system, iowait and steal mode; the rest was idle.
    fn count_time(&mut self, modes: [f64; 4], secs: f64) {
        let time = &mut self.time;
        let all = time.all.add(self.build.cores * secs * HERTZ);
        let totals = [&mut time.user, &mut time.system, &mut time.iowait, &mut time.steal];
        let mut left = all;
        let mut busy = 0.0;
        for (place, (total, mode)) in totals.into_iter().zip(modes).enumerate() {
            let grown = total.add((mode * secs * HERTZ).min(left));
            left -= grown;
            busy += if place == 2 { 0.0 } else { grown };
        }
        time.idle.add(left);
        self.utilization = if all > 0.0 { (busy / all).min(1.0) } else { self.utilization };
    }

    fn memory(&mut self, load: Load, effects: &Effects) {
        let all = self.build.memory;
        let noise = 0.004 * self.noises.memory.step(&mut self.random) + 0.0004 * self.random.normal();
        let used = (self.build.memory_used + noise + effects.leaked) * all + load.memory;
        let free = (0.05 + 0.012 * self.noises.free.step(&mut self.random)).max(0.015) * all;
        let pages = |bytes: f64| (bytes / PAGE).floor() * PAGE;
        self.used = pages(used.min(0.985 * all));
        self.free = pages(free.min(0.6 * (all - self.used)));
        self.cached = all - self.used - self.free;
    }

    fn file_system(&mut self, effects: &Effects, tick: &Tick) {
        let (day, second) = day_and_second(tick.to);
        let grown = 0.0004 * day.rem_euclid(250) as f64;
        let scratch = 0.0006 * self.noises.scratch.step(&mut self.random);
        // Logs are packed and put away at midnight.
        let logs = self.build.logs * second / 86_400.0;
        let used = (self.build.disk_used + grown + scratch) * self.build.disk + logs + effects.filled;
        self.disk_used = (used.min(self.build.disk) / PAGE).floor() * PAGE;
    }

    fn network(&mut self, load: Load, jobs: Load, effects: &Effects, tick: &Tick) {
        let evens = tick.secs.max(1.0).sqrt();
        let up = 1.0 - effects.cut_off;
        let chatter = 1.2e4 * exp(0.25 * self.random.normal() / evens);
        // Answers are of different sizes; the more there are, the more that evens out.
        let uneven = 0.01 + 0.9 / (load.answered + 1.0).sqrt();
        let mut flow = |bytes: f64, own: f64| {
            let noise = 1.0 + uneven * self.random.normal();
            ((bytes * noise).max(0.0) + own + chatter) * up * tick.secs
        };
        let (bytes_in, bytes_out) =
            (flow(load.received, jobs.received), flow(load.transmitted, jobs.transmitted));
        self.received.add(bytes_in);
        self.transmitted.add(bytes_out);
        // Half of what is received or sent comes as large packets; each is answered.
        let (packets_in, packets_out) =
            (bytes_in / 700.0 + bytes_out / 2900.0, bytes_out / 700.0 + bytes_in / 2900.0);
        self.packets_in.add(packets_in);
        self.packets_out.add(packets_out);
        self.errors.add(self.random.count(2e-4 * up * tick.secs));
        self.dropped.add(self.random.count(0.015 * up * tick.secs));
    }

    /// Writes the values of the series of the system, in their order.
    pub(super) fn write(&self, out: &mut Vec<f64>) {
        let secs = |total: Total| total.value() / HERTZ;
        let hundredths = |value: f64| (value * 100.0).round() / 100.0;
        let [one, five, fifteen] = self.load.map(hundredths);
        let time = &self.time;
        out.push(self.utilization);
        out.extend([time.user, time.system, time.iowait, time.steal, time.idle].map(secs));
        out.extend([one, five, fifteen]);
        out.extend([self.used, self.free, self.cached, self.used / self.build.memory]);
        out.extend([self.read, self.written, self.reads, self.writes].map(Total::value));
        out.push(self.io_time.value() / 1000.0);
        let disk = self.build.disk;
        out.extend([self.disk_used, disk - self.disk_used, self.disk_used / disk]);
        let [received, transmitted] = [self.received, self.transmitted];
        out.extend([received, transmitted, self.packets_in, self.packets_out].map(Total::value));
        out.extend([self.errors, self.dropped].map(Total::value));
    }
}
