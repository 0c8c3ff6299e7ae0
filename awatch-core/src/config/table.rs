//! A table of the configuration that hands out its keys.

use std::fmt::Display;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::deserialize::{NodeDeserializer, TableDeserializer};
use super::error::{ConfigError, ConfigErrorKind};
use super::node::{self, Entry, Node, Span, Value};
use super::scope::Scope;
use super::source::{Location, Source};
use super::value_error::ValueError;

/// A table such as `[engine]` or one `[[collector]]`: each reader takes the keys it knows, and whatever nobody
/// takes is an error.
///
/// The engine takes the keys common to all plug-ins, then the plug-in deserialises the rest into its own struct.
/// Keys that were asked for count as valid, given or not; a struct that itself has a field of the same name
/// still sees it. After reading, [`error_at`](Self::error_at) and [`location`](Self::location) still know where
/// every key stands.
///
/// # Example
/// ```
/// use awatch_core::config::{ConfigError, Table};
///
/// #[derive(serde::Deserialize)]
/// struct HostConfig {
///     disks: Vec<String>,
/// }
///
/// let mut table = Table::parse("awatch.toml", "interval = \"1s\"\ndisks = [\"sda\"]")?;
/// let interval = table.take_duration("interval")?;
/// let host: HostConfig = table.deserialize()?;
/// assert_eq!(interval, Some(std::time::Duration::from_secs(1)));
/// assert_eq!(host.disks, ["sda"]);
///
/// let error = table.error_at("disks[0]", "no such disk");
/// assert_eq!(error.to_string(), "awatch.toml:2:10: `disks[0]`: no such disk");
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    scope: Scope,
    span: Span,
    entries: Vec<Entry>,
    /// Keys asked for, given or not.
    taken: Vec<String>,
}

