//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use awatch::Interval;
use clap::{Args, Parser, Subcommand};

use crate::completions::{self, CompletionsArgs};
use crate::demo::{DemoArgs, WorldArgs};
use crate::man::{self, ManArgs};
use crate::query::{self, QueryArgs};
use crate::replay::ReplayArgs;
use crate::snapshot::{self, SnapshotArgs};

/// Watches this machine and explains what is unusual.
///
/// Awatch collects the metrics of this machine, learns what is usual for each of them, and tells in plain words when
/// something is not. Nothing leaves the machine.
#[derive(Debug, Parser)]
#[command(name = "awatch", version, max_term_width = 100, after_long_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  awatch run                    watch this machine, live
  awatch run --json | tee log   one JSON object per event
  awatch run --demo             watch a made-up world in which things go wrong
  awatch check                  say what would be collected, and how it would be watched
  awatch init                   write a configuration file to change
  awatch snapshot               look once, and end
  awatch query --file h.csv     read history

Exit codes:
  0    done, or ended as asked: time over, `q`, Ctrl-C, SIGTERM, or the reader
       of the output is gone
  1    a mistake in the configuration, or something could not be read, written
       or started
  2    a mistake on the command line
  130  ended at once by a second Ctrl-C or SIGTERM";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Watch this machine until stopped.
    ///
    /// On a terminal a view that refreshes itself shows the present values with what is usual for them, the open
    /// anomalies and the latest events. Into a pipe or a file goes one line per event.
    #[command(after_long_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Play history through the detectors, at any speed, to a second, or step by step.
    ///
    /// On a terminal the view shows how things were, and keys pause, step and change the speed. Into a pipe or a file
    /// goes one line per event. The same history and configuration give the same events each time.
    #[command(after_long_help = REPLAY_EXAMPLES)]
    Replay(ReplayArgs),
    /// List what can go wrong in demo worlds, or write the history of one into a file.
    ///
    /// A demo world is a handful of made-up hosts and services with the rhythm of days and weeks, noise, deploys, and
    /// incidents whose truth is known. The same seed gives the same world to the bit.
    #[command(after_long_help = DEMO_EXAMPLES)]
    Demo(DemoArgs),
    /// Write a commented configuration file.
    ///
    /// It goes to the platform's folder for configuration, `~/.config/awatch/awatch.toml` on Linux, where every other
    /// command finds it. A file that is there already is left alone.
    #[command(after_long_help = INIT_EXAMPLES)]
    Init(InitArgs),
    /// Check a configuration and show what it would do.
    ///
    /// Reads the configuration, calls every collector twice, and lists the series with unit, kind and present value,
    /// and how many of them each detector watches. Nothing is stored and no event is sent.
    #[command(after_long_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Look once: health, the present values, the top processes.
    ///
    /// Calls every collector for two seconds, so that rates are known, prints what there is and ends. Nothing is stored
    /// and no event is sent.
    #[command(after_long_help = snapshot::EXAMPLES)]
    Snapshot(SnapshotArgs),
    /// Read history: values over time, as a table, as curves, as CSV or as JSON.
    ///
    /// The samples of each series are brought into steps of time and what is asked for is told of each step. A step
    /// without samples has no value, which is not 0.
    #[command(after_long_help = query::EXAMPLES)]
    Query(QueryArgs),
    /// Print the script that lets a shell complete the command line.
    ///
    /// Commands, options, and values where there are only a few.
    #[command(after_long_help = completions::EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print this manual in the form that `man` reads.
    ///
    /// It says what `--help` says, a page for the program and one for each command.
    #[command(after_long_help = man::EXAMPLES)]
    Man(ManArgs),
}

const RUN_EXAMPLES: &str = "\
Examples:
  awatch run
  awatch run --for 30s
  awatch run --json --for 1h > events.jsonl
  awatch run --json | jq -r 'select(.kind == \"anomaly.opened\") | .anomaly.sentence'
  awatch run --state ~/.local/state/awatch/state
  awatch run --record history.csv             to be played with `awatch replay`
  awatch run --demo                           a world in which things go wrong
  awatch run --demo cpu-saturation --for 60s --json

Keys in the view: ? lists them all; q or Ctrl-C ends.

The summary at the end goes to standard error, with --json to standard output.
The first Ctrl-C or SIGTERM ends with it and code 0, a second one at once with
code 130. The JSON lines are described in docs/events.md.";

const REPLAY_EXAMPLES: &str = "\
Examples:
  awatch replay history.csv                   in the view, a minute per second
  awatch replay history.parquet --json        all events, as fast as it goes
  awatch replay --demo memory-leak --to +40m  up to the incident, then by hand
  awatch replay history.csv --to 2026-11-20T10:00:00Z --step --plain
  awatch replay cpu.csv --target web-1        a table: a column of times, one per metric

Keys in the view: space pauses and goes on, . goes one second on, + and - change
the speed, ? shows the others.

Collectors rest and the sinks of the configuration get nothing. The layout of
files is described in docs/history-files.md.";

const DEMO_EXAMPLES: &str = "\
Examples:
  awatch demo
  awatch run --demo cpu-saturation
  awatch demo cpu-saturation --out history.csv --labels truth.csv
  awatch demo all --out day.parquet --for 24h --hosts 20 --interval 10s --seed 7
  awatch replay --demo latency-shift";

const INIT_EXAMPLES: &str = "\
Examples:
  awatch init
  awatch init --force
  awatch init --path ./awatch.toml";

const CHECK_EXAMPLES: &str = "\
Examples:
  awatch check
  awatch check --config ./awatch.toml

Exit codes: 0 when all is well, 1 when the configuration has a mistake or a collector fails.";

/// How to run.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RunArgs {
    /// The configuration file [default: the platform's if it is there, else the built-in defaults]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// End after this time, such as 30s, 10m or 1h30m
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    pub(crate) for_time: Option<Duration>,
    /// Write one JSON object per event, after one that says what runs and before a summary
    #[arg(long)]
    pub(crate) json: bool,
    /// Write one line per event on a terminal too
    #[arg(long, conflicts_with = "json")]
    pub(crate) plain: bool,
    /// The time between two readings, for collectors whose configuration names none [default: 1s]
    #[arg(long, value_name = "DURATION", value_parser = interval)]
    pub(crate) interval: Option<Interval>,
    /// Remember what was learnt in this file: read at the start, written every minute and at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Write down everything that arrives in this file, .csv or .parquet, to be played with `awatch replay`
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) world: WorldArgs,
    /// How much of its past the demo world has lived through before it goes live [default: 6h]
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "demo")]
    pub(crate) back_fill: Option<Duration>,
    /// Use no colours, as with the environment variable `NO_COLOR`
    #[arg(long)]
    pub(crate) no_color: bool,
    /// Say nothing on standard error but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Where to write the configuration.
#[derive(Args, Clone, Debug)]
pub(crate) struct InitArgs {
    /// Replace the file when it is there already
    #[arg(long)]
    pub(crate) force: bool,
    /// Where to write it [default: the platform's folder for configuration]
    #[arg(long, value_name = "FILE")]
    pub(crate) path: Option<PathBuf>,
}

/// What to check.
#[derive(Args, Clone, Debug)]
pub(crate) struct CheckArgs {
    /// The configuration file [default: the platform's if it is there, else the built-in defaults]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let time = awatch::duration::parse(text).map_err(|error| error.to_string())?;
    if time.is_zero() { Err("give more than no time, for example 30s".to_owned()) } else { Ok(time) }
}

pub(crate) fn interval(text: &str) -> Result<Interval, String> {
    Interval::new(duration(text)?).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
