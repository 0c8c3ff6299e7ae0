//! The kinds that come along.

use awatch_core::DetectError;
use awatch_core::config::{ConfigError, DuplicateKindError, Table};

use super::Plugins;
use crate::sink::FileLines;

pub(super) fn register(plugins: &mut Plugins) {
    let registered = register_all(plugins);
    debug_assert!(registered.is_ok(), "{registered:?}");
}

fn register_all(plugins: &mut Plugins) -> Result<(), DuplicateKindError> {
    plugins.stores.register("none", |table| table.finish().map(|()| None))?;
    plugins.sink("jsonl", |table| file_lines(table, FileLines::json))?;
    plugins.sink("text", |table| file_lines(table, FileLines::text))?;
    #[cfg(feature = "collect")]
    plugins.collector("host", |table| host(&table))?;
    #[cfg(feature = "collect")]
    plugins.collector("processes", |table| processes(&table))?;
    #[cfg(feature = "collect")]
    plugins.collector("process", |table| process(&table))?;
    #[cfg(feature = "collect")]
    plugins.collector("demo", |table| demo(&table))?;
    #[cfg(feature = "store")]
    plugins.store("memory", |table| memory(&table))?;
    #[cfg(feature = "detect")]
    detectors::register(plugins)?;
    Ok(())
}

/// A parameter that a detector or policy refused, at the place where it stands.
#[cfg_attr(not(feature = "detect"), expect(dead_code, reason = "only detectors refuse parameters"))]
pub(super) fn refused(table: &Table, error: &DetectError) -> ConfigError {
    match error {
        DetectError::Parameter { parameter, given, remedy } => {
            table.error_at(parameter, format!("{given} cannot be used: {remedy}"))
        }
        other => table.error(other),
    }
}

fn file_lines(mut table: Table, make: fn(std::path::PathBuf) -> FileLines) -> Result<FileLines, ConfigError> {
    let file: std::path::PathBuf = table.require("file")?;
    table.finish()?;
    if file.as_os_str().is_empty() {
        return Err(table.error_at("file", "the path is empty; write the path of a file"));
    }
    if file.is_dir() {
        return Err(table.error_at("file", "this is a folder; write the path of a file"));
    }
    Ok(make(file))
}

#[cfg(feature = "collect")]
fn host(table: &Table) -> Result<awatch_collect::Host, ConfigError> {
    use awatch_collect::host::{HostConfig, HostConfigError as E};
    let config: HostConfig = table.deserialize()?;
    config.build().map_err(|error| match &error {
        E::NoGroups => table.error_at("groups", &error),
        E::AllowsNothing { filter } | E::EmptyPattern { filter } => table.error_at(filter, &error),
        E::RelativePath { key, .. } => table.error_at(key, &error),
        _ => table.error(&error),
    })
}

#[cfg(feature = "collect")]
fn demo(table: &Table) -> Result<awatch_collect::demo::Demo, ConfigError> {
    use awatch_collect::demo::{DemoConfig, DemoConfigError as E};
    let config: DemoConfig = table.deserialize()?;
    config.build().map_err(|error| match &error {
        E::NoHosts | E::TooManyHosts { .. } => table.error_at("hosts", &error),
        E::Beginnings { number }
        | E::NoDuration { number }
        | E::UnknownTarget { number, .. }
        | E::Unsuitable { number, .. } => table.error_at(&format!("incidents[{}]", number - 1), &error),
        _ => table.error(&error),
    })
}

#[cfg(feature = "collect")]
fn processes(table: &Table) -> Result<awatch_collect::Processes, ConfigError> {
    use awatch_collect::processes::{ProcessesConfig, ProcessesConfigError as E};
    let config: ProcessesConfig = table.deserialize()?;
    config.build().map_err(|error| match &error {
        E::Top { .. } => table.error_at("top", &error),
        E::RelativePath { key, .. } => table.error_at(key, &error),
        _ => table.error(&error),
    })
}

#[cfg(feature = "collect")]
fn process(table: &Table) -> Result<awatch_collect::Process, ConfigError> {
    let config: awatch_collect::ProcessConfig = table.deserialize()?;
    config.build().map_err(|error| table.error(&error))
}

#[cfg(feature = "store")]
fn memory(table: &Table) -> Result<awatch_store::MemoryStore, ConfigError> {
    use awatch_store::{MemoryStoreConfig, MemoryStoreConfigError as E};
    let config: MemoryStoreConfig = table.deserialize()?;
    config.build().map_err(|error| match &error {
        E::Retention { .. } => table.error_at("retention", &error),
        E::MaxBytes { .. } => table.error_at("max_bytes", &error),
        _ => table.error(&error),
    })
}

#[cfg(feature = "detect")]
mod detectors {
    use std::sync::Arc;

    use awatch_core::config::{ConfigError, DuplicateKindError, Table};
    use awatch_detect::decide::Policy;
    use awatch_detect::threshold::Threshold;
    use awatch_detect::zscore::ZScore;

    use super::super::{DetectorPart, Plugins, policy};
    use super::refused;

    pub(super) fn register(plugins: &mut Plugins) -> Result<(), DuplicateKindError> {
        plugins.detectors.register("zscore", |table| zscore(&table))?;
        plugins.detectors.register("threshold", |table| threshold(&table))?;
        Ok(())
    }

    fn zscore(table: &Table) -> Result<DetectorPart, ConfigError> {
        let config: ZScore = table.deserialize()?;
        let factory = config.build().map_err(|error| refused(table, &error))?;
        let policy = policy::changes_of(factory.default_policy().policy().clone());
        Ok(DetectorPart { factory: Arc::new(factory), policy })
    }

    fn threshold(table: &Table) -> Result<DetectorPart, ConfigError> {
        let config: Threshold = table.deserialize()?;
        // One by one first, so that the message points at the rule that is wrong.
        for (index, rule) in config.rules.iter().enumerate() {
            let alone = Threshold { rules: vec![rule.clone()] };
            alone.build().map_err(|error| at_rule(table, index, &error))?;
        }
        let factory = config.build().map_err(|error| refused(table, &error))?;
        Ok(DetectorPart { factory: Arc::new(factory), policy: policy::changes_of(Policy::immediate()) })
    }

    fn at_rule(table: &Table, index: usize, error: &awatch_core::DetectError) -> ConfigError {
        let key = format!("rules[{index}]");
        match error {
            awatch_core::DetectError::Parameter { given, remedy, .. } => {
                table.error_at(&key, format!("{given} cannot be used: {remedy}"))
            }
            other => table.error_at(&key, other),
        }
    }
}
