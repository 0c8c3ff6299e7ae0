//! k-nearest-neighbour distance: how far a row is from the rows of the history that are most like it.
//!
//! **When to use it.** Histories of several states, such as day and night or idle and batch run: what is near any of them is
//! usual, and what lies between them is not. It makes no assumption on the shape of the data, and the neighbour it names is a
//! reason people understand.
//!
//! **When not.** Many columns that mean nothing drown the few that do. It keeps `sample` rows and looks at each of them for
//! every row scored, so that it is the slowest detector here; what happened in fewer rows than the sample has a chance to
//! hold is unusual to it.
//!
//! **What it is.** `sample` rows of the history, drawn at random without replacement, with columns as distances from their
//! mean in standard deviations (at least the least spread taken for real, see [`MinSpread`](crate::zscore::MinSpread)). The
//! score is the Euclidean distance to the `neighbours`-th nearest of them: 0 or more, unbounded, higher = more anomalous.
//!
//! **Contributions.** The squared difference to that neighbour in each column, divided by the distance: they add
//! up to the score, exactly.
//!
//! **Missing values.** In a scored row they are left out, and the squared distance of the others is scaled up to all
//! columns; in the history they are read as the mean.
//!
//! **Cost.** Fit O(rows × columns); score and contributions O(sample × columns) per row, less where a partial distance is
//! already too far. Memory 8 × sample × columns bytes: 300 KB for 1000 rows of 38 columns.
//!
//! # References
//! Ramaswamy, Rastogi and Shim, *Efficient Algorithms for Mining Outliers from Large Data Sets*, SIGMOD 2000, definition 1
//! (D^k). Equal to PyOD's `KNN(method="largest")` on scaled columns when the sample holds all rows. Deviations:
//! the bounded sample, which Sugiyama and Borgwardt, *Rapid Distance-Based Outlier Detection via Sampling*, NIPS 2013,
//! find to lose little; a row of the history that is scored counts as its own neighbour if it is in the sample.

mod config;
mod model;
mod neighbours;

pub use config::KNearest;
pub use model::KNearestModel;

const KIND: &str = "knn";
