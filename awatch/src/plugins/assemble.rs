//! Reads a configuration file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use awatch_core::config::{ConfigError, Document, Named, Table};
use awatch_core::engine::{EngineError, EngineOptions, Watch};
use awatch_core::series::{Labels, Matcher, Name, Target};
use awatch_core::{DetectorFactory, Interval};

use super::Plugins;
use super::assembly::{Assembly, Part, StateFile, WatchPart};
use super::policy::SharedPolicy;
use super::sections::Sections;
use crate::preset;

/// What a demo run watches, and how messages name that.
#[cfg(feature = "collect")]
const DEMO: &str = include_str!("demo.toml");
#[cfg(feature = "collect")]
const DEMO_NAME: &str = "built-in demo";

/// Sources that the engine itself reports.
const RESERVED: [&str; 2] = ["awatch", "custom"];

impl Plugins {
    /// Puts together what `document` describes. Nothing is opened, called or started yet.
    ///
    /// A `store`, a `collector` list or a `detector` list that the file leaves out is that of the defaults, as far as
    /// their kinds are known here; see [`defaults`](crate::plugins::Plugins::defaults). Sections that the program
    /// itself reads are taken, or [allowed](Document::allow), before.
    ///
    /// # Errors
    /// [`ConfigError`] at the first mistake.
    pub fn assemble(&self, mut document: Document) -> Result<Assembly, ConfigError> {
        let sections = Sections::take(&mut document, |section, kind| self.knows(section, kind))?;
        let options = options(sections.engine.as_ref())?;
        let target = target(sections.target, document.root())?;
        let state = sections.state.map(state).transpose()?;
        let mut assembly = Assembly::new(target, options, state);
        assembly = self.add_collectors(sections.collectors, assembly)?;
        assembly = self.add_watches(sections.detectors, assembly)?;
        assembly = self.add_sinks(sections.sinks, assembly)?;
        match sections.store {
            Some(table) => self.add_store(table, assembly),
            None => Ok(assembly),
        }
    }

    /// The text of the configuration that is used where a file says nothing else.
    #[must_use]
    pub fn defaults() -> &'static str {
        super::sections::DEFAULTS
    }

    /// What [`assemble`](Self::assemble) makes of no file at all.
    ///
    /// # Errors
    /// [`ConfigError`] when a registered kind refuses its defaults.
    pub fn assemble_defaults(&self) -> Result<Assembly, ConfigError> {
        self.assemble(Document::parse(super::sections::DEFAULTS_NAME, super::sections::DEFAULTS)?)
    }

    /// What a demo run is: the hosts of `demo`, each series watched for what is unusual, limits, and values that stop
    /// coming. As far as the kinds are known here; see `demo.toml` beside the defaults.
    ///
    /// # Errors
    /// [`ConfigError`] when a registered kind refuses its part.
    #[cfg(feature = "collect")]
    pub fn assemble_demo(&self, demo: awatch_collect::demo::Demo) -> Result<Assembly, ConfigError> {
        let mut document = Document::parse(DEMO_NAME, DEMO)?;
        let location = document.root().location("collector");
        let mut assembly = self.assemble(document)?;
        let name = Name::new(awatch_core::Collector::name(&demo)).map_err(|error| location.error(error))?;
        let part = Part { name: name.to_string(), kind: "demo".to_owned(), location };
        assembly.add_collector(part, None, name, Box::new(demo));
        Ok(assembly)
    }

    fn knows(&self, section: &str, kind: &str) -> bool {
        match section {
            "collector" => self.collectors.kinds().any(|known| known == kind),
            "store" => self.stores.kinds().any(|known| known == kind),
            "detector" => self.detectors.kinds().any(|known| known == kind),
            _ => false,
        }
    }

    fn add_collectors(&self, tables: Vec<Table>, mut assembly: Assembly) -> Result<Assembly, ConfigError> {
        let mut built = Vec::with_capacity(tables.len());
        for mut table in tables {
            let interval: Option<Interval> = table.take("interval")?;
            built.push(self.collectors.build(table)?.map(|collector| (interval, collector)));
        }
        self.collectors.check_names(&built)?;
        for named in built {
            let name = name(&named)?;
            if RESERVED.contains(&name.as_str()) {
                let message = "this name is kept for the engine's own source; choose another";
                return Err(named.name_location.error(message));
            }
            let part = Part::of(&named);
            let (interval, collector) = named.value;
            assembly.add_collector(part, interval, name, collector);
        }
        Ok(assembly)
    }

    fn add_watches(&self, tables: Vec<Table>, mut assembly: Assembly) -> Result<Assembly, ConfigError> {
        let built = tables.into_iter().map(|table| self.watch(table)).collect::<Result<Vec<_>, _>>()?;
        self.detectors.check_names(&built)?;
        for named in built {
            let (name, part) = (name(&named)?, Part::of(&named));
            let ReadWatch { matcher, factory, policy } = named.value;
            let mut watch = Watch::from_factory(name, Arc::clone(&factory)).on(matcher.clone());
            if let Some(policy) = policy {
                watch = watch.with_policy(policy);
            }
            assembly = assembly.add_watch(WatchPart { part, matcher, factory }, watch);
        }
        Ok(assembly)
    }

    fn watch(&self, mut table: Table) -> Result<Named<ReadWatch>, ConfigError> {
        let matcher: Matcher = table.take("match")?.unwrap_or_default();
        let policy = table.take_table("policy")?;
        let detector = self.detectors.build(table)?;
        let policy = policy.map(|table| (detector.value.policy)(table)).transpose()?;
        Ok(detector.map(|detector| ReadWatch { matcher, factory: detector.factory, policy }))
    }

    fn add_sinks(&self, tables: Vec<Table>, mut assembly: Assembly) -> Result<Assembly, ConfigError> {
        for named in self.sinks.build_all(tables)? {
            name(&named)?;
            assembly.add_sink(Part::of(&named), named.value);
        }
        Ok(assembly)
    }

    fn add_store(&self, table: Table, mut assembly: Assembly) -> Result<Assembly, ConfigError> {
        let store = self.stores.build(table)?;
        let part = Part::of(&store);
        if let Some(store) = store.value {
            assembly.set_store(part, store);
        }
        Ok(assembly)
    }
}

