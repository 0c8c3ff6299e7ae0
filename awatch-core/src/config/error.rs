//! What is wrong in a configuration file, and where.

use std::fmt;

use super::source::Location;

/// Longest source line shown by [`ConfigError::render`], in characters.
const SHOWN: usize = 120;

/// What kind of mistake a [`ConfigError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// The text is not TOML.
    Syntax,
    /// The top-level `version` is absent or not one that this build reads.
    Version,
    /// A key, or a top-level section, that nothing reads.
    UnknownKey,
    /// A key that must be given is absent.
    MissingKey,
    /// A value has another type than its key needs.
    WrongType,
    /// A value of the right type that cannot be used: out of range, a bad duration, a plug-in's own check.
    InvalidValue,
    /// A `kind` that is not registered.
    UnknownKind,
    /// Two entries of a list have the same name.
    DuplicateName,
}

/// A mistake in a configuration file: the place, the key and what to do, in one line.
///
/// `Display` prints `file:line:column: message`; [`render`](Self::render) adds the source line with a caret.
#[derive(Clone)]
pub struct ConfigError {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ConfigErrorKind,
    location: Location,
    message: String,
}

impl ConfigError {
    pub(super) fn new(kind: ConfigErrorKind, location: Location, message: String) -> Self {
        Self { inner: Box::new(Inner { kind, location, message }) }
    }

    /// The kind of mistake.
    #[must_use]
    pub fn kind(&self) -> ConfigErrorKind {
        self.inner.kind
    }

    /// The message without file, line and column.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// Where the mistake is.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.inner.location
    }

    /// The file name, as it was given when parsing.
    #[must_use]
    pub fn file(&self) -> &str {
        self.inner.location.file()
    }

    /// The line number, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.inner.location.line()
    }

    /// The column, in characters from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.inner.location.column()
    }

    /// The full path of the key, `collector[1].interval` (indices from 0); `None` for the file as a whole.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.inner.location.key()
    }

    /// The message followed by the source line with carets under the place, for a terminal.
    ///
    /// Shows at most 120 characters of the line, without control characters. The line is shown as it stands
    /// in the file: if it may hold a secret, print the error with `Display`.
    #[must_use]
    pub fn render(&self) -> String {
        let number = self.line().to_string();
        let gutter = " ".repeat(number.len());
        let start = self.column().saturating_sub(1);
        let skipped = if start < SHOWN { 0 } else { start - SHOWN / 2 };
        let shown: String =
            self.inner.location.line_text().chars().skip(skipped).take(SHOWN).map(plain).collect();
        let indent = start - skipped;
        let room = shown.chars().count().saturating_sub(indent);
        let carets = "^".repeat(self.inner.location.width().min(room).max(1));
        let shown = shown.trim_end();
        format!("{self}\n{gutter} |\n{number} | {shown}\n{gutter} | {}{carets}", " ".repeat(indent))
    }
}

/// One column per character, and nothing that moves the cursor.
fn plain(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file(), self.line(), self.column(), self.inner.message)
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigError")
            .field("kind", &self.inner.kind)
            .field("key", &self.key())
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for ConfigError {}
