//! Text in columns.

use std::time::Duration;

use awatch::{Interval, Timestamp, Unit, duration};

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

/// A value in its unit. Things that are counted are not named again: the metric says what they are.
pub(super) fn value(unit: &Unit, value: f64) -> String {
    let text = unit.display(value);
    let counted = unit.as_str().strip_prefix('{').and_then(|rest| rest.split_once('}'));
    match (counted, text.split_once(' ')) {
        (Some((_, "")), Some((number, _))) => number.to_owned(),
        (Some((_, rest)), Some((number, _))) => format!("{number} {rest}"),
        _ => text,
    }
}

/// The range of usual values; the unit once when both have the same.
pub(super) fn band(unit: &Unit, lower: Option<f64>, upper: Option<f64>) -> String {
    let ends = (lower.map(|lower| value(unit, lower)), upper.map(|upper| value(unit, upper)));
    match ends {
        (Some(low), Some(high)) => {
            let same = |low: &str, high: &str| {
                low.split_once(' ').map(|(_, a)| a) == high.split_once(' ').map(|(_, b)| b)
            };
            match low.split_once(' ').filter(|_| same(&low, &high)) {
                Some((low, _)) => format!("{low} – {high}"),
                None => format!("{low} – {high}"),
            }
        }
        (None, Some(high)) => format!("≤ {high}"),
        (Some(low), None) => format!("≥ {low}"),
        (None, None) => String::new(),
    }
}

/// A sentence in which series are named by the values of their labels alone: `disk.io sda read` instead of
/// `disk.io{device="sda",direction="read"}`.
pub(super) fn short(sentence: &str) -> String {
    let mut text = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, labels, after)) = labels(rest) {
        text.push_str(before);
        for pair in labels.split("\",") {
            let value = pair.split_once("=\"").map_or(pair, |(_, value)| value);
            text.push(' ');
            text.push_str(value.trim_end_matches('"'));
        }
        rest = after;
    }
    text + rest
}

/// What stands before the first labels of a text, those, and what stands after them.
fn labels(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (labels, after) = rest.split_once("\"}")?;
    labels.contains("=\"").then_some((before, labels, after))
}

/// The time of day in UTC, to the second.
pub(super) fn clock(at: Timestamp) -> String {
    let text = at.floor(Interval::SECOND).to_string();
    let time = text.split_once('T').map_or(text.as_str(), |(_, time)| time);
    time.trim_end_matches('Z').to_owned()
}

/// The day in UTC.
pub(super) fn date(at: Timestamp) -> String {
    let text = at.floor(Interval::SECOND).to_string();
    text.split_once('T').map_or_else(String::new, |(date, _)| date.to_owned())
}

/// A number of columns or lines as the terminal counts them.
pub(super) fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
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
        assert_eq!(band(&Unit::RATIO, Some(0.02), Some(0.14)), "2 – 14 %");
        assert_eq!(band(&Unit::BYTES, Some(512.0), Some(2048.0)), "512 B – 2 KiB");
        assert_eq!(band(&Unit::RATIO, None, Some(0.9)), "≤ 90 %");
        assert_eq!(band(&Unit::RATIO, Some(0.1), None), "≥ 10 %");
    }

    #[test]
    fn what_is_counted_is_not_named_twice() {
        assert_eq!(value(&Unit::count("packet").per_second(), 12.34), "12.3 /s");
        assert_eq!(value(&Unit::count("thread"), 2.0), "2");
        assert_eq!(value(&Unit::new("Cel"), 41.0), "41 Cel");
    }

    #[test]
    fn series_in_sentences_are_named_by_their_labels() {
        assert_eq!(short("a.b{x=\"1\",y=\"/var, {2\"} is 3 % of c{z=\"4\"}"), "a.b 1 /var, {2 is 3 % of c 4");
        assert_eq!(short("the {set} of \"}"), "the {set} of \"}");
        assert_eq!(short("nothing"), "nothing");
    }

    #[test]
    fn the_time_of_day_is_to_the_second() {
        assert_eq!(clock(Timestamp::from_nanos(1_800_000_000_900_000_000)), "08:00:00");
        assert_eq!(date(Timestamp::from_nanos(1_800_000_000_900_000_000)), "2027-01-15");
    }

    #[test]
    fn long_times_lose_their_details() {
        assert_eq!(span(Duration::from_millis(12_345)), "12s");
        assert_eq!(span(Duration::from_secs(3 * 3600 + 61)), "3h1m");
        assert_eq!(span(Duration::from_secs(2 * 86_400 + 3700)), "2d1h");
    }
}
