use serde::{Deserialize, Serialize};

use super::{ColumnKey, SeriesKey, Unit};
use crate::Interval;

/// How the numbers of a series follow from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A level that may go up and down.
    Gauge,
    /// A total that only grows, and starts again from zero when its source does.
    CumulativeCounter,
    /// What was added since the sample before.
    DeltaSum,
}

/// A series and what its numbers mean. Stores keep the numbers raw; see [`SeriesMeta::column`] for what detectors see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesMeta {
    /// Its identity.
    pub key: SeriesKey,
    /// The unit of the stored numbers.
    pub unit: Unit,
    /// How they follow from each other.
    pub kind: Kind,
    /// The time expected between two of them.
    pub interval: Interval,
}

impl SeriesMeta {
    /// The column a detector sees: gauges as they are, counters and sums as a rate per second.
    #[must_use]
    pub fn column(&self) -> ColumnKey {
        let unit = match self.kind {
            Kind::Gauge => self.unit.clone(),
            Kind::CumulativeCounter | Kind::DeltaSum => self.unit.per_second(),
        };
        ColumnKey { metric: self.key.metric().clone(), labels: self.key.labels().clone(), unit }
    }
}
