//! A whole configuration file.

use super::error::{ConfigError, ConfigErrorKind};
use super::node::{self, Entry, Value};
use super::scope::Scope;
use super::source::{Location, Source};
use super::table::Table;

/// The `version` that configuration files of this build carry.
pub const VERSION: i64 = 1;

/// A parsed configuration file of the right `version`, whose sections are taken one by one.
///
/// # Example
/// ```
/// use awatch_core::config::{ConfigError, Document};
///
/// let text = "version = 1\n[engine]\n[[collector]]\nkind = \"host\"\n[[sink]]\n";
/// let mut document = Document::parse("awatch.toml", text)?;
/// let engine = document.take_table("engine")?;
/// let collectors = document.take_tables("collector")?;
/// assert!(engine.is_some());
/// assert_eq!(collectors.len(), 1);
///
/// let error = document.finish().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "awatch.toml:5:3: unknown section or key `sink` at the top level; \
///      valid keys: `version`, `engine`, `collector`"
/// );
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Document {
    root: Table,
}

impl Document {
    /// Parses a file's text and checks its `version`; `name` is the path or name that messages show.
    ///
    /// # Errors
    /// [`ConfigErrorKind::Syntax`] when the text is not TOML, [`ConfigErrorKind::Version`] when the top-level
    /// `version` is absent or not [`VERSION`].
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        let mut root = Table::parse(name, text)?;
        let version: Option<i64> = root.take("version")?;
        match version {
            Some(VERSION) => Ok(Self { root }),
            Some(other) => Err(wrong_version(&root, other)),
            None => Err(missing_version(&root)),
        }
    }

    /// Parses a file's bytes, see [`parse`](Self::parse).
    ///
    /// # Errors
    /// As `parse`; [`ConfigErrorKind::Syntax`] too when the bytes are not UTF-8.
    pub fn parse_bytes(name: &str, bytes: &[u8]) -> Result<Self, ConfigError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(name, text),
            Err(error) => Err(not_utf8(name, bytes, error.valid_up_to())),
        }
    }

    /// Takes the section `[key]`; `None` when it is not given.
    ///
    /// # Errors
    /// [`ConfigErrorKind::WrongType`] when it is not a table or is written `[[key]]`.
    pub fn take_table(&mut self, key: &str) -> Result<Option<Table>, ConfigError> {
        self.root.take_table(key)
    }

    /// Takes every `[[key]]`, in the order of the file; empty when there is none.
    ///
    /// # Errors
    /// [`ConfigErrorKind::WrongType`] when it is not a list of tables, for example written `[key]`.
    pub fn take_tables(&mut self, key: &str) -> Result<Vec<Table>, ConfigError> {
        self.root.take_tables(key)
    }

    /// Lets the file hold a top-level key that the embedding program reads by itself.
    pub fn allow(&mut self, key: &str) {
        self.root.allow(key);
    }

    /// Checks that every top-level key was taken: call it once all sections that exist have been asked for.
    ///
    /// # Errors
    /// [`ConfigErrorKind::UnknownKey`] at the first that nobody took, with the nearest valid one.
    pub fn finish(&self) -> Result<(), ConfigError> {
        self.root.finish()
    }

    /// The table of all top-level keys, for those that are not sections.
    pub fn root(&mut self) -> &mut Table {
        &mut self.root
    }
}

fn wrong_version(root: &Table, found: i64) -> ConfigError {
    let remedy = if found > VERSION { "upgrade Awatch to read this file" } else { "write `version = 1`" };
    let message = format!("`version` is {found}, but this build reads only version {VERSION}; {remedy}");
    ConfigError::new(ConfigErrorKind::Version, root.location("version"), message)
}

fn missing_version(root: &Table) -> ConfigError {
    let start = Location::new(root.scope().source(), 0..0, "version".to_owned());
    let error =
        |location, message: &str| ConfigError::new(ConfigErrorKind::Version, location, message.to_owned());
    if root.entries().is_empty() {
        return error(start, "the file has no settings; begin with `version = 1`");
    }
    match root.entries().iter().find_map(misplaced_version) {
        Some((section, version)) => {
            let place = Location::new(root.scope().source(), version.key_span.clone(), "version".to_owned());
            let section = &section.key;
            error(
                place,
                &format!("`version` stands inside [{section}]; move `version = 1` above the first section"),
            )
        }
        None => error(start, "missing key `version`; write `version = 1` as the first line"),
    }
}

/// A section that swallowed a `version` written below its header.
fn misplaced_version(section: &Entry) -> Option<(&Entry, &Entry)> {
    let last = match &section.node.value {
        Value::Array(items) => {
            items.iter().map(|item| &item.value).rfind(|item| matches!(item, Value::Table(_)))
        }
        value => Some(value),
    };
    match last {
        Some(Value::Table(entries)) => node::find(entries, "version").map(|version| (section, version)),
        _ => None,
    }
}

fn not_utf8(name: &str, bytes: &[u8], valid: usize) -> ConfigError {
    let scope = Scope::top(Source::new(name, &String::from_utf8_lossy(bytes)));
    let message = "the file is not UTF-8 text from here on; save it as UTF-8".to_owned();
    ConfigError::new(ConfigErrorKind::Syntax, scope.location(&(valid..valid)), message)
}
