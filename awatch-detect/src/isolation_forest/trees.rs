use super::grow::Node;
use super::keys::{Keys, number, word};
use super::path_length;

/// The least depth that trees are laid out for: their nodes are then found without a check per step.
const LEAST_DEPTH: u32 = 8;

/// The most depth that trees are laid out for.
pub(super) const MOST_DEPTH: u32 = 12;

/// Rows that walk through a tree side by side, so that each has its next step while another waits for memory.
pub(super) const LANES: usize = 8;

/// The most columns a forest is grown on: the place of a column among the keys must fit 16 bits.
pub(super) const MOST_COLUMNS: usize = (1 << 16) / LANES - 1;

/// How many words any node may look at from the first key of its lanes on: no place needs to be checked.
pub(super) const WINDOW: usize = (1 << 16) + LANES;

/// Keys of one block of rows, in bytes: they, and the tree at work, stay in the first-level cache.
const BLOCK_BYTES: usize = 24 << 10;

/// The trees of a forest, laid out for speed.
///
/// Each is a complete binary tree in breadth-first order: the children of node `i` are `2i` (the upper branch) and
/// `2i + 1` (the lower one), node 0 is unused, and the leaves are the places below the last row of nodes. Where a branch
/// ends early, nodes that lead to the upper side stand in down to the leaf. So every walk takes the same number of steps
/// without a branch to predict, and steps of many rows overlap.
///
/// A node is one word: the threshold as a number that sorts as it does, above the place of its column among the keys of
/// a row. A value is below the threshold exactly if its key, a word in which all bits of the place are set, is below the
/// node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trees {
    depth: u32,
    rows: usize,
    nodes: Vec<u64>,
    /// Path length of each leaf, in parts of [`path_length::PARTS`].
    paths: Vec<u32>,
    /// How many training rows ended in the leaves before each.
    before: Vec<u16>,
}

impl Trees {
    /// No trees yet; room for `count` of `depth` levels or less, each grown on `rows` rows.
    pub(super) fn new(count: usize, depth: u32, rows: usize) -> Self {
        let depth = depth.clamp(LEAST_DEPTH, MOST_DEPTH);
        let places = count << depth;
        Self {
            depth,
            rows,
            nodes: Vec::with_capacity(places),
            paths: Vec::with_capacity(places),
            before: Vec::with_capacity(places),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len() >> self.depth
    }

    /// How many rows each tree was grown on.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.nodes.capacity() * size_of::<u64>()
            + self.paths.capacity() * size_of::<u32>()
            + self.before.capacity() * size_of::<u16>()
    }

    /// Lays out a tree given in order; it must be complete and not deeper than the layout.
    pub(super) fn push(&mut self, tree: &[Node]) {
        let (first, places) = (self.nodes.len(), 1_usize << self.depth);
        self.nodes.resize(first + places, 0);
        self.paths.resize(first + places, 0);
        let mut ended = vec![0_u16; places];
        // Branches still to come: place and depth; the lower one is taken up first.
        let mut branches = vec![(1_usize, 0_u32)];
        for node in tree {
            let Some((place, depth)) = branches.pop() else { break };
            match *node {
                Node::Split { column, threshold } => {
                    self.nodes[first + place] = word(threshold) | (u64::from(column) * LANES as u64);
                    branches.extend([(2 * place, depth + 1), (2 * place + 1, depth + 1)]);
                }
                Node::Leaf { rows } => {
                    let leaf = (place << (self.depth - depth)) - places;
                    self.paths[first + leaf] = path_length::of_leaf(depth, usize::from(rows));
                    ended[leaf] = rows;
                }
            }
        }
        let mut before = 0_u16;
        self.before.extend(ended.iter().map(|rows| {
            let here = before;
            before = before.saturating_add(*rows);
            here
        }));
    }

    /// A tree in order, as [`push`](Self::push) takes it.
    pub(super) fn in_order(&self, tree: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut branches = vec![1_usize];
        while let Some(place) = branches.pop() {
            let word = self.node(tree, place);
            if word == 0 {
                nodes.push(Node::Leaf { rows: u16::try_from(self.ended(tree, place)).unwrap_or(u16::MAX) });
            } else {
                nodes.push(Node::Split { column: column(word), threshold: number(word) });
                branches.extend([2 * place, 2 * place + 1]);
            }
        }
        nodes
    }

    /// The word of a node; 0 for a stand-in and below the last row of nodes.
    fn node(&self, tree: usize, place: usize) -> u64 {
        if place >> self.depth == 0 {
            self.nodes.get((tree << self.depth) + place).copied().unwrap_or(0)
        } else {
            0
        }
    }

    /// How many training rows came by a node or ended in a leaf.
    fn ended(&self, tree: usize, place: usize) -> usize {
        let down = self.depth - place.ilog2().min(self.depth);
        let places = 1_usize << self.depth;
        let before = |leaf: usize| {
            if leaf == places {
                self.rows
            } else {
                self.before.get((tree << self.depth) + leaf).copied().map_or(self.rows, usize::from)
            }
        };
        before(((place + 1) << down) - places) - before((place << down) - places)
    }

