//! Processor time and what the kernel counts beside it, from `/proc/stat`.

use awatch_core::CollectError;

use super::Source;
use crate::Metric;
use crate::host::bound::Bound;
use crate::host::metrics::cpu::{
    CORE_TIME, CORE_UTILIZATION, LEFT_OUT, LOGICAL_COUNT, MODE, NUMBER, TIME, UTILIZATION,
};
use crate::host::metrics::kernel::{CONTEXT_SWITCHES, CREATED, INTERRUPTS, KIND, SOFTIRQS, STATE, THREADS};
use crate::host::{Group, HostConfig};
use crate::listing::Listing;
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, Fields, ParseError, ProcFile, lines, missing_line};

const MODES: [&str; 7] = ["user", "nice", "system", "idle", "iowait", "interrupt", "steal"];
const IDLE: usize = 3;
const IOWAIT: usize = 4;
const SOFTIRQ_KINDS: [&str; 10] =
    ["hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu"];

/// Clock ticks spent in each of [`MODES`]; `None` where an old kernel does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Modes([Option<u64>; MODES.len()]);

impl Modes {
    fn parse(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let [user, nice, system, idle] = [
            fields.number("user")?,
            fields.number("nice")?,
            fields.number("system")?,
            fields.number("idle")?,
        ];
        let iowait = fields.optional_number("iowait")?;
        let hard = fields.optional_number("irq")?;
        let soft = fields.optional_number("softirq")?;
        let steal = fields.optional_number("steal")?;
        let interrupt = hard.map(|hard| hard.saturating_add(soft.unwrap_or(0)));
        Ok(Self([Some(user), Some(nice), Some(system), Some(idle), iowait, interrupt, steal]))
    }

    fn mode(&self, mode: usize) -> u64 {
        self.0.get(mode).copied().flatten().unwrap_or(0)
    }

    /// The share of the time since `before` that was neither idle nor waiting; `None` when no time passed.
    fn busy_since(&self, before: &Self) -> Option<f64> {
        let passed = |mode| self.mode(mode).saturating_sub(before.mode(mode)) as f64;
        let total: f64 = (0..MODES.len()).map(passed).sum();
        (total > 0.0).then(|| (1.0 - (passed(IDLE) + passed(IOWAIT)) / total).clamp(0.0, 1.0))
    }

    /// The same with modes that fell by less than `slack` held at what they were `before`: the kernel lets `idle` and
    /// `iowait` slip back a little, which is no restart of the counter.
    fn held(mut self, before: &Self, slack: u64) -> Self {
        for (now, before) in self.0.iter_mut().zip(before.0) {
            if let (Some(now), Some(before)) = (now, before)
                && *now < before
                && before - *now < slack
            {
                *now = before;
            }
        }
        self
    }
}

/// One line of `/proc/stat`.
#[derive(Clone, Debug)]
enum Line<'a> {
    All(Modes),
    /// The number of a processor and its times.
    Core(&'a [u8], Modes),
    Interrupts(u64),
    ContextSwitches(u64),
    Created(u64),
    Running(u64),
    Blocked(u64),
    Softirqs([Option<u64>; SOFTIRQ_KINDS.len()]),
}

/// Reads `/proc/stat` line by line; lines it does not know are passed over.
fn parse_stat(table: &[u8]) -> impl Iterator<Item = Result<Line<'_>, ParseError>> {
    lines(table).filter_map(|(line, text)| parse_line(Fields::of(line, text)).transpose())
}

