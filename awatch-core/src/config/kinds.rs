//! The plug-ins that a section of the configuration may name.

use std::collections::BTreeMap;
use std::fmt;

use super::error::{ConfigError, ConfigErrorKind};
use super::source::Location;
use super::suggest;
use super::table::Table;

type Build<T> = Box<dyn Fn(Table) -> Result<T, ConfigError> + Send + Sync>;

/// The kinds of plug-in that a list such as `[[collector]]` may hold: from the word after `kind =` to the
/// function that builds the plug-in from its table.
///
/// There is no global registry: whoever assembles the program registers what it offers.
///
/// # Example
/// ```
/// use awatch_core::config::{ConfigError, Kinds, Table};
///
/// struct Host;
///
/// let mut kinds = Kinds::new("collector");
/// kinds.register("host", |table: Table| {
///     table.finish()?;
///     Ok(Host)
/// })?;
/// let host = kinds.build(Table::parse("awatch.toml", "kind = \"host\"")?)?;
/// assert_eq!(host.name, "host");
///
/// let error = kinds.build(Table::parse("awatch.toml", "kind = \"hots\"")?).err();
/// assert_eq!(
///     error.map(|error| error.to_string()).as_deref(),
///     Some("awatch.toml:1:8: unknown collector kind \"hots\"; did you mean \"host\"? known kinds: \"host\"")
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Kinds<T> {
    section: String,
    builders: BTreeMap<String, Build<T>>,
}

/// What was built from one table, with its names.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Named<T> {
    /// The instance: its `name`, or its kind when it has none; unique in its list.
    pub name: String,
    /// The kind it was built by.
    pub kind: String,
    /// Where its table stands.
    pub location: Location,
    /// Where its name stands, or its kind when it has no name.
    pub name_location: Location,
    /// What was built.
    pub value: T,
}

/// A kind was registered twice: two plug-ins claim the same word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {section} kind `{kind}` is registered already; register each kind once, under its own name")]
#[non_exhaustive]
pub struct DuplicateKindError {
    /// The section whose registry it is, such as `collector`.
    pub section: String,
    /// The kind in question.
    pub kind: String,
}

impl<T> Kinds<T> {
    /// No kinds yet, for the list of this name: `collector` for `[[collector]]`.
    #[must_use]
    pub fn new(section: &str) -> Self {
        Self { section: section.to_owned(), builders: BTreeMap::new() }
    }

    /// Adds a kind and the function that builds it.
    ///
    /// The function gets the table without `kind`, `name` and whatever the caller of [`build`](Self::build)
    /// took; it ends with [`Table::deserialize`] or [`Table::finish`], so that unknown keys are refused.
    ///
    /// # Errors
    /// [`DuplicateKindError`] when the kind is registered already; the first registration stays.
    pub fn register<F>(&mut self, kind: &str, build: F) -> Result<&mut Self, DuplicateKindError>
    where
        F: Fn(Table) -> Result<T, ConfigError> + Send + Sync + 'static,
    {
        if self.builders.contains_key(kind) {
            return Err(DuplicateKindError { section: self.section.clone(), kind: kind.to_owned() });
        }
        self.builders.insert(kind.to_owned(), Box::new(build));
        Ok(self)
    }

    /// The section these kinds belong to: `collector`.
    #[must_use]
    pub fn section(&self) -> &str {
        &self.section
    }

    /// The registered kinds, in alphabetical order.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.builders.keys().map(String::as_str)
    }

    /// Builds what one table describes: reads `kind` and the optional `name`, then calls the kind's function.
    ///
    /// # Errors
    /// [`ConfigError`] when `kind` is missing or not registered, when `name` is empty, or from the function.
    pub fn build(&self, mut table: Table) -> Result<Named<T>, ConfigError> {
        let Some(kind) = table.take_str("kind")? else {
            return Err(table.missing("kind", &self.known()));
        };
        let name = table.take_str("name")?;
        if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(table.error_at("name", "the name is empty; write one or leave the key out"));
        }
        let Some(build) = self.builders.get(&kind) else {
            return Err(self.unknown_kind(&table, &kind));
        };
        let location = table.own_location();
        let name_location = table.location(if name.is_some() { "name" } else { "kind" });
        let name = name.unwrap_or_else(|| kind.clone());
        Ok(Named { name, kind, location, name_location, value: build(table)? })
    }

    /// Builds every table in turn and checks that the names differ.
    ///
    /// # Errors
    /// The first error of [`build`](Self::build) or [`check_names`](Self::check_names).
    pub fn build_all(&self, tables: Vec<Table>) -> Result<Vec<Named<T>>, ConfigError> {
        let built = tables.into_iter().map(|table| self.build(table)).collect::<Result<Vec<_>, _>>()?;
        self.check_names(&built)?;
        Ok(built)
    }

    /// Checks that the names differ, for a caller that builds the tables one by one.
    ///
    /// # Errors
    /// [`ConfigErrorKind::DuplicateName`] at the second of two equal names, naming the line of the first.
    pub fn check_names<U>(&self, built: &[Named<U>]) -> Result<(), ConfigError> {
        let mut first: BTreeMap<&str, &Named<U>> = BTreeMap::new();
        for named in built {
            if let Some(earlier) = first.get(named.name.as_str()) {
                return Err(self.duplicate_name(named, earlier));
            }
            first.insert(&named.name, named);
        }
        Ok(())
    }

    fn duplicate_name<U>(&self, named: &Named<U>, earlier: &Named<U>) -> ConfigError {
        let (section, name) = (&self.section, suggest::shown(&named.name));
        let line = earlier.name_location.line();
        let message = format!(
            "duplicate {section} name \"{name}\", used first on line {line}; give each {section} its own `name = \"…\"`"
        );
        ConfigError::new(ConfigErrorKind::DuplicateName, named.name_location.clone(), message)
    }

    fn unknown_kind(&self, table: &Table, kind: &str) -> ConfigError {
        let kinds: Vec<&str> = self.kinds().collect();
        let advice = match suggest::nearest(kind, &kinds) {
            Some(near) => format!("did you mean \"{near}\"? "),
            None => String::new(),
        };
        let message =
            format!("unknown {} kind \"{}\"; {advice}{}", self.section, suggest::shown(kind), self.known());
        ConfigError::new(ConfigErrorKind::UnknownKind, table.location("kind"), message)
    }

    fn known(&self) -> String {
        if self.builders.is_empty() {
            return format!("no {} kinds are built in", self.section);
        }
        let kinds: Vec<String> = self.kinds().map(|kind| format!("\"{kind}\"")).collect();
        format!("known kinds: {}", kinds.join(", "))
    }
}

impl<T> fmt::Debug for Kinds<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<&str> = self.kinds().collect();
        f.debug_struct("Kinds").field("section", &self.section).field("kinds", &kinds).finish_non_exhaustive()
    }
}

impl<T> Named<T> {
    /// The same names around another value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Named<U> {
        let Self { name, kind, location, name_location, value } = self;
        Named { name, kind, location, name_location, value: change(value) }
    }
}
