//! History as CSV.

mod line;
mod read;
mod recorder;
mod rows;

pub use read::CsvRecording;
pub use recorder::CsvRecorder;
