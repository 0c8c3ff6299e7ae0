use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Labels, Name, Target, Unit};

/// The identity of a series: target, metric and labels. Its hash is computed once.
///
/// Printed as `target/metric{label="value"}`.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesKey {
    #[serde(skip)]
    hash: u64,
    target: Arc<Target>,
    metric: Name,
    labels: Labels,
}

impl SeriesKey {
    /// The key of those parts.
    #[must_use]
    pub fn new(target: Arc<Target>, metric: Name, labels: Labels) -> Self {
        let hash = foldhash::fast::FixedState::default().hash_one((target.id(), &metric, &labels));
        Self { hash, target, metric, labels }
    }

    /// Whom it is about.
    #[must_use]
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// What it measures.
    #[must_use]
    pub fn metric(&self) -> &Name {
        &self.metric
    }

    /// Which of the metric's series it is.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }
}

impl PartialEq for SeriesKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && self.metric == other.metric
            && self.labels == other.labels
            && self.target.id() == other.target.id()
    }
}

impl Eq for SeriesKey {}

impl Hash for SeriesKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialOrd for SeriesKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By target, then metric, then labels.
impl Ord for SeriesKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.target.id(), &self.metric, &self.labels).cmp(&(other.target.id(), &other.metric, &other.labels))
    }
}

impl fmt::Display for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.target.id(), self.metric, self.labels)
    }
}

impl<'de> Deserialize<'de> for SeriesKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Parts {
            target: Arc<Target>,
            metric: Name,
            labels: Labels,
        }
        let parts = Parts::deserialize(deserializer)?;
        Ok(Self::new(parts.target, parts.metric, parts.labels))
    }
}

/// What a model knows of a column: metric, labels and unit, without the target, so that one model serves many.
///
/// Counters appear here as the rate they are turned into. Printed as `metric{label="value"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ColumnKey {
    /// What it measures.
    pub metric: Name,
    /// Which of the metric's series it is.
    pub labels: Labels,
    /// The unit of the numbers in the column.
    pub unit: Unit,
}

impl fmt::Display for ColumnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.metric, self.labels)
    }
}
