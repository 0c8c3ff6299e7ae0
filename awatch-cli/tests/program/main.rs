//! The program as its users see it: real processes, their output, their exit codes.

mod check;
mod help;
mod init;
mod process;
mod run;
