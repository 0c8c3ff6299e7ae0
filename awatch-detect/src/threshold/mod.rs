//! Rules: a metric beyond a limit, changing too fast, or absent, for a stated time.
//!
//! **When to use it.** When the limit is known: a full disk, a certificate's last days, a queue that must not grow, a
//! heartbeat that must not stop. It needs no history and tells exactly what it was told to tell.
//!
//! ```
//! use awatch_core::DetectorFactory as _;
//! use awatch_detect::threshold::Threshold;
//!
//! let text = r#"{ "rules": [
//!     { "name": "disk-full", "metric": "system.filesystem.utilization", "above": 0.9, "clear": 0.85, "for": "30s" },
//!     { "name": "heartbeat", "metric": "job.beat", "absent": true, "for": "1m", "severity": "critical" }
//! ] }"#;
//! let rules = serde_json::from_str::<Threshold>(text)?.build()?;
//! assert_eq!(rules.kind(), "threshold");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Score
//! 1 = the limit, held for the rule's time. Within the limits the score is at most 0.5, falling with the distance to
//! the limit; beyond them but not yet for long enough it rises from 0.5 towards 1 with time; from then on it is
//! `1 + distance / scale`, where the scale is the size of the limit (half the width for `outside`; 1 for a limit of 0).
//! Between the limit and `clear` a rule that fired stays at 1. A missing value holds everything as it is; for `absent`
//! it is what is scored, `1 + (time − for) / for`. Of several rules on one series the most severe that fires counts,
//! else the highest score. Nothing is learnt: [`Learn::No`](awatch_core::Learn) changes nothing.

mod bank;
mod condition;
mod config;
mod explain;
mod rule_state;

pub use config::{Rule, Threshold, ThresholdFactory};

pub(crate) const KIND: &str = "threshold";