fn parse_line(mut fields: Fields<'_>) -> Result<Option<Line<'_>>, ParseError> {
    let line = match fields.next_field() {
        Some(b"cpu") => Line::All(Modes::parse(&mut fields)?),
        Some(b"intr") => Line::Interrupts(fields.number("intr")?),
        Some(b"ctxt") => Line::ContextSwitches(fields.number("ctxt")?),
        Some(b"processes") => Line::Created(fields.number("processes")?),
        Some(b"procs_running") => Line::Running(fields.number("procs_running")?),
        Some(b"procs_blocked") => Line::Blocked(fields.number("procs_blocked")?),
        Some(b"softirq") => {
            fields.number("softirq")?;
            let mut kinds = [None; SOFTIRQ_KINDS.len()];
            for (kind, name) in kinds.iter_mut().zip(SOFTIRQ_KINDS) {
                *kind = fields.optional_number(name)?;
            }
            Line::Softirqs(kinds)
        }
        Some(name) => match name.strip_prefix(b"cpu") {
            Some(number) => Line::Core(number, Modes::parse(&mut fields)?),
            None => return Ok(None),
        },
        None => return Ok(None),
    };
    Ok(Some(line))
}

/// Gives `bytes` to the parser.
pub(super) fn fuzz(bytes: &[u8]) {
    parse_stat(bytes).for_each(drop);
}

#[derive(Debug)]
struct Core {
    number: String,
    before: Option<Modes>,
    utilization: Slot,
    times: [Slot; MODES.len()],
}

#[derive(Debug, Default)]
struct KernelSlots {
    interrupts: Slot,
    context_switches: Slot,
    created: Slot,
    running: Slot,
    blocked: Slot,
    softirqs: [Slot; SOFTIRQ_KINDS.len()],
}

/// Collects processor time, and what the kernel does.
#[derive(Debug)]
pub(super) struct Stat {
    file: ProcFile,
    ticks_per_second: u64,
    before: Option<Modes>,
    utilization: Slot,
    times: [Slot; MODES.len()],
    count: Slot,
    /// `None`: not reported.
    cores: Option<Cores>,
    kernel: Option<KernelSlots>,
}

#[derive(Debug)]
struct Cores {
    known: Listing<Core>,
    bound: Bound,
    times: bool,
    online: u32,
}

impl Stat {
    /// Reports the group `Cpu`, the group `Kernel`, or both, as the configuration says.
    pub(super) fn new(config: &HostConfig) -> Self {
        let bound = Bound::new("processors", config.max_processors, "raise `max_processors`", &LEFT_OUT);
        let cores = Cores { known: Listing::new(bound.max()), bound, times: config.core_times, online: 0 };
        Self {
            file: ProcFile::new(&config.proc_root, &["stat"]),
            ticks_per_second: rustix::param::clock_ticks_per_second().max(1),
            before: None,
            utilization: Slot::default(),
            times: Default::default(),
            count: Slot::default(),
            cores: config.groups.contains(&Group::Cpu).then_some(cores),
            kernel: config.groups.contains(&Group::Kernel).then(KernelSlots::default),
        }
    }

    fn push_all(&mut self, read: Modes, out: &mut Output<'_>) {
        let now = self.before.map_or(read, |before| read.held(&before, 3 * self.ticks_per_second));
        if let Some(busy) = self.before.and_then(|before| now.busy_since(&before)) {
            out.push(&mut self.utilization, &UTILIZATION, &[], busy);
        }
        for ((slot, mode), ticks) in self.times.iter_mut().zip(MODES).zip(now.0) {
            if let Some(ticks) = ticks {
                out.push(slot, &TIME, &[(MODE, mode)], ticks as f64 / self.ticks_per_second as f64);
            }
        }
        self.before = Some(now);
    }
}

impl Cores {
    fn push(&mut self, number: &[u8], read: Modes, ticks_per_second: u64, out: &mut Output<'_>) {
        self.online += 1;
        let make = |number: &str| {
            let number = number.to_owned();
            Some(Core { number, before: None, utilization: Slot::default(), times: Default::default() })
        };
        let Some(core) = self.known.next(number, make) else { return };
        let now = core.before.map_or(read, |before| read.held(&before, 3 * ticks_per_second));
        let label = (NUMBER, core.number.as_str());
        if let Some(busy) = core.before.and_then(|before| now.busy_since(&before)) {
            out.push(&mut core.utilization, &CORE_UTILIZATION, &[label], busy);
        }
        if self.times {
            for ((slot, mode), ticks) in core.times.iter_mut().zip(MODES).zip(now.0) {
                if let Some(ticks) = ticks {
                    let seconds = ticks as f64 / ticks_per_second as f64;
                    out.push(slot, &CORE_TIME, &[label, (MODE, mode)], seconds);
                }
            }
        }
        core.before = Some(now);
    }
}

impl KernelSlots {
    fn push(&mut self, line: &Line<'_>, out: &mut Output<'_>) {
        let (slot, metric, labels, number): (_, &Metric, &[_], _) = match line {
            Line::All(_) | Line::Core(..) => return,
            Line::Interrupts(number) => (&mut self.interrupts, &INTERRUPTS, &[], *number),
            Line::ContextSwitches(number) => (&mut self.context_switches, &CONTEXT_SWITCHES, &[], *number),
            Line::Created(number) => (&mut self.created, &CREATED, &[], *number),
            Line::Running(number) => (&mut self.running, &THREADS, &[(STATE, "running")], *number),
            Line::Blocked(number) => (&mut self.blocked, &THREADS, &[(STATE, "blocked")], *number),
            Line::Softirqs(kinds) => {
                for ((slot, name), number) in self.softirqs.iter_mut().zip(SOFTIRQ_KINDS).zip(kinds) {
                    if let Some(number) = number {
                        out.push(slot, &SOFTIRQS, &[(KIND, name)], *number as f64);
                    }
                }
                return;
            }
        };
        out.push(slot, metric, labels, number as f64);
    }
}

impl Source for Stat {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let table = self.file.read(buffer)?;
        let mut first_error = None;
        let mut found = false;
        if let Some(cores) = &mut self.cores {
            cores.known.begin();
            cores.online = 0;
        }
        for line in parse_stat(table) {
            match line {
                Ok(Line::All(modes)) => {
                    found = true;
                    if self.cores.is_some() {
                        self.push_all(modes, out);
                    }
                }
                Ok(Line::Core(number, modes)) => {
                    if let Some(cores) = &mut self.cores {
                        cores.push(number, modes, self.ticks_per_second, out);
                    }
                }
                Ok(line) => {
                    if let Some(kernel) = &mut self.kernel {
                        kernel.push(&line, out);
                    }
                }
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        let mut surplus = Ok(());
        if let Some(cores) = &mut self.cores {
            if cores.online > 0 {
                out.push(&mut self.count, &LOGICAL_COUNT, &[], f64::from(cores.online));
            }
            surplus = cores.bound.left_out(cores.known.end(), out);
        }
        let error = first_error.or_else(|| (!found).then(|| missing_line("cpu")));
        error.map_or(surplus, |error| Err(self.file.malformed(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &[u8] = b"cpu  26776 0 2683 275800 335 0 27 11 0 0\n\
        cpu0 13331 0 1228 138181 51 0 4 4 0 0\n\
        cpu1 13444 0 1454 137618 283 0 23 7 0 0\n\
        intr 225738 0 0 0\nctxt 289381\nbtime 1795167182\nprocesses 8830\n\
        procs_running 2\nprocs_blocked 0\nsoftirq 3063935 0 480718 4 16115 500029 0 793 543589 0 1522687\n";

    fn modes(text: &str) -> Modes {
        match parse_stat(text.as_bytes()).next() {
            Some(Ok(Line::All(modes) | Line::Core(_, modes))) => modes,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_a_real_machine() {
        let lines: Vec<_> = parse_stat(REAL).map(|line| format!("{:?}", line.unwrap())).collect();
        assert_eq!(
            modes("cpu  26776 0 2683 275800 335 0 27 11 0 0").0,
            [26776, 0, 2683, 275_800, 335, 27, 11].map(Some)
        );
        assert_eq!(lines.len(), 9);
        assert_eq!(
            lines.get(3..8).unwrap(),
            ["Interrupts(225738)", "ContextSwitches(289381)", "Created(8830)", "Running(2)", "Blocked(0)"]
        );
        assert!(lines.last().unwrap().ends_with("Some(0), Some(1522687)])"), "{lines:?}");
    }

    #[test]
    fn old_kernels_tell_less() {
        let max = modes("cpu  1 2 3 18446744073709551615");
        assert_eq!(max.0, [Some(1), Some(2), Some(3), Some(u64::MAX), None, None, None]);
    }

    #[test]
    fn says_where_it_does_not_understand() {
        for (text, message) in [
            ("cpu 1 2 3", "line 1: `idle` is missing"),
            ("cpu 1 2 x 4", "line 1: `system` is `x`, not a number"),
            ("cpu 1 2 3 4 5 -6", "line 1: `irq` is `-6`, not a number"),
            ("cpu3 1 2 3 4 5 -6", "line 1: `irq` is `-6`, not a number"),
            ("softirq 5 1 x", "line 1: `timer` is `x`, not a number"),
            ("ctxt", "line 1: `ctxt` is missing"),
        ] {
            let error = parse_stat(text.as_bytes()).find_map(Result::err).unwrap();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn busy_is_what_is_neither_idle_nor_waiting() {
        let before = modes("cpu 100 0 100 1000 100 0 0 0");
        let busy = |text| modes(text).busy_since(&before);
        assert_eq!(busy("cpu 125 0 100 1065 110 0 0 0"), Some(0.25));
        assert_eq!(busy("cpu 100 0 100 1000 100 0 0 0"), None);
        assert_eq!(busy("cpu 100 0 100 1100 100 0 0 0"), Some(0.0));
        assert_eq!(busy("cpu 150 10 110 1000 90 5 5 20"), Some(1.0));
    }

    #[test]
    fn a_small_step_back_is_held_and_a_restart_is_not() {
        let before = modes("cpu 100 0 100 1000 100 0 0 0");
        let now = modes("cpu 110 0 100 990 100 0 0 0").held(&before, 300);
        assert_eq!(now.0.get(IDLE), Some(&Some(1000)));
        let now = modes("cpu 1 0 1 10 1 0 0 0").held(&before, 50);
        assert_eq!(now.0.get(IDLE), Some(&Some(10)));
    }
}
