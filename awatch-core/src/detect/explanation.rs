use serde::{Deserialize, Serialize};

use crate::series::ColumnKey;

/// Why a row got its score, as data and as a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// One sentence for a tired person at 3 a.m., with values in their unit, without the target.
    pub sentence: String,
    /// What contributed, the largest first.
    pub contributions: Vec<Contribution>,
}

/// The part of one column in a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The column.
    pub column: ColumnKey,
    /// Its part: a share of the score where the detector is additive, else a documented measure; larger = more.
    pub contribution: f64,
    /// What came, in the column's unit; `None` when nothing came.
    pub observed: Option<f64>,
    /// What was expected.
    pub expected: Option<f64>,
    /// The lower end of the usual values.
    pub lower: Option<f64>,
    /// Their upper end.
    pub upper: Option<f64>,
}
