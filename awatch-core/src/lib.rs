//! The vocabulary, the plug-in traits and the engine of Awatch.
//!
//! Most users depend on the facade crate `awatch`, which re-exports all of this. This crate has no async runtime and
//! no data-frame library in it: a plug-in written against it stays small.

pub mod config;
pub mod detect;
pub mod duration;
pub mod engine;
pub mod event;
pub mod recording;
pub mod series;
pub mod state;
pub mod store;
pub mod time;

mod batch;
mod collector;
mod frame;
mod health;
mod severity;
mod sink;

pub use batch::{PushError, Record, Sample, SampleBatch};
pub use collector::{CollectError, Collector};
pub use detect::{
    Column, Contribution, Decider, DetectError, Detector, DetectorFactory, Explanation, Fit, Learn,
    OnlineDetector, Row, Scope, Scores,
};
pub use engine::{
    Counter, Engine, EngineBuilder, EngineError, EngineHandle, EngineOptions, Gauge, Shutdown, Watch,
};
pub use event::{Anomaly, AnomalyId, Event, EventKind, Member};
pub use frame::{Frame, FrameView, ShapeError};
pub use health::{Deduction, Health, HealthInputs};
pub use recording::{Arrival, Recorder, Recording, RecordingError};
pub use series::{
    ColumnKey, Kind, Labels, Matcher, Name, Registry, SeriesId, SeriesKey, SeriesMeta, Target, Unit,
};
pub use severity::Severity;
pub use sink::{Sink, SinkError};
pub use store::{Query, Store, StoreError};
pub use time::{Clock, Interval, Signal, SimClock, SystemClock, Timestamp};
