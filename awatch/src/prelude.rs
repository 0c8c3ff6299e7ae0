//! What most programs need: `use awatch::prelude::*;`.

pub use awatch_core::series::{Matcher, Name};
pub use awatch_core::{
    CollectError, Collector, Counter, Engine, EngineBuilder, EngineError, EngineHandle, Event, EventKind,
    Gauge, Interval, SampleBatch, Severity, Shutdown, Sink, SinkError, Store, Target, Timestamp, Unit, Watch,
};

pub use crate::preset::{this_host, watch_this_host};

#[cfg(feature = "collect")]
pub use awatch_collect::{Host, HostConfig, ProcessConfig, ProcessesConfig};
#[cfg(feature = "detect")]
pub use awatch_detect::{
    decide::Policy,
    threshold::{Rule, Threshold},
    zscore::ZScore,
};
#[cfg(feature = "store")]
pub use awatch_store::{MemoryStore, MemoryStoreConfig};
