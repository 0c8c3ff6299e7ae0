//! A look as one JSON object.

use std::collections::BTreeMap;

use awatch::engine::{SeriesSnapshot, SeriesState, TargetSnapshot};
use awatch::{Anomaly, Labels, Record, Timestamp};
use serde::Serialize;

use crate::check::probe::Found;

#[derive(Serialize)]
struct Document<'a> {
    at: Timestamp,
    targets: Vec<Target<'a>>,
    /// By collector.
    records: BTreeMap<&'a str, Vec<BTreeMap<&'a str, Field<'a>>>>,
    /// The engine's own counts.
    stats: &'a BTreeMap<&'static str, u64>,
    /// What went wrong, by collector.
    troubles: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Target<'a> {
    #[serde(rename = "target")]
    name: &'a str,
    health: Health<'a>,
    anomalies: &'a [Anomaly],
    series: Vec<Series<'a>>,
}

#[derive(Serialize)]
struct Health<'a> {
    score: u8,
    sentence: String,
    reasons: Vec<&'a str>,
}

#[derive(Serialize)]
struct Series<'a> {
    source: &'a str,
    metric: &'a str,
    labels: &'a Labels,
    /// Of the value: counters are rates.
    unit: &'a str,
    value: Option<f64>,
    state: SeriesState,
}

/// A field of a record: a number where it reads as one.
#[derive(Serialize)]
#[serde(untagged)]
enum Field<'a> {
    Number(serde_json::Number),
    Text(&'a str),
}

/// The object, in one line.
pub(super) fn document(found: &Found) -> String {
    let snapshot = &found.snapshot;
    let records = snapshot
        .records
        .iter()
        .map(|(source, records)| (source.as_str(), records.iter().map(fields).collect()));
    let document = Document {
        at: snapshot.at,
        targets: snapshot.targets.iter().map(target).collect(),
        records: records.collect(),
        stats: &snapshot.stats,
        troubles: &found.troubles,
    };
    // Text, numbers and lists always have a form in JSON.
    serde_json::to_string(&document).unwrap_or_default() + "\n"
}

fn target(target: &TargetSnapshot) -> Target<'_> {
    let health = Health {
        score: target.health.score,
        sentence: target.health.sentence(),
        reasons: target.health.deductions.iter().map(|deduction| deduction.reason.as_str()).collect(),
    };
    Target {
        name: target.target.as_str(),
        health,
        anomalies: &target.anomalies,
        series: target.series.iter().map(series).collect(),
    }
}

fn series(series: &SeriesSnapshot) -> Series<'_> {
    Series {
        source: series.source.as_str(),
        metric: series.column.metric.as_str(),
        labels: &series.column.labels,
        unit: series.column.unit.as_str(),
        value: series.value,
        state: series.state,
    }
}

fn fields(record: &Record) -> BTreeMap<&str, Field<'_>> {
    let fields = record.fields.iter().map(|(name, text)| (name.as_str(), field(name.as_str(), text)));
    std::iter::once(("kind", Field::Text(record.kind.as_str()))).chain(fields).collect()
}

/// A process called `7` has a name all the same.
fn field<'a>(name: &str, text: &'a str) -> Field<'a> {
    match name {
        "name" | "user" | "command" | "state" => Field::Text(text),
        _ => text.parse().map_or(Field::Text(text), Field::Number),
    }
}
