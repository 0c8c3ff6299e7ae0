//! An answer for programs.

use awatch::store::query::{Answer, Curve, Extent};
use awatch::{Labels, Name, Timestamp, Unit};
use serde::Serialize;

use super::kind;

#[derive(Serialize)]
struct Document<'a> {
    start: String,
    end: String,
    step_seconds: f64,
    series: Vec<Series<'a>>,
    without_values: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct Series<'a> {
    target: Option<&'a str>,
    metric: &'a str,
    labels: &'a Labels,
    unit: &'a Unit,
    aggregation: String,
    across: Option<String>,
    members: usize,
    points: Vec<(&'a str, Option<f64>)>,
}

#[derive(Serialize)]
struct Listing<'a> {
    series: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    target: &'a str,
    metric: &'a str,
    labels: &'a Labels,
    unit: &'a Unit,
    kind: &'static str,
    interval_seconds: f64,
    samples: u64,
    first: String,
    last: String,
}

/// One object. A number that JSON has no form for is `null`, as is a step without a value.
pub(super) fn answer(
    answer: &Answer,
    (start, end): (Timestamp, Timestamp),
    time: impl Fn(Timestamp) -> String,
) -> String {
    let times: Vec<String> = answer
        .curves
        .first()
        .map(|curve| curve.points().map(|(at, _)| time(at)).collect())
        .unwrap_or_default();
    let document = Document {
        start: time(start),
        end: time(end),
        step_seconds: answer.step.as_secs_f64(),
        series: answer.curves.iter().map(|curve| series(curve, &times)).collect(),
        without_values: answer.without_values,
        left_out: answer.left_out,
    };
    line(&document)
}

fn series<'a>(curve: &'a Curve, times: &'a [String]) -> Series<'a> {
    Series {
        target: curve.group.target.as_ref().map(Name::as_str),
        metric: curve.group.metric.as_str(),
        labels: &curve.group.labels,
        unit: &curve.unit,
        aggregation: curve.over_time.to_string(),
        across: curve.across.map(|across| across.to_string()),
        members: curve.members,
        points: times.iter().map(String::as_str).zip(curve.values().iter().copied()).collect(),
    }
}

/// One object with the series.
pub(super) fn list(extents: &[Extent], time: impl Fn(Timestamp) -> String) -> String {
    let listed = |extent: &'_ Extent| -> (String, String) { (time(extent.first), time(extent.last)) };
    let series = extents.iter().map(|extent| {
        let (key, meta) = (&extent.meta.key, &extent.meta);
        let (first, last) = listed(extent);
        Listed {
            target: key.target().id().as_str(),
            metric: key.metric().as_str(),
            labels: key.labels(),
            unit: &meta.unit,
            kind: kind(meta.kind),
            interval_seconds: meta.interval.as_secs_f64(),
            samples: extent.samples,
            first,
            last,
        }
    });
    line(&Listing { series: series.collect() })
}

fn line(document: &impl Serialize) -> String {
    // Text, numbers and lists always have a form in JSON.
    serde_json::to_string(document).unwrap_or_default() + "\n"
}
