//! Configuration files: TOML in which every mistake is reported with file, line, key and what was meant.
//!
//! A file starts with `version = 1` and holds sections (`[engine]`) and lists of plug-ins (`[[collector]]`), each
//! with a `kind`:
//!
//! ```toml
//! version = 1
//!
//! [[collector]]
//! kind = "host"
//! interval = "1s"
//! ```
//!
//! [`Document::parse`] reads it once into a tree that knows where everything stands. Each reader takes the keys it
//! knows from a [`Table`]; [`Kinds`] looks up the plug-in that a table names and lets it deserialise the rest into
//! its own struct. Keys that nobody takes are errors that name the nearest valid key, in nested structs too and
//! without `deny_unknown_fields`. Durations are text with a unit, see [`crate::duration`].
//!
//! # A plug-in with its own keys
//! ```
//! use std::time::Duration;
//!
//! use awatch_core::config::{ConfigError, Document, Kinds, Table};
//!
//! #[derive(serde::Deserialize)]
//! struct PingConfig {
//!     host: String,
//!     #[serde(with = "awatch_core::duration")]
//!     timeout: Duration,
//! }
//!
//! struct Ping(PingConfig);
//!
//! fn ping(table: Table) -> Result<Ping, ConfigError> {
//!     let config: PingConfig = table.deserialize()?;
//!     if config.timeout.is_zero() {
//!         return Err(table.error_at("timeout", "must be above zero"));
//!     }
//!     Ok(Ping(config))
//! }
//!
//! let mut kinds = Kinds::new("collector");
//! kinds.register("ping", ping)?;
//!
//! let text = "version = 1\n\n[[collector]]\nkind = \"ping\"\nhost = \"db\"\ntimeuot = \"1s\"\n";
//! let mut document = Document::parse("awatch.toml", text)?;
//! let tables = document.take_tables("collector")?;
//! document.finish()?;
//! let error = kinds.build_all(tables).err().expect("a mistyped key");
//! assert_eq!(
//!     error.to_string(),
//!     "awatch.toml:6:1: unknown key `timeuot` in [[collector]] \"ping\"; did you mean `timeout`?"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod deserialize;
mod document;
mod error;
mod kinds;
mod node;
mod scope;
mod source;
mod suggest;
mod table;
mod value_error;

#[cfg(test)]
mod tests;

pub use document::{Document, VERSION};
pub use error::{ConfigError, ConfigErrorKind};
pub use kinds::{DuplicateKindError, Kinds, Named};
pub use source::Location;
pub use table::Table;
