use awatch_core::series::NameError;
use awatch_core::{Interval, Name};
use serde::{Deserialize, Serialize};

use super::Process;

/// How the program watches itself.
///
/// As a table of a configuration file:
/// ```toml
/// kind = "process"
/// interval = "5s"
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ProcessConfig {
    /// The name of the collector: `process`.
    pub name: String,
    /// The time between two ticks; `None`: the engine's.
    pub interval: Option<Interval>,
}

impl Default for ProcessConfig {
    fn default() -> Self {
        Self { name: "process".to_owned(), interval: None }
    }
}

/// The program cannot be watched as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessConfigError {
    /// The name is not a name.
    #[error("the name of the process collector is malformed")]
    Name(#[from] NameError),
}

impl ProcessConfig {
    /// Names the collector; an engine may have several.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Gives it an interval of its own.
    #[must_use]
    pub fn with_interval(mut self, interval: Interval) -> Self {
        self.interval = Some(interval);
        self
    }

    /// The collector.
    ///
    /// # Errors
    /// [`ProcessConfigError`] when the name is malformed.
    pub fn build(self) -> Result<Process, ProcessConfigError> {
        Name::new(&self.name)?;
        Ok(Process::new(self))
    }
}
