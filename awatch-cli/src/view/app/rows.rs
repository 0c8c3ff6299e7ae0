use std::collections::{BTreeMap, BTreeSet, HashMap};

use awatch::Severity;

use super::filter::Filter;
use super::group::{group, shared, weight};
use crate::view::history::{Slot, Slots};

/// How much of a group is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::view) enum Fold {
    /// What says most, and all that is unusual.
    #[default]
    Brief,
    /// All of it.
    Open,
    /// Its name.
    Closed,
}

impl Fold {
    /// The one after this one, for a group of which `Brief` leaves something out or not.
    fn next(self, brief_is_all: bool) -> Self {
        match self {
            Self::Brief if !brief_is_all => Self::Open,
            Self::Brief | Self::Open => Self::Closed,
            Self::Closed => Self::Brief,
        }
    }
}

/// A line of the list of metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::view) enum Row {
    /// The name of a group.
    Group {
        name: String,
        fold: Fold,
        shown: usize,
        all: usize,
        /// The highest severity among those not shown, when any is part of an anomaly.
        hidden: Option<Severity>,
    },
    /// A series, with the name it has within its group.
    Series { slot: usize, name: String },
}

/// The lines of the list of metrics, and which groups are folded.
#[derive(Debug, Default)]
pub(in crate::view) struct Rows {
    pub(in crate::view) list: Vec<Row>,
    folds: BTreeMap<String, Fold>,
    /// How many series there are, and how many of them pass the filter.
    pub(in crate::view) all: usize,
    pub(in crate::view) passing: usize,
}

/// What decides which series have a line.
pub(super) struct Choice<'a> {
    pub(super) slots: &'a Slots,
    pub(super) filter: &'a Filter,
    /// Only those are shown, if any are named.
    pub(super) only: Option<&'a BTreeSet<usize>>,
    /// Those are never left out of a group that is not closed.
    pub(super) unusual: &'a BTreeSet<usize>,
    pub(super) alerts: &'a HashMap<usize, Severity>,
    /// The lines there is room for.
    pub(super) room: usize,
}

impl<'a> Choice<'a> {
    fn target_of(&self, place: usize) -> Option<&'a str> {
        self.slots.get(place).map(|slot| slot.key.target().id().as_str())
    }
}

/// Series with their places.
type Members<'a> = Vec<(usize, &'a Slot)>;

/// The series of one group, the most telling first.
struct Group<'a> {
    name: String,
    members: Members<'a>,
}

impl Rows {
    /// Makes the lines anew.
    pub(super) fn build(&mut self, choice: &Choice<'_>) {
        let groups = groups(choice);
        self.all = choice.slots.iter().filter(|(_, slot)| !is_own(slot)).count();
        self.passing = groups.iter().map(|group| group.members.len()).sum();
        // Who looks for something wants to see all of it.
        let is_search = choice.filter.is_active() || choice.only.is_some();
        let sizes: Vec<usize> = groups.iter().map(|group| group.members.len()).collect();
        let brief = if is_search { usize::MAX } else { brief(&sizes, choice.room) };
        self.list.clear();
        for group in groups {
            let fold = self.fold_of(&group.name);
            let rows = group.rows(fold, brief, choice);
            self.list.extend(rows);
        }
    }

    /// How a group is folded. What Awatch says of itself is closed until somebody asks.
    fn fold_of(&self, name: &str) -> Fold {
        let unless_told = if name.ends_with("Awatch itself") { Fold::Closed } else { Fold::Brief };
        self.folds.get(name).copied().unwrap_or(unless_told)
    }

    /// Folds or unfolds the group of the line at `index`; answers the line of its name.
    pub(super) fn turn(&mut self, index: usize) -> Option<usize> {
        let place = self.list.get(..=index)?.iter().rposition(|row| matches!(row, Row::Group { .. }))?;
        let Some(Row::Group { name, fold, shown, all, .. }) = self.list.get(place) else { return None };
        self.folds.insert(name.clone(), fold.next(shown == all));
        Some(place)
    }

    /// Closes all groups, or shows all again when all are closed.
    pub(super) fn turn_all(&mut self) {
        let groups = self.list.iter().filter_map(|row| match row {
            Row::Group { name, fold, .. } => Some((name.clone(), *fold)),
            Row::Series { .. } => None,
        });
        let groups: Vec<(String, Fold)> = groups.collect();
        let all_closed = groups.iter().all(|(_, fold)| *fold == Fold::Closed);
        let fold = if all_closed { Fold::Brief } else { Fold::Closed };
        self.folds.extend(groups.into_iter().map(|(name, _)| (name, fold)));
    }

    /// The series that have a line, in order.
    pub(super) fn series(&self) -> impl Iterator<Item = usize> {
        self.list.iter().filter_map(|row| match row {
            Row::Series { slot, .. } => Some(*slot),
            Row::Group { .. } => None,
        })
    }

    /// The line of a series.
    pub(super) fn place_of(&self, series: usize) -> Option<usize> {
        self.list.iter().position(|row| matches!(row, Row::Series { slot, .. } if *slot == series))
    }

