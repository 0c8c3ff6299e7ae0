//! The binary form of saved state, for everything that remembers.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::detect::DetectError;

/// Writes state in the compact binary form of checkpoints and model files; `f64` keep their bits.
///
/// # Errors
/// [`DetectError::State`], naming `kind`, when the state cannot be written.
pub fn encode<T: Serialize>(kind: &'static str, state: &T) -> Result<Vec<u8>, DetectError> {
    postcard::to_stdvec(state).map_err(|error| DetectError::State { kind, reason: error.to_string() })
}

/// Reads state that [`encode`] wrote. Sizes in the bytes are not trusted: nothing large is allocated for a short input.
///
/// # Errors
/// [`DetectError::State`], naming `kind`, when the bytes are not such state or more follows.
pub fn decode<T: DeserializeOwned>(kind: &'static str, bytes: &[u8]) -> Result<T, DetectError> {
    let state = |reason: String| DetectError::State { kind, reason };
    let (value, rest) = postcard::take_from_bytes(bytes).map_err(|error| state(error.to_string()))?;
    if rest.is_empty() { Ok(value) } else { Err(state(format!("{} bytes too many", rest.len()))) }
}
