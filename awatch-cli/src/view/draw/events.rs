use awatch::{Event, EventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{View, line_of, put, write};
use crate::view::app::{Happened, Pane};
use crate::view::look::{CHOSEN, DIM, symbol};
use crate::view::text;

impl View<'_> {
    /// The latest events, the newest first.
    pub(super) fn events(self, area: Rect, buffer: &mut Buffer) {
        let app = self.app;
        let listed = app.listed_events();
        if listed.is_empty()
            && let Some(line) = line_of(area, 0)
        {
            write("none yet", DIM, line, buffer);
        }
        for (line, (index, happened)) in listed.iter().enumerate().skip(app.events.top).enumerate() {
            let Some(place) = line_of(area, line) else { break };
            let is_chosen = index == app.events.chosen && self.has_keys(Pane::Events);
            let style = if is_chosen { CHOSEN } else { Style::new() };
            let line = match happened {
                Happened::Event(event) => self.event(event, style),
                Happened::Notice(notice) => {
                    Line::from(vec![Span::raw(" "), Span::styled((*notice).to_owned(), style)])
                }
            };
            put(&line, place, buffer);
        }
    }

    fn event(self, event: &Event, style: Style) -> Line<'static> {
        let (mark, mark_style) = match &event.kind {
            EventKind::AnomalyOpened { anomaly } | EventKind::AnomalyChanged { anomaly } => {
                (symbol(anomaly.severity), self.look.severity(anomaly.severity))
            }
            EventKind::AnomalyClosed { .. } => ("✓", self.look.usual()),
            _ => ("·", DIM),
        };
        Line::from(vec![
            Span::styled(format!(" {} ", text::clock(event.at)), DIM),
            Span::styled(mark, mark_style),
            Span::raw(" "),
            Span::styled(text::cut(&text::short(&event.kind.to_string()), usize::MAX), style),
        ])
    }
}
