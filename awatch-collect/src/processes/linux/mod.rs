//! The processes of a Linux machine, from `/proc`.

pub(crate) mod proc_dir;
pub(crate) mod stat;
mod traffic;
mod users;

use awatch_core::{CollectError, Timestamp};

use super::metrics::Counts;
use super::ranking::Demand;
use super::record::Who;
use super::{ProcessesConfig, Table};
use crate::listing::text;
use crate::procfs::{Buffer, Fields, ProcFile};
use proc_dir::ProcDir;
use stat::{ProcessName, ProcessStat, parse_io, parse_stat};
use traffic::Traffic;
use users::Users;

/// What is remembered of a process from tick to tick.
#[derive(Debug)]
struct Known {
    pid: u32,
    /// Tells it from another that had the same number before.
    start_ticks: u64,
    /// Processor time so far.
    ticks: u64,
    name: ProcessName,
    traffic: Traffic,
}

/// Looks at all processes, one after the other.
#[derive(Debug)]
pub(in crate::processes) struct Walk {
    folder: ProcDir,
    uptime: ProcFile,
    buffer: Buffer,
    users: Users,
    ticks_per_second: f64,
    page_bytes: u64,
    pids: Vec<u32>,
    /// In the order of their numbers, as `demands` is.
    known: Vec<Known>,
    /// Memory for the next walk.
    spare: Vec<Known>,
    demands: Vec<Demand>,
    /// The uptime at the walk before and at this one, in seconds.
    last: Option<f64>,
    now: f64,
    name: String,
}

impl Walk {
    pub(in crate::processes) fn new(config: &ProcessesConfig) -> Self {
        Self {
            folder: ProcDir::new(&config.proc_root),
            uptime: ProcFile::new(&config.proc_root, &["uptime"]),
            buffer: Buffer::default(),
            users: Users::new(&config.passwd),
            ticks_per_second: rustix::param::clock_ticks_per_second().max(1) as f64,
            page_bytes: rustix::param::page_size() as u64,
            pids: Vec::new(),
            known: Vec::new(),
            spare: Vec::new(),
            demands: Vec::new(),
            last: None,
            now: 0.0,
            name: String::new(),
        }
    }

    fn read_uptime(&mut self) -> Result<f64, CollectError> {
        let text = self.uptime.read(&mut self.buffer)?;
        Fields::of(1, text).decimal("uptime").map_err(|error| self.uptime.malformed(error))
    }

    /// Remembers a process as it is now; `before` is what is known of it from the walk before.
    fn meet(&mut self, before: Option<&Known>, pid: u32, stat: &ProcessStat) {
        let ticks = stat.user_ticks.saturating_add(stat.system_ticks);
        let born = stat.start_ticks as f64 / self.ticks_per_second;
        // Of one that is as young as that everything happened since.
        let young = self.last.filter(|last| before.is_none() && born >= *last);
        let (ticks_before, traffic) = match (before, young) {
            (Some(known), _) => (Some(known.ticks), known.traffic),
            (None, Some(last)) => (Some(0), Traffic::of_new(last)),
            (None, None) => (None, Traffic::default()),
        };
        let used = ticks_before.map(|before| ticks.saturating_sub(before));
        let passed = self.last.map(|last| self.now - last).filter(|passed| *passed > 0.0);
        let cpu = used.zip(passed).map(|(used, passed)| used as f64 / self.ticks_per_second / passed);
        let mut known = Known { pid, start_ticks: stat.start_ticks, ticks, name: stat.name, traffic };
        known.traffic.tick(used.is_some_and(|used| used > 0));
        if known.traffic.is_due() {
            known.traffic.take(read_io(&mut self.folder, pid), self.now);
        }
        let rss = stat.resident_pages.saturating_mul(self.page_bytes);
        self.demands.push(Demand { cpu, rss, io: known.traffic.rates() });
        self.known.push(known);
    }
}

fn read_io(folder: &mut ProcDir, pid: u32) -> Option<[u64; 2]> {
    parse_io(folder.read(pid, "io").ok()?).ok()
}

impl Table for Walk {
    fn look(&mut self, _: Timestamp) -> Result<Counts, CollectError> {
        self.now = self.read_uptime()?;
        self.folder.list(&mut self.pids)?;
        self.users.refresh();
        let pids = std::mem::take(&mut self.pids);
        let mut last_walk = std::mem::take(&mut self.known);
        self.known = std::mem::take(&mut self.spare);
        self.demands.clear();
        let mut counts = Counts::default();
        let mut threads = 0;
        let mut before = last_walk.drain(..).peekable();
        for pid in &pids {
            // One that cannot be read has ended, or is hidden from this user.
            let Some(stat) = self.folder.read(*pid, "stat").ok().and_then(|text| parse_stat(text).ok())
            else {
                continue;
            };
            while before.next_if(|known| known.pid < *pid).is_some() {}
            let known = before.next_if(|known| known.pid == *pid);
            counts.add(stat.state);
            threads += stat.threads;
            let known = known.filter(|known| known.start_ticks == stat.start_ticks);
            self.meet(known.as_ref(), *pid, &stat);
        }
        drop(before);
        self.spare = last_walk;
        self.pids = pids;
        self.last = Some(self.now);
        counts.threads = Some(threads);
        Ok(counts)
    }

    fn demands(&self) -> &[Demand] {
        &self.demands
    }

    fn describe(&mut self, place: usize) -> Option<(Who<'_>, Demand)> {
        let (known, demand) = (self.known.get_mut(place)?, self.demands.get_mut(place)?);
        let owner = self.folder.owner(known.pid).ok()?;
        if known.traffic.can_be_read() {
            known.traffic.take(read_io(&mut self.folder, known.pid), self.now);
            demand.io = known.traffic.rates();
        }
        self.name = text(known.name.as_bytes());
        Some((Who { pid: known.pid, name: &self.name, user: Some(self.users.name(owner)) }, *demand))
    }
}

/// Gives `bytes` to every parser of this collector, for fuzzing: none may panic.
pub fn fuzz_parsers(bytes: &[u8]) {
    let _ = parse_stat(bytes);
    let _ = parse_io(bytes);
    let _ = users::parse_passwd(bytes);
}
