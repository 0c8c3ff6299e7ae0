use std::sync::Arc;

use awatch_core::series::RegisterError;
use awatch_core::{
    CollectError, Collector, Interval, Labels, Name, PushError, Registry, SampleBatch, SeriesId, SeriesKey,
    SeriesMeta, Target, Timestamp, Unit,
};

use super::catalogue::{self, Series};
use super::world::World;
use super::{DemoConfig, Label, Role};

/// Collects a demo world. Made by [`DemoConfig::build`].
///
/// One source for all hosts: each is a target of its own. A tick costs about a microsecond per host, and allocates
/// nothing once every series is known. When ticks are left out, the world lives through them all the same.
#[derive(Debug)]
pub struct Demo {
    config: DemoConfig,
    hosts: Vec<Host>,
    world: Option<World>,
    registry: Option<Arc<Registry>>,
    /// The revision of the registry that the ids are of.
    revision: u64,
}

/// A host with the ids of its series.
#[derive(Debug)]
struct Host {
    target: Arc<Target>,
    role: Role,
    ids: Vec<Id>,
}

/// What is known of a series' id.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Id {
    /// It is to be asked for.
    Unknown,
    Known(SeriesId),
    /// It was refused; asked for again at that instant.
    Refused(Timestamp),
}

/// A refused series is asked for again after so many intervals.
const AGAIN: u32 = 60;

impl Demo {
    pub(super) fn new(config: DemoConfig) -> Self {
        let host = |(name, role): (String, Role)| {
            let name = Name::new(name).ok()?;
            let attributes =
                Labels::new([("host.name", name.as_str()), ("service.name", role.as_str())]).ok()?;
            let ids = vec![Id::Unknown; catalogue::series(role).count()];
            Some(Host { target: Target::with_attributes(name, attributes), role, ids })
        };
        let hosts = config.hosts.names().filter_map(host).collect();
        Self { config, hosts, world: None, registry: None, revision: 0 }
    }

    /// The configuration it was built from.
    #[must_use]
    pub fn config(&self) -> &DemoConfig {
        &self.config
    }

    /// The hosts.
    pub fn targets(&self) -> impl Iterator<Item = &Arc<Target>> {
        self.hosts.iter().map(|host| &host.target)
    }

    /// What goes wrong in it: the truth to measure detectors by. `None` while nobody knows when it goes live: before
    /// the first tick of a world whose configuration does not say.
    #[must_use]
    pub fn labels(&self) -> Option<Vec<Label>> {
        let world = self.world.as_ref().map(|world| world.plan().labels());
        let live = self.config.live.or(self.config.begin);
        world.or_else(|| live.map(|live| self.config.plan(live).labels()))
    }

    /// Lets the world live until `at`. It does not go back: before its time it stands still.
    fn live_until(&mut self, at: Timestamp, interval: Interval) -> &World {
        let Self { config, world, .. } = self;
        let begin = || config.begin.map_or(at, |begin| begin.floor(interval).min(at));
        let world = world.get_or_insert_with(|| World::new(config, begin(), interval));
        if world.step() != interval.as_duration() {
            world.set_step(interval);
        }
        while world.now().plus(world.step()) <= at {
            world.advance();
        }
        world
    }

    /// Forgets the ids that may not hold any more: of another registry all, and when series expired those known.
    fn check_ids(&mut self, registry: &Arc<Registry>) {
        let revision = registry.revision();
        let ids = self.hosts.iter_mut().flat_map(|host| &mut host.ids);
        if !self.registry.as_ref().is_some_and(|own| Arc::ptr_eq(own, registry)) {
            self.registry = Some(Arc::clone(registry));
            ids.for_each(|id| *id = Id::Unknown);
        } else if revision != self.revision {
            ids.filter(|id| matches!(id, Id::Known(_))).for_each(|id| *id = Id::Unknown);
        }
        self.revision = revision;
    }

    /// Adds the samples of the tick of `out`.
    pub(super) fn report(&mut self, out: &mut SampleBatch) -> Result<(), PushError> {
        self.live_until(out.at(), out.interval());
        self.check_ids(out.registry());
        let mut refused = Ok(());
        let values = self.world.iter().flat_map(World::values);
        for (host, values) in self.hosts.iter_mut().zip(values) {
            let told = host.report(values, out);
            refused = refused.and(told);
        }
        refused
    }
}

impl Host {
    fn report(&mut self, values: &[f64], out: &mut SampleBatch) -> Result<(), PushError> {
        let mut refused = Ok(());
        let at = out.at();
        for ((id, series), value) in self.ids.iter_mut().zip(catalogue::series(self.role)).zip(values) {
            if value.is_nan() {
                // It may be forgotten meanwhile.
                *id = Id::Unknown;
                continue;
            }
            let is_due = match *id {
                Id::Unknown => true,
                Id::Known(_) => false,
                Id::Refused(until) => at >= until,
            };
            if is_due {
                *id = match ask(&self.target, series, out) {
                    Ok(known) => Id::Known(known),
                    Err(error) => {
                        if !is_for_want_of_room(&error) {
                            refused = refused.and(Err(error));
                        }
                        Id::Refused(at.plus(out.interval().as_duration() * AGAIN))
                    }
                };
            }
            if let Id::Known(id) = *id {
                out.push(id, *value);
            }
        }
        refused
    }
}

/// Whether a budget refused a series: the batch and the registry have counted that, and the collector did not fail.
fn is_for_want_of_room(error: &PushError) -> bool {
    use RegisterError::{MemoryBudget, SeriesBudget};
    matches!(error, PushError::Register(SeriesBudget { .. } | MemoryBudget { .. }))
}

fn ask(target: &Arc<Target>, series: &Series, out: &mut SampleBatch) -> Result<SeriesId, PushError> {
    let labels = Labels::new(series.labels.iter().copied())?;
    let key = SeriesKey::new(Arc::clone(target), Name::new(series.metric)?, labels);
    let meta = SeriesMeta { key, unit: Unit::new(series.unit), kind: series.kind, interval: out.interval() };
    Ok(out.series(&meta)?)
}

impl Collector for Demo {
    fn name(&self) -> &str {
        &self.config.name
    }

    fn interval(&self) -> Option<Interval> {
        self.config.interval
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        Ok(self.report(out)?)
    }
}
