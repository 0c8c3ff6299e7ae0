use awatch::{Anomaly, AnomalyId};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::title::rule;
use super::{View, line_of, put, write};
use crate::view::app::{HEAD_OF_DETAILS, LineOf, List, Listed, lines};
use crate::view::look::{BOLD, CHOSEN, DIM, symbol};
use crate::view::text;

const SERIES: usize = 52;
const NUMBER: usize = 12;
const BAND: usize = 24;

impl View<'_> {
    /// An anomaly in full: its sentence, its members and what contributed to each.
    pub(super) fn anomaly(self, id: AnomalyId, list: List, area: Rect, buffer: &mut Buffer) {
        let Some(listed) = self.app.anomaly(id) else {
            rule(Span::styled(format!(" Anomaly {id} "), BOLD), "", area, buffer);
            if let Some(line) = line_of(area, 1) {
                write("it was not there yet", DIM, line, buffer);
            }
            return;
        };
        let anomaly = listed.anomaly();
        let title = format!(" {} {} anomaly {id} ", symbol(anomaly.severity), anomaly.severity);
        let note = format!("{} on {}", anomaly.watch, anomaly.target);
        rule(Span::styled(title, self.look.severity(anomaly.severity)), &note, area, buffer);
        let width = usize::from(area.width);
        let mut head: Vec<Line<'_>> = text::wrap(&anomaly.sentence, width.saturating_sub(2), 3)
            .into_iter()
            .map(|line| Line::from(format!(" {line}")))
            .collect();
        head.push(Line::styled(self.when(listed), DIM));
        head.truncate(HEAD_OF_DETAILS - 3);
        head.push(Line::default());
        head.push(headings_of_members(width));
        for (index, line) in head.iter().enumerate() {
            if let Some(place) = line_of(area, index + 1) {
                put(line, place, buffer);
            }
        }
        let top = text::cells(head.len() + 1).min(area.height);
        let rest = Rect { y: area.y + top, height: area.height - top, ..area };
        self.members(anomaly, list, rest, buffer);
    }

    fn when(self, listed: Listed<'_>) -> String {
        let anomaly = listed.anomaly();
        let since = text::clock(anomaly.since);
        let score = format!("score {:.1} (1 = the edge)", anomaly.anomaly_score);
        match listed {
            Listed::Open(_) => {
                format!(" since {since}, for {}; {score}", text::span(self.app.age(anomaly.since)))
            }
            Listed::Closed(closed) => {
                let over = text::clock(closed.at);
                format!(" from {since} to {over}, for {}; {score}", text::span(closed.lasted))
            }
        }
    }

    fn members(self, anomaly: &Anomaly, list: List, area: Rect, buffer: &mut Buffer) {
        let all = lines(anomaly);
        for (line, (index, of)) in all.iter().enumerate().skip(list.top).enumerate() {
            let Some(place) = line_of(area, line) else { break };
            let style = if index == list.chosen { CHOSEN } else { Style::new() };
            let line = match *of {
                LineOf::Member(member) => self.member(anomaly, member, style),
                LineOf::Contribution(member, one) => {
                    contribution(anomaly, member, one, usize::from(area.width), style)
                }
            };
            put(&line, place, buffer);
        }
    }

    fn member(self, anomaly: &Anomaly, member: usize, style: Style) -> Line<'static> {
        let Some(member) = anomaly.members.get(member) else { return Line::default() };
        let state = if member.active { "" } else { " (over)" };
        Line::from(vec![
            Span::styled(format!(" {} ", symbol(member.severity)), self.look.severity(member.severity)),
            Span::styled(text::short(&member.sentence), style),
            Span::styled(format!("  since {}{state}", text::clock(member.since)), DIM),
        ])
    }
}

fn headings_of_members(width: usize) -> Line<'static> {
    let series = series_width(width);
    Line::styled(
        format!(
            "   {:<series$}{:>NUMBER$}{:>NUMBER$}  {:<BAND$}{:>8}",
            "series", "came", "expected", "usual", "part"
        ),
        DIM,
    )
}

/// A line of what contributed.
fn contribution(anomaly: &Anomaly, member: usize, one: usize, width: usize, style: Style) -> Line<'static> {
    let member = anomaly.members.get(member);
    let Some(one) = member.and_then(|member| member.contributions.get(one)) else {
        return Line::default();
    };
    let unit = &one.column.unit;
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| text::value(unit, value));
    let series = series_width(width);
    let name = text::cut_front(&text::short(&one.column.to_string()), series);
    let band = text::cut(&text::band(unit, one.lower, one.upper), BAND);
    let came = text::cut(&shown(one.observed), NUMBER);
    let expected = text::cut(&shown(one.expected), NUMBER);
    Line::from(vec![
        Span::raw("   "),
        Span::styled(format!("{name:<series$}"), style),
        Span::raw(format!("{came:>NUMBER$}{expected:>NUMBER$}  {band:<BAND$}{:>8.2}", one.contribution)),
    ])
}

fn series_width(width: usize) -> usize {
    SERIES.min(width.saturating_sub(3 + 2 * NUMBER + 2 + BAND + 8).max(12))
}
