//! What each fuzz target does with its input: a function that panics when something is wrong.
//!
//! `cargo fuzz run --features libfuzzer <target>` calls them with inputs of the fuzzer's making; the tests of this crate
//! call them with the corpora and what comes of small damage to them.

mod engine;
mod proc_files;
mod recordings;
mod text;

pub use engine::{checkpoint, detector_state, sound_checkpoint, sound_states};
pub use proc_files::proc_files;
pub use recordings::{csv_recording, parquet_recording};
pub use text::{byte_size, config, duration, matcher, timestamp};

/// A fuzz target: takes any input, panics when something is wrong.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("byte_size", byte_size),
    ("checkpoint", checkpoint),
    ("config", config),
    ("csv_recording", csv_recording),
    ("detector_state", detector_state),
    ("duration", duration),
    ("matcher", matcher),
    ("parquet_recording", parquet_recording),
    ("proc", proc_files),
    ("timestamp", timestamp),
];
