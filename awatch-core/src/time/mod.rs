//! Instants, grids and clocks.
//!
//! Time is passed in: the engine asks one [`Clock`] and hands instants to everything else, so that a live run,
//! a replay and a test follow the same path and give the same bits.

mod clock;
mod interval;
mod sim_clock;
mod timestamp;

pub use clock::{Clock, Presence, Signal, SystemClock, Woken};
pub use interval::{Interval, IntervalError};
pub use sim_clock::SimClock;
pub use timestamp::{ParseTimestampError, Timestamp};
