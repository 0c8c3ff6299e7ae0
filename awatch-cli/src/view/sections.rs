//! What stands around the values: the header, the open anomalies, the latest events, the footer.

use std::fmt::Write;
use std::time::Duration;

use awatch::engine::TargetSnapshot;
use awatch::{Anomaly, EventKind, Severity, Timestamp, Unit};

use super::frame::Frame;
use super::group::SELF;
use super::paint::{Line, Style};
use super::table::Table;
use super::text;

/// One line: who is watched, how it is, and what watching costs. What does not fit is left out, the least first.
pub(super) fn header(frame: &Frame<'_>, width: usize) -> Line {
    let targets = frame.snapshot.map(|snapshot| snapshot.targets.as_slice()).unwrap_or_default();
    let series = targets.iter().flat_map(|target| &target.series);
    let series = series.filter(|series| series.source.as_str() != SELF).count();
    let health = targets.iter().map(|target| target.health.score).min();
    let mut parts = vec![format!(" {}", frame.target)];
    parts.extend(health.map(|score| format!("health {score}")));
    parts.push(format!("up {}", text::span(frame.uptime)));
    parts.push(format!("{series} series"));
    parts.push(format!("own cpu {}", Unit::RATIO.display(frame.own.cpu_share)));
    parts.extend(frame.own.resident.map(|bytes| format!("memory {}", Unit::BYTES.display(bytes as f64))));
    parts.push(clock(frame.now));
    while parts.len() > 1 && text::width(&parts.join("  ")) > width {
        parts.pop();
    }
    Line::new().with(parts.join("  "), Style::Bar).fit(width)
}

/// The time of day, in UTC.
fn clock(at: Timestamp) -> String {
    let text = at.floor(awatch::Interval::SECOND).to_string();
    let time = text.split_once('T').map_or(text.as_str(), |(_, time)| time);
    format!("{} UTC", time.trim_end_matches('Z'))
}

/// The open anomalies, the most severe first, in at most `room` lines; one line says that all is well.
pub(super) fn anomalies(frame: &Frame<'_>, width: usize, room: usize) -> Vec<Line> {
    let Some(snapshot) = frame.snapshot else { return Vec::new() };
    let several = snapshot.targets.len() > 1;
    let mut open: Vec<&Anomaly> = snapshot.targets.iter().flat_map(|target| &target.anomalies).collect();
    open.sort_by_key(|anomaly| (std::cmp::Reverse(anomaly.severity), anomaly.since));
    let mut lines: Vec<Line> =
        snapshot.targets.iter().filter_map(|target| silence(target, several)).collect();
    if lines.is_empty() && open.is_empty() {
        lines.push(Line::new().with(" nothing unusual", Style::Good));
    }
    lines.truncate(room.saturating_sub(1).max(1));
    let left = room.saturating_sub(lines.len());
    let each = (left / open.len().max(1)).clamp(1, 3);
    let fitting = if open.len() * each <= left { open.len() } else { left.saturating_sub(1) };
    for anomaly in open.iter().take(fitting) {
        lines.extend(told(anomaly, frame.now, width, each, several));
    }
    if fitting < open.len() {
        lines.push(Line::new().with(format!(" … and {} more open", open.len() - fitting), Style::Dim));
    }
    lines
}

/// What is wrong with a target besides its anomalies, which are listed themselves.
fn silence(target: &TargetSnapshot, several: bool) -> Option<Line> {
    let reasons = target.health.deductions.iter().map(|deduction| deduction.reason.as_str());
    let silent = reasons.into_iter().find(|reason| reason.starts_with("no data"))?;
    let whose = if several { format!("{}: ", target.target) } else { String::new() };
    Some(Line::new().with(format!(" ● {whose}{silent}"), Style::Alert(Severity::High)))
}

/// An anomaly in at most `lines` lines.
fn told(anomaly: &Anomaly, now: Timestamp, width: usize, lines: usize, several: bool) -> Vec<Line> {
    let style = Style::Alert(anomaly.severity);
    let age = text::span(now.since(anomaly.since).unwrap_or(Duration::ZERO));
    let head = format!(" ● {:<8} {age:>6}  ", anomaly.severity);
    let indent = text::width(&head);
    let whose = if several { format!("{}: ", anomaly.target) } else { String::new() };
    let sentence = format!("{whose}{}", anomaly.sentence);
    let mut wrapped = text::wrap(&sentence, width.saturating_sub(indent), lines).into_iter();
    let first = Line::new().with(head, style).with(wrapped.next().unwrap_or_default(), Style::Plain);
    let rest = wrapped.map(|line| Line::new().with(" ".repeat(indent) + &line, Style::Plain));
    std::iter::once(first).chain(rest).collect()
}

/// The latest events, the newest last, in at most `room` lines with their title.
pub(super) fn events(frame: &Frame<'_>, width: usize, room: usize) -> Vec<Line> {
    let notices = frame.notices.iter().map(|notice| Line::new().with(format!(" {notice}"), Style::Plain));
    let events = frame.events.iter().map(|event| {
        let style = match &event.kind {
            EventKind::AnomalyOpened { anomaly } | EventKind::AnomalyChanged { anomaly } => {
                Style::Alert(anomaly.severity)
            }
            EventKind::AnomalyClosed { .. } => Style::Good,
            _ => Style::Plain,
        };
        Line::new()
            .with(format!(" {} ", clock(event.at).trim_end_matches(" UTC")), Style::Dim)
            .with(event.kind.to_string(), style)
    });
    let all: Vec<Line> = notices.chain(events).collect();
    if all.is_empty() || room < 2 {
        return Vec::new();
    }
    let title = Line::new().with("─── events ", Style::Dim);
    let fill = "─".repeat(width.saturating_sub(title.width()));
    let skipped = all.len().saturating_sub(room - 1);
    std::iter::once(title.with(fill, Style::Dim)).chain(all.into_iter().skip(skipped)).collect()
}

/// What the keys do, and which part of the list is shown.
pub(super) fn footer(frame: &Frame<'_>, table: &Table) -> Line {
    let mut text = " q quits".to_owned();
    if table.shown < table.all {
        let (first, last) = (table.scroll + 1, table.scroll + table.shown);
        // Writing to a string cannot fail.
        let _ = write!(text, "  ↑ ↓ metrics {first}–{last} of {}", table.all);
    }
    text.push_str(if is_learning(frame) { "  learning what is usual" } else { "  right: what is usual" });
    Line::new().with(text, Style::Dim)
}

/// Whether most series have no usual range yet.
fn is_learning(frame: &Frame<'_>) -> bool {
    let targets = frame.snapshot.map(|snapshot| snapshot.targets.as_slice()).unwrap_or_default();
    let series = targets.iter().flat_map(|target| &target.series);
    let (known, unknown): (Vec<_>, Vec<_>) =
        series.filter(|series| series.source.as_str() != SELF).partition(|series| series.upper.is_some());
    known.len() < unknown.len()
}
