//! The program `awatch`: watches this machine and explains what is unusual.

mod args;
mod check;
mod failure;
mod init;
mod load;
mod paths;
mod run;
mod say;
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
        Command::Init(args) => init::init(&args),
        Command::Check(args) => check::check(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::err(&failure.render());
            ExitCode::FAILURE
        }
    }
}
