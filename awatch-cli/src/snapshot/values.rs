//! The present values of a target for people: a line per metric.

use std::collections::BTreeMap;
use std::fmt::Write;

use awatch::engine::{SeriesSnapshot, TargetSnapshot};

use super::SELF;
use crate::columns::{cut, width};

/// Parts of names of what only matters when looking for a cause.
const DETAILS: [&str; 7] = ["linux", "icmp", "ip", "udp", "tcp", "inodes", "limit"];

/// A block per group of metrics, a line per metric: its values, the greatest first, as many as fit. Unless `all` are
/// wanted, without the details and without metrics that are 0 throughout, which are counted.
pub(super) fn values(target: &TargetSnapshot, all: bool, room: usize) -> String {
    let mut metrics: BTreeMap<&str, Vec<&SeriesSnapshot>> = BTreeMap::new();
    for series in target.series.iter().filter(|series| series.source.as_str() != SELF) {
        metrics.entry(series.column.metric.as_str()).or_default().push(series);
    }
    let known = metrics.len();
    if !all {
        metrics.retain(|metric, series| !is_detail(metric) && !series.iter().all(|series| is_zero(series)));
    }
    let left_out = known - metrics.len();
    let mut groups: BTreeMap<&str, BTreeMap<&str, Vec<&SeriesSnapshot>>> = BTreeMap::new();
    for (metric, series) in metrics {
        groups.entry(split(metric).0).or_default().insert(metric, series);
    }
    let names = groups.values().flat_map(BTreeMap::keys).map(|metric| width(split(metric).1));
    let left = names.max().unwrap_or(0).min(room / 2).max(8);
    let mut out = String::new();
    for (group, metrics) in groups {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "\n{group}");
        for (metric, series) in metrics {
            let name = cut(split(metric).1, left);
            let blanks = " ".repeat(left - width(&name) + 2);
            let told = told(series, room.saturating_sub(left + 4).max(16));
            let _ = writeln!(out, "{}", cut(&format!("  {name}{blanks}{told}"), room));
        }
    }
    if left_out > 0 {
        let note = format!("{left_out} more metrics, details or at 0: --all shows them");
        let _ = writeln!(out, "\n{}", cut(&note, room));
    }
    out
}

fn is_detail(metric: &str) -> bool {
    metric.split('.').any(|part| DETAILS.contains(&part))
}

/// A missing value is not 0.
fn is_zero(series: &SeriesSnapshot) -> bool {
    series.value.is_some_and(|value| value.abs() < f64::MIN_POSITIVE)
}

/// A metric as its group and the rest: `system.cpu` and `utilization`.
fn split(metric: &str) -> (&str, &str) {
    let second_dot = metric.match_indices('.').nth(1).map(|(at, _)| at);
    let at = second_dot.or_else(|| metric.find('.'));
    at.and_then(|at| Some((metric.get(..at)?, metric.get(at + 1..)?))).unwrap_or((metric, metric))
}

/// The values of the series of a metric within `room`, and how many more there are.
fn told(mut series: Vec<&SeriesSnapshot>, room: usize) -> String {
    let number = |series: &SeriesSnapshot| series.value.unwrap_or(f64::NEG_INFINITY);
    series.sort_by(|a, b| number(b).total_cmp(&number(a)).then_with(|| a.column.cmp(&b.column)));
    let mut line = String::new();
    for (index, one) in series.iter().enumerate() {
        let before = if line.is_empty() { "" } else { ", " };
        let next = format!("{before}{}", value(one));
        let more = match series.len() - index - 1 {
            0 => String::new(),
            left => format!(", and {left} more"),
        };
        if !line.is_empty() && width(&line) + width(&next) + width(&more) > room {
            return format!("{line}, and {} more", series.len() - index);
        }
        line.push_str(&next);
    }
    line
}

/// The labels of a series and its value in its unit.
fn value(series: &SeriesSnapshot) -> String {
    let labels: Vec<&str> = series.column.labels.iter().map(|(_, value)| value).collect();
    let unit = &series.column.unit;
    let value = series.value.map_or_else(|| "no value".to_owned(), |value| unit.display(value));
    format!("{} {value}", labels.join(" ")).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_grouped_by_their_first_two_names() {
        assert_eq!(split("system.cpu.load_average.1m"), ("system.cpu", "load_average.1m"));
        assert_eq!(split("app.requests"), ("app", "requests"));
        assert_eq!(split("depth"), ("depth", "depth"));
    }
}
