//! From raw scores to alerts: calibration, persistence, hysteresis, quiet period, severity.
//!
//! A detector says how unusual a row is. A [`Policy`] decides whether somebody is to be told: per output it divides the
//! score by the edge (or asks another [`Calibrator`]), opens an alert when the anomaly score was at least 1 for
//! `need` within the last `within` ("3 s of 5 s"), raises it when the severity rises, and closes it once the anomaly
//! score stayed below `clear_below` for `clear_after`. After that the same output keeps quiet for a while, unless it
//! gets worse than it was.
//!
//! # Persistence at any interval
//! Each row stands for the time since the row before. At an interval of 1 s, "3 s of 5 s" is 3 of 5 rows; at 2 s it is
//! 2 of 3; from 3 s on a single row is enough, because one row already stands for 3 s. A row never stands for more than
//! twice the time of the row before it, so that a machine that slept does not alarm on waking. Lengths are told apart
//! to a quarter of a row. Rows shorter than a sixtieth of `within` are taken together, and such a slot counts when
//! every score in it did.
//!
//! # Missing scores
//! While the score of an output is missing, its alert holds: it neither opens nor closes, its alert score stays. The
//! window of the last `within` moves on with time.

mod bank;
mod calibrate;
mod config;
mod window;

pub use calibrate::{Calibrator, CalibratorFactory, FixedEdge};
pub use config::{Policy, PolicyFactory, SeverityEdges};

pub(crate) const KIND: &str = "policy";
