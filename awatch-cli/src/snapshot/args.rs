//! What can be asked on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::args::duration;

pub(crate) const EXAMPLES: &str = "\
Examples:
  awatch snapshot
  awatch snapshot --all --for 10s
  awatch snapshot --json | jq '.targets[0].health.score'
  watch -n 10 awatch snapshot

Exit codes: 0 when something could be read, 1 when no collector could or the configuration has a mistake.";

/// How to look.
#[derive(Args, Clone, Debug)]
pub(crate) struct SnapshotArgs {
    /// The configuration file [default: the platform's if it is there, else the built-in defaults]
    #[arg(long, short, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Look for this time, at least 2s: rates and records are of its last second
    #[arg(long = "for", value_name = "DURATION", value_parser = look, default_value = "2s")]
    pub(super) for_time: Duration,
    /// Show every metric, also those at 0 and those that only matter when looking for a cause
    #[arg(long, conflicts_with = "json")]
    pub(super) all: bool,
    /// Print one JSON object with everything
    #[arg(long)]
    pub(super) json: bool,
}

/// Rates need two readings, a second apart.
const LEAST: Duration = Duration::from_secs(2);

fn look(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    if time < LEAST {
        Err("give at least 2s, which rates need for their two readings".to_owned())
    } else {
        Ok(time)
    }
}