    /// The cuts on the way of a row through a tree: column, how many training rows stayed on its side, of how many. The
    /// length of its path.
    pub(super) fn way(&self, tree: usize, keys: &[u64], mut cut: impl FnMut(usize, usize, usize)) -> f64 {
        let (mut place, mut depth, mut rows) = (1, 0, self.rows);
        loop {
            let word = self.node(tree, place);
            if word == 0 {
                return f64::from(depth) + path_length::average(rows);
            }
            let key = keys.get(usize::from(offset(word))).copied().unwrap_or(u64::MAX);
            place = 2 * place + usize::from(key < word);
            let stayed = self.ended(tree, place);
            cut(usize::from(column(word)), stayed, rows);
            rows = stayed;
            depth += 1;
        }
    }

    /// Adds the path lengths of each row over all trees, in parts, to its place in `sums`.
    pub(super) fn add_paths(&self, keys: &Keys, sums: &mut [u64]) {
        match self.depth {
            8 => self.add::<256>(keys, sums),
            9 => self.add::<512>(keys, sums),
            10 => self.add::<1024>(keys, sums),
            11 => self.add::<2048>(keys, sums),
            _ => self.add::<4096>(keys, sums),
        }
    }

    fn add<const N: usize>(&self, keys: &Keys, sums: &mut [u64]) {
        let (trees, _) = self.nodes.as_chunks::<N>();
        let (paths, _) = self.paths.as_chunks::<N>();
        let (groups, rest) = sums.as_chunks_mut::<LANES>();
        for (tree, paths) in trees.iter().zip(paths) {
            for (group, sums) in groups.iter_mut().enumerate() {
                let Some(window) = keys.group(group) else { return };
                for (sum, leaf) in sums.iter_mut().zip(leaves(tree, window)) {
                    *sum += u64::from(paths[leaf % N]);
                }
            }
            for (lane, sum) in rest.iter_mut().enumerate() {
                *sum += u64::from(paths[leaf(tree, keys.row(groups.len() * LANES + lane)) % N]);
            }
        }
    }
}

/// The leaves in which rows side by side end, counted from any multiple of `N`. `N` is a power of two: the remainders
/// keep every place within its array at no cost.
fn leaves<const N: usize>(tree: &[u64; N], keys: &[u64; WINDOW]) -> [usize; LANES] {
    let mut places = [1_usize; LANES];
    for _ in 0..N.trailing_zeros() {
        for (lane, place) in places.iter_mut().enumerate() {
            let word = tree[*place % N];
            let key = keys[usize::from(offset(word)) + lane];
            // Words have 48 bits: the uppermost bit of the difference says whether the key is below.
            *place = 2 * *place + usize::from(key.wrapping_sub(word) >> 63 == 1);
        }
    }
    places
}

/// The leaf in which one row ends, counted as those of [`leaves`].
fn leaf<const N: usize>(tree: &[u64; N], keys: &[u64]) -> usize {
    let mut place = 1_usize;
    for _ in 0..N.trailing_zeros() {
        let word = tree[place % N];
        let key = keys.get(usize::from(offset(word))).copied().unwrap_or(u64::MAX);
        place = 2 * place + usize::from(key < word);
    }
    place
}

/// How many rows make a block, a multiple of [`LANES`].
pub(super) fn block_rows(columns: usize) -> usize {
    (BLOCK_BYTES / (size_of::<u64>() * columns.max(1))).max(LANES) / LANES * LANES
}

/// The column of a node.
fn column(word: u64) -> u16 {
    u16::try_from((word & 0xffff) / LANES as u64).unwrap_or(0)
}

/// The place of a node's column among the keys of a row.
fn offset(word: u64) -> u16 {
    u16::try_from(word & 0xffff).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_laid_out_and_written_down_again() {
        let split = |column, threshold| Node::Split { column, threshold };
        let leaf = |rows| Node::Leaf { rows };
        let tree = [split(1, 0.5), leaf(3), split(0, -2.0), leaf(1), split(1, 7.0), leaf(4), leaf(2)];
        for depth in [3, 9, 12] {
            let mut trees = Trees::new(2, depth, 10);
            trees.push(&[leaf(10)]);
            trees.push(&tree);
            assert_eq!(trees.len(), 2);
            assert_eq!(trees.in_order(0), [leaf(10)]);
            assert_eq!(trees.in_order(1), tree);
            for (row, expected) in
                [([0.0, 0.0], (1, 3)), ([-3.0, 0.5], (2, 1)), ([0.0, 6.9], (3, 4)), ([0.0, 7.0], (3, 2))]
            {
                let mut keys = Keys::new(9, 2);
                (0..9).for_each(|place| keys.set(place, row.into_iter()));
                let mut sums = [0; 9];
                trees.add_paths(&keys, &mut sums);
                let path = path_length::of_leaf(expected.0, expected.1) + path_length::of_leaf(0, 10);
                assert_eq!(sums, [u64::from(path); 9], "{row:?}");
                let mut ways = Vec::new();
                let length = trees.way(1, keys.row(8), |column, stayed, of| ways.push((column, stayed, of)));
                assert!((length - f64::from(expected.0) - path_length::average(expected.1)).abs() < 1e-12);
                assert_eq!(ways.len(), expected.0 as usize);
                assert_eq!(ways.last().map(|way| way.1), Some(expected.1));
                assert_eq!(ways.first().map(|way| way.2), Some(10));
            }
        }
    }
}
