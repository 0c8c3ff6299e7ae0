#![doc = include_str!("../README.md")]

pub mod conformance;
pub mod host;

pub use host::{Host, HostConfig};
