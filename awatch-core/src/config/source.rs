//! The text of a configuration file and places in it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::error::{ConfigError, ConfigErrorKind};

/// A configuration file: the name shown to people and its whole text.
pub(super) struct Source {
    name: String,
    text: String,
}

impl Source {
    pub(super) fn new(name: &str, text: &str) -> Arc<Self> {
        Arc::new(Self { name: name.to_owned(), text: text.to_owned() })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Line number of byte `offset`, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.before(offset).matches('\n').count() + 1
    }

    /// Column of byte `offset` in its line, in characters, from 1.
    pub(super) fn column(&self, offset: usize) -> usize {
        let before = self.before(offset);
        let line = before.rsplit('\n').next().unwrap_or(before);
        line.trim_start_matches('\u{feff}').chars().count() + 1
    }

    /// The line that holds byte `offset`, without its line ending.
    pub(super) fn line_text(&self, offset: usize) -> &str {
        let line = self.text.split('\n').nth(self.line(offset) - 1).unwrap_or_default();
        line.trim_end_matches('\r').trim_start_matches('\u{feff}')
    }

    fn before(&self, offset: usize) -> &str {
        self.text.get(..self.text.floor_char_boundary(offset)).unwrap_or_default()
    }
}

/// Only the name: the text may be long and may hold secrets.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A place in a configuration file, and the key that stands there.
///
/// Cheap to clone; keep one to report later that a value cannot work, after the table is gone.
#[derive(Debug, Clone)]
pub struct Location {
    source: Arc<Source>,
    span: Range<usize>,
    key: String,
}

impl Location {
    pub(super) fn new(source: &Arc<Source>, span: Range<usize>, key: String) -> Self {
        Self { source: Arc::clone(source), span, key }
    }

    /// The file name, as it was given when parsing.
    #[must_use]
    pub fn file(&self) -> &str {
        self.source.name()
    }

    /// The line number, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.line(self.span.start)
    }

    /// The column, in characters from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.source.column(self.span.start)
    }

    /// The full path of the key, `collector[1].interval` (indices from 0); `None` for the file as a whole.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        (!self.key.is_empty()).then_some(self.key.as_str())
    }

    /// An error here: the message follows the place and the key, so it need not repeat them.
    #[must_use]
    pub fn error(&self, message: impl fmt::Display) -> ConfigError {
        let message = match self.key() {
            Some(key) => format!("`{key}`: {message}"),
            None => message.to_string(),
        };
        ConfigError::new(ConfigErrorKind::InvalidValue, self.clone(), message)
    }

    pub(super) fn line_text(&self) -> &str {
        self.source.line_text(self.span.start)
    }

    /// Characters covered, within the first line.
    pub(super) fn width(&self) -> usize {
        let covered = self.source.text().get(self.span.clone()).unwrap_or_default();
        covered.lines().next().unwrap_or_default().chars().count()
    }
}
