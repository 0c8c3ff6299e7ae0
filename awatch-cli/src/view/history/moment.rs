use std::sync::Arc;

use awatch::engine::{SeriesSnapshot, Snapshot};
use awatch::{Anomaly, Health, Timestamp};

use crate::view::process::Process;

/// How everything was at one tick.
#[derive(Clone, Debug)]
pub(in crate::view) struct Moment {
    pub(in crate::view) at: Timestamp,
    /// By slot; NaN = no value.
    pub(super) values: Box<[f32]>,
    /// By slot; empty where nobody knows any more.
    pub(super) bands: Arc<[Band]>,
    /// The open anomalies, the most severe first.
    pub(in crate::view) anomalies: Arc<[Anomaly]>,
    /// The worst health of any target, when it is known.
    pub(in crate::view) health: Option<Arc<Health>>,
    pub(in crate::view) processes: Arc<[Process]>,
}

/// What was usual for a series; NaN = not known.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Band {
    lower: f32,
    upper: f32,
    expected: f32,
    score: f32,
}

impl Band {
    pub(super) const NONE: Self =
        Self { lower: f32::NAN, upper: f32::NAN, expected: f32::NAN, score: f32::NAN };

    pub(super) fn of(series: &SeriesSnapshot) -> Self {
        Self {
            lower: narrow(series.lower),
            upper: narrow(series.upper),
            expected: narrow(series.expected),
            score: narrow(series.anomaly_score),
        }
    }

    /// The lower end of the usual values.
    pub(in crate::view) fn lower(self) -> Option<f64> {
        wide(self.lower)
    }

    /// Their upper end.
    pub(in crate::view) fn upper(self) -> Option<f64> {
        wide(self.upper)
    }

    /// What was expected.
    pub(in crate::view) fn expected(self) -> Option<f64> {
        wide(self.expected)
    }

    /// The anomaly score, 1 = the edge.
    pub(in crate::view) fn score(self) -> Option<f64> {
        wide(self.score)
    }

    /// Whether anything is known.
    pub(in crate::view) fn is_known(self) -> bool {
        !(self.lower.is_nan() && self.upper.is_nan())
    }

    /// On which side of what is usual a value lies, when it does not lie within.
    pub(in crate::view) fn side(self, value: f64) -> Option<Side> {
        if self.upper().is_some_and(|upper| value > upper) {
            Some(Side::Above)
        } else if self.lower().is_some_and(|lower| value < lower) {
            Some(Side::Below)
        } else {
            None
        }
    }
}

/// A side of what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) enum Side {
    Above,
    Below,
}

impl Moment {
    /// The value of a series.
    pub(in crate::view) fn value(&self, slot: usize) -> Option<f64> {
        self.values.get(slot).copied().and_then(wide)
    }

    /// What was usual for a series.
    pub(in crate::view) fn band(&self, slot: usize) -> Band {
        self.bands.get(slot).copied().unwrap_or(Band::NONE)
    }

    /// The open anomalies of a snapshot, shared with the moment before while nothing changed.
    pub(super) fn anomalies(snapshot: &Snapshot, before: Option<&Self>) -> Arc<[Anomaly]> {
        let mut open: Vec<&Anomaly> = snapshot.targets.iter().flat_map(|target| &target.anomalies).collect();
        open.sort_by_key(|anomaly| (std::cmp::Reverse(anomaly.severity), anomaly.since));
        match before {
            Some(before) if open.iter().copied().eq(before.anomalies.iter()) => Arc::clone(&before.anomalies),
            _ => open.into_iter().cloned().collect(),
        }
    }

    /// The worst health of a snapshot, shared with the moment before while nothing changed.
    pub(super) fn health(snapshot: &Snapshot, before: Option<&Self>) -> Option<Arc<Health>> {
        let worst = snapshot.targets.iter().map(|target| &target.health).min_by_key(|health| health.score)?;
        match before.and_then(|before| before.health.as_ref()) {
            Some(before) if **before == *worst => Some(Arc::clone(before)),
            _ => Some(Arc::new(worst.clone())),
        }
    }
}

/// A number as it is kept: as exact as it is shown.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are kept, three are shown")]
pub(super) fn narrow(value: Option<f64>) -> f32 {
    value.map_or(f32::NAN, |value| value as f32)
}

fn wide(value: f32) -> Option<f64> {
    (!value.is_nan()).then(|| f64::from(value))
}
