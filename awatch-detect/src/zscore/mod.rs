//! Streaming z-score: how many spreads a value lies from the level of its own series.
//!
//! **When to use it.** The first detector for any series at any interval: it needs a minute of history, no training and
//! no knowledge of the metric, and tells sudden changes of level, bursts and departures from a flat line. It does not know
//! seasons, and a change slower than its half-life is learnt, not told.
//!
//! **Two forms.** [`Form::Moments`] keeps the decayed mean and standard deviation: cheapest, and a series that often
//! bursts widens its own band. [`Form::Robust`] keeps decayed quartiles: the band is that of the middle half of the
//! values and does not move at all until a change has lasted about half a half-life.
//!
//! The score is `|value − centre| / spread`, never negative, unbounded; the band is where it reaches the edge. The
//! spread never falls below a minimum per unit, see [`MinSpread`], so that a flat line does not alarm and leaving it does.
//!
//! [`ZScoreFactory`] is also a batch detector ([`Fit`](awatch_core::Fit)): the exact, unweighted statistics of a window.

mod bank;
mod batch;
mod config;
mod explain;
mod min_spread;
mod moments;
mod reservoir;

pub use batch::ZScoreModel;
pub use config::{Form, ZScore, ZScoreFactory};
pub use min_spread::MinSpread;

pub(crate) const KIND: &str = "zscore";
