//! History as Parquet.

mod columns;
mod labels;
mod numbers;
mod read;
mod recorder;
mod rows;
mod times;

pub use read::ParquetRecording;
pub use recorder::ParquetRecorder;
