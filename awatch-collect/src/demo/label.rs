use std::io::{self, Write};

use awatch_core::{Name, Timestamp};
use serde::{Deserialize, Serialize};

use super::Scenario;

/// The truth about an incident: what went wrong, where, when, and which metrics show it first hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What.
    pub scenario: Scenario,
    /// Where.
    pub targets: Vec<Name>,
    /// From when on.
    pub start: Timestamp,
    /// Until before when.
    pub end: Timestamp,
    /// The names of the metrics that show it first hand on at least one of the targets.
    pub metrics: Vec<Name>,
}

impl Label {
    /// Whether `series`, as `metric{label="value"}`, is of one of its metrics.
    #[must_use]
    pub fn is_about(&self, series: &str) -> bool {
        let metric = series.split('{').next().unwrap_or(series);
        self.metrics.iter().any(|name| *name == metric)
    }

    /// Writes labels as CSV: a header, then a line each with `scenario,targets,start,end,metrics`; several targets or
    /// metrics are separated by spaces.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_csv(labels: &[Self], mut out: impl Write) -> io::Result<()> {
        writeln!(out, "scenario,targets,start,end,metrics")?;
        let list = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join(" ");
        for Self { scenario, targets, start, end, metrics } in labels {
            writeln!(out, "{scenario},{},{start},{end},{}", list(targets), list(metrics))?;
        }
        Ok(())
    }
}

/// A service started again, and its counters began at zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// The host.
    pub target: Name,
    /// When.
    pub at: Timestamp,
    /// The scenario that it is part of; `None`: a deploy, which is harmless.
    pub scenario: Option<Scenario>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_written_as_csv() {
        let label = Label {
            scenario: Scenario::UplinkDown,
            targets: vec![Name::new("web-1").unwrap(), Name::new("db-1").unwrap()],
            start: Timestamp::from_secs(1_800_000_000),
            end: Timestamp::from_secs(1_800_000_090),
            metrics: vec![Name::new("system.network.io").unwrap()],
        };
        assert!(label.is_about("system.network.io{network.io.direction=\"receive\"}"));
        assert!(!label.is_about("system.network.io_time"));
        let mut text = Vec::new();
        Label::write_csv(&[label], &mut text).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "scenario,targets,start,end,metrics\n\
             uplink-down,web-1 db-1,2027-01-15T08:00:00Z,2027-01-15T08:01:30Z,system.network.io\n"
        );
    }
}
