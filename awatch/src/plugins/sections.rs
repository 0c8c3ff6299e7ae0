//! The sections of a configuration file, those of the defaults where the file has none.

use awatch_core::config::{ConfigError, Document, Table};

/// What is watched and how when a file, or a part of it, says nothing else.
pub(crate) const DEFAULTS: &str = include_str!("defaults.toml");

/// How messages and listings name the defaults in place of a file.
pub(crate) const DEFAULTS_NAME: &str = "built-in defaults";

/// All sections of a file, each still unread.
#[derive(Debug)]
pub(super) struct Sections {
    pub(super) engine: Option<Table>,
    pub(super) target: Option<Table>,
    pub(super) state: Option<Table>,
    pub(super) store: Option<Table>,
    pub(super) collectors: Vec<Table>,
    pub(super) detectors: Vec<Table>,
    pub(super) sinks: Vec<Table>,
}

impl Sections {
    /// Takes every section; an absent `store`, `collector` or `detector` is that of the defaults. `known` says
    /// whether a kind of a section is registered: defaults of unknown kinds are left out.
    pub(super) fn take(
        document: &mut Document,
        known: impl Fn(&str, &str) -> bool,
    ) -> Result<Self, ConfigError> {
        let mut given = Self::take_given(document)?;
        document.finish()?;
        let mut defaults = Self::take_given(&mut Document::parse(DEFAULTS_NAME, DEFAULTS)?)?;
        let is_known = |section: &str, table: &Table| {
            let kind = table.clone().take_str("kind").ok().flatten();
            kind.is_some_and(|kind| known(section, &kind))
        };
        if given.store.is_none() {
            given.store = defaults.store.take().filter(|table| is_known("store", table));
        }
        // An empty list, `collector = []`, is given too: then there is to be none.
        let mut absent = |section: &str| !document.root().contains(section);
        if absent("collector") {
            given.collectors = defaults.collectors;
            given.collectors.retain(|table| is_known("collector", table));
        }
        if absent("detector") {
            given.detectors = defaults.detectors;
            given.detectors.retain(|table| is_known("detector", table));
        }
        Ok(given)
    }

    fn take_given(document: &mut Document) -> Result<Self, ConfigError> {
        Ok(Self {
            engine: document.take_table("engine")?,
            target: document.take_table("target")?,
            state: document.take_table("state")?,
            store: document.take_table("store")?,
            collectors: document.take_tables("collector")?,
            detectors: document.take_tables("detector")?,
            sinks: document.take_tables("sink")?,
        })
    }
}
