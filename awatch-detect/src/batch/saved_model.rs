use awatch_core::DetectError;
use awatch_core::detect::Detector;

/// A fitted batch detector that can be written down and read back.
///
/// The bytes hold the columns and everything a score depends on, in the binary form of
/// [`awatch_core::state`]; a model file wraps them with a version, a checksum and what is told about the model.
pub trait SavedModel: Detector + Sized {
    /// The model as bytes.
    ///
    /// # Errors
    /// [`DetectError::State`] when it cannot be written.
    fn save(&self) -> Result<Vec<u8>, DetectError>;

    /// The model that [`save`](SavedModel::save) wrote: it scores every row with the same bits.
    ///
    /// Nothing in the bytes is trusted: sizes are checked before anything is allocated for them, numbers are checked to
    /// be finite and in their range, and no other bytes may follow.
    ///
    /// # Errors
    /// [`DetectError::State`], saying what is wrong, when the bytes are not such a model.
    fn load(bytes: &[u8]) -> Result<Self, DetectError>;
}
