use std::path::PathBuf;

use crate::series::{Name, NameError};
use crate::{DetectError, PushError};

/// The engine could not be built, run, saved or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Two plug-ins of one sort have one name.
    #[error("there are two {sort}s named `{name}`: give each its own name")]
    DuplicateName {
        /// Collector, watch or sink.
        sort: &'static str,
        /// The name.
        name: Name,
    },
    /// A plug-in's name is not one.
    #[error("a {sort} has a name that cannot be used")]
    Name {
        /// Collector, watch or sink.
        sort: &'static str,
        /// Why.
        source: NameError,
    },
    /// A name is kept for the engine itself.
    #[error("`{name}` is kept for the engine's own source: give the collector another name")]
    ReservedName {
        /// The name.
        name: Name,
    },
    /// A detector names no policy and the engine has none.
    #[error(
        "watch `{watch}` has no decision policy: call `with_policy` on it, or `default_policy` on the builder"
    )]
    NoPolicy {
        /// The watch.
        watch: Name,
    },
    /// An option has a value it cannot have.
    #[error("engine option `{option}` is {given}: {remedy}")]
    Option {
        /// Its name.
        option: &'static str,
        /// The value.
        given: String,
        /// What it may be.
        remedy: &'static str,
    },
    /// A batch was given whose series are of another engine.
    #[error("the batch of `{source_name}` was made for another engine: make it with this engine's `batch`")]
    ForeignBatch {
        /// Its source.
        source_name: Name,
    },
    /// A metric of the program's own was refused.
    #[error("the metric was refused")]
    Metric {
        /// Why.
        #[from]
        source: PushError,
    },
    /// A thread could not be started.
    #[error("a thread could not be started")]
    Thread {
        /// Why.
        source: std::io::Error,
    },
    /// State of a detector or policy could not be saved or restored.
    #[error("state of watch `{watch}` cannot be used")]
    State {
        /// The watch.
        watch: String,
        /// Why.
        source: DetectError,
    },
    /// A checkpoint cannot be read.
    #[error("the checkpoint cannot be used: {reason}; start without it, or restore it from a copy")]
    Checkpoint {
        /// What is wrong with it.
        reason: String,
    },
    /// A checkpoint file could not be read or written.
    #[error("the checkpoint file {} could not be {done}", path.display())]
    CheckpointFile {
        /// The file.
        path: PathBuf,
        /// Read or written.
        done: &'static str,
        /// Why.
        source: std::io::Error,
    },
}
