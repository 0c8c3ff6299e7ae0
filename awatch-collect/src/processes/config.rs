use std::path::PathBuf;

use awatch_core::{Interval, Name};
use serde::{Deserialize, Serialize};

use super::Processes;
use super::record::Fields;

/// What to tell of the processes of the machine.
///
/// As a table of a configuration file:
/// ```toml
/// kind = "processes"
/// interval = "10s"
/// top = 5
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ProcessesConfig {
    /// The name of the collector: `processes`.
    pub name: String,
    /// The time between two ticks: 5 s; `None`: the engine's.
    pub interval: Option<Interval>,
    /// How many processes are told by processor time, by memory and by disk traffic: 10 of each. None when 0.
    pub top: usize,
    /// Where the process file system is: `/proc`. Of Linux only.
    pub proc_root: PathBuf,
    /// The file that names users: `/etc/passwd`. Users that it does not have are told by number. Of Linux only.
    pub passwd: PathBuf,
}

impl Default for ProcessesConfig {
    fn default() -> Self {
        Self {
            name: "processes".to_owned(),
            interval: Interval::from_secs(5).ok(),
            top: 10,
            proc_root: PathBuf::from("/proc"),
            passwd: PathBuf::from("/etc/passwd"),
        }
    }
}

/// The processes cannot be collected as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessesConfigError {
    /// The name is not a name.
    #[error("the name of the processes collector is malformed")]
    Name(#[from] awatch_core::series::NameError),
    /// More processes are asked for than a person looks at.
    #[error("`top` is {top}: give 1000 at most")]
    Top {
        /// What was given.
        top: usize,
    },
    /// A path is not given from the root.
    #[error("`{key}` is `{}`: give a path that starts with `/`", path.display())]
    RelativePath {
        /// The key of the path.
        key: &'static str,
        /// What was given.
        path: PathBuf,
    },
}

const MAX_TOP: usize = 1000;

impl ProcessesConfig {
    /// Names the collector; an engine may have several.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Gives it an interval.
    #[must_use]
    pub fn with_interval(mut self, interval: Interval) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Tells so many processes by processor time, by memory and by disk traffic.
    #[must_use]
    pub fn with_top(mut self, top: usize) -> Self {
        self.top = top;
        self
    }

    /// Reads the process file system of that folder, `/host/proc` for example.
    #[must_use]
    pub fn with_proc_root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.proc_root = folder.into();
        self
    }

    /// Looks for the names of users in that file, `/host/root/etc/passwd` for example.
    #[must_use]
    pub fn with_passwd(mut self, file: impl Into<PathBuf>) -> Self {
        self.passwd = file.into();
        self
    }

    /// The collector. Opens nothing yet: what is missing shows at the first tick.
    ///
    /// # Errors
    /// [`ProcessesConfigError`] when the name is malformed, `top` is more than 1000, or a path is relative.
    pub fn build(self) -> Result<Processes, ProcessesConfigError> {
        Name::new(&self.name)?;
        if self.top > MAX_TOP {
            return Err(ProcessesConfigError::Top { top: self.top });
        }
        for (key, path) in [("proc_root", &self.proc_root), ("passwd", &self.passwd)] {
            if !path.has_root() {
                return Err(ProcessesConfigError::RelativePath { key, path: path.clone() });
            }
        }
        let fields = Fields::new()?;
        Ok(Processes::new(self, fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(config: ProcessesConfig) -> String {
        config.build().unwrap_err().to_string()
    }

    #[test]
    fn says_what_is_wrong() {
        let config = ProcessesConfig::default;
        assert_eq!(message(config().with_name("a=b")), "the name of the processes collector is malformed");
        assert_eq!(message(config().with_top(1001)), "`top` is 1001: give 1000 at most");
        assert_eq!(
            message(config().with_passwd("passwd")),
            "`passwd` is `passwd`: give a path that starts with `/`"
        );
        assert_eq!(
            message(config().with_proc_root("proc")),
            "`proc_root` is `proc`: give a path that starts with `/`"
        );
    }

    #[test]
    fn a_table_names_what_differs_from_the_default() {
        let config: ProcessesConfig = serde_json::from_str(r#"{"interval": "10s", "top": 5}"#).unwrap();
        let expected = ProcessesConfig::default().with_interval(Interval::from_secs(10).unwrap()).with_top(5);
        assert_eq!(config, expected);
        assert!(serde_json::from_str::<ProcessesConfig>(r#"{"tops": 5}"#).is_err());
    }
}
