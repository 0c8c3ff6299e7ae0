//! What the command line says of demo worlds.

use std::path::PathBuf;
use std::time::Duration;

use awatch::demo::Scenario;
use awatch::{Interval, Timestamp};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::Choice;
use crate::args::{duration, interval};

/// Which demo world to watch.
#[derive(Args, Clone, Debug, Default)]
#[command(mut_arg("seed", |seed| seed.requires("demo")), mut_arg("hosts", |hosts| hosts.requires("demo")))]
pub(crate) struct WorldArgs {
    /// Watch a made-up world of hosts instead, in which this goes wrong [without a name: one incident after the other]
    #[arg(
        long,
        value_name = "SCENARIO",
        num_args = 0..=1,
        default_missing_value = "all",
        value_parser = choices(),
        hide_possible_values = true,
        conflicts_with_all = ["config", "state"]
    )]
    pub(crate) demo: Option<Choice>,
    #[command(flatten)]
    pub(crate) shape: ShapeArgs,
}

/// What a demo world looks like.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ShapeArgs {
    /// Draw the demo world from this seed: the same seed gives the same world [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Give the demo world this many hosts [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) hosts: Option<u32>,
}

/// What to do with demo worlds.
#[derive(Args, Clone, Debug)]
#[command(mut_arg("seed", |seed| seed.requires("out")), mut_arg("hosts", |hosts| hosts.requires("out")))]
pub(crate) struct DemoArgs {
    /// What goes wrong in it; `all`: one incident after the other, `none`: nothing
    #[arg(value_name = "SCENARIO", value_parser = choices(), hide_possible_values = true, requires = "out")]
    pub(crate) scenario: Option<Choice>,
    /// Write the history of the world into this file, as its name ends: .csv or .parquet
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write what went wrong, where and when, into this CSV file
    #[arg(long, value_name = "FILE", requires = "out")]
    pub(crate) labels: Option<PathBuf>,
    /// How much history
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, default_value = "1h", requires = "out")]
    pub(crate) for_time: Duration,
    /// When it begins, as RFC 3339 in UTC [default: so that it ends now]
    #[arg(long, value_name = "TIME", requires = "out")]
    pub(crate) from: Option<Timestamp>,
    /// The time between two samples
    #[arg(long, value_name = "DURATION", value_parser = interval, default_value = "1s", requires = "out")]
    pub(crate) interval: Interval,
    #[command(flatten)]
    pub(crate) shape: ShapeArgs,
}

/// The names of what can go wrong.
pub(crate) fn choices() -> impl TypedValueParser<Value = Choice> {
    let scenarios = Scenario::ALL
        .map(|scenario| PossibleValue::new(scenario.as_str()).help(scenario.sentence()))
        .into_iter();
    let others = [
        PossibleValue::new("all").help("one incident after the other"),
        PossibleValue::new("none").help("nothing goes wrong"),
    ];
    PossibleValuesParser::new(scenarios.chain(others)).try_map(|name| name.parse::<Choice>())
}
