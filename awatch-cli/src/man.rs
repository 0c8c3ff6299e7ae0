//! `awatch man`.

mod page;

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};

use crate::args::Cli;
use crate::failure::Failure;
use crate::say;

pub(crate) const EXAMPLES: &str = "\
Examples:
  awatch man
  awatch man | man -l -
  awatch man query | man -l -
  awatch man --dir ~/.local/share/man/man1";

/// Which page, and where to.
#[derive(Args, Clone, Debug)]
pub(crate) struct ManArgs {
    /// The page of this command, such as `run` [default: that of the whole program]
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    command: Option<String>,
    /// Write all pages into this folder, one file each; those that are there are replaced
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

/// Prints a page of the manual, or writes all of them.
pub(crate) fn man(args: &ManArgs) -> Result<(), Failure> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    match (&args.dir, &args.command) {
        (Some(dir), _) => write_all(&program, dir),
        (None, None) => {
            say::out(&page::page(&program, &program));
            Ok(())
        }
        (None, Some(name)) => {
            let known = || program.get_subcommands().map(|command| command.get_name().to_owned()).collect();
            let command = program.find_subcommand(name);
            let command = command.ok_or_else(|| Failure::NoPage { name: name.clone(), known: known() })?;
            say::out(&page::page(command, &program));
            Ok(())
        }
    }
}

fn write_all(program: &Command, dir: &Path) -> Result<(), Failure> {
    let failed = |path: &Path, source| Failure::File { path: path.to_owned(), done: "written", source };
    std::fs::create_dir_all(dir).map_err(|source| failed(dir, source))?;
    for command in std::iter::once(program).chain(program.get_subcommands()) {
        let path = dir.join(format!("{}.1", page::name(command)));
        std::fs::write(&path, page::page(command, program)).map_err(|source| failed(&path, source))?;
    }
    Ok(())
}