    /// The index of the line that shows the same.
    pub(in crate::view) fn find(&self, row: &Row) -> Option<usize> {
        self.list.iter().position(|other| match (row, other) {
            (Row::Group { name, .. }, Row::Group { name: other, .. }) => name == other,
            (Row::Series { slot, .. }, Row::Series { slot: other, .. }) => slot == other,
            _ => false,
        })
    }
}

/// Whether a series is the engine's own.
fn is_own(slot: &Slot) -> bool {
    slot.source.as_str() == "awatch"
}

/// The series to be shown, by group.
fn groups<'a>(choice: &Choice<'a>) -> Vec<Group<'a>> {
    let targets: BTreeSet<&str> =
        choice.slots.iter().map(|(_, slot)| slot.key.target().id().as_str()).collect();
    // Awatch's own last, before that by target and in the order of the groups, after those with an open anomaly.
    let mut groups: BTreeMap<(bool, &str, u8, String), Members<'_>> = BTreeMap::new();
    for (place, slot) in choice.slots.iter() {
        let is_chosen = choice.only.is_none_or(|only| only.contains(&place));
        if !is_chosen || !choice.filter.matches_series(&slot.key) {
            continue;
        }
        let (order, name) = group(slot.key.metric().as_str());
        let target = slot.key.target().id().as_str();
        let name = if targets.len() > 1 { format!("{target} {name}") } else { name };
        groups.entry((is_own(slot), target, order, name)).or_default().push((place, slot));
    }
    let alerting: BTreeSet<&str> =
        choice.alerts.keys().filter_map(|place| choice.target_of(*place)).collect();
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|((is_own, target, ..), members)| {
        let is_alerting = members.iter().any(|(place, _)| choice.alerts.contains_key(place));
        (*is_own, !is_alerting, !alerting.contains(target))
    });
    let ordered = groups.into_iter().map(|((.., name), mut members)| {
        members.sort_by_key(|(place, slot)| {
            let weight = weight(slot.key.metric().as_str());
            (weight >= SELDOM, !slot.key.labels().is_empty(), weight, *place)
        });
        Group { name, members }
    });
    ordered.collect()
}

/// Metrics of this weight are looked at last, whatever they are of.
const SELDOM: u8 = 3;

/// How many series each group may show so that all have some and the room is used.
fn brief(sizes: &[usize], room: usize) -> usize {
    const LEAST: usize = 2;
    let lines = |each: usize| sizes.iter().map(|size| 1 + size.min(&each)).sum::<usize>();
    let most = sizes.iter().copied().max().unwrap_or(0);
    (LEAST..=most).rev().find(|each| lines(*each) <= room).unwrap_or(LEAST)
}

impl Group<'_> {
    fn rows(&self, fold: Fold, brief: usize, choice: &Choice<'_>) -> Vec<Row> {
        let shared = shared(self.members.iter().map(|(_, slot)| slot.key.metric().as_str()));
        let is_shown = |index: usize, slot: usize| match fold {
            Fold::Open => true,
            Fold::Closed => false,
            Fold::Brief => index < brief || choice.unusual.contains(&slot),
        };
        let (mut rows, mut hidden) = (Vec::new(), None);
        for (index, (place, slot)) in self.members.iter().enumerate() {
            if is_shown(index, *place) {
                rows.push(Row::Series { slot: *place, name: visible_name(slot, shared) });
            } else {
                hidden = hidden.max(choice.alerts.get(place).copied());
            }
        }
        let header =
            Row::Group { name: self.name.clone(), fold, shown: rows.len(), all: self.members.len(), hidden };
        std::iter::once(header).chain(rows).collect()
    }
}

/// The name of a series without the first `skip` bytes of its metric: what is measured, where, and which part of it.
fn visible_name(slot: &Slot, skip: usize) -> String {
    let metric = slot.key.metric().as_str();
    let mut name = metric.get(skip..).unwrap_or(metric).to_owned();
    let labels: Vec<(&str, &str)> = slot.key.labels().iter().collect();
    let has_mount = labels.iter().any(|(label, _)| label.ends_with("mountpoint"));
    let is_part =
        |label: &str| ["direction", "state", "mode", "type"].iter().any(|part| label.ends_with(part));
    let whole =
        labels.iter().filter(|(label, _)| !(is_part(label) || (has_mount && label.ends_with("device"))));
    for (_, value) in whole.chain(labels.iter().filter(|(label, _)| is_part(label))) {
        name.push(' ');
        name.push_str(value);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_groups_have_some_room() {
        assert_eq!(brief(&[3, 40, 8], 60), 40);
        assert_eq!(brief(&[3, 40, 8], 20), 7);
        assert_eq!(brief(&[3, 40, 8], 2), 2);
        assert_eq!(brief(&[1, 1], 100), 2);
        assert_eq!(brief(&[], 10), 2);
    }

    #[test]
    fn folding_goes_round() {
        assert_eq!(Fold::Brief.next(false), Fold::Open);
        assert_eq!(Fold::Brief.next(true), Fold::Closed);
        assert_eq!(Fold::Open.next(true), Fold::Closed);
        assert_eq!(Fold::Closed.next(false), Fold::Brief);
    }
}
