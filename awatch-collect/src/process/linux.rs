//! The program itself, from `/proc/self`.

use std::path::Path;

use awatch_core::CollectError;
use rustix::process::{Resource, getrlimit};

use super::metrics::{
    DIRECTION, FAULT, FAULTS, FILE_LIMIT, FILES, IO, MEMORY, MODE, SWITCH, SWITCHES, THREADS, TIME, UPTIME,
    UTILIZATION, VIRTUAL,
};
use crate::output::{Output, Slot};
use crate::processes::linux::proc_dir::ProcDir;
use crate::processes::linux::stat::{ProcessStat, parse_io, parse_stat};
use crate::procfs::{Buffer, Fields, ProcFile, lines};

/// Of programs with more threads, switches are not told: they would have to be read thread by thread.
const MAX_THREADS: usize = 256;

/// What a thread has switched so far.
#[derive(Clone, Copy, Debug)]
struct Thread {
    id: u32,
    switches: [u64; 2],
}

#[derive(Debug, Default)]
struct Slots {
    utilization: Slot,
    times: [Slot; 2],
    memory: Slot,
    reserved: Slot,
    threads: Slot,
    files: Slot,
    file_limit: Slot,
    switches: [Slot; 2],
    faults: [Slot; 2],
    io: [Slot; 2],
    uptime: Slot,
}

/// What is known of the program.
#[derive(Debug)]
pub(super) struct Own {
    stat: ProcFile,
    io: ProcFile,
    uptime: ProcFile,
    tasks: ProcDir,
    buffer: Buffer,
    ticks_per_second: f64,
    page_bytes: f64,
    /// The processor time in seconds and the uptime, of the tick before.
    before: Option<(f64, f64)>,
    ids: Vec<u32>,
    known: Vec<Thread>,
    switches: [u64; 2],
    slots: Slots,
}

impl Own {
    pub(super) fn new() -> Self {
        let root = Path::new("/proc");
        Self {
            stat: ProcFile::new(root, &["self/stat"]),
            io: ProcFile::new(root, &["self/io"]),
            uptime: ProcFile::new(root, &["uptime"]),
            tasks: ProcDir::new(&root.join("self/task")),
            buffer: Buffer::default(),
            ticks_per_second: rustix::param::clock_ticks_per_second().max(1) as f64,
            page_bytes: rustix::param::page_size() as f64,
            before: None,
            ids: Vec::new(),
            known: Vec::new(),
            switches: [0; 2],
            slots: Slots::default(),
        }
    }

