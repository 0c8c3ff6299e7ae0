/// Columns between two looks at whether a distance is already too far.
const STRIDE: usize = 8;

/// The nearest rows found so far, nearest first.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    found: Vec<(f64, usize)>,
}

impl Neighbours {
    /// Looks for the `count` rows of `sample` nearest to `row`, over the columns whose weight is 1 and not 0. The
    /// farthest of them, as squared distance and number; `None` when there are fewer rows. Of rows equally far the first
    /// ones count.
    pub(super) fn farthest(
        &mut self,
        sample: &[f64],
        row: &[f64],
        weights: &[f64],
        count: usize,
    ) -> Option<(f64, usize)> {
        self.found.clear();
        for (number, other) in sample.chunks_exact(row.len().max(1)).enumerate() {
            let is_full = self.found.len() == count;
            let limit = if is_full {
                self.found.last().map_or(f64::INFINITY, |found| found.0)
            } else {
                f64::INFINITY
            };
            if let Some(distance) = squared_distance(row, other, weights, limit) {
                if is_full {
                    self.found.pop();
                }
                let place = self.found.partition_point(|found| found.0 <= distance);
                self.found.insert(place, (distance, number));
            }
        }
        self.found.last().copied().filter(|_| self.found.len() == count)
    }
}

/// The squared distance of two rows; `None` when it is not below `limit`.
fn squared_distance(row: &[f64], other: &[f64], weights: &[f64], limit: f64) -> Option<f64> {
    let mut sum = 0.0;
    let strides = row.chunks(STRIDE).zip(other.chunks(STRIDE)).zip(weights.chunks(STRIDE));
    for ((row, other), weights) in strides {
        let square = |((a, b), weight): ((&f64, &f64), &f64)| weight * (a - b) * (a - b);
        sum += row.iter().zip(other).zip(weights).map(square).sum::<f64>();
        if sum >= limit {
            return None;
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rows_are_found_in_order() {
        let sample = [0.0, 10.0, 3.0, -1.0, 3.0];
        let mut neighbours = Neighbours::default();
        assert_eq!(neighbours.farthest(&sample, &[0.5], &[1.0], 1), Some((0.25, 0)));
        assert_eq!(neighbours.farthest(&sample, &[0.5], &[1.0], 3), Some((6.25, 2)));
        assert_eq!(neighbours.farthest(&sample, &[0.5], &[1.0], 4), Some((6.25, 4)));
        assert_eq!(neighbours.farthest(&sample, &[0.5], &[1.0], 6), None);
        assert_eq!(neighbours.farthest(&sample, &[0.5], &[0.0], 2), Some((0.0, 1)));
    }
}
