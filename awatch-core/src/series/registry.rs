use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::{Kind, SeriesId, SeriesKey, SeriesMeta, Unit};

/// All series of a process: gives a key its id, and an id its key. Shared by collectors, engine and store.
///
/// The number of series is bounded; when it is reached new ones are refused and counted, and the known ones go on.
#[derive(Debug)]
pub struct Registry {
    inner: RwLock<Inner>,
    max_series: usize,
    refused: AtomicU64,
    /// How often what an id means has changed.
    revision: AtomicU64,
}

#[derive(Debug, Default)]
struct Inner {
    ids: HashMap<SeriesKey, SeriesId, foldhash::fast::FixedState>,
    places: Vec<Place>,
    /// Places to be used again, the longest free first, so that generations last.
    free: VecDeque<usize>,
    closed: bool,
}

#[derive(Debug)]
struct Place {
    generation: u16,
    meta: Option<Arc<SeriesMeta>>,
}

/// A series was not taken on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// There are as many series as allowed.
    #[error(
        "series {key} refused: the budget of {max_series} series is used up; raise `max_series` or collect less"
    )]
    SeriesBudget {
        /// The key that was refused.
        key: Box<SeriesKey>,
        /// The bound.
        max_series: usize,
    },
    /// The engine takes no new series because of its memory budget.
    #[error("series {key} refused: the memory budget is used up; raise `max_memory` or collect less")]
    MemoryBudget {
        /// The key that was refused.
        key: Box<SeriesKey>,
    },
    /// The series is known with another meaning.
    #[error(
        "series {key} is known in {known_unit} as {known_kind:?}, and was given in {unit} as {kind:?}: use another name"
    )]
    Conflict {
        /// The key.
        key: Box<SeriesKey>,
        /// The unit it was first registered with.
        known_unit: Unit,
        /// The kind it was first registered with.
        known_kind: Kind,
        /// The unit given now.
        unit: Unit,
        /// The kind given now.
        kind: Kind,
    },
}

impl Registry {
    /// An empty registry for at most `max_series` series (never more than [`SeriesId::MAX_SERIES`]).
    #[must_use]
    pub fn new(max_series: usize) -> Self {
        Self {
            inner: RwLock::default(),
            max_series: max_series.min(SeriesId::MAX_SERIES),
            refused: AtomicU64::new(0),
            revision: AtomicU64::new(0),
        }
    }

    /// The id of `meta`'s series, a new one when the key is new. O(1); takes a lock, so keep the id.
    ///
    /// # Errors
    /// [`RegisterError`] when a budget is used up, or the key is known with another unit or kind.
    pub fn register(&self, meta: &SeriesMeta) -> Result<SeriesId, RegisterError> {
        if let Some(known) = self.find(meta)? {
            return Ok(known);
        }
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = inner.find(meta)? {
            return Ok(known);
        }
        let budget = if inner.closed {
            Err(RegisterError::MemoryBudget { key: Box::new(meta.key.clone()) })
        } else if inner.ids.len() >= self.max_series {
            Err(RegisterError::SeriesBudget { key: Box::new(meta.key.clone()), max_series: self.max_series })
        } else {
            Ok(())
        };
        let full =
            || RegisterError::SeriesBudget { key: Box::new(meta.key.clone()), max_series: self.max_series };
        let id = budget.and_then(|()| inner.take_place(meta).ok_or_else(full));
        if id.is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        id
    }

