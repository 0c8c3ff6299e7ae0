use std::fmt::Debug;

use awatch_core::{RecordingError, Timestamp};

use super::dictionary::{Dictionary, EntryId};

/// A row of a file: a sample, or the beginning of an arrival.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    /// When it was true; of the beginning of an arrival its tick.
    pub(super) at: Timestamp,
    /// When it arrived, in a file that says so.
    pub(super) received: Option<Timestamp>,
    /// What it is of.
    pub(super) entry: EntryId,
    /// The number; NaN where there is none.
    pub(super) value: f64,
}

/// The rows of a file, one after the other and as often as wanted.
pub(super) trait Rows: Debug + Send {
    /// The next row; `None` at the end.
    fn next_row(&mut self) -> Result<Option<Row>, RecordingError>;

    /// Goes back before the first row.
    fn rewind(&mut self) -> Result<(), RecordingError>;

    /// What the rows so far are of.
    fn dictionary(&self) -> &Dictionary;

    /// Whether every row says when it arrived.
    fn has_received(&self) -> bool;

    /// Whether every row says of which source it is, and at which interval.
    fn has_sources(&self) -> bool;

    /// Whether it has one column per metric.
    fn is_table(&self) -> bool;

    /// Where the last row stands, for messages.
    fn place(&self) -> String;
}
