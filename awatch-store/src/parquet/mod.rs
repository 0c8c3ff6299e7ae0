//! A store on disk: a write-ahead log, and segments that any reader of Parquet reads as they are.
//!
//! What is appended goes to the log and into memory. After an hour the log is sealed: its samples become a segment, a
//! Parquet file per day, sorted by series and time, and the log is removed. The files are described in
//! `docs/format.md`, and why they are so in `docs/adr/010-parquet-store.md`.
//!
//! # Durability
//! When [`flush`](awatch_core::Store::flush) returns, a loss of power costs nothing that was appended before it. Otherwise
//! it costs at most the [loss window](ParquetStoreConfig::loss_window). The end of the process alone, however it ends,
//! costs nothing: each batch is handed to the operating system as it is appended. After a clean end and after a crash
//! alike the part of the hour that is in no segment yet stays in the log, and the next opening takes it up again.
//!
//! # Late and repeated samples
//! A sample may be behind the newest one, or the present that [`maintain`](awatch_core::Store::maintain) tells, by the
//! [late window](ParquetStoreConfig::late_window); older ones are rejected and counted. What comes after its hour was
//! sealed lies in a later segment until the segments of its day are written as one. The same series and instant
//! written again keeps the last.
//!
//! # Trouble
//! When the log cannot be written, because the disk is full, say, samples are kept in memory alone: `append` takes them
//! up to [`max_memory`](ParquetStoreConfig::max_memory), `flush` and `maintain` answer with the error, and once the disk
//! takes data again they become durable. A file that cannot be read is named in [`Recovery::unreadable`] or by the scan
//! that met it; everything else is answered as usual.

mod append;
mod config;
mod day;
mod definition;
mod error;
mod generation;
mod job;
mod layer;
mod lock;
mod log;
mod opening;
mod reader;
mod recovery;
mod rows;
mod scan;
mod segment;
mod state;
mod store;
mod upkeep;

pub use config::ParquetStoreConfig;
pub use error::ParquetStoreError;
pub use reader::ParquetReader;
pub use recovery::{Recovery, Unreadable};
pub use store::ParquetStore;