    fn find(&self, meta: &SeriesMeta) -> Result<Option<SeriesId>, RegisterError> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let known = inner.find(meta)?;
        let is_same = |id: &SeriesId| inner.meta(*id).is_some_and(|known| known.interval == meta.interval);
        if known.as_ref().is_none_or(is_same) {
            return Ok(known);
        }
        drop(inner);
        // The same series at another interval: who looks it up from now on is told so.
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let known = inner.find(meta)?;
        if let Some(place) = known.and_then(|id| inner.places.get_mut(id.index())) {
            place.meta = Some(Arc::new(meta.clone()));
            self.revision.fetch_add(1, Ordering::Release);
        }
        Ok(known)
    }

    /// The ids of all series.
    pub(crate) fn ids(&self) -> Vec<SeriesId> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).ids.values().copied().collect()
    }

    /// The series behind an id; `None` when it expired.
    #[must_use]
    pub fn resolve(&self, id: SeriesId) -> Option<Arc<SeriesMeta>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).meta(id).cloned()
    }

    /// A number that changes whenever an id ceases to mean what it meant: its series expired, or has another interval.
    /// While it is the same, an id need not be looked up again.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// How many series there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often a series was refused for a budget since the start.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// The most series it takes.
    #[must_use]
    pub fn max_series(&self) -> usize {
        self.max_series
    }

    /// Forgets a series; its id is not valid any more.
    pub(crate) fn release(&self, id: SeriesId) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let Some(meta) = inner.meta(id).cloned() else { return };
        inner.ids.remove(&meta.key);
        self.revision.fetch_add(1, Ordering::Release);
        if let Some(place) = inner.places.get_mut(id.index()) {
            place.meta = None;
            place.generation = (place.generation + 1) % SeriesId::GENERATIONS;
            inner.free.push_back(id.index());
        }
    }

    /// While closed, known series go on and new ones are refused for memory.
    pub(crate) fn set_closed(&self, closed: bool) {
        self.inner.write().unwrap_or_else(PoisonError::into_inner).closed = closed;
    }
}

impl Inner {
    fn find(&self, meta: &SeriesMeta) -> Result<Option<SeriesId>, RegisterError> {
        let Some(&id) = self.ids.get(&meta.key) else { return Ok(None) };
        match self.meta(id) {
            Some(known) if known.unit != meta.unit || known.kind != meta.kind => {
                Err(RegisterError::Conflict {
                    key: Box::new(meta.key.clone()),
                    known_unit: known.unit.clone(),
                    known_kind: known.kind,
                    unit: meta.unit.clone(),
                    kind: meta.kind,
                })
            }
            _ => Ok(Some(id)),
        }
    }

    fn meta(&self, id: SeriesId) -> Option<&Arc<SeriesMeta>> {
        let place = self.places.get(id.index()).filter(|place| place.generation == id.generation())?;
        place.meta.as_ref()
    }

    fn take_place(&mut self, meta: &SeriesMeta) -> Option<SeriesId> {
        let index = self.free.pop_front().unwrap_or(self.places.len());
        if index == self.places.len() {
            self.places.push(Place { generation: 0, meta: None });
        }
        let place = self.places.get_mut(index)?;
        let id = SeriesId::new(index, place.generation)?;
        place.meta = Some(Arc::new(meta.clone()));
        self.ids.insert(meta.key.clone(), id);
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Interval, Labels, Name, Target};

    fn meta(metric: &str) -> SeriesMeta {
        let key = SeriesKey::new(Target::new("t").unwrap(), Name::new(metric).unwrap(), Labels::none());
        SeriesMeta { key, unit: Unit::RATIO, kind: Kind::Gauge, interval: Interval::SECOND }
    }

    #[test]
    fn a_budget_refuses_new_series_and_keeps_the_known() {
        let registry = Registry::new(1);
        let a = registry.register(&meta("a")).unwrap();
        let error = registry.register(&meta("b")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "series t/b refused: the budget of 1 series is used up; raise `max_series` or collect less"
        );
        assert_eq!(registry.register(&meta("a")), Ok(a));
        assert_eq!((registry.len(), registry.refused()), (1, 1));
    }

    #[test]
    fn an_id_of_an_expired_series_resolves_to_nothing() {
        let registry = Registry::new(10);
        let old = registry.register(&meta("a")).unwrap();
        registry.release(old);
        let new = registry.register(&meta("b")).unwrap();
        assert_eq!(old.index(), new.index());
        assert_eq!(registry.revision(), 1);
        assert_ne!(old, new);
        assert_eq!(registry.resolve(old), None);
        assert_eq!(registry.resolve(new).unwrap().key.metric().as_str(), "b");
    }

    #[test]
    fn another_unit_for_a_known_key_is_refused() {
        let registry = Registry::new(10);
        registry.register(&meta("a")).unwrap();
        let error = registry.register(&SeriesMeta { unit: Unit::BYTES, ..meta("a") }).unwrap_err();
        assert_eq!(
            error.to_string(),
            "series t/a is known in 1 as Gauge, and was given in By as Gauge: use another name"
        );
    }
}
