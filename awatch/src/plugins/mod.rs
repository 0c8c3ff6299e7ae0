//! From a configuration file to an engine: which kinds of plug-in there are, and how they are put together.
//!
//! [`Plugins`] is an explicit list of what a program offers: there is no global registry. [`Plugins::builtin`] has what
//! this crate brings along; a program adds its own kinds to it, or starts from [`Plugins::none`].
//!
//! ```
//! use awatch::config::Document;
//! use awatch::plugins::Plugins;
//!
//! let text = r#"
//! version = 1
//!
//! [[detector]]
//! kind = "zscore"
//! match = "system.*"
//! half_life = "30m"
//! policy = { need = "10s", within = "30s" }
//! "#;
//! # #[cfg(all(feature = "collect", feature = "detect", feature = "store"))] {
//! let assembly = Plugins::builtin().assemble(Document::parse("awatch.toml", text)?)?;
//! assert_eq!(assembly.watches()[0].part.name, "zscore");
//! let engine = assembly.build()?;
//! # drop(engine); }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Kinds of one's own
//! A kind is a function from its table to the plug-in. It takes what it knows and refuses the rest, so that a mistyped
//! key of a plug-in is told as well as one of Awatch's own:
//!
//! ```
//! use awatch::config::{ConfigError, Table};
//! use awatch::plugins::Plugins;
//! use awatch::{CollectError, Collector, SampleBatch, Unit};
//!
//! #[derive(Debug, serde::Deserialize)]
//! struct Dice {
//!     sides: u32,
//! }
//!
//! impl Collector for Dice {
//!     fn name(&self) -> &str {
//!         "dice"
//!     }
//!     fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
//!         Ok(out.gauge("dice.sides", [], &Unit::count("side"), f64::from(self.sides))?)
//!     }
//! }
//!
//! let mut plugins = Plugins::builtin();
//! plugins.collector("dice", |table: Table| table.deserialize::<Dice>())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a file may hold is described in `docs/configuration.md`.

mod assemble;
mod assembly;
mod builtin;
mod policy;
mod sections;

pub use assembly::{Assembly, CollectorPart, Part, StateFile, WatchPart};

use std::fmt;
use std::sync::Arc;

use awatch_core::config::{ConfigError, DuplicateKindError, Kinds, Table};
use awatch_core::detect::DetectorFactory;
use awatch_core::{Collector, Sink, Store};

use self::policy::ReadPolicy;

/// The kinds of plug-in that a configuration file may name.
pub struct Plugins {
    collectors: Kinds<Box<dyn Collector>>,
    stores: Kinds<Option<Arc<dyn Store>>>,
    detectors: Kinds<DetectorPart>,
    sinks: Kinds<Box<dyn Sink>>,
}

/// A detector with the way to read changes of its policy.
struct DetectorPart {
    factory: Arc<dyn DetectorFactory>,
    policy: ReadPolicy,
}

impl Plugins {
    /// No kinds at all.
    #[must_use]
    pub fn none() -> Self {
        Self {
            collectors: Kinds::new("collector"),
            stores: Kinds::new("store"),
            detectors: Kinds::new("detector"),
            sinks: Kinds::new("sink"),
        }
    }

    /// The kinds that this crate was built with: collectors `host`, `processes`, `process` and `demo`; stores `memory` and
    /// `none`; detectors `zscore` and `threshold`; sinks `jsonl` and `text`.
    #[must_use]
    pub fn builtin() -> Self {
        let mut plugins = Self::none();
        builtin::register(&mut plugins);
        plugins
    }

    /// Adds a kind of collector. `build` gets the table without `kind`, `name` and `interval`.
    ///
    /// # Errors
    /// [`DuplicateKindError`] when there is such a kind already.
    pub fn collector<C, F>(&mut self, kind: &str, build: F) -> Result<&mut Self, DuplicateKindError>
    where
        C: Collector + 'static,
        F: Fn(Table) -> Result<C, ConfigError> + Send + Sync + 'static,
    {
        self.collectors.register(kind, move |table| build(table).map(|one| Box::new(one) as Box<_>))?;
        Ok(self)
    }

    /// Adds a kind of store. `build` gets the table without `kind` and `name`.
    ///
    /// # Errors
    /// [`DuplicateKindError`] when there is such a kind already.
    pub fn store<S, F>(&mut self, kind: &str, build: F) -> Result<&mut Self, DuplicateKindError>
    where
        S: Store + 'static,
        F: Fn(Table) -> Result<S, ConfigError> + Send + Sync + 'static,
    {
        self.stores.register(kind, move |table| build(table).map(|one| Some(Arc::new(one) as Arc<_>)))?;
        Ok(self)
    }

    /// Adds a kind of detector. `build` gets the table without `kind`, `name`, `match` and `policy`.
    ///
    /// A `policy` table in the file replaces the policy that the detector names: keys that it leaves out have the
    /// defaults of the standard policy.
    ///
    /// # Errors
    /// [`DuplicateKindError`] when there is such a kind already.
    pub fn detector<D, F>(&mut self, kind: &str, build: F) -> Result<&mut Self, DuplicateKindError>
    where
        D: DetectorFactory + 'static,
        F: Fn(Table) -> Result<D, ConfigError> + Send + Sync + 'static,
    {
        self.detectors.register(kind, move |table| {
            Ok(DetectorPart { factory: Arc::new(build(table)?), policy: policy::standard() })
        })?;
        Ok(self)
    }

    /// Adds a kind of sink. `build` gets the table without `kind` and `name`; the sink goes by its name in the file.
    ///
    /// # Errors
    /// [`DuplicateKindError`] when there is such a kind already.
    pub fn sink<S, F>(&mut self, kind: &str, build: F) -> Result<&mut Self, DuplicateKindError>
    where
        S: Sink + 'static,
        F: Fn(Table) -> Result<S, ConfigError> + Send + Sync + 'static,
    {
        self.sinks.register(kind, move |table| build(table).map(|one| Box::new(one) as Box<_>))?;
        Ok(self)
    }
}

impl Default for Plugins {
    fn default() -> Self {
        Self::builtin()
    }
}

impl fmt::Debug for Plugins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugins")
            .field("collectors", &self.collectors.kinds().collect::<Vec<_>>())
            .field("stores", &self.stores.kinds().collect::<Vec<_>>())
            .field("detectors", &self.detectors.kinds().collect::<Vec<_>>())
            .field("sinks", &self.sinks.kinds().collect::<Vec<_>>())
            .finish()
    }
}
