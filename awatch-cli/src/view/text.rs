//! Text in columns.

use std::time::Duration;

use awatch::{Unit, duration};

/// How many columns a text takes: one per character.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// The text without control characters and at most `columns` wide; what was cut ends in `…`.
pub(super) fn cut(text: &str, columns: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    if width(text) <= columns {
        return text.chars().map(clean).collect();
    }
    let mut short: String = text.chars().take(columns.saturating_sub(1)).map(clean).collect();
    if columns > 0 {
        short.push('…');
    }
    short
}

/// As [`cut`], from the front: what tells names apart is at their end. Blanks at the front stay.
pub(super) fn cut_front(text: &str, columns: usize) -> String {
    let surplus = width(text).saturating_sub(columns);
    if surplus == 0 || columns == 0 {
        return cut(text, columns);
    }
    let blanks = text.chars().take_while(|c| *c == ' ').count().min(columns - 1);
    let rest: String = text.chars().skip(blanks + surplus + 1).collect();
    cut(&format!("{}…{rest}", " ".repeat(blanks)), columns)
}

/// The text in lines of at most `columns`, broken between words, at most `lines` of them.
pub(super) fn wrap(text: &str, columns: usize, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let last = wrapped.len();
        let Some(line) = wrapped.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if last == lines || width(line) + 1 + width(word) <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            wrapped.push(word.to_owned());
        }
    }
    wrapped.iter().map(|line| cut(line, columns)).collect()
}

/// The range of usual values; the unit once when both have the same.
pub(super) fn band(unit: &Unit, lower: f64, upper: f64) -> String {
    let (low, high) = (unit.display(lower), unit.display(upper));
    let shared = low.split_once(' ').zip(high.split_once(' ')).filter(|((_, a), (_, b))| a == b);
    match shared {
        Some(((low, _), _)) => format!("{low} – {high}"),
        None => format!("{low} – {high}"),
    }
}

/// A duration in its two largest units.
pub(super) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let step = match seconds {
        0..3600 => 1,
        3600..86_400 => 60,
        _ => 3600,
    };
    duration::format(Duration::from_secs(seconds / step * step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("filesystem", 10), "filesystem");
        assert_eq!(cut("filesystem", 5), "file…");
        assert_eq!(cut("a\tb\u{1b}[2J", 20), "a b [2J");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(cut_front("system.cpu.time", 9), "…cpu.time");
        assert_eq!(cut_front("  eth0 receive", 10), "  …receive");
        assert_eq!(cut_front("  eth0 receive", 1), "…");
        assert_eq!(cut_front("eth0", 4), "eth0");
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(wrap("the disk is nearly full", 12, 3), ["the disk is", "nearly full"]);
        assert_eq!(wrap("the disk is nearly full", 12, 1), ["the disk is…"]);
        assert_eq!(wrap("", 12, 2), [""]);
    }

    #[test]
    fn a_band_names_its_unit_once() {
        assert_eq!(band(&Unit::RATIO, 0.02, 0.14), "2 – 14 %");
        assert_eq!(band(&Unit::BYTES, 512.0, 2048.0), "512 B – 2 KiB");
    }

    #[test]
    fn long_times_lose_their_details() {
        assert_eq!(span(Duration::from_millis(12_345)), "12s");
        assert_eq!(span(Duration::from_secs(3 * 3600 + 61)), "3h1m");
        assert_eq!(span(Duration::from_secs(2 * 86_400 + 3700)), "2d1h");
    }
}
