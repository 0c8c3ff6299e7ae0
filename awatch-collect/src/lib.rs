#![doc = include_str!("../README.md")]

pub mod conformance;
pub mod demo;
pub mod host;

pub use host::{Host, HostConfig};
