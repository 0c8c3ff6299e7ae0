//! The program `awatch`: watches this machine and explains what is unusual.

mod args;
mod check;
mod columns;
mod completions;
mod demo;
mod failure;
mod init;
mod load;
mod man;
mod paths;
mod query;
mod replay;
mod run;
mod say;
mod snapshot;
mod stop;
mod usage;
mod view;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    usage::begin();
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Demo(args) => demo::demo(&args),
        Command::Replay(args) => replay::replay(&args),
        Command::Init(args) => init::init(&args),
        Command::Check(args) => check::check(&args),
        Command::Query(args) => query::query(&args),
        Command::Snapshot(args) => snapshot::snapshot(&args),
        Command::Completions(args) => {
            completions::completions(&args);
            Ok(())
        }
        Command::Man(args) => man::man(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::err(&failure.render());
            ExitCode::FAILURE
        }
    }
}
