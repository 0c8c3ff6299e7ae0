//! Text in columns on the standard output.

use std::io::IsTerminal;

/// How wide the output is: the terminal, else what `COLUMNS` says, else 100.
pub(crate) fn room() -> usize {
    let terminal = || {
        let size = std::io::stdout().is_terminal().then(ratatui::crossterm::terminal::size)?.ok()?;
        Some(usize::from(size.0)).filter(|columns| *columns > 0)
    };
    let told = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0);
    terminal().or_else(told).unwrap_or(100)
}

/// How many columns a text takes: one per character.
pub(crate) fn width(text: &str) -> usize {
    text.chars().count()
}

/// The text without control characters and at most `columns` wide; where something was cut out is a `…`: before its
/// end, since that is what tells names apart as much as their beginning.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let long = width(text);
    if long <= columns {
        return text.chars().map(clean).collect();
    }
    let after = columns.saturating_sub(1) / 2;
    let before = columns.saturating_sub(1) - after;
    let start = text.chars().take(before);
    let end = text.chars().skip(long - after);
    let middle = (columns > 0).then_some('…');
    start.chain(middle).chain(end).map(clean).collect()
}

/// On which side the texts of a column begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// On the left.
    Left,
    /// On the right.
    Right,
}

/// Rows in columns, two blanks apart. The first column is cut when all do not fit into `room`; what still does not fit is
/// cut off at the right.
pub(crate) fn aligned(rows: &[Vec<String>], align: &[Align], room: usize) -> String {
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..align.len()).map(widest).collect();
    let rest: usize = widths.iter().skip(1).map(|width| width + 2).sum();
    if let Some(first) = widths.first_mut() {
        *first = (*first).min(room.saturating_sub(rest).max(16));
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for ((cell, columns), align) in row.iter().zip(&widths).zip(align) {
            let cell = cut(cell, *columns);
            let blanks = " ".repeat(columns - width(&cell));
            let before = if line.is_empty() { "" } else { "  " };
            match align {
                Align::Left => line.extend([before, &cell, &blanks]),
                Align::Right => line.extend([before, &blanks, &cell]),
            }
        }
        let line: String = line.trim_end().chars().take(room.max(16)).collect();
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_beginning_and_their_end() {
        assert_eq!(cut("system.network.io", 20), "system.network.io");
        assert_eq!(cut("system.network.io", 9), "syst…k.io");
        assert_eq!(cut("a\tb\u{1b}[2J", 20), "a b [2J");
        assert_eq!((cut("abc", 0), cut("abc", 1)), (String::new(), "…".to_owned()));
    }

    #[test]
    fn columns_are_aligned_and_the_first_gives_way() {
        let rows = [["a-name-of-some-length", "1"], ["b", "1000"]].map(|row| row.map(str::to_owned).to_vec());
        let align = [Align::Left, Align::Right];
        assert_eq!(aligned(&rows, &align, 80), "a-name-of-some-length     1\nb                      1000\n");
        assert_eq!(aligned(&rows, &align, 22), "a-name-o…-length     1\nb                 1000\n");
    }
}
