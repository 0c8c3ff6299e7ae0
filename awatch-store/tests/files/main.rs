//! History files: what is written comes back, what others wrote is read, what is wrong is said.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arrivals;
mod by_time;
mod document;
mod messages;
mod round_trip;
mod wide;
