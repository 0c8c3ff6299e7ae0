use awatch::Unit;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{View, line_of, put};
use crate::view::app::Pane;
use crate::view::look::{BOLD, CHOSEN, DIM};
use crate::view::process::{Process, SortBy};
use crate::view::text;

const PID: usize = 8;
const USER: usize = 10;
const NUMBER: usize = 11;
/// Narrower lists have no users.
const USER_FROM: usize = 56;
/// Narrower lists show only what they are sorted by, and memory or processor time beside it.
const IO_FROM: usize = 46;

impl View<'_> {
    /// The list of processes, with a line of headings.
    pub(super) fn processes(self, area: Rect, buffer: &mut Buffer) {
        let app = self.app;
        let width = usize::from(area.width);
        if let Some(line) = line_of(area, 0) {
            put(&self.headings(width), line, buffer);
        }
        let sorted = app.sorted_processes();
        for (line, (index, process)) in sorted.iter().enumerate().skip(app.processes.top).enumerate() {
            let Some(place) = line_of(area, line + 1) else { break };
            let is_chosen = index == app.processes.chosen && self.has_keys(Pane::Processes);
            put(&line_of_process(process, is_chosen, width), place, buffer);
        }
    }

    fn headings(self, width: usize) -> Line<'static> {
        let number = |sort: SortBy, name: &str| {
            let is_sorted = self.app.sort == sort;
            let name = if is_sorted { format!("{name}↓") } else { name.to_owned() };
            let style = if is_sorted { BOLD } else { DIM };
            Span::styled(format!("{name:>NUMBER$}"), style)
        };
        let user = if width >= USER_FROM { format!(" {:<USER$}", "user") } else { String::new() };
        let mut spans = vec![Span::styled(format!("{:>PID$}{user} ", "pid"), DIM)];
        spans.extend([number(SortBy::Cpu, "cpu"), number(SortBy::Memory, "memory")]);
        if width >= IO_FROM {
            spans.push(number(SortBy::Io, "io"));
        }
        spans.push(Span::styled("  name", DIM));
        Line::from(spans)
    }
}

fn line_of_process(process: &Process, is_chosen: bool, width: usize) -> Line<'static> {
    let shown = |number: Option<f64>, unit: &Unit| {
        let text = number.map_or_else(|| "–".to_owned(), |number| unit.display(number));
        format!("{:>NUMBER$}", text::cut(&text, NUMBER))
    };
    let user = if width >= USER_FROM {
        format!(" {:<USER$}", text::cut(&process.user, USER))
    } else {
        String::new()
    };
    let mut line = format!("{:>PID$}{user} ", text::cut(&process.pid, PID));
    line.push_str(&shown(process.cpu, &Unit::RATIO));
    line.push_str(&shown(process.memory, &Unit::BYTES));
    if width >= IO_FROM {
        line.push_str(&shown(process.io, &Unit::BYTES.per_second()));
    }
    let style = if is_chosen { CHOSEN } else { Style::new() };
    let name = text::cut(&process.name, width.saturating_sub(text::width(&line) + 2));
    Line::from(vec![Span::raw(line), Span::raw("  "), Span::styled(name, style)])
}
