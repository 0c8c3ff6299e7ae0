//! What the engine tells: anomalies, and everything that happened to the watching itself.

mod anomaly;
mod notice;
mod text;

pub use anomaly::{Anomaly, AnomalyId, Member};
pub use notice::EventKind;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Something that happened, at a logical time.
///
/// As JSON one flat object: `at`, `number`, `kind` and the fields of that kind; see [`EventKind`]. Fields may be added,
/// never renamed or removed within schema version 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When: the tick or deadline that caused it, not the moment of delivery.
    pub at: Timestamp,
    /// Counts up from 1 within an engine's life, restarts included when its checkpoint is restored.
    pub number: u64,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}
