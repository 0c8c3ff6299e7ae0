//! From alerts of single series to anomalies a person reads: what came together is told together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::lane::AlertChange;
use crate::detect::ChangeKind;
use crate::event::{Anomaly, AnomalyId, EventKind, Member};
use crate::series::Name;
use crate::{Severity, Timestamp};

/// The open anomalies of all targets, in the order they were opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Anomalies {
    open: BTreeMap<AnomalyId, Open>,
    opened: u64,
    /// The anomaly that each alert is a member of.
    members: HashMap<(Name, AlertKey), AnomalyId>,
    /// The open anomalies of each target.
    targets: BTreeMap<Name, BTreeSet<AnomalyId>>,
    /// Those to which something happened since the last telling.
    touched: BTreeSet<AnomalyId>,
}

/// The anomalies as saved.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SavedAnomalies {
    open: Vec<Open>,
    opened: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Open {
    anomaly: Anomaly,
    /// Which alert each member is, in the order of the members; `None` once its series or detector is gone.
    alerts: Vec<Option<AlertKey>>,
    /// The tick of its first score beyond the edge, moved along with steps of the clock.
    began: Timestamp,
    /// The tick at which the last member joined, moved along with steps of the clock.
    joined: Timestamp,
    /// What was told last: severity and number of members. `None`: nothing yet.
    told: Option<(Severity, usize)>,
}

/// Which alert: of which block, and of which place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct AlertKey {
    block: usize,
    place: Option<usize>,
}

/// An anomaly keeps so many members; of more, those that are over are dropped first.
const MOST_MEMBERS: usize = 200;

/// An alert with the names of what it is about.
#[derive(Debug)]
pub(super) struct NamedAlert<'a> {
    pub(super) watch: &'a Name,
    pub(super) target: &'a Name,
    pub(super) series: String,
    pub(super) alert: AlertChange,
}

/// What is to be told, and the targets it is about.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) events: Vec<EventKind>,
    pub(super) targets: BTreeSet<Name>,
}

impl Anomalies {
    /// Takes in one alert's change; [`Anomalies::tell`] says afterwards what became of it.
    pub(super) fn apply(&mut self, named: NamedAlert<'_>, group_within: Duration) {
        let key = AlertKey { block: named.alert.block, place: named.alert.place };
        let known = self.members.get(&(named.watch.clone(), key)).copied();
        let known = known.and_then(|id| Some((id, self.open.get_mut(&id)?)));
        match (known, named.alert.change.kind) {
            (Some((id, open)), _) => {
                open.update(key, named);
                self.touched.insert(id);
            }
            (None, ChangeKind::Closed) => {}
            (None, _) => self.begin(key, named, group_within),
        }
    }

    fn begin(&mut self, key: AlertKey, named: NamedAlert<'_>, group_within: Duration) {
        let at = named.alert.at;
        let of_target = self.targets.entry(named.target.clone()).or_default();
        let near = |id: &&AnomalyId| {
            self.open.get(*id).is_some_and(|open| {
                let gap = at.since(open.joined).unwrap_or(Duration::ZERO);
                open.anomaly.watch == *named.watch && gap <= group_within
            })
        };
        let id = of_target.iter().find(near).copied().unwrap_or_else(|| {
            self.opened += 1;
            AnomalyId(self.opened)
        });
        of_target.insert(id);
        self.members.insert((named.watch.clone(), key), id);
        self.touched.insert(id);
        let open = self.open.entry(id).or_insert_with(|| Open::new(id, &named));
        open.joined = at;
        open.join(key, named);
    }

    /// Ends the alerts of a watch on a block, at one place or at all: their series or detector is gone.
    pub(super) fn forget(&mut self, watch: Option<&Name>, block: usize, place: Option<usize>) {
        let gone = |key: &AlertKey| key.block == block && (place.is_none() || key.place == place);
        let of_watch = |open: &Open| watch.is_none_or(|watch| *watch == open.anomaly.watch);
        for (id, open) in self.open.iter_mut().filter(|(_, open)| of_watch(open)) {
            if open.end(gone) {
                self.touched.insert(*id);
            }
        }
        self.members.retain(|(own, key), _| !gone(key) || watch.is_some_and(|watch| watch != own));
    }

    /// Ends all alerts of watches for which `keeps` answers no.
    pub(super) fn keep_watches(&mut self, keeps: impl Fn(&Name) -> bool) {
        for (id, open) in self.open.iter_mut().filter(|(_, open)| !keeps(&open.anomaly.watch)) {
            open.end(|_| true);
            self.touched.insert(*id);
        }
        self.members.retain(|(watch, _), _| keeps(watch));
    }

