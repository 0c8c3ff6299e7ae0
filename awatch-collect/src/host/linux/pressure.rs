//! Pressure stall information, from `/proc/pressure`.

use std::path::Path;

use awatch_core::CollectError;

use super::Source;
use crate::host::metrics::pressure::{RESOURCE, STALL, TIME};
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, Fields, ParseError, ProcFile, lines};

const RESOURCES: [&str; 4] = ["cpu", "memory", "io", "irq"];

/// Reads one file of `/proc/pressure`: the microseconds stalled, as `some` and `full`.
pub(super) fn parse_pressure(table: &[u8]) -> Result<[Option<u64>; 2], ParseError> {
    let mut found = [None; 2];
    let [some, full] = &mut found;
    for (line, text) in lines(table) {
        let mut fields = Fields::of(line, text);
        let place = match fields.next_field() {
            Some(b"some") => &mut *some,
            Some(b"full") => &mut *full,
            _ => continue,
        };
        while let Some(field) = fields.next_field() {
            if let Some(total) = field.strip_prefix(b"total=") {
                *place = Some(Fields::of(line, total).number("total")?);
            }
        }
    }
    Ok(found)
}

#[derive(Debug)]
struct Resource {
    name: &'static str,
    file: ProcFile,
    stalls: [Slot; 2],
}

/// Collects the pressure; nothing where the kernel does not measure it.
#[derive(Debug)]
pub(super) struct Pressure(Vec<Resource>);

impl Pressure {
    pub(super) fn new(root: &Path) -> Self {
        let folder = root.join("pressure");
        let resource =
            |name| Resource { name, file: ProcFile::new(&folder, &[name]), stalls: Default::default() };
        Self(RESOURCES.into_iter().map(resource).collect())
    }
}

impl Source for Pressure {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let mut first_error = None;
        for resource in &mut self.0 {
            if let Err(error) = resource.collect(out, buffer) {
                first_error.get_or_insert(error);
            }
        }
        first_error.map_or(Ok(()), Err)
    }
}

impl Resource {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        // A kernel that was started with `psi=0` has the files and does not let them be read.
        let Ok(Some(table)) = self.file.read_if_there(buffer) else { return Ok(()) };
        let found = parse_pressure(table).map_err(|error| self.file.malformed(error))?;
        for ((slot, stall), micros) in self.stalls.iter_mut().zip(["some", "full"]).zip(found) {
            // For the system as a whole the kernel does not know it, and writes 0 instead.
            let is_known = (self.name, stall) != ("cpu", "full");
            if let Some(micros) = micros.filter(|_| is_known) {
                let labels = [(RESOURCE, self.name), (STALL, stall)];
                out.push(slot, &TIME, &labels, micros as f64 * 1e-6);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_real_machine() {
        let text = b"some avg10=0.00 avg60=1.25 avg300=0.00 total=123456\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
        assert_eq!(parse_pressure(text), Ok([Some(123_456), Some(7)]));
        assert_eq!(parse_pressure(b"full avg10=0.00 total=9\n"), Ok([None, Some(9)]));
    }

    #[test]
    fn says_where_it_does_not_understand() {
        let error = parse_pressure(b"some total=1\nfull total=x").unwrap_err();
        assert_eq!(error.to_string(), "line 2: `total` is `x`, not a number");
    }
}
