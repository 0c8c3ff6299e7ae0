//! How long the system runs, from `/proc/uptime`, and how many files are open, from `/proc/sys/fs/file-nr`.

use std::path::Path;

use awatch_core::CollectError;

use super::Source;
use crate::host::metrics::kernel::{FILE_HANDLE_LIMIT, FILE_HANDLES, UPTIME};
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, Fields, ParseError, ProcFile, lines, missing_line};

/// The kernel's word for no limit is the greatest number it can count to.
const NO_LIMIT: u64 = i64::MAX as u64;

/// Collects the uptime.
#[derive(Debug)]
pub(super) struct Uptime {
    file: ProcFile,
    slot: Slot,
}

/// Reads the seconds since the start from `/proc/uptime`.
pub(crate) fn parse_uptime(table: &[u8]) -> Result<f64, ParseError> {
    let (line, text) = lines(table).next().ok_or_else(|| missing_line("uptime"))?;
    Fields::of(line, text).decimal("uptime")
}

/// Reads `/proc/sys/fs/file-nr`: how many files are open, and how many may be.
pub(super) fn parse_file_nr(table: &[u8]) -> Result<(u64, Option<u64>), ParseError> {
    let (line, text) = lines(table).next().ok_or_else(|| missing_line("open files"))?;
    let mut fields = Fields::of(line, text);
    let (open, unused, limit) =
        (fields.number("open files")?, fields.number("unused")?, fields.number("limit")?);
    Ok((open.saturating_sub(unused), Some(limit).filter(|limit| *limit < NO_LIMIT)))
}

impl Uptime {
    pub(super) fn new(root: &Path) -> Self {
        Self { file: ProcFile::new(root, &["uptime"]), slot: Slot::default() }
    }
}

impl Source for Uptime {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let uptime = parse_uptime(self.file.read(buffer)?).map_err(|error| self.file.malformed(error))?;
        out.push(&mut self.slot, &UPTIME, &[], uptime);
        Ok(())
    }
}

/// Collects the number of open files.
#[derive(Debug)]
pub(super) struct FileHandles {
    file: ProcFile,
    count: Slot,
    limit: Slot,
}

impl FileHandles {
    pub(super) fn new(root: &Path) -> Self {
        let file = ProcFile::new(root, &["sys/fs/file-nr"]);
        Self { file, count: Slot::default(), limit: Slot::default() }
    }
}

impl Source for FileHandles {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let (open, limit) =
            parse_file_nr(self.file.read(buffer)?).map_err(|error| self.file.malformed(error))?;
        out.push(&mut self.count, &FILE_HANDLES, &[], open as f64);
        if let Some(limit) = limit {
            out.push(&mut self.limit, &FILE_HANDLE_LIMIT, &[], limit as f64);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_real_machine() {
        assert_eq!(parse_uptime(b"11552.89 9859.41\n"), Ok(11552.89));
        assert_eq!(parse_file_nr(b"486\t0\t2466177\n"), Ok((486, Some(2_466_177))));
        assert_eq!(parse_file_nr(b"486\t6\t9223372036854775807\n"), Ok((480, None)));
    }

    #[test]
    fn says_where_it_does_not_understand() {
        assert_eq!(parse_uptime(b"").unwrap_err().to_string(), "line 0: `uptime` is missing");
        assert_eq!(parse_file_nr(b"1 0").unwrap_err().to_string(), "line 1: `limit` is missing");
    }
}