    /// Whether there is something to tell.
    pub(super) fn has_news(&self) -> bool {
        !self.touched.is_empty()
    }

    /// What is to be told of what was taken in since the last call.
    pub(super) fn tell(&mut self, at: Timestamp) -> News {
        let mut news = News::default();
        for id in std::mem::take(&mut self.touched) {
            let Some(open) = self.open.get_mut(&id) else { continue };
            open.refresh();
            news.targets.insert(open.anomaly.target.clone());
            if open.anomaly.members.iter().any(|member| member.active) {
                news.events.extend(open.news());
            } else {
                self.close(id, at, &mut news);
            }
        }
        news
    }

    fn close(&mut self, id: AnomalyId, at: Timestamp, news: &mut News) {
        let Some(open) = self.open.remove(&id) else { return };
        for key in open.alerts.iter().flatten() {
            self.members.remove(&(open.anomaly.watch.clone(), *key));
        }
        if let Some(of_target) = self.targets.get_mut(&open.anomaly.target) {
            of_target.remove(&id);
            if of_target.is_empty() {
                self.targets.remove(&open.anomaly.target);
            }
        }
        let anomaly = Box::new(open.anomaly);
        if open.told.is_none() {
            news.events.push(EventKind::AnomalyOpened { anomaly: anomaly.clone() });
        }
        let lasted = at.since(open.began).unwrap_or(Duration::ZERO);
        news.events.push(EventKind::AnomalyClosed { anomaly, lasted_seconds: lasted.as_secs_f64() });
    }

    /// The open anomalies of a target, oldest first.
    pub(super) fn of_target(&self, target: &Name) -> impl Iterator<Item = &Anomaly> {
        let ids = self.targets.get(target).into_iter().flatten();
        ids.filter_map(|id| self.open.get(id)).map(|open| &open.anomaly)
    }

    /// After a step of the clock, how long ago things were stays what it was.
    pub(super) fn shift(&mut self, shift: impl Fn(Timestamp) -> Timestamp) {
        for open in self.open.values_mut() {
            (open.began, open.joined) = (shift(open.began), shift(open.joined));
        }
    }

    pub(super) fn save(&self) -> SavedAnomalies {
        SavedAnomalies { open: self.open.values().cloned().collect(), opened: self.opened }
    }

    pub(super) fn load(saved: SavedAnomalies) -> Self {
        let mut anomalies = Self { opened: saved.opened, ..Self::default() };
        for open in saved.open {
            let id = open.anomaly.id;
            for key in open.alerts.iter().flatten() {
                anomalies.members.insert((open.anomaly.watch.clone(), *key), id);
            }
            anomalies.targets.entry(open.anomaly.target.clone()).or_default().insert(id);
            anomalies.open.insert(id, open);
        }
        anomalies
    }
}

impl SavedAnomalies {
    /// Whether each anomaly is there once, with as many alerts as members, and was counted.
    pub(super) fn is_sound(&self) -> bool {
        let mut ids = BTreeSet::new();
        self.open.iter().all(|open| {
            let id = open.anomaly.id;
            ids.insert(id) && id.0 <= self.opened && open.alerts.len() == open.anomaly.members.len()
        })
    }
}

impl Open {
    fn new(id: AnomalyId, named: &NamedAlert<'_>) -> Self {
        let (at, change) = (named.alert.at, named.alert.change);
        let anomaly = Anomaly {
            id,
            target: named.target.clone(),
            watch: named.watch.clone(),
            severity: change.severity,
            since: change.since,
            opened: at,
            anomaly_score: change.peak,
            sentence: String::new(),
            members: Vec::new(),
        };
        Self { anomaly, alerts: Vec::new(), began: change.since, joined: at, told: None }
    }

    fn join(&mut self, key: AlertKey, named: NamedAlert<'_>) {
        let change = named.alert.change;
        let explanation = named.alert.explanation;
        self.alerts.push(Some(key));
        self.anomaly.since = self.anomaly.since.min(change.since);
        self.began = self.began.min(change.since);
        self.anomaly.members.push(Member {
            series: named.series,
            active: true,
            severity: change.severity,
            since: change.since,
            anomaly_score: change.peak,
            sentence: explanation.as_ref().map(|e| e.sentence.clone()).unwrap_or_default(),
            contributions: explanation.map(|e| e.contributions).unwrap_or_default(),
        });
    }

