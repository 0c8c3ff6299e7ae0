use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{View, put};
use crate::view::app::Pane;
use crate::view::look::{BOLD, CHOSEN, DIM};
use crate::view::text;

impl View<'_> {
    /// The line above a pane: its key and name, and a note.
    pub(super) fn title(self, pane: Pane, note: &str, area: Rect, buffer: &mut Buffer) {
        let name = format!(" {} {} ", pane.key(), pane.title());
        let style = if self.has_keys(pane) { CHOSEN.patch(BOLD) } else { BOLD };
        rule(Span::styled(name, style), note, area, buffer);
    }
}

/// A line with a name at its left and a note after it.
pub(super) fn rule(name: Span<'_>, note: &str, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width);
    let note = if note.is_empty() { String::new() } else { format!(" {note} ") };
    let used = 1 + name.width() + text::width(&note);
    let line = Line::from(vec![
        Span::styled("─", DIM),
        name,
        Span::styled(note, DIM),
        Span::styled("─".repeat(width.saturating_sub(used)), DIM),
    ]);
    put(&line, area, buffer);
}
