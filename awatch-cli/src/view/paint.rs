//! Styled text, and how it becomes what a terminal understands.

use std::fmt::Write;

use awatch::Severity;

use super::text;

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Style {
    /// As the terminal has it.
    #[default]
    Plain,
    /// Less important.
    Dim,
    /// More important.
    Bold,
    /// The bar at the top.
    Bar,
    /// All is well.
    Good,
    /// Of that severity.
    Alert(Severity),
}

/// A piece of text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) style: Style,
}

/// A line of the view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line(pub(super) Vec<Span>);

impl Line {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds a piece of text.
    #[must_use]
    pub(super) fn with(mut self, text: impl Into<String>, style: Style) -> Self {
        self.0.push(Span { text: text.into(), style });
        self
    }

    /// Its width in columns.
    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|span| text::width(&span.text)).sum()
    }

    /// Cut or filled to `width` columns, in the style of its last piece.
    #[must_use]
    pub(super) fn fit(mut self, width: usize) -> Self {
        let mut left = width;
        for span in &mut self.0 {
            span.text = text::cut(&span.text, left);
            left -= text::width(&span.text);
        }
        if left > 0 {
            let style = self.0.last().map_or(Style::Plain, |span| span.style);
            let style = if style == Style::Bar { style } else { Style::Plain };
            self.0.push(Span { text: " ".repeat(left), style });
        }
        self
    }

    /// The text without its styles and the blanks at its end.
    #[cfg(test)]
    pub(super) fn plain(&self) -> String {
        let text: String = self.0.iter().map(|span| span.text.as_str()).collect();
        text.trim_end().to_owned()
    }
}

/// The lines as one piece of output that replaces the whole screen without clearing it first.
pub(super) fn paint(lines: &[Line], colors: bool) -> String {
    // Begin and end of a synchronised update: terminals that know it show the frame in one go.
    let mut out = String::from("\x1b[?2026h\x1b[H");
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push_str("\r\n");
        }
        for span in &line.0 {
            let code = code(span.style, colors);
            if code.is_empty() {
                out.push_str(&span.text);
            } else {
                // Writing to a string cannot fail.
                let _ = write!(out, "\x1b[{code}m{}\x1b[0m", span.text);
            }
        }
        out.push_str("\x1b[K");
    }
    out.push_str("\x1b[J\x1b[?2026l");
    out
}

/// The numbers of a style. Without colours only brightness and reversal are left.
fn code(style: Style, colors: bool) -> &'static str {
    match (style, colors) {
        (Style::Plain, _) | (Style::Good | Style::Alert(Severity::Low), false) => "",
        (Style::Dim, _) => "2",
        (Style::Bold, _) | (Style::Alert(_), false) => "1",
        (Style::Bar, _) => "7",
        (Style::Good, true) => "32",
        (Style::Alert(Severity::Low), true) => "36",
        (Style::Alert(Severity::Medium), true) => "33",
        (Style::Alert(Severity::High), true) => "1;33",
        (Style::Alert(Severity::Critical), true) => "1;31",
    }
}
