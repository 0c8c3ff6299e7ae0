//! Isolation forest: how few random cuts it takes to set a row apart from a sample of history.
//!
//! **When to use it.** The first detector for rows of many metrics of one target: it looks at them together, needs no
//! scaling, no tuning and 256 rows or more of history, takes milliseconds to fit and a fraction of a microsecond per row.
//! It finds rows that are far out in some columns, or in a sparse region of a few.
//!
//! **When not.** It does not know time: seasons and trends must be in the columns or in the choice of the history. It cuts
//! along one column at a time, so that a broken correlation between columns whose own values are usual is told late or
//! not at all ([`mahalanobis`](crate::mahalanobis) and [`pca`](crate::pca) see it). A column that is constant in the history
//! is never cut: leaving the flat line is a case for [`zscore`](crate::zscore). Beyond the range of the history the score
//! does not grow any more.
//!
//! **What it is.** `trees` trees, each grown on `sample` rows drawn without replacement: at each node a column is drawn
//! among those that are not constant there, and a threshold uniformly between its least and largest value, until a row
//! stands alone or the tree is ⌈log₂ `sample`⌉ deep. The score of a row is `2^(−E[h] / c(ψ))`, with `h` its depth in a tree
//! plus `c(size)` of the leaf it ends in: from 0 up to 1, about 0.5 for a usual row, higher = more anomalous.
//!
//! **Contributions.** By path share: a cut that leaves `n'` of `n` rows on the row's side isolates it by `log₂(n / n')`
//! bits. A column's weight is the sum of the bits of its cuts, each divided by the length of its path, so that trees that
//! isolate at once count most; its contribution is its part of all weights times the score, and they add up to the score. An
//! approximation: it says which columns the cuts used, not what the score would be without them. Where no cut was along a
//! column the row has, its columns share the score evenly.
//!
//! **Missing values** are read as the column's median in the history, in training and in scoring: in that column the row
//! is usual. Their columns contribute nothing.
//!
//! **Cost.** Fit O(trees × sample × (columns + log sample)), without a pass over all values; score O(trees × log sample)
//! per row; contributions O(trees × (sample + log sample)) per row. 3 KB per tree at 256 rows: 100 trees take about 360 KB in
//! memory and up to 170 KB saved.
//!
//! # References
//! Liu, Ting and Zhou, *Isolation Forest*, ICDM 2008, and *Isolation-Based Anomaly Detection*, TKDD 6(1), 2012: trees by
//! algorithm 2, path lengths by algorithm 3, `c(n)` by equation 1, the score by equation 2. Deviations:
//!
//! - A column that is constant within a node is not drawn there; the paper would end the branch or cut in vain. The same
//!   as scikit-learn.
//! - Values are compared in single precision, as distances from the column's median.
//! - Leaves are counted in units of 2⁻²⁰, so that the sum over trees does not depend on its order.

mod config;
mod explain;
mod grow;
mod keys;
mod model;
mod path_length;
mod saved;
mod trees;

pub use config::IsolationForest;
pub use model::IsolationForestModel;

const KIND: &str = "isolation_forest";
