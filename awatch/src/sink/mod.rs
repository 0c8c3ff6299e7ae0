//! Where events go: lines of JSON or text into a file or any writer, or a function.
//!
//! A sink of one's own is any type that implements [`Sink`](awatch_core::Sink).

mod file;
mod function;
mod lines;
mod renamed;

pub use file::FileLines;
pub use function::{FnSink, from_fn};
pub use lines::{LineFormat, Lines};

pub(crate) use renamed::Renamed;
