use std::fmt;

use serde::{Deserialize, Serialize};

/// How much an anomaly matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Unusual; look at it when there is time. Nobody needs to be told.
    Low,
    /// Clearly unusual; look at it today.
    Medium,
    /// Far outside of what is usual; look at it now, during working hours.
    High,
    /// Beyond anything usual; somebody should be woken.
    Critical,
}

impl Severity {
    /// All, from the lowest.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Its name: `low`, `medium`, `high`, `critical`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
