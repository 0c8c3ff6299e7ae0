use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use awatch_core::config::{Location, Named};
use awatch_core::engine::{Engine, EngineBuilder, EngineError, EngineOptions};
use awatch_core::series::{Matcher, Name, SeriesKey, Target};
use awatch_core::{Collector, DetectorFactory, Interval, Sink, Store, Watch};

use crate::sink::Renamed;

/// What a configuration file describes, put together and not started.
#[derive(Debug)]
pub struct Assembly {
    builder: EngineBuilder,
    target: Arc<Target>,
    interval: Interval,
    collectors: Vec<CollectorPart>,
    watches: Vec<WatchPart>,
    sinks: Vec<Part>,
    store: Option<Part>,
    state: Option<StateFile>,
    built: Built,
}

/// The plug-ins that are added to the builder last, because a probe goes without them or calls them otherwise.
#[derive(Debug, Default)]
struct Built {
    collectors: Vec<(Name, Option<Interval>, Box<dyn Collector>)>,
    store: Option<Arc<dyn Store>>,
    sinks: Vec<Renamed>,
}

/// A plug-in as the file describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Part {
    /// Its name, unique in its list.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Where the file describes it.
    pub location: Location,
}

/// A collector as the file describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CollectorPart {
    /// Its names.
    pub part: Part,
    /// Its interval; `None`: the engine's.
    pub interval: Option<Interval>,
}

/// A detector as the file describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WatchPart {
    /// Its names.
    pub part: Part,
    /// The series it is to watch.
    pub matcher: Matcher,
    /// The detector.
    pub factory: Arc<dyn DetectorFactory>,
}

/// Where and how often a running engine saves itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFile {
    /// The file.
    pub file: PathBuf,
    /// The time between two saves.
    pub every: Duration,
}

impl Part {
    pub(super) fn of<T>(named: &Named<T>) -> Self {
        Self { name: named.name.clone(), kind: named.kind.clone(), location: named.location.clone() }
    }
}

impl WatchPart {
    /// Whether it watches that series.
    #[must_use]
    pub fn covers(&self, key: &SeriesKey) -> bool {
        self.matcher.matches(key) && self.factory.watches(key)
    }
}

impl StateFile {
    /// How often unless told otherwise: every minute.
    pub const EVERY: Duration = Duration::from_mins(1);
}

impl Assembly {
    pub(super) fn new(target: Arc<Target>, options: EngineOptions, state: Option<StateFile>) -> Self {
        Self {
            interval: options.interval,
            builder: crate::engine(Arc::clone(&target)).options(options),
            target,
            collectors: Vec::new(),
            watches: Vec::new(),
            sinks: Vec::new(),
            store: None,
            state,
            built: Built::default(),
        }
    }

    pub(super) fn add_collector(
        &mut self,
        part: Part,
        given: Option<Interval>,
        name: Name,
        one: Box<dyn Collector>,
    ) {
        let interval = given.or(one.interval());
        self.collectors.push(CollectorPart { part, interval });
        self.built.collectors.push((name, interval, one));
    }

    pub(super) fn add_watch(self, part: WatchPart, watch: Watch) -> Self {
        let mut assembly = self.map(|builder| builder.add_watch(watch));
        assembly.watches.push(part);
        assembly
    }

    pub(super) fn add_sink(&mut self, part: Part, sink: Box<dyn Sink>) {
        self.built.sinks.push(Renamed { name: part.name.clone(), sink });
        self.sinks.push(part);
    }

    pub(super) fn set_store(&mut self, part: Part, store: Arc<dyn Store>) {
        (self.store, self.built.store) = (Some(part), Some(store));
    }

    /// Whom the collectors report on.
    #[must_use]
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// The interval of collectors that name none.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// With that interval for collectors that name none, instead of the file's.
    #[must_use]
    pub fn with_interval(self, interval: Interval) -> Self {
        Self { builder: self.builder.interval(interval), interval, ..self }
    }

    /// The collectors, in the order of the file.
    #[must_use]
    pub fn collectors(&self) -> &[CollectorPart] {
        &self.collectors
    }

    /// The detectors, in the order of the file.
    #[must_use]
    pub fn watches(&self) -> &[WatchPart] {
        &self.watches
    }

    /// The sinks, in the order of the file.
    #[must_use]
    pub fn sinks(&self) -> &[Part] {
        &self.sinks
    }

    /// The store; `None`: no history is kept.
    #[must_use]
    pub fn store(&self) -> Option<&Part> {
        self.store.as_ref()
    }

    /// Where the engine saves itself; `None`: nowhere.
    #[must_use]
    pub fn state(&self) -> Option<&StateFile> {
        self.state.as_ref()
    }

    /// With that place to save to instead of the file's.
    #[must_use]
    pub fn with_state(mut self, state: Option<StateFile>) -> Self {
        self.state = state;
        self
    }

    /// With what the program itself adds: `assembly.map(|builder| builder.sink(mine))`.
    #[must_use]
    pub fn map(self, change: impl FnOnce(EngineBuilder) -> EngineBuilder) -> Self {
        Self { builder: change(self.builder), ..self }
    }

    /// The builder, without the state file.
    #[must_use]
    pub fn into_builder(self) -> EngineBuilder {
        let mut builder = self.builder;
        for (name, interval, collector) in self.built.collectors {
            builder = builder.named_collector(name, interval, collector);
        }
        for sink in self.built.sinks {
            builder = builder.sink(sink);
        }
        match self.built.store {
            Some(store) => builder.shared_store(store),
            None => builder,
        }
    }

    /// The builder of an engine that is fed with a recording: its collectors rest, and none of the file's sinks and no
    /// state file learn of what was long ago.
    #[must_use]
    pub fn into_replay(self) -> EngineBuilder {
        match self.built.store {
            Some(store) => self.builder.shared_store(store),
            None => self.builder,
        }
    }

    /// The builder of an engine that only looks what there is: every collector each `interval`, no store, none of the
    /// file's sinks, no state file.
    #[must_use]
    pub fn into_probe(self, interval: Interval) -> EngineBuilder {
        let mut builder = self.builder.interval(interval);
        for (name, _, collector) in self.built.collectors {
            builder = builder.named_collector(name, Some(interval), collector);
        }
        builder
    }

    /// The engine, restored from its state file when there is one, and set to save itself there.
    ///
    /// # Errors
    /// [`EngineError`] when the engine cannot be built or the state file cannot be used.
    pub fn build(self) -> Result<Engine, EngineError> {
        let state = self.state.clone();
        let mut engine = self.into_builder().build()?;
        if let Some(StateFile { file, every }) = state {
            engine.restore_from(&file)?;
            engine.checkpoint_to(file, every)?;
        }
        Ok(engine)
    }
}
