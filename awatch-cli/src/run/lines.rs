//! Lines on standard output.

use awatch::Sink;
use awatch::sink::Lines;

/// A sentence per event.
pub(crate) fn text() -> impl Sink + 'static {
    Lines::text("awatch-stdout", std::io::stdout())
}

/// A JSON object per event.
pub(crate) fn json() -> impl Sink + 'static {
    Lines::json("awatch-stdout", std::io::stdout())
}

/// Writes one line of the program's own.
pub(crate) fn write(line: &impl serde::Serialize) {
    // A line of numbers and names can always be written as JSON.
    if let Ok(text) = serde_json::to_string(line) {
        crate::say::out(&(text + "\n"));
    }
}
