//! Which series there are, and what becomes of each.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use awatch_core::{Kind, Labels, Matcher, SeriesKey, SeriesMeta, Store, Unit};

use super::answer::About;
use super::{Across, Aggregation, By, Group, QueryError, Request};

/// What is to be done with the series of a store.
#[derive(Debug)]
pub(super) struct Plan {
    /// The patterns to scan for.
    pub(super) matchers: Vec<Matcher>,
    /// The series that count.
    pub(super) series: Vec<Planned>,
    /// Their places in `series`.
    pub(super) places: HashMap<SeriesKey, usize>,
    /// What they become, sorted by name.
    pub(super) groups: Vec<About>,
    /// How many groups the limit leaves out.
    pub(super) left_out: usize,
}

/// What is to be done with one series.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) meta: Arc<SeriesMeta>,
    /// The pattern whose scan brings it. Those of others may bring it too.
    pub(super) matcher: usize,
    pub(super) group: usize,
    pub(super) reading: Reading,
}

/// How samples are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reading {
    /// As they are stored.
    Level,
    /// As growth since the sample before, when that is at most `gap` earlier.
    Growth {
        /// The longest time between two samples that growth is taken over.
        gap: Duration,
    },
    /// As what was added in so many seconds.
    Delta {
        /// The interval of the series.
        seconds: f64,
    },
}

/// Growth is taken over gaps up to this, or up to five intervals when those are longer. So an answer is the same
/// wherever its range starts.
const LEAST_GAP: Duration = Duration::from_mins(1);

impl Reading {
    fn of(meta: &SeriesMeta, aggregation: Aggregation) -> Result<Self, QueryError> {
        if matches!(aggregation, Aggregation::Count | Aggregation::Total) {
            return Ok(Self::Level);
        }
        match meta.kind {
            Kind::CumulativeCounter => {
                Ok(Self::Growth { gap: LEAST_GAP.max(meta.interval.as_duration().saturating_mul(5)) })
            }
            Kind::DeltaSum => Ok(Self::Delta { seconds: meta.interval.as_secs_f64() }),
            _ if aggregation == Aggregation::Rate => {
                Err(QueryError::RateOfGauge { series: Box::new(meta.key.clone()) })
            }
            _ => Ok(Self::Level),
        }
    }

    /// How much earlier than the range the samples begin that are needed.
    fn look_back(self) -> Duration {
        match self {
            Self::Growth { gap } => gap,
            Self::Level | Self::Delta { .. } => Duration::ZERO,
        }
    }

    /// The unit that numbers read so have.
    fn unit(self, stored: &Unit, aggregation: Aggregation) -> Unit {
        match (self, aggregation) {
            (_, Aggregation::Count) => Unit::count("sample"),
            (Self::Level, _) | (_, Aggregation::Sum) => stored.clone(),
            (Self::Growth { .. } | Self::Delta { .. }, _) => stored.per_second(),
        }
    }

    /// The name of the aggregation for numbers read so: the mean of growth is a rate.
    fn name(self, aggregation: Aggregation) -> Aggregation {
        match (self, aggregation) {
            (Self::Growth { .. } | Self::Delta { .. }, Aggregation::Avg) => Aggregation::Rate,
            (_, other) => other,
        }
    }
}

impl Plan {
    pub(super) fn of(store: &dyn Store, request: &Request) -> Result<Self, QueryError> {
        if let Some(across) = &request.across {
            across.check()?;
        }
        let matchers = match request.matchers.as_slice() {
            [] => vec![Matcher::all()],
            given => given.to_vec(),
        };
        let mut found: BTreeMap<SeriesKey, (usize, Arc<SeriesMeta>)> = BTreeMap::new();
        for (matcher, pattern) in matchers.iter().enumerate() {
            for meta in store.series(pattern)? {
                found.entry(meta.key.clone()).or_insert((matcher, meta));
            }
        }
        let mut by_group: BTreeMap<Group, Vec<(usize, Arc<SeriesMeta>)>> = BTreeMap::new();
        for (key, one) in found {
            by_group.entry(group_of(&key, request.across.as_ref())).or_default().push(one);
        }
        let limit = request.limit.unwrap_or(usize::MAX);
        let left_out = by_group.len().saturating_sub(limit);
        let (series, groups) = (Vec::new(), Vec::with_capacity(by_group.len().min(limit)));
        let mut plan = Self { matchers, series, places: HashMap::new(), groups, left_out };
        for (group, members) in by_group.into_iter().take(limit) {
            plan.add(&group, members, request)?;
        }
        Ok(plan)
    }

    fn add(
        &mut self,
        group: &Group,
        members: Vec<(usize, Arc<SeriesMeta>)>,
        request: &Request,
    ) -> Result<(), QueryError> {
        let mut about: Option<About> = None;
        for (matcher, meta) in members {
            let reading = Reading::of(&meta, request.over_time)?;
            let one = About::one(group, reading, &meta, request);
            about = Some(match about {
                Some(about) => about.join(one)?,
                None => one,
            });
            self.places.insert(meta.key.clone(), self.series.len());
            self.series.push(Planned { meta, matcher, group: self.groups.len(), reading });
        }
        self.groups.extend(about);
        Ok(())
    }

    /// How much earlier than the range the scan has to begin.
    pub(super) fn look_back(&self) -> Duration {
        self.series.iter().map(|series| series.reading.look_back()).max().unwrap_or_default()
    }
}

impl About {
    /// Of one series of a group.
    fn one(group: &Group, reading: Reading, meta: &SeriesMeta, request: &Request) -> Self {
        let across = request.across.as_ref().map(|across| across.aggregation);
        let unit = match across {
            Some(Aggregation::Count) => Unit::count("series"),
            _ => reading.unit(&meta.unit, request.over_time),
        };
        Self { group: group.clone(), unit, over_time: reading.name(request.over_time), across, members: 1 }
    }

    /// Of these and one more.
    fn join(mut self, other: Self) -> Result<Self, QueryError> {
        self.members += 1;
        if self.unit == other.unit {
            return Ok(self);
        }
        let (one, other) = (self.unit, other.unit);
        Err(QueryError::MixedUnits { group: Box::new(self.group), one, other })
    }
}

impl Across {
    fn check(&self) -> Result<(), QueryError> {
        match self.aggregation {
            Aggregation::Rate | Aggregation::Last | Aggregation::Total => {
                Err(QueryError::NotAcross { aggregation: self.aggregation })
            }
            _ => Ok(()),
        }
    }
}

fn group_of(key: &SeriesKey, across: Option<&Across>) -> Group {
    let (target, metric) = (key.target().id().clone(), key.metric().clone());
    let Some(across) = across else {
        return Group { target: Some(target), metric, labels: key.labels().clone() };
    };
    let common = across.by.iter().filter_map(|by| match by {
        By::Label(name) => key.labels().get(name.as_str()).map(|value| (name, value)),
        By::Target => None,
    });
    // The names are names already.
    let labels = Labels::new(common).unwrap_or_default();
    Group { target: across.by.contains(&By::Target).then_some(target), metric, labels }
}
