//! What the command line says of a replay.

use std::path::PathBuf;
use std::time::Duration;

use awatch::replay::Speed;
use awatch::{Interval, Name, Timestamp};
use clap::Args;

use crate::args::interval;
use crate::demo::{Choice, ShapeArgs, choices};

/// What to play, and how.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Args, Clone, Debug)]
#[command(mut_arg("seed", |seed| seed.conflicts_with("file")), mut_arg("hosts", |hosts| hosts.conflicts_with("file")))]
pub(crate) struct ReplayArgs {
    /// The history to play, .csv or .parquet: as `awatch run --record` writes it, or a table with a column of times
    #[arg(value_name = "FILE", required_unless_present = "demo", conflicts_with = "demo")]
    pub(crate) file: Option<PathBuf>,
    /// Play an hour of a demo world in which this goes wrong instead
    #[arg(long, value_name = "SCENARIO", value_parser = choices(), hide_possible_values = true)]
    pub(crate) demo: Option<Choice>,
    #[command(flatten)]
    pub(crate) shape: ShapeArgs,
    /// The configuration file: its detectors watch, its collectors rest [default: watch everything]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How fast: `max`, or so many seconds of history per second, such as 1x or 60x [default: 60x in the view, else max]
    #[arg(long, value_name = "SPEED", value_parser = speed)]
    pub(crate) speed: Option<Speed>,
    /// Play to this instant at full speed, RFC 3339 or a time after the beginning such as +45m, and stop there
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) to: Option<Moment>,
    /// Then go on second by second: Enter goes one on, a number so many, q ends
    #[arg(long)]
    pub(crate) step: bool,
    /// Whom the values of a table without targets are about [default: the name of the file]
    #[arg(long, value_name = "NAME", value_parser = name, conflicts_with = "demo")]
    pub(crate) target: Option<Name>,
    /// The time between two samples, for a file that does not say [default: what is most frequent in it]
    #[arg(long, value_name = "DURATION", value_parser = interval, conflicts_with = "demo")]
    pub(crate) interval: Option<Interval>,
    /// Leave this column out; may be given several times
    #[arg(long, value_name = "COLUMN", conflicts_with = "demo")]
    pub(crate) without_column: Vec<String>,
    /// Write one JSON object per event, before a summary
    #[arg(long)]
    pub(crate) json: bool,
    /// Write one line per event on a terminal too
    #[arg(long, conflicts_with = "json")]
    pub(crate) plain: bool,
    /// Use no colours, as with the environment variable `NO_COLOR`
    #[arg(long)]
    pub(crate) no_color: bool,
    /// Say nothing on standard error but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// An instant of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// That one.
    At(Timestamp),
    /// So long after the first arrival.
    After(Duration),
}

impl Moment {
    /// The instant in a recording that begins at `first`.
    pub(super) fn from(self, first: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::After(after) => first.plus(after),
        }
    }
}

fn speed(text: &str) -> Result<Speed, String> {
    if text == "max" {
        return Ok(Speed::Fastest);
    }
    let number = text.strip_suffix(['x', '×']).unwrap_or(text);
    match number.parse::<f64>() {
        Ok(times) if times.is_finite() && times > 0.0 => Ok(Speed::Times(times)),
        _ => Err("write `max`, or how many seconds of history per second, such as 10x".to_owned()),
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    if let Some(after) = text.strip_prefix('+') {
        return awatch::duration::parse(after).map(Moment::After).map_err(|error| error.to_string());
    }
    text.parse().map(Moment::At).map_err(|_| {
        "write an instant such as 2026-11-20T10:00:00Z, or a time after the beginning such as +45m".to_owned()
    })
}

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_number_of_times_or_max() {
        assert_eq!(speed("max"), Ok(Speed::Fastest));
        for (text, times) in [("1x", 1.0), ("60×", 60.0), ("0.5", 0.5)] {
            assert_eq!(speed(text), Ok(Speed::Times(times)));
        }
        for text in ["", "x", "0x", "-1x", "nan", "inf", "fast"] {
            assert!(speed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_an_instant_or_a_time_after_the_beginning() {
        assert_eq!(moment("+45m"), Ok(Moment::After(Duration::from_mins(45))));
        let at = Timestamp::from_secs(1_800_000_000);
        assert_eq!(moment("2027-01-15T08:00:00Z"), Ok(Moment::At(at)));
        assert!(moment("45m").is_err());
        assert!(moment("+").is_err());
    }
}
