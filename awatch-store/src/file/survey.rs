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
    /// Whether all series have the rows of one table.
    is_table: bool,
    steps: Vec<Steps>,
}

impl Survey {
    /// Reads all rows and goes back to the first.
    pub(super) fn of(rows: &mut impl Rows) -> Result<Self, RecordingError> {
        let mut survey = Self { is_sorted: true, is_table: rows.is_table(), ..Self::default() };
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
    /// A source that is named has one interval, which all its series together show, and so has a table with one column
    /// per metric. Series without a source are `replay` when all of them have one interval, and otherwise a source per
    /// interval: `replay 1s`, `replay 1m`. A series with a single sample has the interval of most others.
    pub(super) fn sources(&self, entries: &[Entry], otherwise: Option<Interval>) -> Vec<(Name, Interval)> {
        let mut of_source: BTreeMap<Option<&Name>, Steps> = BTreeMap::new();
        for (entry, steps) in entries.iter().zip(&self.steps) {
            of_source.entry(entry.source.as_ref()).or_default().add(steps);
        }
        let found: Vec<Interval> = (0..)
            .zip(entries)
            .map(|(index, entry): (usize, _)| {
                let of_source = || of_source.get(&entry.source.as_ref())?.interval();
                let own = || self.steps.get(index)?.interval();
                let has_own = entry.source.is_none() && !self.is_table;
                let shown = || if has_own { own().or_else(of_source) } else { of_source() };
                entry.interval.or(otherwise).or_else(shown).unwrap_or_default()
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
