use crate::random::Random;

/// A node of a tree that is written down in order: each split is followed by its lower, then its upper branch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Node {
    /// Rows whose distance from the median in `column` is below `threshold` go to the lower branch.
    Split { column: u16, threshold: f32 },
    /// So many training rows ended here.
    Leaf { rows: u16 },
}

/// Grows one tree on a sample.
#[derive(Debug)]
pub(super) struct Grower<'a> {
    /// Distances from the medians, column after column.
    values: &'a [f32],
    /// How many rows the sample has.
    rows: usize,
    /// The columns that may be cut.
    columns: &'a [u16],
    /// How deep the tree may get.
    limit: u32,
    random: Random,
    candidates: Vec<u16>,
    nodes: Vec<Node>,
}

impl<'a> Grower<'a> {
    pub(super) fn new(
        values: &'a [f32],
        rows: usize,
        columns: &'a [u16],
        limit: u32,
        random: Random,
    ) -> Self {
        Self { values, rows, columns, limit, random, candidates: Vec::new(), nodes: Vec::new() }
    }

    /// The tree in order. `rows` are the numbers of the rows of the sample, in any order.
    pub(super) fn tree(mut self, rows: &mut [u16]) -> Vec<Node> {
        self.grow(rows, 0);
        self.nodes
    }

    fn grow(&mut self, rows: &mut [u16], depth: u32) {
        let cut = if rows.len() > 1 && depth < self.limit { self.cut(rows) } else { None };
        let Some((column, threshold)) = cut else {
            self.nodes.push(Node::Leaf { rows: u16::try_from(rows.len()).unwrap_or(u16::MAX) });
            return;
        };
        self.nodes.push(Node::Split { column, threshold });
        let values = column_of(self.values, self.rows, column);
        let (lower, upper) = partition(rows, |row| values[usize::from(row)] < threshold);
        self.grow(lower, depth + 1);
        self.grow(upper, depth + 1);
    }

    /// A column drawn among those that are not constant in `rows`, and a threshold with rows on either side.
    fn cut(&mut self, rows: &[u16]) -> Option<(u16, f32)> {
        self.candidates.clear();
        self.candidates.extend_from_slice(self.columns);
        while !self.candidates.is_empty() {
            let drawn = self.random.below(self.candidates.len());
            let column = self.candidates.swap_remove(drawn);
            let values = column_of(self.values, self.rows, column);
            let (least, largest) = range(rows.iter().map(|row| values[usize::from(*row)]));
            if least < largest {
                return Some((column, threshold(least, largest, self.random.unit())));
            }
        }
        None
    }
}

fn column_of(values: &[f32], rows: usize, column: u16) -> &[f32] {
    &values[usize::from(column) * rows..][..rows]
}

fn range(values: impl Iterator<Item = f32>) -> (f32, f32) {
    let widen = |(least, largest): (f32, f32), value: f32| {
        (if value < least { value } else { least }, if value > largest { value } else { largest })
    };
    values.fold((f32::INFINITY, f32::NEG_INFINITY), widen)
}

/// A number above `least` and up to `largest`.
#[expect(clippy::cast_possible_truncation, reason = "between two of single precision")]
fn threshold(least: f32, largest: f32, part: f64) -> f32 {
    let (low, high) = (f64::from(least), f64::from(largest));
    let between = (low + part * (high - low)) as f32;
    if between > least && between <= largest { between } else { largest }
}

/// Brings the rows that are lower to the front; they and the others.
fn partition(rows: &mut [u16], is_lower: impl Fn(u16) -> bool) -> (&mut [u16], &mut [u16]) {
    let mut lower = 0;
    for index in 0..rows.len() {
        let row = rows[index];
        rows.swap(lower, index);
        lower += usize::from(is_lower(row));
    }
    rows.split_at_mut(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_ends_in_one_leaf_and_no_branch_is_empty() {
        let rows = 200;
        let mut random = Random::new(5, 0);
        #[expect(clippy::cast_possible_truncation, reason = "made-up numbers")]
        let values: Vec<f32> = (0..3 * rows).map(|_| random.unit() as f32).collect();
        let mut order: Vec<u16> = (0..200).collect();
        let tree = Grower::new(&values, rows, &[0, 1, 2], 8, Random::new(0, 0)).tree(&mut order);
        let leaves: Vec<u16> = tree
            .iter()
            .filter_map(|node| if let Node::Leaf { rows } = node { Some(*rows) } else { None })
            .collect();
        assert_eq!(leaves.iter().copied().map(usize::from).sum::<usize>(), rows);
        assert!(leaves.iter().all(|rows| *rows > 0));
        assert_eq!(tree.len(), 2 * leaves.len() - 1);
    }

    #[test]
    fn constant_columns_are_not_cut() {
        let values = [vec![1.0; 50], (0..50_u16).map(f32::from).collect()].concat();
        let mut order: Vec<u16> = (0..50).collect();
        let tree = Grower::new(&values, 50, &[0, 1], 8, Random::new(0, 0)).tree(&mut order);
        assert!(tree.len() > 50, "{}", tree.len());
        assert!(tree.iter().all(|node| !matches!(node, Node::Split { column: 0, .. })));
    }

    #[test]
    fn a_threshold_leaves_rows_on_either_side() {
        for part in [0.0, 0.5, 1.0 - f64::EPSILON] {
            for (least, largest) in
                [(1.0, 1.000_000_1), (f32::MIN, f32::MAX), (0.0, f32::from_bits(1)), (-3.0, 4.0)]
            {
                let drawn = threshold(least, largest, part);
                assert!(drawn > least && drawn <= largest, "{least} {largest} {part}: {drawn}");
            }
        }
    }
}
