use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::Line as Text;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Line};

use super::spark::range;
use super::{View, write};
use crate::view::history::{Point, Slot, stretches};
use crate::view::look::DIM;
use crate::view::text::{self, cells};

/// The columns at the left for values.
const AXIS: u16 = 12;

impl View<'_> {
    /// Values over time, with what was usual as shade behind them.
    pub(super) fn chart(self, slot: usize, series: &Slot, span: Duration, area: Rect, buffer: &mut Buffer) {
        let Some(end) = self.app.shown_index().filter(|_| area.height >= 4 && area.width >= 24) else {
            return;
        };
        let plot =
            Rect { x: area.x + AXIS, y: area.y, width: area.width - AXIS - 1, height: area.height - 2 };
        let (step, count) = stretches(span, usize::from(plot.width) * 2, self.app.history.step());
        let points = self.app.history.points(slot, end, count, step);
        let Some(range) = range(&points).map(widened) else {
            write("no values yet", DIM, area, buffer);
            return;
        };
        self.lines(&points, range, plot, buffer);
        shade(&points, range, plot, buffer);
        let unit = &series.column.unit;
        let labels =
            [range.1, f64::midpoint(range.0, range.1), range.0].map(|value| text::value(unit, value));
        let lines = [plot.y, plot.y + plot.height / 2, plot.bottom() - 1];
        for (y, label) in lines.into_iter().zip(distinct(labels)) {
            let width = usize::from(AXIS) - 2;
            let label = text::cut(&label, width);
            buffer.set_string(area.x, y, format!("{label:>width$} │"), DIM);
        }
        let shown = step.as_duration().saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
        self.time_axis(shown, Rect { y: plot.bottom(), height: 2, ..plot }, buffer);
    }

    /// The line from each value to the next.
    fn lines(self, points: &[Point], range: (f64, f64), plot: Rect, buffer: &mut Buffer) {
        let color = |style: Style| style.fg.unwrap_or(Color::Reset);
        let (usual, unusual) = (color(self.look.usual()), color(self.look.unusual()));
        let count = points.len() as f64;
        Canvas::default()
            .marker(self.look.marker())
            .x_bounds([0.0, count])
            .y_bounds([range.0, range.1])
            .paint(|canvas| {
                let mut before: Option<(f64, f64)> = None;
                for (index, point) in points.iter().enumerate() {
                    let Some(mean) = point.mean else {
                        before = None;
                        continue;
                    };
                    let (x, color) = (index as f64 + 0.5, if point.is_unusual { unusual } else { usual });
                    let (x1, y1) = before.unwrap_or((x, mean));
                    canvas.draw(&Line { x1, y1, x2: x, y2: mean, color });
                    // Short peaks are seen even where a cell stands for many values.
                    canvas.draw(&Line { x1: x, y1: point.min, x2: x, y2: point.max, color });
                    before = Some((x, mean));
                }
            })
            .render(plot, buffer);
    }

    /// When it was.
    fn time_axis(self, shown: Duration, area: Rect, buffer: &mut Buffer) {
        buffer.set_string(area.x, area.y, "─".repeat(usize::from(area.width)), DIM);
        let Some(moment) = self.app.shown() else { return };
        let marks = if area.width >= 60 { 4_u32 } else { 2 };
        for mark in 0..=marks {
            let back = shown * (marks - mark) / marks;
            let label = text::clock(moment.at.minus(back));
            let width = cells(text::width(&label));
            let x = u32::from(area.width.saturating_sub(width)) * mark / marks;
            let x = area.x + u16::try_from(x).unwrap_or(0);
            buffer.set_line(x, area.y + 1, &Text::styled(label, DIM), width);
        }
    }
}

/// What was usual, wherever there is no line.
fn shade(points: &[Point], range: (f64, f64), plot: Rect, buffer: &mut Buffer) {
    for column in 0..plot.width {
        let end = (usize::from(column) + 1) * points.len() / usize::from(plot.width);
        let point = points.get(end.saturating_sub(1));
        let Some(band) = point.map(|point| point.band).filter(|band| band.is_known()) else { continue };
        let (lower, upper) = (band.lower().unwrap_or(range.0), band.upper().unwrap_or(range.1));
        for row in 0..plot.height {
            let part = (f64::from(row) + 0.5) / f64::from(plot.height);
            let value = range.1 - part * (range.1 - range.0);
            let Some(cell) = buffer.cell_mut((plot.x + column, plot.y + row)) else { continue };
            if (lower..=upper).contains(&value) && matches!(cell.symbol(), " " | "\u{2800}") {
                cell.set_symbol("░").set_style(DIM);
            }
        }
    }
}

/// Labels from the top to the bottom without those that say the same again.
fn distinct([top, middle, bottom]: [String; 3]) -> [String; 3] {
    if top == bottom {
        return [String::new(), middle, String::new()];
    }
    let middle = if middle == top || middle == bottom { String::new() } else { middle };
    [top, middle, bottom]
}

/// A range with some air, so that lines do not run along the edge.
fn widened((low, high): (f64, f64)) -> (f64, f64) {
    let air = 0.04 * (high - low).max(0.01 * high.abs().max(low.abs())).max(1e-9);
    // What is never below zero is not shown below zero.
    let bottom = if low >= 0.0 { (low - air).max(0.0) } else { low - air };
    (bottom, high + air)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_says_the_same_again() {
        let labels = |all: [&str; 3]| distinct(all.map(str::to_owned));
        assert_eq!(labels(["12", "12", "12"]), ["", "12", ""]);
        assert_eq!(labels(["13", "12", "12"]), ["13", "", "12"]);
        assert_eq!(labels(["14", "13", "12"]), ["14", "13", "12"]);
    }

    #[test]
    fn a_range_has_air_and_a_width() {
        let (low, high) = widened((0.0, 1.0));
        assert!(low.abs() < 1e-12 && high > 1.0);
        let (low, high) = widened((5.0, 5.0));
        assert!(low < 5.0 && high > 5.0);
        let (low, high) = widened((0.0, 0.0));
        assert!(low < high);
    }
}
