//! Which table a message is about: its full path and the words that name it.

use std::sync::Arc;

use super::error::{ConfigError, ConfigErrorKind};
use super::node::Span;
use super::source::{Location, Source};
use super::suggest;
use super::value_error::{Problem, Segment, ValueError};

/// Longest path shown, in characters: a path may be as deep as the file is long.
const SHOWN: usize = 160;

/// A table of the file, or a value inside one.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    source: Arc<Source>,
    /// Header of the enclosing section and its name: `[[collector]] "host"`; empty at the top level.
    section: String,
    /// Path from the section: `policy.rules[0]`; empty for the section itself.
    inner: String,
    /// Path from the top: `collector[1].policy.rules[0]`.
    path: String,
}

impl Scope {
    pub(super) fn top(source: Arc<Source>) -> Self {
        Self { source, section: String::new(), inner: String::new(), path: String::new() }
    }

    pub(super) fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The table or value at `key`.
    pub(super) fn key(&self, key: &str) -> Self {
        let path = join(&self.path, key);
        let shown = shown_key(key);
        let mut scope = self.at_path(path);
        if self.section.is_empty() {
            scope.section = format!("[{shown}]");
        } else {
            scope.inner = join(&self.inner, key);
        }
        scope
    }

    /// Element `index` of the list at `key`, called `name` in messages when it has one.
    pub(super) fn element(&self, key: &str, index: usize, name: Option<&str>) -> Self {
        let path = format!("{}[{index}]", join(&self.path, key));
        let name = name.map(|name| format!(" \"{}\"", suggest::shown(name))).unwrap_or_default();
        let mut scope = self.at_path(path);
        if self.section.is_empty() {
            scope.section = format!("[[{}]]{name}", shown_key(key));
        } else {
            scope.inner = format!("{}[{index}]", join(&self.inner, key));
        }
        scope
    }

    fn at_path(&self, path: String) -> Self {
        Self { path, ..self.clone() }
    }

    /// How messages name this table: `[engine]`, `` `policy` of [[collector]] "host" ``, `the top level`.
    pub(super) fn title(&self) -> String {
        match (self.section.as_str(), self.inner.as_str()) {
            ("", _) => "the top level".to_owned(),
            (section, "") => section.to_owned(),
            (section, inner) => format!("`{inner}` of {section}"),
        }
    }

    /// The same after a key: `in [engine]`, `at the top level`.
    pub(super) fn whereabouts(&self) -> String {
        let preposition = if self.section.is_empty() { "at" } else { "in" };
        format!("{preposition} {}", self.title())
    }

    /// The place of this table.
    pub(super) fn location(&self, span: &Span) -> Location {
        Location::new(&self.source, span.clone(), self.path.clone())
    }

    /// The place of a key of this table, given or missing.
    pub(super) fn key_location(&self, key: &str, span: &Span) -> Location {
        Location::new(&self.source, span.clone(), join(&self.path, key))
    }

    /// The place of what `path` (`rules[0].above`) leads to from this table.
    pub(super) fn path_location(&self, path: &str, span: &Span) -> Location {
        let full = if self.path.is_empty() {
            suggest::shown(path)
        } else {
            format!("{}.{}", self.path, suggest::shown(path))
        };
        Location::new(&self.source, span.clone(), full)
    }

    /// Adds the place, the path and the advice; `span` is that of this table.
    pub(super) fn error(&self, error: ValueError, span: &Span) -> ConfigError {
        let span = error.span.as_ref().unwrap_or(span);
        let scope = error.path.iter().rev().fold(self.clone(), |scope, segment| scope.enter(segment));
        match error.problem {
            Problem::UnknownKey { key, valid } => scope.unknown_key(&key, &valid, span),
            Problem::MissingKey { key } => scope.missing_key(&key, span),
            Problem::WrongType(message) => scope.value_error(ConfigErrorKind::WrongType, &message, span),
            Problem::Invalid(message) => scope.value_error(ConfigErrorKind::InvalidValue, &message, span),
        }
    }

    fn enter(&self, segment: &Segment) -> Self {
        match segment {
            Segment::Key(key) => self.key(key),
            Segment::Index(index) => {
                let step = format!("[{index}]");
                let mut scope = self.at_path(append(&self.path, &step));
                scope.inner = append(&self.inner, &step);
                scope
            }
        }
    }

    fn unknown_key(&self, key: &str, valid: &[String], span: &Span) -> ConfigError {
        let valid: Vec<&str> = valid.iter().map(String::as_str).collect();
        let what = if self.section.is_empty() { "section or key" } else { "key" };
        let advice = match suggest::nearest(key, &valid) {
            Some(near) => format!("did you mean `{near}`?"),
            None if valid.is_empty() => "no keys are valid here".to_owned(),
            None => format!("valid keys: {}", suggest::list(&valid)),
        };
        let message = format!("unknown {what} `{}` {}; {advice}", suggest::shown(key), self.whereabouts());
        ConfigError::new(ConfigErrorKind::UnknownKey, self.key_location(key, span), message)
    }

    pub(super) fn missing_key(&self, key: &str, span: &Span) -> ConfigError {
        let message = format!("missing key `{key}` {}", self.whereabouts());
        ConfigError::new(ConfigErrorKind::MissingKey, self.key_location(key, span), message)
    }

    fn value_error(&self, kind: ConfigErrorKind, message: &str, span: &Span) -> ConfigError {
        let message = match self.path.as_str() {
            "" => message.to_owned(),
            path => format!("`{path}`: {message}"),
        };
        ConfigError::new(kind, self.location(span), message)
    }
}

fn join(path: &str, key: &str) -> String {
    let key = shown_key(key);
    if path.is_empty() { key } else { append(path, &format!(".{key}")) }
}

/// Keeps a path printable: very deep ones end in `…`.
fn append(path: &str, step: &str) -> String {
    if path.ends_with('…') {
        path.to_owned()
    } else if path.chars().count() > SHOWN {
        format!("{path}…")
    } else {
        format!("{path}{step}")
    }
}

/// The key as TOML writes it: in quotes unless it is plain.
fn shown_key(key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if plain { suggest::shown(key) } else { format!("\"{}\"", suggest::shown(key)) }
}
