use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use super::{line_of, put};
use crate::view::app::help_lines;
use crate::view::look::BOLD;
use crate::view::text::{self, cells};

/// All keys, over everything else, from the line `top` on.
pub(super) fn help(top: usize, whole: Rect, buffer: &mut Buffer) {
    let (keys, lines) = help_lines(usize::from(whole.width).saturating_sub(2));
    let wide = lines.iter().map(|(_, does)| text::width(does)).max().unwrap_or(0) + keys + 6;
    let (width, height) = (cells(wide).min(whole.width), cells(lines.len() + 2).min(whole.height));
    let area = Rect {
        x: whole.x + (whole.width - width) / 2,
        y: whole.y + (whole.height - height) / 2,
        width,
        height,
    };
    Widget::render(Clear, area, buffer);
    let title = if lines.len() + 2 > usize::from(height) { " Keys · ↓ more " } else { " Keys " };
    let block = Block::bordered().title(title);
    let inner = block.inner(area);
    Widget::render(block, area, buffer);
    for (index, (key, does)) in lines.iter().skip(top).enumerate() {
        let Some(place) = line_of(inner, index) else { break };
        let line =
            Line::from(vec![Span::styled(format!(" {key:<keys$}"), BOLD), Span::raw(format!("  {does}"))]);
        put(&line, place, buffer);
    }
}
