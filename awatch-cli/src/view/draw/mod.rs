//! The picture of an [`App`].

mod anomalies;
mod anomaly;
mod bars;
mod chart;
mod events;
mod help;
mod metrics;
mod processes;
mod series;
mod spark;
mod title;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use self::help::help;
use super::app::{App, Detail, Pane};
use super::look::Look;
use super::text;

/// All that drawing needs besides the place to draw to.
#[derive(Clone, Copy)]
struct View<'a> {
    app: &'a App,
    look: Look,
}

/// Draws the view.
pub(super) fn draw(app: &App, look: Look, frame: &mut Frame<'_>) {
    let layout = app.layout();
    let view = View { app, look };
    let buffer = frame.buffer_mut();
    if buffer.area.is_empty() {
        return;
    }
    view.header(layout.header, buffer);
    match app.detail() {
        Some(Detail::Series(key)) => view.series(key, layout.body, buffer),
        Some(Detail::Anomaly(id, list)) => view.anomaly(*id, *list, layout.body, buffer),
        None => {
            if let Some(area) = layout.headline {
                view.headline(area, buffer);
            }
            for (pane, area) in &layout.panes {
                view.pane(*pane, *area, buffer);
            }
        }
    }
    if let Some(area) = layout.cost {
        view.cost(area, buffer);
    }
    if let Some(area) = layout.keys {
        view.keys(area, buffer);
    }
    if let Some(top) = app.help {
        help(top, frame.area(), frame.buffer_mut());
    }
    look.finish(frame.buffer_mut());
}

impl View<'_> {
    fn pane(self, pane: Pane, area: Rect, buffer: &mut Buffer) {
        if area.is_empty() {
            return;
        }
        let inner = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        match pane {
            Pane::Metrics => {
                self.title(pane, &self.note_of_metrics(), area, buffer);
                self.metrics(inner, buffer);
            }
            Pane::Anomalies => {
                self.title(pane, &self.note_of_anomalies(), area, buffer);
                self.anomalies(inner, buffer);
            }
            Pane::Processes => {
                self.title(pane, &format!("by {}", self.app.sort.as_str()), area, buffer);
                self.processes(inner, buffer);
            }
            Pane::Events => {
                self.title(pane, "", area, buffer);
                self.events(inner, buffer);
            }
        }
    }

    /// Whether keys go to that pane.
    fn has_keys(self, pane: Pane) -> bool {
        self.app.pane == pane && self.app.detail().is_none()
    }
}

/// Writes a text into a line, after a blank.
fn write(text: &str, style: Style, line: Rect, buffer: &mut Buffer) {
    if line.width > 1 {
        let text = text::cut(text, usize::from(line.width - 1));
        buffer.set_stringn(line.x + 1, line.y, text, usize::from(line.width - 1), style);
    }
}

/// Puts a line at the beginning of an area; what is cut ends in `…`.
fn put(line: &Line<'_>, area: Rect, buffer: &mut Buffer) {
    buffer.set_line(area.x, area.y, line, area.width);
    if line.width() > usize::from(area.width)
        && let Some(cell) =
            buffer.cell_mut((area.right().saturating_sub(1), area.y)).filter(|_| area.width > 0)
    {
        cell.set_symbol("…");
    }
}

/// The line of an area so far from its top, when it has that many.
fn line_of(area: Rect, index: usize) -> Option<Rect> {
    let index = u16::try_from(index).ok()?;
    (index < area.height).then(|| Rect { y: area.y + index, height: 1, ..area })
}
