use std::fmt;
use std::str::FromStr;

/// What becomes of many numbers: of a series over a step of time, or of several series at one step.
///
/// Written as `avg`, `min`, `max`, `sum`, `count`, `last`, `rate`, `total`, `median`, `p95`, `p99.9` or
/// `quantile(0.95)`. What each means for gauges and counters: [the table of the module](super#aggregations).
///
/// # Example
/// ```
/// use awatch_store::query::Aggregation;
/// let worst: Aggregation = "p99.9".parse()?;
/// assert_eq!(worst, "quantile(0.999)".parse()?);
/// assert_eq!(worst.to_string(), "p99.9");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Aggregation {
    /// The mean; of a counter its rate.
    #[default]
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The sum; of a counter what it grew by.
    Sum,
    /// How many there are.
    Count,
    /// The last one.
    Last,
    /// What a counter grew by per second.
    Rate,
    /// The last number as stored: of a counter its total.
    Total,
    /// The number that a share of them lies below.
    Quantile(Quantile),
}

/// A share between 0 and 1 of the numbers, those below the quantile.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Quantile(f64);

/// The text is not an aggregation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseAggregationError {
    /// There is none of that name.
    #[error(
        "`{text}` is not an aggregation: use avg, min, max, sum, count, last, rate, total, median or a quantile such as p95"
    )]
    Unknown {
        /// What was given, cut when long.
        text: String,
    },
    /// A quantile is not a share.
    #[error("`{text}` is not a quantile: use p0 to p100, for example p95, or quantile(0) to quantile(1)")]
    Quantile {
        /// What was given, cut when long.
        text: String,
    },
}

const NAMED: [(&str, Aggregation); 8] = [
    ("avg", Aggregation::Avg),
    ("min", Aggregation::Min),
    ("max", Aggregation::Max),
    ("sum", Aggregation::Sum),
    ("count", Aggregation::Count),
    ("last", Aggregation::Last),
    ("rate", Aggregation::Rate),
    ("total", Aggregation::Total),
];

impl Aggregation {
    /// The quantile below which that share of the numbers lies, from 0.0 to 1.0; `None` outside of it.
    #[must_use]
    pub fn quantile(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then_some(Self::Quantile(Quantile(share)))
    }
}

impl Quantile {
    /// The share, from 0.0 to 1.0.
    #[must_use]
    pub fn share(self) -> f64 {
        self.0
    }

    /// The quantile of numbers in any order, which are sorted; linear between neighbours (Hyndman and Fan's type 7,
    /// as numpy, R and Prometheus do). `None` without numbers.
    pub(super) fn of(self, numbers: &mut [f64]) -> Option<f64> {
        numbers.sort_unstable_by(f64::total_cmp);
        let place = self.0 * numbers.len().checked_sub(1)? as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the slice")]
        let below = place.floor() as usize;
        let low = *numbers.get(below)?;
        let part = place.fract();
        match numbers.get(below + 1) {
            Some(high) if part > 0.0 && low < *high => Some(low * (1.0 - part) + high * part),
            _ => Some(low),
        }
    }
}

impl FromStr for Aggregation {
    type Err = ParseAggregationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || text.chars().take(40).collect::<String>();
        let name = text.trim().to_ascii_lowercase();
        if let Some((_, named)) = NAMED.iter().find(|(own, _)| *own == name) {
            return Ok(*named);
        }
        if name == "median" {
            return Ok(Self::Quantile(Quantile(0.5)));
        }
        let inside = name.strip_prefix("quantile(").and_then(|rest| rest.strip_suffix(')'));
        // The percent as a share in decimals, so that `p99.9` is what `quantile(0.999)` is.
        let number = match (inside, name.strip_prefix('p')) {
            (Some(share), _) => share.trim().parse(),
            (None, Some(percent)) => format!("{percent}e-2").parse(),
            (None, None) => return Err(ParseAggregationError::Unknown { text: shown() }),
        };
        let share = number.map_err(|_| ParseAggregationError::Unknown { text: shown() })?;
        Self::quantile(share).ok_or_else(|| ParseAggregationError::Quantile { text: shown() })
    }
}

impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantile(Quantile(share)) => write!(f, "p{}", (share * 100.0 * 1e9).round() / 1e9),
            named => {
                let known = NAMED.iter().find(|(_, aggregation)| aggregation == named);
                f.pad(known.map_or("", |(name, _)| name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_reads_back() {
        for text in
            ["avg", "min", "max", "sum", "count", "last", "rate", "total", "p0", "p50", "p99.9", "p100"]
        {
            assert_eq!(text.parse::<Aggregation>().unwrap().to_string(), text);
        }
        assert_eq!("median".parse::<Aggregation>().unwrap().to_string(), "p50");
        assert_eq!(" Quantile( 0.07 ) ".parse::<Aggregation>().unwrap().to_string(), "p7");
    }

    #[test]
    fn what_is_none_is_refused_with_those_there_are() {
        let refused = |text: &str| text.parse::<Aggregation>().unwrap_err().to_string();
        assert_eq!(
            refused("mean"),
            "`mean` is not an aggregation: use avg, min, max, sum, count, last, rate, total, median or a quantile such as p95"
        );
        assert_eq!(refused("percentile"), refused("mean").replace("mean", "percentile"));
        assert_eq!(
            refused("p101"),
            "`p101` is not a quantile: use p0 to p100, for example p95, or quantile(0) to quantile(1)"
        );
        assert_eq!(refused("quantile(95)"), refused("p101").replace("p101", "quantile(95)"));
        assert_eq!(refused("pnan"), refused("mean").replace("mean", "pnan"));
        assert_eq!(refused("quantile(nan)"), refused("p101").replace("p101", "quantile(nan)"));
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        let of = |share: f64, numbers: &[f64]| Quantile(share).of(&mut numbers.to_vec());
        assert_eq!(of(0.5, &[]), None);
        assert_eq!(of(0.5, &[7.0]), Some(7.0));
        assert_eq!(of(0.5, &[4.0, 1.0]), Some(2.5));
        assert_eq!(of(0.0, &[3.0, 1.0, 2.0]), Some(1.0));
        assert_eq!(of(1.0, &[3.0, 1.0, 2.0]), Some(3.0));
        assert_eq!(of(0.25, &[0.0, 10.0, 20.0, 30.0]), Some(7.5));
    }
}
