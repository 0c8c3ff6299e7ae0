#![doc = include_str!("../README.md")]

pub mod conformance;
pub mod demo;
pub mod host;
pub mod replay;

mod metric;
mod output;
#[cfg(target_os = "linux")]
mod procfs;

pub use host::{Host, HostConfig};
pub use metric::Metric;
