use awatch_core::{ColumnKey, DetectError, state};
use serde::{Deserialize, Serialize};

use super::config::{MOST_ROWS, MOST_TREES};
use super::grow::Node;
use super::trees::{MOST_COLUMNS, Trees};
use super::{IsolationForestModel, KIND};
use crate::batch::SavedModel;

#[derive(Serialize, Deserialize)]
struct Saved {
    columns: Vec<ColumnKey>,
    medians: Vec<Option<f64>>,
    /// Rows each tree was grown on.
    rows: u16,
    trees: Vec<SavedTree>,
}

/// A tree in order.
#[derive(Serialize, Deserialize)]
struct SavedTree {
    /// For each node 0 when it is a leaf, else its column and one.
    nodes: Vec<u32>,
    /// Of each node that is not a leaf.
    thresholds: Vec<f32>,
    /// Training rows of each leaf.
    rows: Vec<u16>,
}

impl SavedTree {
    fn new(tree: &[Node]) -> Self {
        let mut saved = Self { nodes: Vec::new(), thresholds: Vec::new(), rows: Vec::new() };
        for node in tree {
            match *node {
                Node::Split { column, threshold } => {
                    saved.nodes.push(u32::from(column) + 1);
                    saved.thresholds.push(threshold);
                }
                Node::Leaf { rows } => {
                    saved.nodes.push(0);
                    saved.rows.push(rows);
                }
            }
        }
        saved
    }

    /// The nodes in order; `None` when the parts do not make a tree that cuts known columns at finite thresholds.
    fn in_order(&self, medians: &[Option<f64>]) -> Option<Vec<Node>> {
        let (mut thresholds, mut rows) = (self.thresholds.iter(), self.rows.iter());
        let mut nodes = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            nodes.push(match node.checked_sub(1) {
                None => Node::Leaf { rows: *rows.next()? },
                Some(column) => {
                    medians.get(usize::try_from(column).ok()?)?.as_ref()?;
                    let threshold = *thresholds.next().filter(|threshold| threshold.is_finite())?;
                    Node::Split { column: u16::try_from(column).ok()?, threshold }
                }
            });
        }
        (thresholds.len() == 0 && rows.len() == 0).then_some(nodes)
    }
}

/// Whether the nodes are one complete tree, no deeper than `limit`, whose leaves are not empty and hold `rows` rows in all.
fn is_tree(nodes: &[Node], limit: u32, rows: u16) -> bool {
    let mut branches = vec![0_u32];
    let mut ended = 0_usize;
    for node in nodes {
        let Some(depth) = branches.pop() else { return false };
        match node {
            Node::Split { .. } if depth < limit => branches.extend([depth + 1; 2]),
            Node::Leaf { rows } if *rows > 0 => ended += usize::from(*rows),
            _ => return false,
        }
    }
    branches.is_empty() && ended == usize::from(rows)
}

impl SavedModel for IsolationForestModel {
    fn save(&self) -> Result<Vec<u8>, DetectError> {
        let saved = Saved {
            columns: self.columns.clone(),
            medians: self.medians.clone(),
            rows: u16::try_from(self.trees.rows()).unwrap_or(u16::MAX),
            trees: (0..self.trees.len()).map(|tree| SavedTree::new(&self.trees.in_order(tree))).collect(),
        };
        state::encode(KIND, &saved)
    }

    fn load(bytes: &[u8]) -> Result<Self, DetectError> {
        let refused = |reason: String| Err(DetectError::State { kind: KIND, reason });
        let saved: Saved = state::decode(KIND, bytes)?;
        let (width, rows) = (saved.columns.len(), usize::from(saved.rows));
        if width == 0 || width > MOST_COLUMNS || saved.medians.len() != width {
            return refused(format!("{} medians for {width} columns", saved.medians.len()));
        }
        if saved.medians.iter().flatten().any(|median| !median.is_finite()) {
            return refused("a median is not finite".to_owned());
        }
        if !(2..=MOST_ROWS).contains(&rows) || !(1..=MOST_TREES).contains(&saved.trees.len()) {
            return refused(format!("{} trees of {rows} rows", saved.trees.len()));
        }
        let limit = rows.next_power_of_two().trailing_zeros();
        let mut trees = Trees::new(saved.trees.len(), limit, rows);
        for (number, tree) in saved.trees.iter().enumerate() {
            match tree.in_order(&saved.medians).filter(|nodes| is_tree(nodes, limit, saved.rows)) {
                Some(nodes) => trees.push(&nodes),
                None => return refused(format!("tree {number} is not a tree over its columns")),
            }
        }
        Ok(Self { columns: saved.columns, medians: saved.medians, trees })
    }
}
