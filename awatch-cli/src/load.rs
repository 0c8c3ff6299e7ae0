//! Reads the configuration, or takes the defaults.

use std::path::{Path, PathBuf};

use awatch::config::Document;
use awatch::demo::Demo;
use awatch::plugins::{Assembly, Plugins};

use crate::failure::Failure;
use crate::paths;

/// What is to run, and which file said so.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) assembly: Assembly,
    /// `None`: it is built in.
    pub(crate) file: Option<PathBuf>,
    /// What is built in, for people.
    built_in: &'static str,
}

impl Loaded {
    /// Which configuration it is, for people.
    pub(crate) fn origin(&self) -> String {
        match &self.file {
            Some(file) => file.display().to_string(),
            None => self.built_in.to_owned(),
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
    Ok(Loaded { assembly, file, built_in: "built-in defaults (`awatch init` writes a file to change them)" })
}

/// What watches a demo world.
pub(crate) fn demo(demo: Demo) -> Result<Loaded, Failure> {
    let assembly = Plugins::builtin().assemble_demo(demo)?;
    Ok(Loaded { assembly, file: None, built_in: "built in, for demo worlds" })
}
