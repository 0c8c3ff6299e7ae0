use awatch::Anomaly;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{View, line_of, put, write};
use crate::view::app::{Closed, INDENT, Listed, Pane};
use crate::view::look::{CHOSEN, DIM, symbol};
use crate::view::text;

impl View<'_> {
    pub(super) fn note_of_anomalies(self) -> String {
        let open = self.app.open_anomalies().len();
        let over = self.app.listed_anomalies().len() - open;
        match (open, over) {
            (0, 0) => String::new(),
            (open, 0) => format!("{open} open"),
            (open, over) => format!("{open} open · {over} over"),
        }
    }

    /// The list of anomalies: open ones in full while there is room, then those that are over.
    pub(super) fn anomalies(self, area: Rect, buffer: &mut Buffer) {
        let app = self.app;
        let listed = app.listed_anomalies();
        let has_open = matches!(listed.first(), Some(Listed::Open(_)));
        let mut used = 0;
        if !has_open && let Some(line) = line_of(area, 0) {
            write(self.calm(), self.look.usual(), line, buffer);
            used = 1;
        }
        let entries: Vec<Vec<Line<'_>>> = listed
            .iter()
            .enumerate()
            .map(|(index, listed)| {
                let is_chosen = index == app.anomalies.chosen && self.has_keys(Pane::Anomalies);
                match listed {
                    Listed::Open(anomaly) => self.open_anomaly(anomaly, is_chosen, usize::from(area.width)),
                    Listed::Closed(closed) => {
                        vec![closed_anomaly(closed, is_chosen, usize::from(area.width))]
                    }
                }
            })
            .collect();
        let room = usize::from(area.height).saturating_sub(used);
        let heights: Vec<usize> = entries.iter().map(Vec::len).collect();
        let first = first_in_view(&heights, app.anomalies.chosen, room);
        for (index, line) in entries.into_iter().skip(first).flatten().enumerate() {
            let Some(place) = line_of(area, used + index) else { break };
            put(&line, place, buffer);
        }
    }

    fn open_anomaly(self, anomaly: &Anomaly, is_chosen: bool, width: usize) -> Vec<Line<'static>> {
        let age = text::span(self.app.age(anomaly.since));
        let head = format!(" {} {:<8} {age:>7} ", symbol(anomaly.severity), anomaly.severity);
        let style = if is_chosen { CHOSEN } else { Style::new() };
        let mut lines = self.app.told(anomaly, width).into_iter();
        let first = Line::from(vec![
            Span::styled(head, self.look.severity(anomaly.severity)),
            Span::styled(lines.next().unwrap_or_default(), style),
        ]);
        let rest = lines.map(|line| Line::styled(" ".repeat(INDENT) + &line, Style::new()));
        std::iter::once(first).chain(rest).collect()
    }
}

fn closed_anomaly(closed: &Closed, is_chosen: bool, width: usize) -> Line<'static> {
    let head = format!(" ✓ {:<8} {:>7} ", closed.anomaly.severity, text::clock(closed.at));
    let lasted = format!("over after {}: ", text::span(closed.lasted));
    let sentence = text::cut(
        &text::short(&format!("{lasted}{}", closed.anomaly.sentence)),
        width.saturating_sub(INDENT),
    );
    let style = if is_chosen { CHOSEN } else { DIM };
    Line::from(vec![Span::styled(head, DIM), Span::styled(sentence, style)])
}

/// The first entry in view so that the chosen one is in view, for entries of those heights.
fn first_in_view(heights: &[usize], chosen: usize, room: usize) -> usize {
    let mut first = chosen.min(heights.len().saturating_sub(1));
    let mut used = heights.get(first).copied().unwrap_or(0);
    while let Some(more) = first.checked_sub(1).and_then(|before| heights.get(before)) {
        used += more;
        if used > room {
            break;
        }
        first -= 1;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_entry_is_in_view() {
        assert_eq!(first_in_view(&[2, 2, 1, 1], 0, 3), 0);
        assert_eq!(first_in_view(&[2, 2, 1, 1], 2, 3), 1);
        assert_eq!(first_in_view(&[2, 2, 1, 1], 3, 6), 0);
        assert_eq!(first_in_view(&[3, 3], 1, 1), 1);
        assert_eq!(first_in_view(&[], 0, 4), 0);
    }
}
