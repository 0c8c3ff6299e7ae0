#![doc = include_str!("../README.md")]

pub mod conformance;
pub mod demo;
pub mod host;
pub mod replay;

mod listing;
mod metric;
mod output;
pub mod process;
pub mod processes;
#[cfg(target_os = "linux")]
mod procfs;

pub use host::{Host, HostConfig};
pub use metric::Metric;
pub use process::{Process, ProcessConfig};
pub use processes::{Processes, ProcessesConfig};