impl Table {
    /// Parses `text` as one table, without a `version`: for the tests of a plug-in and for examples.
    ///
    /// `name` is the file name that messages show.
    ///
    /// # Errors
    /// [`ConfigErrorKind::Syntax`] when the text is not TOML.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        let scope = Scope::top(Source::new(name, text));
        let parsed = toml::de::DeTable::parse(text).map_err(|error| syntax(&scope, text, &error))?;
        let entries = node::entries(parsed.into_inner()).map_err(|error| scope.error(error, &(0..0)))?;
        Ok(Self { scope, span: 0..0, entries, taken: Vec::new() })
    }

    /// Takes `key` and deserialises it; `None` when it is not given.
    ///
    /// # Errors
    /// [`ConfigError`] at the value when it is not a `T`.
    pub fn take<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, ConfigError> {
        self.take_with(key, |value| T::deserialize(value))
    }

    /// Takes `key` and deserialises it.
    ///
    /// # Errors
    /// [`ConfigErrorKind::MissingKey`] when it is not given, [`ConfigError`] at the value when it is not a `T`.
    pub fn require<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, ConfigError> {
        self.take(key)?.ok_or_else(|| self.scope.missing_key(key, &self.span))
    }

    /// Takes a string.
    ///
    /// # Errors
    /// [`ConfigErrorKind::WrongType`] when the value is not a string.
    pub fn take_str(&mut self, key: &str) -> Result<Option<String>, ConfigError> {
        self.take(key)
    }

    /// Takes a duration such as `"30s"`, see [`crate::duration`].
    ///
    /// # Errors
    /// [`ConfigErrorKind::InvalidValue`] when the value is not a string or not a duration.
    pub fn take_duration(&mut self, key: &str) -> Result<Option<Duration>, ConfigError> {
        self.take_with(key, crate::duration::deserialize)
    }

    /// Takes a sub-table: `[engine.limits]`, `limits = { … }`.
    ///
    /// # Errors
    /// [`ConfigErrorKind::WrongType`] when the value is not a table or is a list of tables (`[[…]]`).
    pub fn take_table(&mut self, key: &str) -> Result<Option<Table>, ConfigError> {
        self.allow(key);
        let Some(entry) = node::find(&self.entries, key) else {
            return Ok(None);
        };
        match &entry.node.value {
            Value::Table(entries) => {
                let scope = self.scope.key(&entry.key);
                Ok(Some(Self {
                    scope,
                    span: entry.node.span.clone(),
                    entries: entries.clone(),
                    taken: Vec::new(),
                }))
            }
            Value::Array(items) if items.iter().any(is_table) => {
                Err(self.wrong_shape(key, &entry.node.span, |path| {
                    format!("`{path}` is one table, not a list; write `[{path}]` in single brackets")
                }))
            }
            _ => Err(self.wrong_value(entry, "a table")),
        }
    }

    /// Takes a list of tables: each `[[collector]]`, in the order of the file; empty when there is none.
    ///
    /// Messages name each by its `name` or, failing that, its `kind`: `[[collector]] "host"`.
    ///
    /// # Errors
    /// [`ConfigErrorKind::WrongType`] when the value is not a list of tables, for example a single
    /// `[collector]`.
    pub fn take_tables(&mut self, key: &str) -> Result<Vec<Table>, ConfigError> {
        self.allow(key);
        let Some(entry) = node::find(&self.entries, key) else {
            return Ok(Vec::new());
        };
        match &entry.node.value {
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| self.element(key, index, item)).collect()
            }
            Value::Table(_) => Err(self.wrong_shape(key, &entry.node.span, |path| {
                format!("`{path}` is a list; write `[[{path}]]` in double brackets, once for each entry")
            })),
            _ => Err(self.wrong_value(entry, "a list of tables")),
        }
    }

    /// Deserialises the remaining keys into `T`; may be called again.
    ///
    /// For a `T` that is a struct, any key that is neither one of its fields nor taken is an error, in nested
    /// structs too. Do not use `#[serde(flatten)]` or enums with data in `T`: both hide which keys are valid.
    ///
    /// # Errors
    /// [`ConfigError`] at the key or value for an unknown or missing key, a wrong type, or a value that `T`
    /// refuses.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        T::deserialize(self.deserializer()).map_err(|error| self.scope.error(error, &self.span))
    }

    /// Checks that every key given was taken.
    ///
    /// # Errors
    /// [`ConfigErrorKind::UnknownKey`] at the first key that nobody took, with the nearest valid one.
    pub fn finish(&self) -> Result<(), ConfigError> {
        self.deserializer().reject_unknown(&[]).map_err(|error| self.scope.error(error, &self.span))
    }

    /// Whether `key` is given, taken or not.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        node::find(&self.entries, key).is_some()
    }

    /// Counts `key` as valid without reading it.
    pub fn allow(&mut self, key: &str) {
        if !self.taken.iter().any(|taken| taken == key) {
            self.taken.push(key.to_owned());
        }
    }

    /// Where the value of `key` stands; `key` may be a path into it, `rules[0].above` (indices from 0).
    ///
    /// Where the path leads nowhere the place is the nearest table around it, so that an error about a missing
    /// key points there.
    #[must_use]
    pub fn location(&self, key: &str) -> Location {
        let Some(entry) = node::find(&self.entries, key) else {
            let span = node::descend(&self.entries, key).unwrap_or(&self.span);
            return self.scope.path_location(key, span);
        };
        self.scope.key_location(key, &entry.node.span)
    }

    /// Where the table itself stands: its header or opening brace.
    #[must_use]
    pub fn own_location(&self) -> Location {
        self.scope.location(&self.span)
    }

    /// An error at the value of `key`, as [`location`](Self::location) finds it: for a plug-in's own checks.
    #[must_use]
    pub fn error_at(&self, key: &str, message: impl Display) -> ConfigError {
        self.location(key).error(message)
    }

    /// An error about the table as a whole.
    #[must_use]
    pub fn error(&self, message: impl Display) -> ConfigError {
        let message = format!("{}: {message}", self.title());
        ConfigError::new(ConfigErrorKind::InvalidValue, self.own_location(), message)
    }

    /// How messages name this table: `[engine]`, `[[collector]] "host"`.
    #[must_use]
    pub fn title(&self) -> String {
        self.scope.title()
    }

    pub(super) fn missing(&self, key: &str, remedy: &str) -> ConfigError {
        let message = format!("missing key `{key}` {}; {remedy}", self.scope.whereabouts());
        ConfigError::new(ConfigErrorKind::MissingKey, self.scope.key_location(key, &self.span), message)
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    fn deserializer(&self) -> TableDeserializer<'_> {
        TableDeserializer { entries: &self.entries, taken: &self.taken }
    }

    fn take_with<'a, T>(
        &'a mut self,
        key: &str,
        read: impl FnOnce(NodeDeserializer<'a>) -> Result<T, ValueError>,
    ) -> Result<Option<T>, ConfigError> {
        self.allow(key);
        let Some(entry) = node::find(&self.entries, key) else {
            return Ok(None);
        };
        let value = read(NodeDeserializer(&entry.node));
        value.map(Some).map_err(|error| self.scope.key(key).error(error, &entry.node.span))
    }

    fn element(&self, key: &str, index: usize, item: &Node) -> Result<Table, ConfigError> {
        let Value::Table(entries) = &item.value else {
            let scope = self.scope.element(key, index, None);
            let error = ValueError::wrong_type(NodeDeserializer(item).unexpected(), "a table");
            return Err(scope.error(error, &item.span));
        };
        let text = |key| node::find(entries, key).and_then(Entry::text);
        let scope = self.scope.element(key, index, text("name").or_else(|| text("kind")));
        Ok(Self { scope, span: item.span.clone(), entries: entries.clone(), taken: Vec::new() })
    }

    fn wrong_value(&self, entry: &Entry, expected: &str) -> ConfigError {
        let error = ValueError::wrong_type(NodeDeserializer(&entry.node).unexpected(), expected);
        self.scope.key(&entry.key).error(error, &entry.node.span)
    }

    fn wrong_shape(&self, key: &str, span: &Span, message: impl FnOnce(&str) -> String) -> ConfigError {
        let location = self.scope.key_location(key, span);
        let message = message(location.key().unwrap_or(key));
        ConfigError::new(ConfigErrorKind::WrongType, location, message)
    }
}

fn is_table(node: &Node) -> bool {
    matches!(node.value, Value::Table(_))
}

fn syntax(scope: &Scope, text: &str, error: &toml::de::Error) -> ConfigError {
    let span = error.span().unwrap_or(text.len()..text.len());
    let message =
        error.message().trim_end_matches(", expected literal string").trim_end_matches(", expected nothing");
    let message = format!("not valid TOML: {}", message.trim_end());
    ConfigError::new(ConfigErrorKind::Syntax, Location::new(scope.source(), span, String::new()), message)
}
