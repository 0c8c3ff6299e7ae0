use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::collectors::Station;
use super::core::Core;
use super::custom::Custom;
use super::handle::EngineHandle;
use super::lane::{Lane, Watch};
use super::lanes::Lanes;
use super::mailbox::Mailbox;
use super::self_metrics::SelfMetrics;
use super::sinks::{NamedSink, Sinks};
use super::stats::Stats;
use super::{Engine, EngineError, EngineOptions, Seat};
use crate::detect::{DeciderFactory, DetectorFactory};
use crate::series::{Name, Target};
use crate::time::{Clock, SystemClock};
use crate::{Collector, Interval, Recorder, Registry, Sink, Store};

/// Puts an engine together. Made by [`Engine::builder`].
#[derive(Debug)]
pub struct EngineBuilder {
    options: EngineOptions,
    clock: Arc<dyn Clock>,
    target: Arc<Target>,
    store: Option<Arc<dyn Store>>,
    policy: Option<Arc<dyn DeciderFactory>>,
    collectors: Vec<Given>,
    watches: Vec<Result<Watch, EngineError>>,
    sinks: Vec<Box<dyn Sink>>,
    recorder: Option<Box<dyn Recorder>>,
}

/// A collector as it was given: its name and interval, when other than its own.
#[derive(Debug)]
struct Given {
    name: Option<Name>,
    interval: Option<Interval>,
    collector: Box<dyn Collector>,
}

impl Given {
    fn plain(collector: impl Collector + 'static) -> Self {
        Self { name: None, interval: None, collector: Box::new(collector) }
    }
}

/// The source of the engine's own metrics, and of the program's.
const SELF: &str = "awatch";
const CUSTOM: &str = "custom";

impl EngineBuilder {
    pub(super) fn new(target: Arc<Target>) -> Self {
        Self {
            options: EngineOptions::default(),
            clock: Arc::new(SystemClock::new()),
            target,
            store: None,
            policy: None,
            collectors: Vec::new(),
            watches: Vec::new(),
            sinks: Vec::new(),
            recorder: None,
        }
    }

    /// With these options.
    #[must_use]
    pub fn options(mut self, options: EngineOptions) -> Self {
        self.options = options;
        self
    }

    /// With that interval for collectors that name none.
    #[must_use]
    pub fn interval(mut self, interval: Interval) -> Self {
        self.options.interval = interval;
        self
    }

    /// With that clock instead of the machine's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Keeps history in `store`. Without one nothing is kept.
    #[must_use]
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// As [`EngineBuilder::store`], for a store that the program also reads itself.
    #[must_use]
    pub fn shared_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// The policy of watches whose detector names none.
    #[must_use]
    pub fn default_policy(mut self, policy: impl DeciderFactory + 'static) -> Self {
        self.policy = Some(Arc::new(policy));
        self
    }

    /// Collects from `collector`.
    #[must_use]
    pub fn collector(mut self, collector: impl Collector + 'static) -> Self {
        self.collectors.push(Given::plain(collector));
        self
    }

    /// As [`EngineBuilder::collector`], under another name and interval, from configuration.
    #[must_use]
    pub fn named_collector(
        mut self,
        name: Name,
        interval: Option<Interval>,
        collector: Box<dyn Collector>,
    ) -> Self {
        self.collectors.push(Given { name: Some(name), interval, collector });
        self
    }

    /// Watches all series with `detector`, under that name.
    #[must_use]
    pub fn watch(mut self, name: &str, detector: impl DetectorFactory + 'static) -> Self {
        let watch = Name::new(name)
            .map(|name| Watch::new(name, detector))
            .map_err(|source| EngineError::Name { sort: "watch", source });
        self.watches.push(watch);
        self
    }

    /// Adds a configured watch.
    #[must_use]
    pub fn add_watch(mut self, watch: Watch) -> Self {
        self.watches.push(Ok(watch));
        self
    }

