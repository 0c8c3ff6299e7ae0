//! From alerts of single series to anomalies a person reads: what came together is told together.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::lane::AlertChange;
use crate::detect::ChangeKind;
use crate::event::{Anomaly, AnomalyId, EventKind, Member};
use crate::series::Name;
use crate::{Severity, Timestamp};

/// The open anomalies of all targets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Anomalies {
    open: Vec<Open>,
    opened: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Open {
    anomaly: Anomaly,
    /// Which alert each member is, in the order of the members; `None` once its series or detector is gone.
    alerts: Vec<Option<AlertKey>>,
    /// The tick at which the last member joined.
    joined: Timestamp,
    /// What was told last: severity and number of members. `None`: nothing yet.
    told: Option<(Severity, usize)>,
    /// Something happened since the last telling.
    touched: bool,
}

/// Which alert: of which block, and of which place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct AlertKey {
    block: usize,
    place: Option<usize>,
}

/// An alert with the names of what it is about.
#[derive(Debug)]
pub(super) struct NamedAlert<'a> {
    pub(super) watch: &'a Name,
    pub(super) target: &'a Name,
    pub(super) series: String,
    pub(super) alert: AlertChange,
}

impl Anomalies {
    /// Takes in one alert's change; [`Anomalies::tell`] says afterwards what became of it.
    pub(super) fn apply(&mut self, named: NamedAlert<'_>, group_within: Duration) {
        let key = AlertKey { block: named.alert.block, place: named.alert.place };
        let known = self.open.iter_mut().find_map(|open| {
            let matching = open.anomaly.watch == *named.watch;
            let member = open.alerts.iter().position(|own| *own == Some(key))?;
            matching.then_some((open, member))
        });
        match (known, named.alert.change.kind) {
            (Some((open, member)), _) => open.update(member, named),
            (None, ChangeKind::Closed) => {}
            (None, _) => self.begin(key, named, group_within),
        }
    }

    fn begin(&mut self, key: AlertKey, named: NamedAlert<'_>, group_within: Duration) {
        let at = named.alert.at;
        let near = |open: &&mut Open| {
            let gap = at.since(open.joined).unwrap_or(Duration::ZERO);
            open.anomaly.watch == *named.watch && open.anomaly.target == *named.target && gap <= group_within
        };
        if let Some(open) = self.open.iter_mut().find(near) {
            open.joined = at;
            open.join(key, named);
            return;
        }
        self.opened += 1;
        let change = named.alert.change;
        let anomaly = Anomaly {
            id: AnomalyId(self.opened),
            target: named.target.clone(),
            watch: named.watch.clone(),
            severity: change.severity,
            since: change.since,
            opened: at,
            anomaly_score: change.peak,
            sentence: String::new(),
            members: Vec::new(),
        };
        let mut open = Open { anomaly, alerts: Vec::new(), joined: at, told: None, touched: true };
        open.join(key, named);
        self.open.push(open);
    }

    /// Ends the alerts of a watch on a block, at one place or at all: their series or detector is gone.
    pub(super) fn forget(&mut self, watch: Option<&Name>, block: usize, place: Option<usize>) {
        let gone = |key: &AlertKey| key.block == block && (place.is_none() || key.place == place);
        for open in &mut self.open {
            if watch.is_some_and(|watch| *watch != open.anomaly.watch) {
                continue;
            }
            for (key, member) in open.alerts.iter_mut().zip(&mut open.anomaly.members) {
                if key.as_ref().is_some_and(gone) {
                    (*key, member.active) = (None, false);
                    open.touched = true;
                }
            }
        }
    }

    /// What is to be told of what was taken in since the last call.
    pub(super) fn tell(&mut self, at: Timestamp) -> Vec<EventKind> {
        let mut events = Vec::new();
        self.open.retain_mut(|open| {
            if !std::mem::take(&mut open.touched) {
                return true;
            }
            open.refresh();
            if open.anomaly.members.iter().any(|member| member.active) {
                events.extend(open.news());
                return true;
            }
            let anomaly = Box::new(open.anomaly.clone());
            if open.told.is_none() {
                events.push(EventKind::AnomalyOpened { anomaly: anomaly.clone() });
            }
            let lasted = at.since(open.anomaly.since).unwrap_or(Duration::ZERO);
            events.push(EventKind::AnomalyClosed { anomaly, lasted_seconds: lasted.as_secs_f64() });
            false
        });
        events
    }

    /// The open anomalies of a target, oldest first.
    pub(super) fn of_target<'a>(&'a self, target: &'a Name) -> impl Iterator<Item = &'a Anomaly> {
        self.open.iter().map(|open| &open.anomaly).filter(move |anomaly| anomaly.target == *target)
    }
}

impl Open {
    fn join(&mut self, key: AlertKey, named: NamedAlert<'_>) {
        let change = named.alert.change;
        let explanation = named.alert.explanation;
        self.alerts.push(Some(key));
        self.anomaly.since = self.anomaly.since.min(change.since);
        self.anomaly.members.push(Member {
            series: named.series,
            active: true,
            severity: change.severity,
            since: change.since,
            anomaly_score: change.peak,
            sentence: explanation.as_ref().map(|e| e.sentence.clone()).unwrap_or_default(),
            contributions: explanation.map(|e| e.contributions).unwrap_or_default(),
        });
        self.touched = true;
    }

    fn update(&mut self, member: usize, named: NamedAlert<'_>) {
        let change = named.alert.change;
        let Some(member) = self.anomaly.members.get_mut(member) else { return };
        member.active = change.kind != ChangeKind::Closed;
        member.severity = member.severity.max(change.severity);
        member.anomaly_score = member.anomaly_score.max(change.peak);
        if let Some(explanation) = named.alert.explanation {
            member.sentence = explanation.sentence;
            member.contributions = explanation.contributions;
        }
        self.touched = true;
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
        AlertChange { block: 0, place: Some(place), at, change, explanation }
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
        assert_eq!(anomalies.tell(Timestamp::from_secs(1)).len(), 1);
        let anomaly = anomalies.of_target(&target).next().unwrap();
        assert_eq!(anomaly.sentence, "place 1 (and 2 more)");
        assert_eq!(anomaly.severity, Severity::Critical);
        assert_eq!(anomaly.anomaly_score.to_bits(), 9.0_f64.to_bits());
        let order: Vec<&str> = anomaly.members.iter().map(|member| member.series.as_str()).collect();
        assert_eq!(order, ["1", "2", "0"]);
    }
}
