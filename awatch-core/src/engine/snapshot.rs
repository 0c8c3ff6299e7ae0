//! How things are at one moment, for people and programs that look.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::core::Core;
use super::lane::{Band, LaneInput};
use super::lanes::Lanes;
use super::stats::SELF_METRICS;
use crate::series::{ColumnKey, Name, SeriesMeta};
use crate::{Anomaly, Health, Record, Timestamp};

/// How everything watched is at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The engine's time.
    pub at: Timestamp,
    /// Whom the engine watches, by name.
    pub targets: Vec<TargetSnapshot>,
    /// The latest records of each source that has any.
    pub records: BTreeMap<Name, Vec<Record>>,
    /// The engine's own counts, by metric name.
    pub stats: BTreeMap<&'static str, u64>,
}

/// How one target is.
#[derive(Clone, Debug)]
pub struct TargetSnapshot {
    /// Its name.
    pub target: Name,
    /// Its health.
    pub health: Health,
    /// Its open anomalies, oldest first.
    pub anomalies: Vec<Anomaly>,
    /// Its series, by source and then as they came.
    pub series: Vec<SeriesSnapshot>,
}

/// How one series is.
#[derive(Clone, Debug)]
pub struct SeriesSnapshot {
    /// Who reports it.
    pub source: Name,
    /// The series as stored.
    pub meta: Arc<SeriesMeta>,
    /// The series as detectors see it: counters as rates per second.
    pub column: ColumnKey,
    /// The value of the last row, as detectors see it.
    pub value: Option<f64>,
    /// Whether it came in its source's last row.
    pub state: SeriesState,
    /// What a detector expected; of several detectors the one with the highest anomaly score.
    pub expected: Option<f64>,
    /// The lower end of the usual values.
    pub lower: Option<f64>,
    /// Their upper end.
    pub upper: Option<f64>,
    /// The highest anomaly score of any detector, 1.0 = the edge; `None` while none is ready.
    pub anomaly_score: Option<f64>,
}

/// Whether a series has a present value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SeriesState {
    /// It came in its source's last row.
    Present,
    /// Its source reported without it, or it has no rate yet.
    Missing,
    /// Its source is silent.
    Stale,
}

/// The snapshot of a core and its lanes.
pub(super) fn take(core: &mut Core, lanes: &mut Lanes) -> Snapshot {
    lanes.tell(&LaneInput::Report);
    let bands = core.settle_for_bands(lanes);
    let mut targets: BTreeMap<Name, TargetSnapshot> = BTreeMap::new();
    for (index, group) in core.groups.iter().enumerate() {
        let Some(group) = group else { continue };
        let Some(source) = core.sources.get(group.source) else { continue };
        let id = group.target.id();
        let target = targets.entry(id.clone()).or_insert_with(|| TargetSnapshot {
            target: id.clone(),
            health: core.health.get(id).cloned().unwrap_or_else(Health::full),
            anomalies: core.anomalies.of_target(id).cloned().collect(),
            series: Vec::new(),
        });
        for (place, series) in group.places.iter().enumerate() {
            let Some(series) = series else { continue };
            let value = group.shown.as_ref().and_then(|row| row.values.get(place).copied());
            let value = value.filter(|value| !value.is_nan());
            let band = bands.get(&(index * 2, place));
            target.series.push(SeriesSnapshot {
                source: source.name.clone(),
                meta: Arc::clone(&series.meta),
                column: series.meta.column(),
                value,
                state: match value {
                    _ if source.silent => SeriesState::Stale,
                    Some(_) => SeriesState::Present,
                    None => SeriesState::Missing,
                },
                expected: band.and_then(|band| band.expected),
                lower: band.and_then(|band| band.lower),
                upper: band.and_then(|band| band.upper),
                anomaly_score: band.and_then(|band| band.anomaly_score),
            });
        }
    }
    let stats = SELF_METRICS.iter().map(|(name, _, _, read)| (*name, read(&core.stats).get())).collect();
    Snapshot { at: core.now, targets: targets.into_values().collect(), records: core.records.clone(), stats }
}

impl Core {
    /// Settles, and of the bands that came keeps the one with the highest score for each place.
    fn settle_for_bands(&mut self, lanes: &mut Lanes) -> BTreeMap<(usize, usize), Band> {
        let mut best: BTreeMap<(usize, usize), Band> = BTreeMap::new();
        for band in self.settle(lanes).bands {
            let score = |band: &Band| band.anomaly_score.unwrap_or(f64::NEG_INFINITY);
            let slot = best.entry((band.block, band.place)).or_insert(band);
            if score(&band).total_cmp(&score(slot)).is_gt() {
                *slot = band;
            }
        }
        best
    }
}
