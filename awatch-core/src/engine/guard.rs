//! The edge at which a plug-in's panic ends.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a plug-in's code; a panic becomes its message.
pub(crate) fn guard<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    // What the plug-in left half-done is thrown away or restarted by the caller, so nothing broken is seen.
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned())
    })
}
