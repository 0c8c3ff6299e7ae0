//! The program as its users see it: real processes, their output, their exit codes.

mod check;
mod completions;
mod demo;
mod help;
mod init;
mod man;
mod process;
mod query;
mod replay;
mod run;
mod snapshot;
mod terminal;
