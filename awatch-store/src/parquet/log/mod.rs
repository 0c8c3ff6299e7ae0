//! The write-ahead log: what was appended since the last segment, in the order it was appended.
//!
//! One file per generation, `log/0000000012.log`. A record is written by one call at the append, so that it survives
//! the end of the process and other processes see it; what survives a loss of power is what was synchronised.

mod file;
mod record;
mod replay;
mod sync;

pub(super) use file::{Log, LogName, directory, list, remove, sync_directory};
pub(super) use record::{Entry, HEADER, Header, Record, VERSION, define, delete, read_header, samples};
pub(super) use replay::{ReadTo, replay};
pub(super) use sync::Syncer;
