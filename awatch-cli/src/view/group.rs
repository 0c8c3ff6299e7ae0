//! The series of a snapshot by metric.

use std::collections::BTreeMap;

use awatch::Severity;
use awatch::engine::{SeriesSnapshot, SeriesState, Snapshot};

use super::text;

/// All series of one metric.
#[derive(Debug)]
pub(super) struct Group {
    /// The metric; with the target when there are several.
    pub(super) name: String,
    /// Its series: those that are unusual first, the others as they came.
    pub(super) rows: Vec<Row>,
}

/// One series.
#[derive(Debug)]
pub(super) struct Row {
    /// The values of its labels.
    pub(super) labels: String,
    /// Its present value in its unit, or why there is none.
    pub(super) value: String,
    /// Whether there is a value.
    pub(super) is_present: bool,
    /// What is usual.
    pub(super) band: Option<String>,
    /// The severity of the open anomaly it is part of.
    pub(super) alert: Option<Severity>,
    /// Whether its value is beyond the edge, told or not.
    pub(super) is_unusual: bool,
}

impl Group {
    fn is_level(&self) -> bool {
        self.name.ends_with(".utilization")
    }
}

/// The source of the engine's own metrics: shown in the header instead.
pub(super) const SELF: &str = "awatch";

/// The series of a snapshot by target and metric: how full things are first, then by name.
pub(super) fn groups(snapshot: &Snapshot) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let several = snapshot.targets.len() > 1;
    for target in &snapshot.targets {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let members =
            target.anomalies.iter().flat_map(|anomaly| &anomaly.members).filter(|member| member.active);
        let alerts: BTreeMap<&str, Severity> =
            members.map(|member| (member.series.as_str(), member.severity)).collect();
        for series in target.series.iter().filter(|series| series.source.as_str() != SELF) {
            let metric = series.column.metric.as_str();
            let place = *places.entry(metric).or_insert_with(|| {
                let name = if several { format!("{}/{metric}", target.target) } else { metric.to_owned() };
                groups.push(Group { name, rows: Vec::new() });
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                group.rows.push(row(series, &alerts));
            }
        }
    }
    // How full something is matters most, and is shown on the smallest terminal.
    groups.sort_by(|a, b| (!a.is_level(), &a.name).cmp(&(!b.is_level(), &b.name)));
    for group in &mut groups {
        group.rows.sort_by_key(|row| (row.alert.is_none(), !row.is_unusual));
    }
    groups
}

fn row(series: &SeriesSnapshot, alerts: &BTreeMap<&str, Severity>) -> Row {
    let unit = &series.column.unit;
    let value = match (series.value, series.state) {
        (Some(value), SeriesState::Present) => unit.display(value),
        (_, SeriesState::Stale) => "silent".to_owned(),
        _ => "missing".to_owned(),
    };
    let labels: Vec<&str> = series.column.labels.iter().map(|(_, value)| value).collect();
    Row {
        labels: labels.join(" "),
        value,
        is_present: series.state == SeriesState::Present && series.value.is_some(),
        band: series.lower.zip(series.upper).map(|(lower, upper)| text::band(unit, lower, upper)),
        alert: alerts.get(series.column.to_string().as_str()).copied(),
        is_unusual: series.anomaly_score.is_some_and(|score| score >= 1.0),
    }
}
