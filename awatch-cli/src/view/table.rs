//! The values in columns: every metric in at least one line, and more lines as long as there is room.

use super::frame::Size;
use super::group::{Group, Row};
use super::paint::{Line, Style};
use super::text;

/// The values as lines.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) lines: Vec<Line>,
    /// The first metric shown.
    pub(super) scroll: usize,
    /// How many metrics are shown.
    pub(super) shown: usize,
    /// How many there are.
    pub(super) all: usize,
}

/// A column is at least so wide, with the band of usual values in it.
const COLUMN: usize = 68;
const GAP: usize = 3;
const VALUE: usize = 16;
const BAND: usize = 23;
/// Narrower columns have no band.
const BAND_FROM: usize = 62;

pub(super) fn table(groups: &[Group], size: Size, scroll: usize) -> Table {
    let columns = ((size.width + GAP) / (COLUMN + GAP)).clamp(1, 4);
    let room = size.height * columns;
    let scroll = scroll.min(groups.len().saturating_sub(room.max(1)));
    let shown = groups.get(scroll..).unwrap_or_default();
    let shown = shown.get(..room.min(shown.len())).unwrap_or_default();
    let width = (size.width + GAP) / columns - GAP;
    let needs: Vec<usize> = shown.iter().map(Group::lines).collect();
    let lines: Vec<Line> =
        shown.iter().zip(allot(&needs, room)).flat_map(|(group, lines)| group.show(lines, width)).collect();
    // Columns are filled evenly, so that they end at the same height.
    let height = lines.len().div_ceil(columns).min(size.height);
    Table { lines: beside(&lines, height, width), scroll, shown: shown.len(), all: groups.len() }
}

/// How many lines each gets of `room`: one, then as many as it needs, those with few needs first.
fn allot(needs: &[usize], room: usize) -> Vec<usize> {
    let mut given: Vec<usize> = needs.iter().map(|need| (*need).min(1)).collect();
    let mut left = room.saturating_sub(given.iter().sum());
    let mut by_need: Vec<usize> = (0..needs.len()).collect();
    by_need.sort_by_key(|index| needs.get(*index).copied());
    for index in by_need {
        if let (Some(given), Some(need)) = (given.get_mut(index), needs.get(index)) {
            let more = (need - *given).min(left);
            // A header and one row say no more than one line.
            if *given + more > 2 || *given + more == *need {
                *given += more;
                left -= more;
            }
        }
    }
    given
}

/// The lines in columns of `height`, side by side.
fn beside(lines: &[Line], height: usize, width: usize) -> Vec<Line> {
    let columns: Vec<&[Line]> = lines.chunks(height.max(1)).collect();
    let row = |index: usize| {
        let mut row = Line::new();
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                row = row.with(" ".repeat(GAP), Style::Plain);
            }
            row.0.extend(column.get(index).cloned().unwrap_or_default().fit(width).0);
        }
        row
    };
    (0..height).map(row).collect()
}

impl Group {
    /// The lines it takes in full: one for a single series, else one more for its name.
    fn lines(&self) -> usize {
        if self.rows.len() == 1 { 1 } else { self.rows.len() + 1 }
    }

    /// Itself in that many lines.
    fn show(&self, lines: usize, width: usize) -> Vec<Line> {
        let Some(first) = self.rows.first().filter(|_| lines > 0) else { return Vec::new() };
        let hidden = self.rows.len().saturating_sub(lines.saturating_sub(1));
        if lines == 1 {
            let more = if hidden > 1 { format!(" +{}", hidden - 1) } else { String::new() };
            let name = [self.name.as_str(), first.labels.as_str()].join(" ");
            return vec![first.show(name.trim_end(), &more, width)];
        }
        let mut header = Line::new().with(self.name.clone(), Style::Dim);
        if hidden > 0 {
            header = header.with(format!("  +{hidden}"), Style::Dim);
        }
        let rows = self.rows.iter().take(lines - 1);
        std::iter::once(header)
            .chain(rows.map(|row| row.show(&format!("  {}", row.labels), "", width)))
            .collect()
    }
}

impl Row {
    /// Itself as a line of `width`: name, value, what is usual, and a mark when it is not.
    fn show(&self, name: &str, more: &str, width: usize) -> Line {
        let has_band = width >= BAND_FROM;
        let right = 3 + VALUE + if has_band { 2 + BAND } else { 0 };
        let room = width.saturating_sub(right);
        let (mark, style) = match (self.alert, self.is_unusual) {
            (Some(severity), _) => (" ●", Style::Alert(severity)),
            (None, true) => (" ○", Style::Bold),
            (None, false) => ("  ", Style::Plain),
        };
        let name = text::cut_front(name, room.saturating_sub(text::width(more)));
        let fill = room.saturating_sub(text::width(&name) + text::width(more));
        let value_style = if self.is_present { style } else { Style::Dim };
        let mut line = Line::new()
            .with(name, if self.alert.is_some() { style } else { Style::Plain })
            .with(more, Style::Dim)
            .with(" ".repeat(fill), Style::Plain)
            .with(mark, style)
            .with(format!("{:>1$}", text::cut(&self.value, VALUE), VALUE + 1), value_style);
        if has_band {
            let band = self.band.as_deref().unwrap_or("");
            line = line.with(format!("  {:<BAND$}", text::cut(band, BAND)), Style::Dim);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_groups_are_whole_before_large_ones() {
        assert_eq!(allot(&[1, 9, 3], 20), [1, 9, 3]);
        assert_eq!(allot(&[1, 9, 3], 10), [1, 6, 3]);
        assert_eq!(allot(&[1, 9, 3], 4), [1, 1, 1]);
        assert_eq!(allot(&[1, 9, 3], 3), [1, 1, 1]);
        assert_eq!(allot(&[], 3), [0_usize; 0]);
    }
}
