//! What the program itself costs.

use std::sync::OnceLock;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What the process had used before it was this program: who replaced itself by it (as `cargo run` does) left that.
static BEFORE: OnceLock<Duration> = OnceLock::new();

/// Begins to count processor time. Called first of all.
pub(crate) fn begin() {
    BEFORE.get_or_init(process_cpu_time);
}

/// Processor time used by all threads of the program so far.
pub(crate) fn cpu_time() -> Duration {
    process_cpu_time().saturating_sub(BEFORE.get().copied().unwrap_or_default())
}

fn process_cpu_time() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(spent.tv_sec).unwrap_or_default();
    let nanos = u32::try_from(spent.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanos)
}

/// Memory of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Resident now, in bytes.
    pub(crate) resident: Option<u64>,
    /// The most that ever was resident, in bytes.
    pub(crate) peak: Option<u64>,
}

/// Memory of the process as the kernel tells it; nothing where there is no `/proc`.
pub(crate) fn memory() -> Memory {
    std::fs::read_to_string("/proc/self/status").map(|text| parse(&text)).unwrap_or_default()
}

fn parse(status: &str) -> Memory {
    let bytes = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kib.checked_mul(1024)
    };
    Memory { resident: bytes("VmRSS:"), peak: bytes("VmHWM:") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_kernels_text() {
        let text = "Name:\tawatch\nVmHWM:\t   14336 kB\nVmRSS:\t    9216 kB\n";
        assert_eq!(parse(text), Memory { resident: Some(9 << 20), peak: Some(14 << 20) });
        assert_eq!(parse("VmRSS: lots"), Memory::default());
    }
}
