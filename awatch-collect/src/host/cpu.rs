//! Processor time, from `/proc/stat`.

use std::path::Path;

use awatch_core::CollectError;

use super::groups::Source;
use super::output::{COUNTER, GAUGE, Output, Slot};
use super::proc_file::{Buffer, ProcFile};
use super::scan::{Fields, ParseError, lines, missing_line};
use super::{Group, Metric};

const MODE: &str = "cpu.mode";

const UTILIZATION: Metric = Metric {
    name: "system.cpu.utilization",
    unit: "1",
    kind: GAUGE,
    labels: &[],
    group: Group::Cpu,
    meaning: "Share of the time since the last tick that the processors were busy: neither idle nor waiting for I/O, \
              over all of them. From the second tick on.",
};
const TIME: Metric = Metric {
    name: "system.cpu.time",
    unit: "s",
    kind: COUNTER,
    labels: &[MODE],
    group: Group::Cpu,
    meaning: "Time that all logical processors together spent in each mode: `user` (with guests), `nice`, `system`, \
              `idle`, `iowait`, `interrupt` (hard and soft), `steal`.",
};
const LOGICAL_COUNT: Metric = Metric {
    name: "system.cpu.logical.count",
    unit: "{cpu}",
    kind: GAUGE,
    labels: &[],
    group: Group::Cpu,
    meaning: "Logical processors that are online.",
};
pub(super) const METRICS: &[Metric] = &[UTILIZATION, TIME, LOGICAL_COUNT];

const MODES: [&str; 7] = ["user", "nice", "system", "idle", "iowait", "interrupt", "steal"];
const IDLE: usize = 3;
const IOWAIT: usize = 4;

/// The first line of `/proc/stat` and the number of lines that follow for one processor each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// Clock ticks spent in each of [`MODES`]; `None` where an old kernel does not tell.
    modes: [Option<u64>; MODES.len()],
    processors: u32,
}

/// Reads `/proc/stat` as far as it is about processors.
pub(super) fn parse_stat(table: &[u8]) -> Result<Stat, ParseError> {
    let mut lines = lines(table);
    let (line, text) = lines.next().ok_or_else(|| missing_line("cpu"))?;
    let mut fields = Fields::of(line, text);
    if fields.next_field() != Some(b"cpu") {
        return Err(fields.missing("cpu"));
    }
    let [user, nice, system, idle] =
        [fields.number("user")?, fields.number("nice")?, fields.number("system")?, fields.number("idle")?];
    let iowait = fields.optional_number("iowait")?;
    let hard = fields.optional_number("irq")?;
    let soft = fields.optional_number("softirq")?;
    let steal = fields.optional_number("steal")?;
    let interrupt = hard.map(|hard| hard.saturating_add(soft.unwrap_or(0)));
    let processors =
        lines.take_while(|(_, text)| text.starts_with(b"cpu")).fold(0_u32, |n, _| n.saturating_add(1));
    Ok(Stat {
        modes: [Some(user), Some(nice), Some(system), Some(idle), iowait, interrupt, steal],
        processors,
    })
}

impl Stat {
    fn mode(&self, mode: usize) -> u64 {
        self.modes.get(mode).copied().flatten().unwrap_or(0)
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
        for (now, before) in self.modes.iter_mut().zip(before.modes) {
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

/// Collects processor time.
#[derive(Debug)]
pub(super) struct Cpu {
    file: ProcFile,
    ticks_per_second: u64,
    before: Option<Stat>,
    utilization: Slot,
    times: [Slot; MODES.len()],
    count: Slot,
}

impl Cpu {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            file: ProcFile::new(root, &["stat"]),
            ticks_per_second: rustix::param::clock_ticks_per_second().max(1),
            before: None,
            utilization: Slot::default(),
            times: Default::default(),
            count: Slot::default(),
        }
    }
}

impl Source for Cpu {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let read = parse_stat(self.file.read(buffer)?).map_err(|error| self.file.malformed(error))?;
        let slack = 3 * self.ticks_per_second;
        let now = self.before.map_or(read, |before| read.held(&before, slack));
        if let Some(busy) = self.before.and_then(|before| now.busy_since(&before)) {
            out.push(&mut self.utilization, &UTILIZATION, &[], busy);
        }
        for ((slot, mode), ticks) in self.times.iter_mut().zip(MODES).zip(now.modes) {
            if let Some(ticks) = ticks {
                out.push(slot, &TIME, &[(MODE, mode)], ticks as f64 / self.ticks_per_second as f64);
            }
        }
        if now.processors > 0 {
            out.push(&mut self.count, &LOGICAL_COUNT, &[], f64::from(now.processors));
        }
        self.before = Some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &[u8] = b"cpu  26776 0 2683 275800 335 0 27 11 0 0\n\
        cpu0 13331 0 1228 138181 51 0 4 4 0 0\n\
        cpu1 13444 0 1454 137618 283 0 23 7 0 0\n\
        intr 225738 0 0 0\nctxt 289381\nbtime 1795167182\nprocesses 8830\n";

    #[test]
    fn reads_a_real_machine() {
        let stat = parse_stat(REAL).unwrap();
        assert_eq!(stat.modes, [26776, 0, 2683, 275_800, 335, 27, 11].map(Some));
        assert_eq!(stat.processors, 2);
    }

    #[test]
    fn reads_sixty_four_processors_and_old_kernels() {
        let each: String =
            (0..64).flat_map(|n| ["cpu".to_owned(), n.to_string(), " 1 2 3 4\n".to_owned()]).collect();
        let text = format!("cpu  1 2 3 18446744073709551615\n{each}");
        let stat = parse_stat(text.as_bytes()).unwrap();
        assert_eq!(stat.processors, 64);
        assert_eq!(stat.modes, [Some(1), Some(2), Some(3), Some(u64::MAX), None, None, None]);
    }

    #[test]
    fn says_where_it_does_not_understand() {
        for (text, message) in [
            ("", "line 0: `cpu` is missing"),
            ("intr 1", "line 1: `cpu` is missing"),
            ("cpu 1 2 3", "line 1: `idle` is missing"),
            ("cpu 1 2 x 4", "line 1: `system` is `x`, not a number"),
            ("cpu 1 2 3 4 5 -6", "line 1: `irq` is `-6`, not a number"),
        ] {
            assert_eq!(parse_stat(text.as_bytes()).unwrap_err().to_string(), message);
        }
    }

    fn stat(text: &str) -> Stat {
        parse_stat(text.as_bytes()).unwrap()
    }

    #[test]
    fn busy_is_what_is_neither_idle_nor_waiting() {
        let before = stat("cpu 100 0 100 1000 100 0 0 0");
        let busy = |text| stat(text).busy_since(&before);
        assert_eq!(busy("cpu 125 0 100 1065 110 0 0 0"), Some(0.25));
        assert_eq!(busy("cpu 100 0 100 1000 100 0 0 0"), None);
        assert_eq!(busy("cpu 100 0 100 1100 100 0 0 0"), Some(0.0));
        assert_eq!(busy("cpu 150 10 110 1000 90 5 5 20"), Some(1.0));
    }

    #[test]
    fn a_small_step_back_is_held_and_a_restart_is_not() {
        let before = stat("cpu 100 0 100 1000 100 0 0 0");
        let now = stat("cpu 110 0 100 990 100 0 0 0").held(&before, 300);
        assert_eq!(now.modes[IDLE], Some(1000));
        let now = stat("cpu 1 0 1 10 1 0 0 0").held(&before, 50);
        assert_eq!(now.modes[IDLE], Some(10));
    }
}