    fn update(&mut self, key: AlertKey, named: NamedAlert<'_>) {
        let change = named.alert.change;
        let Some(member) = self.alerts.iter().position(|own| *own == Some(key)) else { return };
        let Some(member) = self.anomaly.members.get_mut(member) else { return };
        member.active = change.kind != ChangeKind::Closed;
        member.severity = member.severity.max(change.severity);
        member.anomaly_score = member.anomaly_score.max(change.peak);
        if let Some(explanation) = named.alert.explanation {
            member.sentence = explanation.sentence;
            member.contributions = explanation.contributions;
        }
    }

    /// Ends the alerts that are gone; whether there were any.
    fn end(&mut self, gone: impl Fn(&AlertKey) -> bool) -> bool {
        let mut any = false;
        for (key, member) in self.alerts.iter_mut().zip(&mut self.anomaly.members) {
            if key.as_ref().is_some_and(&gone) {
                (*key, member.active) = (None, false);
                any = true;
            }
        }
        any
    }

    /// Puts the worst member first and sums up the members. Severity comes before score: what wakes somebody is what
    /// the sentence is about.
    fn refresh(&mut self) {
        let mut members: Vec<(Option<AlertKey>, Member)> =
            self.alerts.drain(..).zip(self.anomaly.members.drain(..)).collect();
        members.sort_by(|(_, a), (_, b)| {
            let by_score = || b.anomaly_score.total_cmp(&a.anomaly_score);
            b.severity.cmp(&a.severity).then_with(by_score).then_with(|| a.series.cmp(&b.series))
        });
        let mut over = members.len().saturating_sub(MOST_MEMBERS);
        members.retain(|(key, member)| {
            let drops = over > 0 && key.is_none() && !member.active;
            over -= usize::from(drops);
            !drops
        });
        (self.alerts, self.anomaly.members) = members.into_iter().unzip();
        let anomaly = &mut self.anomaly;
        if let Some(worst) = anomaly.members.first() {
            anomaly.severity = worst.severity;
            anomaly.sentence.clone_from(&worst.sentence);
        }
        let scores = anomaly.members.iter().map(|member| member.anomaly_score);
        anomaly.anomaly_score = scores.reduce(f64::max).unwrap_or(anomaly.anomaly_score);
        if anomaly.members.len() > 1 {
            anomaly.sentence = format!("{} (and {} more)", anomaly.sentence, anomaly.members.len() - 1);
        }
    }

    /// Opened once; after that told again when the severity rises or the members have doubled.
    fn news(&mut self) -> Option<EventKind> {
        let anomaly = || Box::new(self.anomaly.clone());
        let (severity, members) = (self.anomaly.severity, self.anomaly.members.len());
        let event = match self.told {
            None => EventKind::AnomalyOpened { anomaly: anomaly() },
            Some((told, count)) if severity > told || members >= count * 2 => {
                EventKind::AnomalyChanged { anomaly: anomaly() }
            }
            Some(_) => return None,
        };
        self.told = Some((severity, members));
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Change, Explanation};

    /// An alert that opens at one place of one block.
    fn opened(place: usize, severity: Severity, peak: f64) -> AlertChange {
        let at = Timestamp::from_secs(1);
        let change = Change { output: place, kind: ChangeKind::Opened, severity, since: at, peak };
        let sentence = format!("place {place}");
        let explanation = Some(Explanation { sentence, contributions: Vec::new() });
        AlertChange { block: 0, place: Some(place), tenancy: 0, at, change, explanation }
    }

    #[test]
    fn the_sentence_is_about_the_most_severe_member_and_the_score_is_the_highest() {
        let (watch, target) = (Name::new("limits").unwrap(), Name::new("db-1").unwrap());
        let mut anomalies = Anomalies::default();
        let alerts = [(0, Severity::Low, 9.0), (1, Severity::Critical, 1.5), (2, Severity::Critical, 1.2)];
        for (place, severity, peak) in alerts {
            let series = place.to_string();
            let alert = opened(place, severity, peak);
            anomalies
                .apply(NamedAlert { watch: &watch, target: &target, series, alert }, Duration::from_mins(1));
        }
        assert_eq!(anomalies.tell(Timestamp::from_secs(1)).events.len(), 1);
        let anomaly = anomalies.of_target(&target).next().unwrap();
        assert_eq!(anomaly.sentence, "place 1 (and 2 more)");
        assert_eq!(anomaly.severity, Severity::Critical);
        assert_eq!(anomaly.anomaly_score.to_bits(), 9.0_f64.to_bits());
        let order: Vec<&str> = anomaly.members.iter().map(|member| member.series.as_str()).collect();
        assert_eq!(order, ["1", "2", "0"]);
    }
}
