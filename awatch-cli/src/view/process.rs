//! The processes that a collector reports as records.

use std::cmp::Ordering;

use awatch::Record;

/// One of the top processes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Process {
    pub(super) pid: Box<str>,
    pub(super) name: Box<str>,
    pub(super) user: Box<str>,
    /// Processor time in parts of one core.
    pub(super) cpu: Option<f64>,
    /// Resident memory in bytes.
    pub(super) memory: Option<f64>,
    /// Bytes read and written per second.
    pub(super) io: Option<f64>,
}

impl Process {
    /// What a record of the kind `process` says.
    pub(super) fn of(record: &Record) -> Self {
        let text = |name: &str| {
            let field = record.fields.iter().find(|(field, _)| *field == name);
            field.map(|(_, text)| text.as_str()).unwrap_or_default()
        };
        let number = |name: &str| text(name).parse::<f64>().ok();
        let sum = |names: &[&str]| names.iter().filter_map(|name| number(name)).reduce(|a, b| a + b);
        Self {
            pid: text("pid").into(),
            name: text("name").into(),
            user: text("user").into(),
            cpu: number("cpu"),
            memory: number("rss"),
            io: number("io").or_else(|| sum(&["io.read", "io.write"])),
        }
    }
}

/// By what processes are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SortBy {
    #[default]
    Cpu,
    Memory,
    Io,
}

impl SortBy {
    /// The one after this one.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Cpu => Self::Memory,
            Self::Memory => Self::Io,
            Self::Io => Self::Cpu,
        }
    }

    /// Its name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Io => "io",
        }
    }

    /// The order of two processes: the largest first.
    pub(super) fn order(self, a: &Process, b: &Process) -> Ordering {
        let of = |process: &Process| {
            let number = match self {
                Self::Cpu => process.cpu,
                Self::Memory => process.memory,
                Self::Io => process.io,
            };
            number.unwrap_or(f64::NEG_INFINITY)
        };
        of(b).total_cmp(&of(a)).then_with(|| a.pid.cmp(&b.pid))
    }
}
