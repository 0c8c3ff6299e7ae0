use std::time::Duration;

use awatch::{Kind, SeriesKey};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::title::rule;
use super::{View, line_of, put, write};
use crate::view::history::{Side, Slot, stretches};
use crate::view::look::{BOLD, DIM, symbol};
use crate::view::text;

/// The time that the chart shows, or so many readings where that is longer.
const SPAN: Duration = Duration::from_mins(10);
/// So many readings are shown at least, when there are as many.
const READINGS: u32 = 60;
/// The most stretches that figures are taken from.
const STRETCHES: usize = 3600;

impl View<'_> {
    /// A series in full: what it is, how it is, and how it was over the last minutes.
    pub(super) fn series(self, key: &SeriesKey, area: Rect, buffer: &mut Buffer) {
        let title = Span::styled(format!(" {key} "), BOLD);
        rule(title, "", area, buffer);
        let Some((slot, series)) =
            self.app.history.slots.find(key).and_then(|slot| Some((slot, self.app.history.slots.get(slot)?)))
        else {
            if let Some(line) = line_of(area, 1) {
                write("it has not appeared for a long time", DIM, line, buffer);
            }
            return;
        };
        let mut used = 1;
        for line in
            [self.now(slot, series), self.range_line(slot, series), meaning(series, usize::from(area.width))]
        {
            if let Some(place) = line_of(area, used).filter(|_| used + 4 < usize::from(area.height)) {
                put(&line, place, buffer);
                used += 1;
            }
        }
        let chart = Rect {
            y: area.y + text::cells(used),
            height: area.height.saturating_sub(text::cells(used)),
            ..area
        };
        self.chart(slot, series, self.window(series), chart, buffer);
    }

    /// The time that is told of: of a young history all there is.
    fn window(self, series: &Slot) -> Duration {
        let history = &self.app.history;
        let full = SPAN.max(series.interval.as_duration().saturating_mul(READINGS));
        let known = self.app.shown_index().map_or(full, |end| history.span(end));
        full.min(known).max(history.step().as_duration())
    }

    /// The present value and what is usual.
    fn now(self, slot: usize, series: &Slot) -> Line<'static> {
        let (value, _) = self.value(slot);
        let alert = self.app.alerts.get(&slot).copied();
        let side = self.app.side(slot);
        let style = match (alert, side) {
            (Some(severity), _) => self.look.severity(severity),
            (None, Some(_)) => self.look.unusual(),
            (None, None) => BOLD,
        };
        let mut spans = vec![Span::raw(" "), Span::styled(value, style)];
        let word = match side {
            Some(Side::Above) => "  ↑ above what is usual:",
            Some(Side::Below) => "  ↓ below what is usual:",
            None => "  usual",
        };
        let band = self.band(slot);
        if band.is_empty() {
            spans.push(Span::styled("  learning what is usual", DIM));
        } else {
            spans.push(Span::raw(format!("{word} {band}")));
        }
        let band = self.app.shown().map(|moment| moment.band(slot));
        if let Some(expected) = band.and_then(crate::view::history::Band::expected) {
            spans.push(Span::raw(format!(", expected {}", text::value(&series.column.unit, expected))));
        }
        if let Some(score) = band.and_then(crate::view::history::Band::score) {
            spans.push(Span::styled(format!("  score {score:.2} (1 = the edge)"), DIM));
        }
        if let Some(severity) = alert {
            spans.push(Span::styled(
                format!("  {} {severity}", symbol(severity)),
                self.look.severity(severity),
            ));
        }
        Line::from(spans)
    }

    /// The least, mean and greatest value of the time shown.
    fn range_line(self, slot: usize, series: &Slot) -> Line<'static> {
        let Some(end) = self.app.shown_index() else { return Line::default() };
        let step = self.app.history.step();
        let window = self.window(series);
        let (step, count) = stretches(window, STRETCHES, step);
        let points = self.app.history.points(slot, end, count, step);
        let known: Vec<f64> = points.iter().filter_map(|point| point.mean).collect();
        let least = points.iter().map(|point| point.min).fold(f64::INFINITY, f64::min);
        let greatest = points.iter().map(|point| point.max).fold(f64::NEG_INFINITY, f64::max);
        if known.is_empty() {
            return Line::default();
        }
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let shown = |value| text::value(&series.column.unit, value);
        Line::from(format!(
            " last {}: least {}, mean {}, greatest {}",
            text::span(window),
            shown(least),
            shown(mean),
            shown(greatest)
        ))
    }
}

/// What its numbers are.
fn meaning(series: &Slot, width: usize) -> Line<'static> {
    let kind = match series.kind {
        Kind::CumulativeCounter => "counter, shown as its rate",
        Kind::DeltaSum => "sum, shown as its rate",
        _ => "gauge",
    };
    let about =
        format!(" {kind}; unit {}; from {} every {}", series.column.unit, series.source, series.interval);
    Line::styled(text::cut(&about, width), Style::new().patch(DIM))
}
