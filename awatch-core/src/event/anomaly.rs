use std::fmt;

use serde::{Deserialize, Serialize};

use crate::detect::Contribution;
use crate::series::Name;
use crate::{Severity, Timestamp};

/// The number of an anomaly, unique within an engine's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnomalyId(pub u64);

impl fmt::Display for AnomalyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Alerts of one watch on one target that came close together, told as one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    /// Its number.
    pub id: AnomalyId,
    /// Whom it is about.
    pub target: Name,
    /// The configured detector that found it.
    pub watch: Name,
    /// The highest severity of its members so far.
    pub severity: Severity,
    /// The tick of the first score beyond the edge.
    pub since: Timestamp,
    /// The tick at which it was opened.
    pub opened: Timestamp,
    /// The highest anomaly score so far, 1.0 = the edge.
    pub anomaly_score: f64,
    /// Its worst member in one sentence, and how many there are besides.
    pub sentence: String,
    /// The series in it, the worst first.
    pub members: Vec<Member>,
}

/// One alert of an anomaly: of one series, or of the target as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The series as `metric{label="value"}`; the watch's name when the alert is about the target as a whole.
    pub series: String,
    /// Whether it still alerts.
    pub active: bool,
    /// Its severity.
    pub severity: Severity,
    /// The tick of its first score beyond the edge.
    pub since: Timestamp,
    /// Its highest anomaly score so far.
    pub anomaly_score: f64,
    /// What happened in one sentence.
    pub sentence: String,
    /// What contributed, the largest first; one entry when it is about one series.
    pub contributions: Vec<Contribution>,
}