    pub(super) fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let stat = self.stat.read(&mut self.buffer)?;
        let stat = parse_stat(stat).map_err(|error| self.stat.malformed(error))?;
        let uptime = self.uptime.read(&mut self.buffer)?;
        let now = Fields::of(1, uptime).decimal("uptime").map_err(|error| self.uptime.malformed(error))?;
        self.push_stat(&stat, now, out);
        self.push_files(out);
        self.push_switches(out);
        // A kernel may be built without it.
        if let Some(text) = self.io.read_if_there(&mut self.buffer)? {
            let totals = parse_io(text).map_err(|error| self.io.malformed(error))?;
            for ((slot, direction), bytes) in self.slots.io.iter_mut().zip(["read", "write"]).zip(totals) {
                out.push(slot, &IO, &[(DIRECTION, direction)], bytes as f64);
            }
        }
        Ok(())
    }

    fn push_stat(&mut self, stat: &ProcessStat, now: f64, out: &mut Output<'_>) {
        let slots = &mut self.slots;
        let times = [stat.user_ticks, stat.system_ticks].map(|ticks| ticks as f64 / self.ticks_per_second);
        let used: f64 = times.iter().sum();
        if let Some((used_before, then)) = self.before.replace((used, now)).filter(|(_, then)| now > *then) {
            let utilization = (used - used_before).max(0.0) / (now - then);
            out.push(&mut slots.utilization, &UTILIZATION, &[], utilization);
        }
        for ((slot, mode), seconds) in slots.times.iter_mut().zip(["user", "system"]).zip(times) {
            out.push(slot, &TIME, &[(MODE, mode)], seconds);
        }
        let faults = [("minor", stat.minor_faults), ("major", stat.major_faults)];
        for (slot, (kind, count)) in slots.faults.iter_mut().zip(faults) {
            out.push(slot, &FAULTS, &[(FAULT, kind)], count as f64);
        }
        out.push(&mut slots.memory, &MEMORY, &[], stat.resident_pages as f64 * self.page_bytes);
        out.push(&mut slots.reserved, &VIRTUAL, &[], stat.virtual_bytes as f64);
        out.push(&mut slots.threads, &THREADS, &[], stat.threads as f64);
        let uptime = now - stat.start_ticks as f64 / self.ticks_per_second;
        out.push(&mut slots.uptime, &UPTIME, &[], uptime.max(0.0));
    }

    fn push_files(&mut self, out: &mut Output<'_>) {
        if let Some(open) = open_files() {
            out.push(&mut self.slots.files, &FILES, &[], open as f64);
        }
        if let Some(limit) = getrlimit(Resource::Nofile).current {
            out.push(&mut self.slots.file_limit, &FILE_LIMIT, &[], limit as f64);
        }
    }

    /// Adds what the threads switched since the tick before; `false` when that cannot be known.
    fn count_switches(&mut self) -> bool {
        if self.tasks.list(&mut self.ids).is_err() || self.ids.len() > MAX_THREADS {
            return false;
        }
        let before = std::mem::take(&mut self.known);
        for id in &self.ids {
            let known = before.iter().find(|thread| thread.id == *id);
            let Some(switches) = self.tasks.read(*id, "status").ok().and_then(parse_switches) else {
                // It has ended, or no file can be opened now: then what it switched is not to be added again.
                self.known.extend(known.copied());
                continue;
            };
            let seen = known.map_or([0; 2], |thread| thread.switches);
            for ((total, now), seen) in self.switches.iter_mut().zip(switches).zip(seen) {
                *total += now.saturating_sub(seen);
            }
            self.known.push(Thread { id: *id, switches });
        }
        !self.known.is_empty()
    }

    fn push_switches(&mut self, out: &mut Output<'_>) {
        if !self.count_switches() {
            return;
        }
        let kinds = ["voluntary", "involuntary"];
        for ((slot, kind), count) in self.slots.switches.iter_mut().zip(kinds).zip(self.switches) {
            out.push(slot, &SWITCHES, &[(SWITCH, kind)], count as f64);
        }
    }
}

/// How many files the program has open: newer kernels tell as the size of the folder, older ones let it be listed.
fn open_files() -> Option<usize> {
    let folder = "/proc/self/fd";
    let told = usize::try_from(rustix::fs::stat(folder).ok()?.st_size).unwrap_or(0);
    if told > 0 {
        return Some(told);
    }
    // The folder itself is open while it is listed.
    std::fs::read_dir(folder).ok().map(|entries| entries.count().saturating_sub(1))
}

/// Reads from `/proc/<pid>/task/<tid>/status` how often a thread switched, voluntarily and not.
fn parse_switches(text: &[u8]) -> Option<[u64; 2]> {
    let (mut voluntary, mut involuntary) = (None, None);
    for (line, text) in lines(text) {
        let mut fields = Fields::of(line, text);
        match fields.next_field() {
            Some(b"voluntary_ctxt_switches:") => voluntary = fields.number("switches").ok(),
            Some(b"nonvoluntary_ctxt_switches:") => involuntary = fields.number("switches").ok(),
            _ => {}
        }
    }
    Some([voluntary?, involuntary?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_switched_is_added_once_also_when_it_cannot_be_read_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let status = folder.path().join("7/status");
        std::fs::create_dir(folder.path().join("7")).unwrap();
        let write = |voluntary: u64| {
            let text = format!("voluntary_ctxt_switches:\t{voluntary}\nnonvoluntary_ctxt_switches:\t3\n");
            std::fs::write(&status, text).unwrap();
        };
        let mut own = Own { tasks: ProcDir::new(folder.path()), ..Own::new() };
        assert!(!own.count_switches(), "nothing is known, which is not 0");
        write(1000);
        assert!(own.count_switches());
        assert_eq!(own.switches, [1000, 3]);
        std::fs::remove_file(&status).unwrap();
        assert!(own.count_switches());
        write(1005);
        assert!(own.count_switches());
        assert_eq!(own.switches, [1005, 3]);
    }
}