/// A watch without its name.
struct ReadWatch {
    matcher: Matcher,
    factory: Arc<dyn DetectorFactory>,
    policy: Option<SharedPolicy>,
}

fn name<T>(named: &Named<T>) -> Result<Name, ConfigError> {
    Name::new(&named.name).map_err(|error| named.name_location.error(error))
}

fn options(table: Option<&Table>) -> Result<EngineOptions, ConfigError> {
    let Some(table) = table else { return Ok(EngineOptions::default()) };
    let options: EngineOptions = table.deserialize()?;
    options.check().map_err(|error| match &error {
        EngineError::Option { option, given, remedy } => {
            table.error_at(option, format!("{given} cannot be used: {remedy}"))
        }
        other => table.error(other),
    })?;
    Ok(options)
}

fn target(table: Option<Table>, root: &Table) -> Result<Arc<Target>, ConfigError> {
    let this_host = || {
        let advice = "the host name cannot be used; name the target: `id = \"…\"` in [target]";
        preset::this_host().map_err(|error| root.error_at("target.id", format!("{advice} ({error})")))
    };
    let Some(mut table) = table else { return this_host() };
    let id = table.take_str("id")?;
    let attributes: Option<BTreeMap<String, String>> = table.take("attributes")?;
    table.finish()?;
    let id = match id {
        Some(id) => Name::new(id).map_err(|error| table.error_at("id", error))?,
        None => this_host()?.id().clone(),
    };
    let attributes =
        Labels::new(attributes.unwrap_or_default()).map_err(|error| table.error_at("attributes", error))?;
    Ok(Target::with_attributes(id, attributes))
}

fn state(mut table: Table) -> Result<StateFile, ConfigError> {
    let file: std::path::PathBuf = table.require("file")?;
    let every = table.take_duration("every")?.unwrap_or(StateFile::EVERY);
    table.finish()?;
    if file.as_os_str().is_empty() {
        return Err(table.error_at("file", "the path is empty; write the path of a file"));
    }
    if every < Duration::from_secs(1) {
        return Err(table.error_at("every", "this is too often; use 1s or more, for example \"1m\""));
    }
    Ok(StateFile { file, every })
}
