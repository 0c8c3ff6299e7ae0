//! History through an engine: fast, at the pace at which it happened, to a given second, or step by step.
//!
//! [`Replay`] feeds any [`Recording`](awatch_core::Recording) to an engine: a CSV or Parquet file, a world of the
//! demo, or what a store kept, as a [`StoreRecording`]. In one piece, in steps, at any pace: the events are the same
//! to the byte, because an engine depends on its arrivals alone.

mod driver;
mod error;
mod pace;
mod revive;
mod store;

pub use driver::{Replay, Stopped};
pub use error::ReplayError;
pub use pace::Speed;
pub use store::StoreRecording;
