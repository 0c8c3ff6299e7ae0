use ratatui::text::Span;

use super::View;
use crate::view::history::Point;
use crate::view::look::STEPS;

/// The range of values that a line is drawn in: of what came and of what is usual.
pub(super) fn range(points: &[Point]) -> Option<(f64, f64)> {
    let known = points.iter().filter(|point| point.mean.is_some());
    let ends = known.flat_map(|point| {
        [Some(point.min), Some(point.max), point.band.lower(), point.band.upper()].into_iter().flatten()
    });
    ends.fold(None, |range, end| {
        let (low, high) = range.unwrap_or((end, end));
        Some((f64::min(low, end), f64::max(high, end)))
    })
}

/// Changes below this part of the value itself are no changes to the eye.
const FLAT: f64 = 0.005;

/// The step of a sparkline for a value: the lowest is 0, the highest 7.
fn step(value: f64, (low, high): (f64, f64)) -> usize {
    let width = high - low;
    if width <= FLAT * high.abs().max(low.abs()) {
        return if high > 0.0 { 3 } else { 0 };
    }
    let part = ((value - low) / width).clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
    let step = (part * 7.0).round() as usize;
    step
}

impl View<'_> {
    /// A line of blocks, one for each point; those outside of what was usual stand out.
    pub(super) fn spark(self, points: &[Point]) -> Vec<Span<'static>> {
        let range = range(points).unwrap_or((0.0, 0.0));
        let mut spans: Vec<(String, bool)> = Vec::new();
        for point in points {
            let text = point.mean.map_or(" ", |mean| STEPS.get(step(mean, range)).copied().unwrap_or(" "));
            match spans.last_mut() {
                Some((last, is_unusual)) if *is_unusual == point.is_unusual => last.push_str(text),
                _ => spans.push((text.to_owned(), point.is_unusual)),
            }
        }
        let style = |is_unusual| if is_unusual { self.look.unusual() } else { self.look.usual() };
        spans.into_iter().map(|(text, is_unusual)| Span::styled(text, style(is_unusual))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_that_nobody_sees_is_a_flat_line() {
        assert_eq!(step(100.0, (100.0, 100.1)), 3);
        assert_eq!(step(0.0, (0.0, 0.0)), 0);
    }

    #[test]
    fn higher_values_never_have_lower_steps() {
        for (low, width) in [(0.0, 1.0), (-1e6, 3.0), (5.0, 1e9), (1.0, 0.0), (-3.0, 0.001)] {
            let steps: Vec<usize> = (0..=100)
                .map(|part| step(low + f64::from(part) / 100.0 * width, (low, low + width)))
                .collect();
            assert!(
                steps.is_sorted() && steps.iter().all(|step| *step < STEPS.len()),
                "{low} {width}: {steps:?}"
            );
        }
    }
}
