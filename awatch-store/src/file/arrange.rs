//! The rows of a file in the order in which they are played.

use std::collections::VecDeque;
use std::sync::Arc;

use awatch_core::{Arrival, RecordingError, Registry, Timestamp};

use super::ReadOptions;
use super::group::{Draft, Entries, Known, full};
use super::row::{Row, Rows};
use super::sort::Sorted;
use super::survey::Survey;

/// A file as a recording, whatever its format.
#[derive(Debug)]
pub(super) struct Arranged<R> {
    rows: R,
    entries: Entries,
    /// Whether the rows say when they arrived; otherwise they are played by timestamp.
    is_recorded: bool,
    /// The rows in the order of time, where the file has another.
    sorted: Option<Sorted>,
    span: Option<(Timestamp, Timestamp)>,
    /// The row that did not belong to the arrival before it.
    next: Option<Row>,
    /// Further arrivals of the instant reached.
    ready: VecDeque<Draft>,
    reached: Option<Timestamp>,
    failed: bool,
}

impl<R: Rows> Arranged<R> {
    pub(super) fn new(mut rows: R, options: &ReadOptions) -> Result<Self, RecordingError> {
        let is_recorded = rows.has_received();
        let (mut entries, mut span, mut sorted) = (Entries::default(), None, None);
        if !(is_recorded && rows.has_sources()) {
            let survey = Survey::of(&mut rows)?;
            let sources = survey.sources(rows.dictionary().entries(), options.interval);
            entries = Entries::new(rows.dictionary(), sources);
            span = survey.span;
            if !(is_recorded || survey.is_sorted) {
                sorted = Some(Sorted::of(&mut rows)?);
            }
        }
        Ok(Self {
            rows,
            entries,
            is_recorded,
            sorted,
            span,
            next: None,
            ready: VecDeque::new(),
            reached: None,
            failed: false,
        })
    }

    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.span
    }

    pub(super) fn next_arrival(
        &mut self,
        registry: &Arc<Registry>,
    ) -> Result<Option<Arrival>, RecordingError> {
        if self.failed {
            return Ok(None);
        }
        self.entries.register_in(registry);
        let next = if self.is_recorded { self.next_recorded(registry) } else { self.next_by_time(registry) };
        self.failed = next.is_err();
        next
    }

    fn next_recorded(&mut self, registry: &Arc<Registry>) -> Result<Option<Arrival>, RecordingError> {
        let Some(first) = self.take_row()? else { return Ok(None) };
        let received = first.received.unwrap_or(first.at);
        if let Some(previous) = self.reached.replace(received).filter(|reached| *reached > received) {
            return Err(RecordingError::OutOfOrder { place: self.rows.place(), received, previous });
        }
        let mut draft = self.begin(registry, &first)?;
        while let Some(row) = self.take_row()? {
            let known = known(&mut self.entries, &self.rows, &row)?;
            if !draft.takes(&row, known) {
                self.next = Some(row);
                break;
            }
            if draft.is_full() {
                return Err(full(self.rows.place()));
            }
            draft.push(&row, known);
        }
        Ok(Some(draft.into_arrival()))
    }

    /// All rows of an instant, a batch per source and interval.
    fn next_by_time(&mut self, registry: &Arc<Registry>) -> Result<Option<Arrival>, RecordingError> {
        if let Some(draft) = self.ready.pop_front() {
            return Ok(Some(draft.into_arrival()));
        }
        let Some(first) = self.take_row()? else { return Ok(None) };
        let mut drafts = VecDeque::from([self.begin(registry, &first)?]);
        while let Some(row) = self.take_row()? {
            if row.at != first.at {
                self.next = Some(row);
                break;
            }
            let known = known(&mut self.entries, &self.rows, &row)?;
            match drafts.iter_mut().rev().find(|draft| draft.takes(&row, known)) {
                Some(draft) if draft.is_full() => return Err(full(self.rows.place())),
                Some(draft) => draft.push(&row, known),
                None => drafts.push_back(Draft::begin(registry, &row, known)),
            }
        }
        let next = drafts.pop_front();
        self.ready = drafts;
        Ok(next.map(Draft::into_arrival))
    }

    fn begin(&mut self, registry: &Arc<Registry>, row: &Row) -> Result<Draft, RecordingError> {
        Ok(Draft::begin(registry, row, known(&mut self.entries, &self.rows, row)?))
    }

    fn take_row(&mut self) -> Result<Option<Row>, RecordingError> {
        match (self.next.take(), &mut self.sorted) {
            (Some(row), _) => Ok(Some(row)),
            (None, Some(sorted)) => sorted.next_row(),
            (None, None) => self.rows.next_row(),
        }
    }
}

fn known<'a, R: Rows>(
    entries: &'a mut Entries,
    rows: &R,
    row: &Row,
) -> Result<&'a mut Known, RecordingError> {
    entries
        .get(row.entry, rows.dictionary())
        .map_err(|problem| RecordingError::malformed(rows.place(), problem))
}
