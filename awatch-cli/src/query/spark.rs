//! An answer as curves of characters.

use awatch::store::query::{Answer, Curve};

use super::names::Names;
use crate::columns::{cut, width};

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The widest a curve is drawn.
pub(super) const WIDEST: usize = 60;

/// A line per series: its name, its curve from its least to its greatest value, and these and the last in its unit.
/// Where there is not room for a character per step, a character is the mean of several.
pub(super) fn spark(answer: &Answer, room: usize) -> String {
    let names = Names::of(&answer.curves);
    let facts: Vec<String> = answer.curves.iter().map(facts).collect();
    let right = facts.iter().map(|text| width(text)).max().unwrap_or(0);
    let left = names.own.iter().map(|text| width(text)).max().unwrap_or(0).min(room / 3).max(6);
    let middle = room.saturating_sub(left + right + 4).clamp(8, WIDEST);
    let mut out = String::new();
    for ((curve, name), facts) in answer.curves.iter().zip(&names.own).zip(facts) {
        let name = cut(name, left);
        let drawn = drawing(curve.values(), middle);
        let gap = " ".repeat(left - width(&name) + 2);
        let line = format!("{name}{gap}{drawn}  {facts}");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn facts(curve: &Curve) -> String {
    let values = curve.values().iter().flatten();
    let Some(min) = values.clone().copied().reduce(f64::min) else { return String::new() };
    let max = values.clone().copied().reduce(f64::max).unwrap_or(min);
    let last = values.last().copied().unwrap_or(max);
    let show = |value| curve.unit.display(value);
    format!("min {}  max {}  last {}", show(min), show(max), show(last))
}

/// A character per value, or per as many values as are needed to stay within `room`; a blank where there is none.
fn drawing(values: &[Option<f64>], room: usize) -> String {
    let each = values.len().div_ceil(room.max(1)).max(1);
    let means: Vec<Option<f64>> = values.chunks(each).map(mean).collect();
    let known = || means.iter().flatten().copied();
    let Some(low) = known().reduce(f64::min) else { return " ".repeat(means.len()) };
    let height = known().reduce(f64::max).unwrap_or(low) - low;
    means.iter().map(|value| value.map_or(' ', |value| level((value - low) / height))).collect()
}

fn mean(values: &[Option<f64>]) -> Option<f64> {
    let known = values.iter().flatten();
    let count = known.clone().count();
    (count > 0).then(|| known.sum::<f64>() / count as f64)
}

/// The character of a height between 0 and 1; in the middle when there is none, because all values are the same.
fn level(height: f64) -> char {
    if !height.is_finite() {
        return '▄';
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
    let index = (height * 8.0).floor().clamp(0.0, 7.0) as usize;
    LEVELS.get(index).copied().unwrap_or('█')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_reaches_from_the_least_to_the_greatest() {
        let values: Vec<Option<f64>> = (0..8).map(|n| Some(f64::from(n))).collect();
        assert_eq!(drawing(&values, 60), "▁▂▃▄▅▆▇█");
        assert_eq!(drawing(&values, 4), "▁▃▆█");
    }

    #[test]
    fn what_is_not_known_is_blank_and_what_never_changes_is_in_the_middle() {
        assert_eq!(drawing(&[Some(5.0), None, Some(5.0)], 60), "▄ ▄");
        assert_eq!(drawing(&[None, None], 60), "  ");
        assert_eq!(drawing(&[Some(f64::INFINITY), Some(0.0)], 60), "▄▁");
    }
}
