//! Load averages, from `/proc/loadavg`.

use std::path::Path;

use awatch_core::CollectError;

use super::Source;
use crate::host::metrics::load::METRICS;
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, Fields, ParseError, ProcFile, lines, missing_line};

/// Reads the three averages of `/proc/loadavg`, over 1, 5 and 15 minutes.
pub(super) fn parse_loadavg(table: &[u8]) -> Result<[f64; 3], ParseError> {
    let (line, text) = lines(table).next().ok_or_else(|| missing_line("1 minute"))?;
    let mut fields = Fields::of(line, text);
    Ok([fields.decimal("1 minute")?, fields.decimal("5 minutes")?, fields.decimal("15 minutes")?])
}

/// Collects the load averages.
#[derive(Debug)]
pub(super) struct Load {
    file: ProcFile,
    slots: [Slot; 3],
}

impl Load {
    pub(super) fn new(root: &Path) -> Self {
        Self { file: ProcFile::new(root, &["loadavg"]), slots: Default::default() }
    }
}

impl Source for Load {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let averages = parse_loadavg(self.file.read(buffer)?).map_err(|error| self.file.malformed(error))?;
        for ((slot, metric), average) in self.slots.iter_mut().zip(METRICS).zip(averages) {
            out.push(slot, metric, &[], average);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_real_machine() {
        assert_eq!(parse_loadavg(b"0.15 0.21 1250.16 1/87 8830\n"), Ok([0.15, 0.21, 1250.16]));
    }

    #[test]
    fn says_where_it_does_not_understand() {
        for (text, message) in [
            ("", "line 0: `1 minute` is missing"),
            ("0.1 0.2", "line 1: `15 minutes` is missing"),
            ("0.1 nan 0.2", "line 1: `5 minutes` is `nan`, not a number"),
        ] {
            assert_eq!(parse_loadavg(text.as_bytes()).unwrap_err().to_string(), message);
        }
    }
}
