//! Why the program could not do what it was asked.

use std::path::PathBuf;

use awatch::config::ConfigError;
use awatch::demo::DemoConfigError;
use awatch::replay::ReplayError;
use awatch::series::MatcherError;
use awatch::store::query::QueryError;
use awatch::store::query::moment::ParseMomentError;
use awatch::{EngineError, RecordingError, StoreError, Timestamp};

/// The end of the program with exit code 1.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The configuration has a mistake.
    #[error("the configuration cannot be used")]
    Config(#[from] ConfigError),
    /// The engine could not be built or run.
    #[error("the engine cannot run")]
    Engine(#[from] EngineError),
    /// A file could not be read or written.
    #[error("{} could not be {done}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Read or written.
        done: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The demo world cannot be as asked.
    #[error("the demo world cannot be made")]
    Demo(#[from] DemoConfigError),
    /// History could not be played.
    #[error("the history cannot be played")]
    Replay(#[from] ReplayError),
    /// History was to be played to an instant before it.
    #[error(
        "the history begins at {first}, after {to}: give a later time with --to, or one after the beginning such as +45m"
    )]
    BeforeHistory {
        /// The instant that was given.
        to: Timestamp,
        /// The first arrival.
        first: Timestamp,
    },
    /// There is a configuration file already.
    #[error("{} is there already: look at it with `awatch check`, or replace it with `awatch init --force`", .0.display())]
    Exists(PathBuf),
    /// Nobody knows where configuration files go.
    #[error("there is no home directory to put a configuration file in: name one with --path FILE")]
    NoHome,
    /// A collector could not be read by `awatch check`.
    #[error("{failed} of {all} collectors could not be read")]
    Probe {
        /// How many failed.
        failed: usize,
        /// How many there are.
        all: usize,
    },
    /// The signals or the terminal could not be set up.
    #[error("{what} could not be set up")]
    Setup {
        /// What.
        what: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no history to query.
    #[error("there is no history to query: give a recording with --file FILE, as .csv or .parquet")]
    NoHistory,
    /// The history has nothing in it.
    #[error("the history has no samples")]
    NoSamples,
    /// A history file cannot be read.
    #[error("the history cannot be read")]
    Recording(#[from] RecordingError),
    /// A history file cannot be written.
    #[error("the history cannot be written")]
    NotRecorded(#[source] RecordingError),
    /// A store cannot be read.
    #[error("the history cannot be read")]
    Store(#[from] StoreError),
    /// A query cannot be answered.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A point in time is not one.
    #[error(transparent)]
    Moment(#[from] ParseMomentError),
    /// A pattern is not one.
    #[error(transparent)]
    Pattern(#[from] MatcherError),
    /// A pattern says which target, and so does an option.
    #[error(
        "the pattern `{pattern}` names a target already: leave out --target {target}, or the target in the pattern"
    )]
    TargetTwice {
        /// The pattern.
        pattern: String,
        /// The target of the option.
        target: String,
    },
    /// There is no page of that name in the manual.
    #[error("the manual has no page for `{name}`: use one of {}, or none for the whole program", known.join(", "))]
    NoPage {
        /// What was asked for.
        name: String,
        /// The commands.
        known: Vec<String>,
    },
    /// The engine is gone.
    #[error("the engine ended by itself; the message above says why")]
    EngineGone,
}

impl Failure {
    /// The failure for people, with the line of the configuration where there is one.
    pub(crate) fn render(&self) -> String {
        if let Self::Config(error) = self {
            return format!("error: {}", error.render());
        }
        let mut text = format!("error: {self}");
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}
