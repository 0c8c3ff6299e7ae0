use std::collections::{BTreeSet, HashMap};

use awatch::{Anomaly, Severity};

use super::App;
use crate::view::history::Side;

impl App {
    /// The anomalies open at the moment looked at, the most severe first, as far as they pass the filter.
    pub(in crate::view) fn open_anomalies(&self) -> Vec<&Anomaly> {
        self.all_open_anomalies().into_iter().filter(|anomaly| self.filter.matches_anomaly(anomaly)).collect()
    }

    /// The anomalies open at the moment looked at, the most severe first.
    pub(in crate::view) fn all_open_anomalies(&self) -> Vec<&Anomaly> {
        let Some(shown) = self.shown() else { return Vec::new() };
        // Moments that came from the store know no anomalies; the journal does.
        if shown.health.is_some() {
            return shown.anomalies.iter().collect();
        }
        let newest = self.history.newest().and_then(|newest| self.history.get(newest));
        let lasting = newest.into_iter().flat_map(|newest| newest.anomalies.iter());
        let lasting = lasting.filter(|anomaly| anomaly.opened <= shown.at);
        let mut open: Vec<&Anomaly> = lasting.chain(self.journal.open_then(shown.at)).collect();
        open.sort_by_key(|anomaly| (std::cmp::Reverse(anomaly.severity), anomaly.since));
        open
    }

    /// On which side of what was usual the value of a series lies, when it does not lie within.
    pub(in crate::view) fn side(&self, slot: usize) -> Option<Side> {
        let shown = self.shown()?;
        shown.band(slot).side(shown.value(slot)?)
    }

    /// The severities of the series in open anomalies, by slot.
    pub(super) fn alerting(&self) -> HashMap<usize, Severity> {
        let open = self.all_open_anomalies();
        let members = open.iter().flat_map(|anomaly| {
            let active = anomaly.members.iter().filter(|member| member.active);
            active.map(|member| ((anomaly.target.as_str(), member.series.as_str()), member.severity))
        });
        let mut severities: HashMap<(&str, &str), Severity> = HashMap::new();
        for (series, severity) in members {
            let known = severities.entry(series).or_insert(severity);
            *known = severity.max(*known);
        }
        if severities.is_empty() {
            return HashMap::new();
        }
        let slots = self.history.slots.iter();
        let alerting = slots.filter_map(|(place, slot)| {
            let series = (slot.key.target().id().as_str(), slot.name.as_str());
            severities.get(&series).map(|severity| (place, *severity))
        });
        alerting.collect()
    }

    /// The series that are part of an open anomaly or beyond the edge of what is usual, by slot.
    pub(super) fn unusual(&self) -> BTreeSet<usize> {
        let Some(shown) = self.shown() else { return BTreeSet::new() };
        let is_beyond = |slot: usize| shown.band(slot).score().is_some_and(|score| score >= 1.0);
        let slots = self.history.slots.iter().map(|(place, _)| place);
        slots
            .filter(|slot| self.alerts.contains_key(slot) || is_beyond(*slot) || self.side(*slot).is_some())
            .collect()
    }

    /// Whether most series have no usual range yet.
    pub(in crate::view) fn is_learning(&self) -> bool {
        let Some(newest) = self.history.newest().and_then(|newest| self.history.get(newest)) else {
            return true;
        };
        let watched = self.history.slots.iter().filter(|(_, slot)| slot.source.as_str() != "awatch");
        let (known, unknown): (Vec<_>, Vec<_>) =
            watched.partition(|(place, _)| newest.band(*place).is_known());
        known.len() < unknown.len()
    }
}
