//! Words on the standard streams. Who does not listen any more is no reason to fail.

use std::io::Write;

/// Writes text to standard output.
pub(crate) fn out(text: &str) {
    drop(std::io::stdout().lock().write_all(text.as_bytes()));
}

/// Writes a line to standard error.
pub(crate) fn err(line: &str) {
    drop(std::io::stderr().lock().write_all(format!("{line}\n").as_bytes()));
}
