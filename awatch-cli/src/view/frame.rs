//! One frame of the view.

use std::time::Duration;

use awatch::engine::Snapshot;
use awatch::{Event, Timestamp};

use super::paint::{Line, Style};
use super::{group, sections, table};

/// The size of the terminal, in columns and lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
}

/// What the program itself costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Own {
    /// Processor time in parts of one core.
    pub(super) cpu_share: f64,
    /// Resident memory in bytes.
    pub(super) resident: Option<u64>,
}

/// All that a frame shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    /// Whom the engine watches.
    pub(super) target: &'a str,
    /// The wall-clock time.
    pub(super) now: Timestamp,
    /// How long the run has lasted.
    pub(super) uptime: Duration,
    pub(super) own: Own,
    /// How things are; `None` before the engine answered.
    pub(super) snapshot: Option<&'a Snapshot>,
    /// What is to be said about the start.
    pub(super) notices: &'a [String],
    /// The latest events, the newest last.
    pub(super) events: &'a [Event],
    /// The first metric to show.
    pub(super) scroll: usize,
}

/// A frame as lines.
#[derive(Debug)]
pub(super) struct Rendered {
    /// Exactly as many lines as the terminal has, each exactly as wide.
    pub(super) lines: Vec<Line>,
    /// The first metric shown: as asked, or less when there are not so many.
    pub(super) scroll: usize,
}

/// Below this height there is no room for a footer.
const FOOTER_FROM: usize = 10;

/// The frame for a terminal of that size.
pub(super) fn render(frame: &Frame<'_>, size: Size) -> Rendered {
    let mut top = vec![sections::header(frame, size.width)];
    top.extend(sections::anomalies(frame, size.width, size.height / 3));
    let mut bottom = sections::events(frame, size.width, size.height / 5);
    let least = bottom.len();
    let has_footer = size.height >= FOOTER_FROM;
    let room = size.height.saturating_sub(top.len() + bottom.len() + usize::from(has_footer));
    let groups = frame.snapshot.map(group::groups).unwrap_or_default();
    let table = table::table(&groups, Size { width: size.width, height: room }, frame.scroll);
    if least > 0 {
        bottom = sections::events(frame, size.width, least.max(size.height / 5) + room - table.lines.len());
    }
    if has_footer {
        bottom.push(sections::footer(frame, &table));
    }
    let (scroll, mut lines) = (table.scroll, top);
    lines.extend(table.lines);
    if groups.is_empty() {
        let word = if frame.snapshot.is_some() { "no values yet" } else { "waiting for the engine" };
        lines.push(Line::new().with(word, Style::Dim));
    }
    lines.truncate(size.height.saturating_sub(bottom.len()));
    lines.resize(size.height.saturating_sub(bottom.len()), Line::new());
    lines.extend(bottom);
    lines.truncate(size.height);
    Rendered { lines: lines.into_iter().map(|line| line.fit(size.width)).collect(), scroll }
}
