//! A collector of `key=value` lines that another program keeps in a file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use awatch::config::{ConfigError, Table};
use awatch::{CollectError, Collector, PushError, SampleBatch, Unit};
use serde::Deserialize;

/// The word after `kind =`.
pub const KIND: &str = "key_values";

/// Reads `key=value` lines; `#` begins a comment. A key that ends in `_total` is a counter, any other a gauge.
#[derive(Clone, Debug, Deserialize)]
pub struct KeyValues {
    /// The file, read at each tick.
    pub file: PathBuf,
    /// The units of keys, as UCUM codes; `1` for a key that is not named.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
}

/// Builds it from its table of the configuration.
///
/// # Errors
/// [`ConfigError`] at the first mistake.
pub fn from_table(table: &Table) -> Result<KeyValues, ConfigError> {
    let config: KeyValues = table.deserialize()?;
    if config.file.is_relative() {
        return Err(table.error_at("file", "write the full path: the program may run in any folder"));
    }
    Ok(config)
}

/// A line that is not `key=value` with a finite number.
#[derive(Debug)]
struct LineError {
    line: usize,
}

impl std::fmt::Display for LineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} is not `key=number`", self.line)
    }
}

impl std::error::Error for LineError {}

impl KeyValues {
    fn add(&self, line: &str, out: &mut SampleBatch) -> Option<Result<(), PushError>> {
        let (key, value) = line.split_once('=')?;
        let key = key.trim();
        let value: f64 = value.trim().parse().ok().filter(|value: &f64| value.is_finite())?;
        let unit = self.units.get(key).map_or(Unit::RATIO, |code| Unit::new(code.clone()));
        Some(match key.strip_suffix("_total") {
            Some(name) => out.counter(name, [], &unit, value),
            None => out.gauge(key, [], &unit, value),
        })
    }
}

impl Collector for KeyValues {
    fn name(&self) -> &str {
        KIND
    }

    /// Everything that can be read is reported; the first thing that cannot is the error.
    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        let what = self.file.display().to_string();
        let text =
            std::fs::read_to_string(&self.file).map_err(|error| CollectError::unavailable(&what, error))?;
        let mut first = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let error = match self.add(line, out) {
                Some(Ok(())) => continue,
                Some(Err(error)) => CollectError::from(error),
                None => CollectError::malformed(&what, LineError { line: index + 1 }),
            };
            first.get_or_insert(error);
        }
        first.map_or(Ok(()), Err)
    }
}
