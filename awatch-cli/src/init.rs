//! `awatch init`.

use std::io::Write;
use std::path::Path;

use crate::args::InitArgs;
use crate::failure::Failure;
use crate::{paths, say};

/// The file that is written: all that can be set, with its default and what it means.
const TEMPLATE: &str = include_str!("awatch.toml");

/// Writes the configuration file.
pub(crate) fn init(args: &InitArgs) -> Result<(), Failure> {
    let path = args.path.clone().or_else(paths::config_file).ok_or(Failure::NoHome)?;
    let failed = |source: std::io::Error| {
        if source.kind() == std::io::ErrorKind::AlreadyExists && !args.force {
            Failure::Exists(path.clone())
        } else {
            Failure::File { path: path.clone(), done: "written", source }
        }
    };
    write(&path, args.force).map_err(failed)?;
    let file = path.display();
    let given = if args.path.is_some() { format!(" --config {file}") } else { String::new() };
    say::out(&format!(
        "wrote {file}\nlook at what it does with `awatch check{given}`, change it, then `awatch run{given}`\n"
    ));
    Ok(())
}

/// Without `force` the file must be new: asked of the system in one step, so that nobody comes in between.
fn write(path: &Path, force: bool) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    options.open(path)?.write_all(TEMPLATE.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use awatch::config::Document;
    use awatch::plugins::Plugins;

    #[test]
    fn what_is_written_does_the_same_as_the_defaults() {
        let assemble =
            |text: &str| Plugins::builtin().assemble(Document::parse("awatch.toml", text).unwrap()).unwrap();
        let (written, default) = (assemble(TEMPLATE), Plugins::builtin().assemble_defaults().unwrap());
        assert_eq!(format!("{:?}", written.collectors().len()), format!("{:?}", default.collectors().len()));
        let watches = |assembly: &awatch::plugins::Assembly| {
            let watch = |watch: &awatch::plugins::WatchPart| {
                (watch.part.name.clone(), watch.matcher.to_string(), format!("{:?}", watch.factory))
            };
            assembly.watches().iter().map(watch).collect::<Vec<_>>()
        };
        assert_eq!(watches(&written), watches(&default));
        assert!(written.build().is_ok());
    }

    #[test]
    fn every_commented_setting_is_valid() {
        let line = |line: &str| match line.strip_prefix("#: ") {
            Some(setting) => setting.to_owned(),
            None => line.to_owned(),
        };
        let text: Vec<String> = TEMPLATE.lines().map(line).collect();
        let document = Document::parse("awatch.toml", &text.join("\n")).unwrap();
        if let Err(error) = Plugins::builtin().assemble(document) {
            panic!("{}", error.render());
        }
    }
}
