use std::time::Duration;

use awatch::engine::SeriesState;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{View, line_of, put, write};
use crate::view::app::{Fold, Pane, Row};
use crate::view::history::{Side, step_for};
use crate::view::look::{BOLD, CHOSEN, DIM, symbol};
use crate::view::text;

/// The time that a sparkline shows at least.
const SPAN: Duration = Duration::from_mins(2);
const MARKS: usize = 4;
const VALUE: usize = 11;
const BAND: usize = 22;
/// Narrower lists have no band.
const BAND_FROM: usize = 70;
/// Names are not given more than this while lines have less than `LONG`.
const NAME: usize = 30;
const LONG: usize = 60;

/// The widths of the columns.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    spark: usize,
    band: usize,
}

impl Columns {
    fn of(width: usize, longest: usize) -> Self {
        let band = if width >= BAND_FROM { BAND } else { 0 };
        let left = width.saturating_sub(MARKS + VALUE + 1 + band);
        // Both need room: names come first up to a point, then lines, then the rest of the names.
        let least = if left >= 24 { left / 3 } else { 0 };
        let name = longest.min(NAME).min(left.saturating_sub(least));
        let spark = left.saturating_sub(name).min(LONG);
        let name = left.saturating_sub(spark).min(longest);
        let spark = left.saturating_sub(name).min(2 * LONG);
        Self { name, spark: spark.saturating_sub(1), band }
    }
}

impl View<'_> {
    pub(super) fn note_of_metrics(self) -> String {
        let app = self.app;
        let mut parts = Vec::new();
        if app.history.newest().is_none() {
            parts.push("collecting…".to_owned());
        } else if app.rows.passing < app.rows.all {
            parts.push(format!("{} of {}", app.rows.passing, app.rows.all));
        } else {
            parts.push(format!("{} series", app.rows.all));
        }
        if app.filter.is_active() {
            parts.push(format!("filter {}", app.filter.text()));
        }
        if app.only_unusual {
            parts.push("only unusual".to_owned());
        }
        if app.history.newest().is_some() && app.is_learning() {
            parts.push("learning what is usual".to_owned());
        }
        parts.join(" · ")
    }

    /// The list of metrics.
    pub(super) fn metrics(self, area: Rect, buffer: &mut Buffer) {
        let app = self.app;
        let names = app.rows.list.iter().filter_map(|row| match row {
            Row::Series { name, .. } => Some(text::width(name)),
            Row::Group { .. } => None,
        });
        let columns = Columns::of(usize::from(area.width), names.max().unwrap_or(0) + 1);
        if app.rows.list.is_empty() {
            let word = match app.shown() {
                None => "collecting…",
                Some(_) if app.rows.all == 0 => "no values yet",
                Some(_) => "nothing is like that",
            };
            write(word, DIM, area, buffer);
        }
        for (line, (index, row)) in app.rows.list.iter().enumerate().skip(app.metrics.top).enumerate() {
            let Some(place) = line_of(area, line) else { break };
            let is_chosen = index == app.metrics.chosen && self.has_keys(Pane::Metrics);
            match row {
                Row::Group { .. } => self.group(row, is_chosen, place, buffer),
                Row::Series { slot, name } => {
                    let line = self.row(*slot, name, is_chosen, columns);
                    put(&line, place, buffer);
                }
            }
        }
    }

    /// The line of a group.
    fn group(self, row: &Row, is_chosen: bool, area: Rect, buffer: &mut Buffer) {
        let Row::Group { name, fold, shown, all, hidden } = row else { return };
        let mark = if *fold == Fold::Closed { "▸" } else { "▾" };
        let style = BOLD;
        let count = match fold {
            Fold::Closed => format!(" {all}"),
            _ if shown < all => format!(" {shown} of {all}"),
            _ => String::new(),
        };
        let mut spans = vec![
            Span::styled(format!("{mark} "), DIM),
            Span::styled(name.clone(), if is_chosen { style.patch(CHOSEN) } else { style }),
            Span::styled(count, DIM),
        ];
        if let Some(severity) = hidden {
            spans.push(Span::styled(format!(" {}", symbol(*severity)), self.look.severity(*severity)));
        }
        put(&Line::from(spans), area, buffer);
    }

    /// The line of a series.
    fn row(self, slot: usize, name: &str, is_chosen: bool, columns: Columns) -> Line<'static> {
        let alert = self.app.alerts.get(&slot).copied();
        let side = self.app.side(slot);
        let strong = match (alert, side) {
            (Some(severity), _) => self.look.severity(severity),
            (None, Some(_)) => self.look.unusual(),
            (None, None) => Style::new(),
        };
        let arrow = match side {
            Some(Side::Above) => "↑",
            Some(Side::Below) => "↓",
            None => " ",
        };
        let name = format!("{:<1$}", text::cut_front(name, columns.name), columns.name);
        let (value, is_there) = self.value(slot);
        let value = text::cut(&value, VALUE);
        let mut spans = vec![
            Span::raw(" "),
            Span::styled(alert.map_or(" ", symbol), strong),
            Span::styled(format!("{arrow} "), strong),
            Span::styled(name, if is_chosen { CHOSEN } else { Style::new() }),
            Span::raw(" ".repeat(VALUE.saturating_sub(text::width(&value)))),
            Span::styled(value, if is_there { strong } else { DIM }),
            Span::raw(" "),
        ];
        spans.extend(self.spark_of(slot, columns.spark));
        if columns.band > 0 {
            spans.push(Span::styled(format!("  {}", text::cut(&self.band(slot), columns.band - 1)), DIM));
        }
        Line::from(spans)
    }

    /// The value at the moment looked at, or why there is none; and whether there is one.
    pub(super) fn value(self, slot: usize) -> (String, bool) {
        let app = self.app;
        let series = app.history.slots.get(slot);
        let value = app.shown().and_then(|moment| moment.value(slot));
        if let Some((series, value)) = series.zip(value) {
            return (text::value(&series.column.unit, value), true);
        }
        let state = app.history.state(slot).filter(|_| app.is_following());
        let is_new = series.zip(app.history.now()).is_some_and(|(series, now)| series.is_new(now));
        let word = match state {
            Some(_) if is_new => "–",
            Some(SeriesState::Stale) => "silent",
            Some(_) => "missing",
            None => "–",
        };
        (word.to_owned(), false)
    }

    /// What is usual for a series.
    pub(super) fn band(self, slot: usize) -> String {
        let Some((series, moment)) = self.app.history.slots.get(slot).zip(self.app.shown()) else {
            return String::new();
        };
        let band = moment.band(slot);
        text::band(&series.column.unit, band.lower(), band.upper())
    }

    fn spark_of(self, slot: usize, width: usize) -> Vec<Span<'static>> {
        let Some(end) = self.app.shown_index().filter(|_| width >= 4) else { return Vec::new() };
        let step = step_for(SPAN, width, self.app.history.step());
        self.spark(&self.app.history.points(slot, end, width, step))
    }
}
