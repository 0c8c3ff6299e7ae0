//! Watches infrastructure inside your own process.

pub mod plugins;
pub mod prelude;
pub mod sink;

mod preset;

pub use awatch_core::*;
pub use preset::{engine, this_host, watch_this_host};

#[cfg(feature = "collect")]
pub use awatch_collect as collect;

/// Stores: the [`Store`] trait, queries, and the stores that come along.
pub mod store {
    pub use awatch_core::store::*;
    #[cfg(feature = "store")]
    pub use awatch_store::{
        ByteSize, MemoryStore, MemoryStoreConfig, MemoryStoreConfigError, ParseByteSizeError,
    };
}

/// Detectors and decisions: the traits, and the detectors and policies that come along.
pub mod detect {
    pub use awatch_core::detect::*;
    #[cfg(feature = "detect")]
    pub use awatch_detect::{decide, threshold, zscore};
}

/// The suites that every plug-in passes, yours included: call them from your tests.
pub mod conformance {
    #[cfg(feature = "collect")]
    pub use awatch_collect::conformance as collector;
    #[cfg(feature = "detect")]
    pub use awatch_detect::conformance as detector;
    #[cfg(feature = "store")]
    pub use awatch_store::conformance as store;
}
