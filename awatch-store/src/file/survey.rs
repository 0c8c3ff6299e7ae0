//! What a first look over all rows of a file shows.

use std::collections::BTreeMap;

use awatch_core::{Interval, Name, RecordingError, Timestamp};

use super::dictionary::Entry;
use super::interval::Steps;
use super::layout::SOURCE;
use super::row::Rows;

/// What a file holds as a whole.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Its first instant and its last one.
    pub(super) span: Option<(Timestamp, Timestamp)>,
    /// Whether no timestamp lies before that of the row before.
    pub(super) is_sorted: bool,
    steps: Vec<Steps>,
}

impl Survey {
    /// Reads all rows and goes back to the first.
    pub(super) fn of(rows: &mut impl Rows) -> Result<Self, RecordingError> {
        let mut survey = Self { is_sorted: true, ..Self::default() };
        let mut last = Timestamp::MIN;
        while let Some(row) = rows.next_row()? {
            survey.is_sorted &= row.at >= last;
            last = row.at;
            let (first, end) = survey.span.unwrap_or((row.at, row.at));
            survey.span = Some((first.min(row.at), end.max(row.at)));
            if survey.steps.len() <= row.entry.index() {
                survey.steps.resize_with(row.entry.index() + 1, Steps::default);
            }
            if let Some(steps) = survey.steps.get_mut(row.entry.index()) {
                steps.see(row.at);
            }
        }
        rows.rewind()?;
        Ok(survey)
    }

    /// The source and interval of each entry.
    ///
    /// A source that is named has one interval, which all its series together show. Series without a source are
    /// `replay` when all of them have one interval, and otherwise a source per interval: `replay 1s`, `replay 1m`.
    pub(super) fn sources(&self, entries: &[Entry], otherwise: Option<Interval>) -> Vec<(Name, Interval)> {
        let mut named: BTreeMap<&Name, Steps> = BTreeMap::new();
        for (entry, steps) in entries.iter().zip(&self.steps) {
            if let Some(source) = &entry.source {
                named.entry(source).or_default().add(steps);
            }
        }
        let found: Vec<Interval> = (0..)
            .zip(entries)
            .map(|(index, entry): (usize, _)| {
                let own = || match &entry.source {
                    Some(source) => named.get(source)?.interval(),
                    None => self.steps.get(index)?.interval(),
                };
                entry.interval.or(otherwise).or_else(own).unwrap_or_default()
            })
            .collect();
        name_sources(entries, &found)
    }
}

/// Names the sources of entries that name none.
pub(super) fn name_sources(entries: &[Entry], intervals: &[Interval]) -> Vec<(Name, Interval)> {
    let mut nameless = entries.iter().zip(intervals).filter(|(entry, _)| entry.source.is_none());
    let first = nameless.next().map(|(_, interval)| *interval);
    let is_one = nameless.all(|(_, interval)| Some(*interval) == first);
    let nameless = |interval: &Interval| {
        let name = if is_one { SOURCE.to_owned() } else { format!("{SOURCE} {interval}") };
        Name::new(name).ok()
    };
    entries
        .iter()
        .zip(intervals)
        .filter_map(|(entry, interval)| {
            Some((entry.source.clone().or_else(|| nameless(interval))?, *interval))
        })
        .collect()
}