    /// Sends events to `sink`.
    #[must_use]
    pub fn sink(mut self, sink: impl Sink + 'static) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// As [`EngineBuilder::sink`], for a sink whose type is not known.
    #[must_use]
    pub fn boxed_sink(mut self, sink: Box<dyn Sink>) -> Self {
        self.sinks.push(sink);
        self
    }

    /// Writes down everything that arrives with `recorder`, so that it can be played again as it was.
    #[must_use]
    pub fn recorder(mut self, recorder: impl Recorder + 'static) -> Self {
        self.recorder = Some(Box::new(recorder));
        self
    }

    /// Builds the engine.
    ///
    /// # Errors
    /// [`EngineError`] when a name is malformed, used twice or reserved, a watch has no policy, or an option is out
    /// of range.
    pub fn build(self) -> Result<Engine, EngineError> {
        check(&self.options)?;
        let stats = Arc::new(Stats::default());
        let registry = Arc::new(Registry::new(self.options.max_series));
        let custom = Custom::default();
        let mut collectors = self.collectors;
        let own = collectors.len();
        collectors.push(Given::plain(custom.clone()));
        if self.options.self_metrics {
            let interval = self.options.interval.max(Interval::from_secs(5).unwrap_or_default());
            collectors.push(Given::plain(SelfMetrics { stats: Arc::clone(&stats), interval }));
        }
        let mut core =
            Core::new(self.options.clone(), Arc::clone(&registry), self.store.clone(), Arc::clone(&stats));
        core.recorder = self.recorder;
        core.unwatched.extend(Name::new(SELF));
        let mut names = BTreeSet::new();
        let mut stations = Vec::with_capacity(collectors.len());
        for (index, Given { name, interval, collector }) in collectors.into_iter().enumerate() {
            let name = match name {
                Some(name) => name,
                None => named("collector", collector.name())?,
            };
            if index < own && [SELF, CUSTOM].contains(&name.as_str()) {
                return Err(EngineError::ReservedName { name });
            }
            unique("collector", &mut names, &name)?;
            let interval = interval.or(collector.interval()).unwrap_or(self.options.interval);
            core.delays.insert(name.clone(), collector.delay());
            let (registry, target) = (Arc::clone(&registry), Arc::clone(&self.target));
            stations.push(Seat::new(Station::new(collector, name, interval, index, registry, target)));
        }
        let lanes = lanes(self.watches, self.policy.as_ref())?;
        let mailbox = Mailbox::new(self.options.batch_queue, stations.len());
        Ok(Engine {
            lanes: Lanes::new(lanes, &self.options, stats, Arc::clone(&self.clock)),
            sinks: Sinks::new(sinks(self.sinks)?, self.options.event_queue),
            handle: EngineHandle { custom, mailbox, store: self.store },
            clock: self.clock,
            target: self.target,
            seats: stations,
            core,
            checkpoints: None,
            restored: false,
            saves: 0,
        })
    }
}

fn lanes(
    watches: Vec<Result<Watch, EngineError>>,
    default: Option<&Arc<dyn DeciderFactory>>,
) -> Result<Vec<Lane>, EngineError> {
    let mut names = BTreeSet::new();
    let mut lanes = Vec::with_capacity(watches.len());
    for watch in watches {
        let watch = watch?;
        unique("watch", &mut names, &watch.name)?;
        let own = || watch.detector.policy().map(Arc::from);
        let policy = watch.policy.clone().or_else(own).or_else(|| default.cloned());
        let policy = policy.ok_or_else(|| EngineError::NoPolicy { watch: watch.name.clone() })?;
        lanes.push(Lane::new(watch, policy));
    }
    Ok(lanes)
}

fn sinks(given: Vec<Box<dyn Sink>>) -> Result<Vec<NamedSink>, EngineError> {
    let mut names = BTreeSet::new();
    let mut sinks = Vec::with_capacity(given.len());
    for sink in given {
        let name = named("sink", sink.name())?;
        unique("sink", &mut names, &name)?;
        sinks.push((name, sink));
    }
    Ok(sinks)
}

fn named(sort: &'static str, name: &str) -> Result<Name, EngineError> {
    Name::new(name).map_err(|source| EngineError::Name { sort, source })
}

fn unique(sort: &'static str, names: &mut BTreeSet<Name>, name: &Name) -> Result<(), EngineError> {
    if names.insert(name.clone()) {
        Ok(())
    } else {
        Err(EngineError::DuplicateName { sort, name: name.clone() })
    }
}

/// Refuses options with which nothing would work.
pub(super) fn check(options: &EngineOptions) -> Result<(), EngineError> {
    let sizes: BTreeMap<&'static str, usize> = [
        ("max_series", options.max_series),
        ("batch_queue", options.batch_queue),
        ("row_queue", options.row_queue),
        ("event_queue", options.event_queue),
    ]
    .into();
    for (option, size) in sizes {
        if size == 0 {
            return Err(EngineError::Option { option, given: "0".to_owned(), remedy: "give at least 1" });
        }
    }
    if options.expire_after < options.silent_after {
        return Err(EngineError::Option {
            option: "expire_after",
            given: crate::duration::format(options.expire_after),
            remedy: "give more than `silent_after`, so that a source is silent before its series are forgotten",
        });
    }
    Ok(())
}
