use std::time::Duration;

use awatch::{Anomaly, AnomalyId, Event, SeriesKey};

use super::journal::Closed;
use super::list::List;
use super::{App, Effect, Pane, Row};
use crate::view::text;

/// What is open in place of the panes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Detail {
    /// A series.
    Series(SeriesKey),
    /// An anomaly, and which line of it is chosen.
    Anomaly(AnomalyId, List),
}

/// An entry of the list of anomalies.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) enum Listed<'a> {
    Open(&'a Anomaly),
    Closed(&'a Closed),
}

impl<'a> Listed<'a> {
    pub(in crate::view) fn anomaly(self) -> &'a Anomaly {
        match self {
            Self::Open(anomaly) => anomaly,
            Self::Closed(closed) => &closed.anomaly,
        }
    }
}

/// An entry of the list of events.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) enum Happened<'a> {
    Event(&'a Event),
    Notice(&'a str),
}

/// An anomaly takes at most so many lines of the list.
const LINES: usize = 3;
/// The columns before the sentence of an anomaly.
pub(in crate::view) const INDENT: usize = 20;

impl App {
    /// The list of anomalies: those that are open, then those that are over, the last first.
    pub(in crate::view) fn listed_anomalies(&self) -> Vec<Listed<'_>> {
        let until = self.shown().map(|moment| moment.at).unwrap_or_default();
        let closed = self
            .journal
            .closed(self.until(until))
            .filter(|closed| self.filter.matches_anomaly(&closed.anomaly));
        let open = self.open_anomalies().into_iter().map(Listed::Open);
        open.chain(closed.map(Listed::Closed)).collect()
    }

    /// The list of events, the newest first.
    pub(in crate::view) fn listed_events(&self) -> Vec<Happened<'_>> {
        let until = self.shown().map(|moment| moment.at).unwrap_or_default();
        let events = self.journal.events(self.until(until)).map(Happened::Event);
        events.chain(self.about.notices.iter().map(|notice| Happened::Notice(notice))).collect()
    }

    /// The sentence of an open anomaly in lines.
    pub(in crate::view) fn told(&self, anomaly: &Anomaly, width: usize) -> Vec<String> {
        let whose = if anomaly.target.as_str() == self.about.target {
            String::new()
        } else {
            format!("{}: ", anomaly.target)
        };
        text::wrap(&text::short(&format!("{whose}{}", anomaly.sentence)), width.saturating_sub(INDENT), LINES)
    }

    /// The anomaly of that number, open at the moment looked at or over.
    pub(in crate::view) fn anomaly(&self, id: AnomalyId) -> Option<Listed<'_>> {
        let open = self.all_open_anomalies().into_iter().find(|anomaly| anomaly.id == id);
        open.map(Listed::Open).or_else(|| self.journal.find(id).map(Listed::Closed))
    }

    /// What is open.
    pub(in crate::view) fn detail(&self) -> Option<&Detail> {
        self.details.last()
    }

    /// How long ago something was, at the moment looked at.
    pub(in crate::view) fn age(&self, at: awatch::Timestamp) -> Duration {
        self.shown().and_then(|moment| moment.at.since(at)).unwrap_or_default()
    }

    /// Opens what is chosen.
    pub(super) fn open(&mut self) -> Effect {
        let opened = match (self.detail(), self.pane) {
            (Some(Detail::Anomaly(id, list)), _) => self.series_of(*id, list.chosen).map(Detail::Series),
            (None, Pane::Metrics) => match self.rows.list.get(self.metrics.chosen) {
                Some(Row::Series { slot, .. }) => {
                    self.history.slots.get(*slot).map(|slot| Detail::Series(slot.key.clone()))
                }
                Some(Row::Group { .. }) => return self.turn(),
                None => None,
            },
            (None, Pane::Anomalies) => {
                let listed = self.listed_anomalies();
                listed
                    .get(self.anomalies.chosen)
                    .map(|listed| Detail::Anomaly(listed.anomaly().id, List::default()))
            }
            (None, Pane::Events) => match self.listed_events().get(self.events.chosen) {
                Some(Happened::Event(event)) => {
                    anomaly_of(event).map(|id| Detail::Anomaly(id, List::default()))
                }
                _ => None,
            },
            (Some(Detail::Series(_)), _) | (None, Pane::Processes) => None,
        };
        match opened {
            Some(detail) => {
                self.details.push(detail);
                self.settle();
                Effect::Redraw
            }
            None => Effect::None,
        }
    }

    /// Folds or unfolds the group of the chosen line.
    pub(super) fn turn(&mut self) -> Effect {
        if let Some(place) = self.rows.turn(self.metrics.chosen) {
            self.metrics.chosen = place;
        }
        self.refresh();
        Effect::Redraw
    }

    /// The series that a line of an anomaly is about.
    fn series_of(&self, id: AnomalyId, line: usize) -> Option<SeriesKey> {
        let anomaly = self.anomaly(id)?.anomaly();
        let name = lines(anomaly).get(line)?.series(anomaly)?;
        let mut slots = self.history.slots.iter();
        let slot = slots.find(|(_, slot)| *slot.key.target().id() == anomaly.target && slot.name == name);
        slot.map(|(_, slot)| slot.key.clone())
    }

    /// Holds the chosen line of an open anomaly within what there is.
    pub(super) fn settle_details(&mut self) {
        let height = self.lines_for_details();
        let Some(Detail::Anomaly(id, mut list)) = self.details.last().cloned() else { return };
        let count = self.anomaly(id).map_or(0, |listed| lines(listed.anomaly()).len());
        list.settle(count, height);
        if let Some(Detail::Anomaly(_, kept)) = self.details.last_mut() {
            *kept = list;
        }
    }

    /// The lines that an open anomaly has for its members.
    pub(in crate::view) fn lines_for_details(&self) -> usize {
        usize::from(self.layout().body.height).saturating_sub(HEAD_OF_DETAILS)
    }
}

/// The lines of an open anomaly before its members: title, sentence, two facts and a header.
pub(in crate::view) const HEAD_OF_DETAILS: usize = 7;

/// A line of an open anomaly: a member, or what contributed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) enum LineOf {
    Member(usize),
    Contribution(usize, usize),
}

impl LineOf {
    fn series(self, anomaly: &Anomaly) -> Option<String> {
        match self {
            Self::Member(member) => {
                let member = anomaly.members.get(member)?;
                let first = member.contributions.first().map(|one| one.column.to_string());
                Some(first.unwrap_or_else(|| member.series.clone()))
            }
            Self::Contribution(member, place) => {
                Some(anomaly.members.get(member)?.contributions.get(place)?.column.to_string())
            }
        }
    }
}

/// The lines of an open anomaly. What contributed is listed where it is more than the series itself.
pub(in crate::view) fn lines(anomaly: &Anomaly) -> Vec<LineOf> {
    let members = anomaly.members.iter().enumerate();
    members
        .flat_map(|(index, member)| {
            let contributions =
                (0..member.contributions.len()).map(move |place| LineOf::Contribution(index, place));
            std::iter::once(LineOf::Member(index)).chain(contributions)
        })
        .collect()
}

/// The anomaly that an event is about.
fn anomaly_of(event: &Event) -> Option<AnomalyId> {
    use awatch::EventKind as E;
    match &event.kind {
        E::AnomalyOpened { anomaly } | E::AnomalyChanged { anomaly } | E::AnomalyClosed { anomaly, .. } => {
            Some(anomaly.id)
        }
        _ => None,
    }
}
