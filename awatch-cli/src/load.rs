//! Reads the configuration, or takes the defaults.

use std::path::{Path, PathBuf};

use awatch::config::Document;
use awatch::plugins::{Assembly, Plugins};

use crate::failure::Failure;
use crate::paths;

/// What is to run, and which file said so.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) assembly: Assembly,
    /// `None`: the built-in defaults.
    pub(crate) file: Option<PathBuf>,
}

impl Loaded {
    /// Which configuration it is, for people.
    pub(crate) fn origin(&self) -> String {
        match &self.file {
            Some(file) => file.display().to_string(),
            None => "built-in defaults (`awatch init` writes a file to change them)".to_owned(),
        }
    }
}

/// The file given, else the platform's if there is one, else the defaults.
pub(crate) fn load(given: Option<&Path>) -> Result<Loaded, Failure> {
    let plugins = Plugins::builtin();
    let file = given.map(Path::to_owned).or_else(|| paths::config_file().filter(|file| file.exists()));
    let assembly = match &file {
        None => plugins.assemble_defaults()?,
        Some(file) => {
            let bytes = std::fs::read(file).map_err(|source| Failure::File {
                path: file.clone(),
                done: "read",
                source,
            })?;
            plugins.assemble(Document::parse_bytes(&file.display().to_string(), &bytes)?)?
        }
    };
    Ok(Loaded { assembly, file })
}
