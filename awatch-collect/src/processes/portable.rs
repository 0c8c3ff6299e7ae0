//! The processes of a machine of any kind, from the crate `sysinfo`.
//!
//! `sysinfo` gives 0 for what it could not read. Totals are taken, never its own rates, which depend on when it was
//! asked; a process whose disk totals are both 0 is told without traffic, since it may only have refused to be read.

use std::collections::HashMap;

use awatch_core::{CollectError, Timestamp};
use sysinfo::{
    Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind, Users,
};

use super::metrics::{Counts, State};
use super::ranking::Demand;
use super::record::Who;
use super::{ProcessesConfig, Table};

/// The totals of a process.
#[derive(Clone, Copy, Debug)]
struct Totals {
    /// Tells it from another that had the same number before.
    start: u64,
    cpu_millis: u64,
    disk_bytes: [u64; 2],
}

impl Totals {
    fn of(process: &Process) -> Self {
        let disk = process.disk_usage();
        Self {
            start: process.start_time(),
            cpu_millis: process.accumulated_cpu_time(),
            disk_bytes: [disk.total_read_bytes, disk.total_written_bytes],
        }
    }

    /// What was demanded since `before`, `passed` seconds ago.
    fn demand(&self, before: Option<&Self>, passed: Option<f64>, rss: u64) -> Demand {
        let before = before.filter(|before| before.start == self.start);
        let Some((before, passed)) = before.zip(passed) else { return Demand { cpu: None, rss, io: None } };
        let cpu = self.cpu_millis.saturating_sub(before.cpu_millis) as f64 * 1e-3 / passed;
        let ([read, written], [read_before, written_before]) = (self.disk_bytes, before.disk_bytes);
        let rate = |now: u64, before: u64| now.saturating_sub(before) as f64 / passed;
        let known = read > 0 || written > 0;
        let io = known.then(|| [rate(read, read_before), rate(written, written_before)]);
        Demand { cpu: Some(cpu), rss, io }
    }
}

/// Looks at all processes at once.
#[derive(Debug)]
pub(super) struct Walk {
    /// `None` until it is asked for the first time.
    system: Option<System>,
    users: Option<Users>,
    before: HashMap<Pid, Totals>,
    looked: Option<Timestamp>,
    /// In the order of their numbers, as `demands` is.
    pids: Vec<Pid>,
    demands: Vec<Demand>,
    name: String,
}

impl Walk {
    pub(super) fn new(_: &ProcessesConfig) -> Self {
        Self {
            system: None,
            users: None,
            before: HashMap::new(),
            looked: None,
            pids: Vec::new(),
            demands: Vec::new(),
            name: String::new(),
        }
    }

    fn system(&mut self) -> Result<&mut System, CollectError> {
        let system = match self.system.take() {
            Some(system) => system,
            None => {
                System::new().map_err(|error| CollectError::unavailable("the system", error.to_string()))?
            }
        };
        Ok(self.system.insert(system))
    }
}

fn state(status: ProcessStatus) -> State {
    match status {
        ProcessStatus::Run | ProcessStatus::Waking => State::Running,
        ProcessStatus::Idle | ProcessStatus::Parked => State::Idle,
        ProcessStatus::Stop | ProcessStatus::Tracing => State::Stopped,
        ProcessStatus::Zombie | ProcessStatus::Dead => State::Defunct,
        ProcessStatus::UninterruptibleDiskSleep | ProcessStatus::LockBlocked => State::Blocked,
        _ => State::Sleeping,
    }
}

impl Table for Walk {
    fn look(&mut self, at: Timestamp) -> Result<Counts, CollectError> {
        let passed = self.looked.map(|before| at.as_nanos().saturating_sub(before.as_nanos()) as f64 * 1e-9);
        let passed = passed.filter(|passed| *passed > 0.0);
        self.looked = Some(at);
        let system = self.system()?;
        let what = ProcessRefreshKind::nothing()
            .without_tasks()
            .with_cpu()
            .with_memory()
            .with_disk_usage()
            .with_user(UpdateKind::OnlyIfNotSet);
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
        let mut counts = Counts::default();
        let mut seen: Vec<_> = system
            .processes()
            .iter()
            .map(|(pid, process)| (*pid, Totals::of(process), process.memory(), process.status()))
            .collect();
        seen.sort_unstable_by_key(|(pid, ..)| *pid);
        let before = std::mem::take(&mut self.before);
        self.pids.clear();
        self.demands.clear();
        for (pid, totals, rss, status) in seen {
            counts.add(state(status));
            self.pids.push(pid);
            self.demands.push(totals.demand(before.get(&pid), passed, rss));
            self.before.insert(pid, totals);
        }
        Ok(counts)
    }

    fn demands(&self) -> &[Demand] {
        &self.demands
    }

    fn describe(&mut self, place: usize) -> Option<(Who<'_>, Demand)> {
        let (pid, demand) = (*self.pids.get(place)?, *self.demands.get(place)?);
        let process = self.system.as_ref()?.process(pid)?;
        self.name = process.name().to_string_lossy().into_owned();
        if self.users.is_none() {
            self.users = Users::new_with_refreshed_list().ok();
        }
        let user =
            process.user_id().zip(self.users.as_ref()).and_then(|(id, users)| users.get_user_by_id(id));
        Some((Who { pid: pid.as_u32(), name: &self.name, user: user.map(sysinfo::User::name) }, demand))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_among_those_seen() {
        let mut walk = Walk::new(&ProcessesConfig::default());
        let mut spun = 0_u64;
        for secs in 0..2 {
            let counts = walk.look(Timestamp::from_secs(secs)).unwrap();
            assert!(counts.of(State::Running) + counts.of(State::Sleeping) > 0);
            spun = (0..20_000_000_u64).fold(spun, |sum, n| std::hint::black_box(sum ^ n));
        }
        let own = walk.pids.iter().position(|pid| pid.as_u32() == std::process::id()).unwrap();
        let (who, demand) = walk.describe(own).unwrap();
        assert_eq!(who.pid, std::process::id());
        assert!(!who.name.is_empty());
        assert!(demand.rss > 100_000);
        assert!(demand.cpu.is_some());
        assert!(walk.pids.is_sorted());
    }

    #[test]
    fn demands_are_differences() {
        let before = Totals { start: 1, cpu_millis: 1000, disk_bytes: [0, 100] };
        let now = Totals { start: 1, cpu_millis: 2000, disk_bytes: [0, 600] };
        let demand = now.demand(Some(&before), Some(5.0), 7);
        assert_eq!(demand, Demand { cpu: Some(0.2), rss: 7, io: Some([0.0, 100.0]) });
        let other = Totals { start: 2, ..before };
        assert_eq!(now.demand(Some(&other), Some(5.0), 7), Demand { cpu: None, rss: 7, io: None });
        let unread = Totals { disk_bytes: [0, 0], ..now };
        assert_eq!(unread.demand(Some(&unread), Some(5.0), 7).io, None);
    }
}
