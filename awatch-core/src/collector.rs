use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use crate::{Interval, PushError, SampleBatch};

/// A source of samples. The engine calls it on a thread of its own at each tick of its interval.
///
/// # Example
/// ```
/// use awatch_core::{CollectError, Collector, SampleBatch, Unit};
///
/// #[derive(Debug)]
/// struct Entropy;
///
/// impl Collector for Entropy {
///     fn name(&self) -> &str {
///         "entropy"
///     }
///     fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
///         let path = "/proc/sys/kernel/random/entropy_avail";
///         let text = std::fs::read_to_string(path).map_err(|e| CollectError::unavailable(path, e))?;
///         let bits = text.trim().parse().map_err(|e| CollectError::malformed(path, e))?;
///         out.gauge("system.entropy.available", [], &Unit::new("bit"), bits)?;
///         Ok(())
///     }
/// }
/// ```
pub trait Collector: Debug + Send {
    /// Its name, unique within an engine; becomes the batch's source.
    fn name(&self) -> &str;

    /// The time between two calls; `None`: the engine's interval.
    fn interval(&self) -> Option<Interval> {
        None
    }

    /// How much later than a tick the source's data are expected; its rows wait that much longer.
    fn delay(&self) -> Duration {
        Duration::ZERO
    }

    /// Reads the source once and adds what it finds to `out`, whose tick is set.
    ///
    /// What was added before an error is kept. A call may take long: ticks that pass meanwhile are skipped and
    /// counted, nobody else waits.
    ///
    /// # Errors
    /// [`CollectError`] when the source could not be read, wholly or in part.
    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError>;
}

/// A source could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// It did not answer; it may next time.
    #[error("{what} is not available")]
    Unavailable {
        /// The file, address or device.
        what: String,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It answered something that cannot be understood.
    #[error("{what} cannot be understood")]
    Malformed {
        /// The file, address or device.
        what: String,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It does not exist on this platform.
    #[error("{what} is not supported on this platform: switch it off in the configuration")]
    Unsupported {
        /// The missing thing.
        what: String,
    },
    /// A sample was refused.
    #[error(transparent)]
    Push(#[from] PushError),
}

impl CollectError {
    /// `what` did not answer, because of `source`.
    pub fn unavailable(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable { what: what.into(), source: source.into() }
    }

    /// `what` answered something that cannot be understood, because of `source`.
    pub fn malformed(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Malformed { what: what.into(), source: source.into() }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        !matches!(self, Self::Unsupported { .. })
    }
}
