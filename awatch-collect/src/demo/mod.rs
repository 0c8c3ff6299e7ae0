//! A world of hosts and services that do not exist, for demonstrations, tests and measurements: with the rhythm of days
//! and weeks, noise that remembers, metrics that follow from each other, deploys and nightly jobs, and incidents on
//! demand whose truth is known.
//!
//! [`DemoConfig`] says what the world is made of; [`Demo`] collects it live and [`DemoRecording`] is its history. Both
//! give the same numbers to the bit for the same seed, hosts and beginning, on any machine: the world uses no
//! function whose last digit differs between systems. An incident changes nothing before it begins, but that nobody
//! deploys in the ten minutes before.
//!
//! ```
//! use awatch_collect::demo::{DemoConfig, Hosts, Incident, Scenario};
//!
//! let incident = Incident::new(Scenario::DiskFill).with_targets(["db-1"]);
//! let demo = DemoConfig::default().with_seed(7).with_hosts(Hosts::of(6)).with_incident(incident).build()?;
//! assert_eq!(demo.targets().count(), 6);
//! # Ok::<(), awatch_collect::demo::DemoConfigError>(())
//! ```
//!
//! # One source, many targets
//! The world is one collector, as a scraper of many hosts would be, and each host is a target of its own. When an
//! exporter dies, the series of that service are missing from the batch while those of the host's own agent go on: so
//! it looks to whoever scrapes both, and a rule about absent values tells it.
//!
//! # Any step
//! Everything is written in durations and rates: a world of twenty hosts in steps of a minute over a month has the same
//! rhythm, noise and incidents as one in steps of a second. Only the noise of a single second evens out in longer steps,
//! as it does in measurements. Worlds of different steps are different draws of the same world.

mod arithmetic;
mod backends;
mod catalogue;
mod collector;
mod config;
mod counter;
mod effects;
mod http;
mod incident;
mod label;
mod machine;
mod plan;
mod random;
mod recording;
mod rhythm;
mod role;
mod scenario;
#[cfg(test)]
mod tests;
mod tick;
mod world;

pub use catalogue::{Series, series};
pub use collector::Demo;
pub use config::{DemoConfig, DemoConfigError};
pub use incident::Incident;
pub use label::{Label, Restart};
pub use recording::DemoRecording;
pub use role::{Hosts, Role};
pub use scenario::{Onset, ParseScenarioError, Scenario};
