//! The laws of the detection traits as functions to call from any crate's tests.
//!
//! [`online()`] checks a [`DetectorFactory`](awatch_core::DetectorFactory), [`decider()`] a
//! [`DeciderFactory`](awatch_core::detect::DeciderFactory), [`batch()`] a [`Fit`](awatch_core::Fit), [`saved_model`] its
//! model when that can be saved, and [`additive()`] its contributions when they add up to the score. Each feeds fixed pseudo-random data with gaps, jumps and flat lines, and panics with the name of the first law that is broken.
//!
//! ```
//! use awatch_detect::conformance;
//! use awatch_detect::zscore::ZScore;
//!
//! let detector = ZScore::default().build()?;
//! conformance::online(&detector, &conformance::Options::default());
//! # Ok::<(), awatch_core::DetectError>(())
//! ```

mod additive;
mod batch;
mod batch_inputs;
mod decider;
mod decider_saved;
mod online;
mod places;
mod random;
mod saved;
mod saved_model;
mod stream;

pub use additive::additive;
pub use batch::batch;
pub use decider::decider;
pub use online::{Options, online};
pub use saved_model::saved_model;

/// Panics naming the law unless `kept`.
#[track_caller]
fn law(kept: bool, law: &str, detail: impl FnOnce() -> String) {
    assert!(kept, "law broken: {law}: {}", detail());
}
