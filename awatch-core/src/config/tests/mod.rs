mod messages;
mod reading;
mod robustness;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::{ConfigError, Document, Kinds, Named, Table};

/// A plug-in's configuration with everything a plug-in may want.
#[derive(Debug, PartialEq, Deserialize)]
struct HostConfig {
    #[serde(default)]
    disks: Vec<String>,
    #[serde(default)]
    port: u16,
    #[serde(default)]
    ratio: f64,
    #[serde(default)]
    unit: Unit,
    #[serde(with = "crate::duration::option", default)]
    timeout: Option<Duration>,
    #[serde(default)]
    policy: Option<Policy>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    share: Option<Share>,
    #[serde(default)]
    band: Option<(f64, f64)>,
}

#[derive(Debug, PartialEq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unit {
    #[default]
    Celsius,
    Fahrenheit,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Policy {
    #[serde(with = "crate::duration")]
    quiet: Duration,
    #[serde(default)]
    severe: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Rule {
    metric: String,
    above: Option<f64>,
}

/// A newtype that checks itself.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
struct Share(f64);

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(value: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(format!("{value} is not between 0 and 1"))
        }
    }
}

fn kinds() -> Kinds<HostConfig> {
    let mut kinds = Kinds::new("collector");
    kinds.register("host", |table: Table| table.deserialize()).expect("first");
    kinds.register("demo", |table: Table| table.deserialize()).expect("first");
    kinds
}

/// Reads a file as a program does: `[engine]`, then every `[[collector]]` after its common `interval`.
fn load(text: &str) -> Result<Vec<Named<HostConfig>>, ConfigError> {
    let mut document = Document::parse("awatch.toml", text)?;
    if let Some(mut engine) = document.take_table("engine")? {
        engine.take_duration("interval")?;
        engine.take::<u32>("max_series")?;
        engine.finish()?;
    }
    let mut tables = document.take_tables("collector")?;
    document.finish()?;
    for table in &mut tables {
        table.take_duration("interval")?;
    }
    kinds().build_all(tables)
}

/// The configuration of the only collector, a `host` with these further lines.
fn host(lines: &str) -> HostConfig {
    let text = format!("version = 1\n[[collector]]\nkind = \"host\"\n{lines}");
    load(&text).expect("valid").pop().expect("one").value
}

/// The error for a whole file.
fn error(text: &str) -> ConfigError {
    load(text).expect_err("a mistake")
}

/// The message for a `host` collector whose further lines start on line 4.
fn host_message(lines: &str) -> String {
    error(&format!("version = 1\n[[collector]]\nkind = \"host\"\n{lines}")).to_string()
}
