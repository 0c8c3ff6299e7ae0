//! Lines on standard output.

use std::io::Write;

use awatch::Sink;
use awatch::sink::Lines;

/// A sentence per event.
pub(super) fn text() -> impl Sink + 'static {
    Lines::text("awatch-stdout", std::io::stdout())
}

/// A JSON object per event.
pub(super) fn json() -> impl Sink + 'static {
    Lines::json("awatch-stdout", std::io::stdout())
}

/// Writes one line of the program's own.
pub(super) fn write(line: &impl serde::Serialize) {
    let Ok(mut text) = serde_json::to_vec(line) else { return };
    text.push(b'\n');
    // A reader that is gone ends the run by itself.
    drop(std::io::stdout().lock().write_all(&text));
}
