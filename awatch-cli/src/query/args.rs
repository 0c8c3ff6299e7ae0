//! What can be asked on the command line.

use std::path::PathBuf;
use std::time::Duration;

use awatch::store::query::moment::Reference;
use awatch::store::query::{Aggregation, By};
use awatch::{Matcher, Name, Timestamp};
use clap::{Args, ValueEnum};

pub(crate) const EXAMPLES: &str = "\
Examples:
  awatch query --file history.parquet --list
  awatch query --file history.csv 'system.cpu.*' --from -1h
  awatch query --file history.csv system.network.io --step 1m --agg max --format spark
  awatch query --file history.csv 'system.disk.io{device=sda}' --agg p99 --step 1h
  awatch query --file fleet.parquet http.errors --across sum --by label:service
  awatch query --file history.csv --from 09:00 --to 09:30 --step 1s --format csv > out.csv
  awatch query --file history.csv system.cpu.utilization | jq '.series[].points'

Patterns:
  metric, metric{label=value} or target/metric{label=value}, where * stands for any text.

Times:
  now, -1h, 10:00 (the last time it was so late), 2026-11-20, \"2026-11-20 10:00\",
  2026-11-20T10:00:00Z. The present is the end of the history that is read.

Aggregations:
  avg, min, max, sum, count, last, rate, total, median, p95 and the like. Counters are
  seen as their rates per second; sum is what they grew by, total the number stored.
  Steps begin at full minutes, hours or days of UTC. docs/query.md has it in full.";

/// What to query.
#[derive(Args, Clone, Debug)]
pub(crate) struct QueryArgs {
    /// Which series, such as 'system.cpu.*' [default: all]
    #[arg(value_name = "PATTERN")]
    pub(super) patterns: Vec<Matcher>,
    /// The history: a recording as .csv or .parquet; can be given more than once
    #[arg(long = "file", short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(super) files: Vec<PathBuf>,
    /// Only series of this target; * stands for any text
    #[arg(long, short, value_name = "TARGET")]
    pub(super) target: Option<String>,
    /// From this time on [default: the first sample]
    #[arg(long, value_name = "TIME", value_parser = moment, allow_hyphen_values = true)]
    pub(super) from: Option<Moment>,
    /// Until before this time [default: after the last sample]
    #[arg(long, value_name = "TIME", value_parser = moment, allow_hyphen_values = true)]
    pub(super) to: Option<Moment>,
    /// The length of a step, or `all` for the whole range in one [default: at most 60 steps]
    #[arg(long, value_name = "DURATION", value_parser = step)]
    pub(super) step: Option<Step>,
    /// What becomes of the samples of a step [default: avg, of counters rate]
    #[arg(
        long = "agg",
        short = 'a',
        value_name = "AGGREGATION",
        default_value = "avg",
        hide_default_value = true
    )]
    pub(super) over_time: Aggregation,
    /// Make one series of several, with this of their values [default with --by: as --agg; sum of rates, counts and totals]
    #[arg(long, value_name = "AGGREGATION")]
    pub(super) across: Option<Aggregation>,
    /// Make one of the series that share this: target, metric or label:NAME
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = by)]
    pub(super) by: Vec<Shared>,
    /// How the answer looks [default: table on a terminal, otherwise json]
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Show at most so many series, the first by name
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) limit: Option<u32>,
    /// List the series with unit, kind and how much there is of each
    #[arg(long, conflicts_with_all = ["step", "over_time", "across", "by"])]
    pub(super) list: bool,
    /// Read and show times in the time zone of this machine instead of UTC
    #[arg(long)]
    pub(super) local: bool,
}

/// A point in time as it was written: what it means depends on the history and the zone.
#[derive(Clone, Debug)]
pub(super) struct Moment(pub(super) String);

/// How long a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// As long as the range.
    All,
    /// So long.
    Of(Duration),
}

/// What series have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shared {
    /// Only the metric.
    Metric,
    /// Something else besides.
    Also(By),
}

/// How an answer looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns for people, with units
    Table,
    /// A line per series: a curve in characters, least, greatest and last value
    Spark,
    /// A row per value, all digits
    Csv,
    /// One JSON object, all digits
    Json,
}

fn moment(text: &str) -> Result<Moment, String> {
    let read = Reference::utc(Timestamp::EPOCH).read(text);
    read.map(|_| Moment(text.to_owned())).map_err(|error| error.to_string())
}

fn step(text: &str) -> Result<Step, String> {
    if text == "all" {
        return Ok(Step::All);
    }
    let step = awatch::duration::parse(text).map_err(|error| error.to_string())?;
    if step.is_zero() {
        Err("give more than no time, for example 1m, or all".to_owned())
    } else {
        Ok(Step::Of(step))
    }
}

fn by(text: &str) -> Result<Shared, String> {
    match (text, text.split_once(':')) {
        ("target", _) => Ok(Shared::Also(By::Target)),
        ("metric", _) => Ok(Shared::Metric),
        (_, Some(("label", name))) => {
            Name::new(name).map(|name| Shared::Also(By::Label(name))).map_err(|error| error.to_string())
        }
        _ => Err(format!("write target, metric, or label: and a name, for example label:{text}")),
    }
}
