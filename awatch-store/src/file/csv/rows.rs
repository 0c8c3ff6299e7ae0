//! The rows of a CSV file.

use std::fs::File;
use std::path::{Path, PathBuf};

use ::csv::{ByteRecord, Reader, ReaderBuilder};
use awatch_core::{RecordingError, Timestamp};

use super::line::LineLimit;
use crate::file::ReadOptions;
use crate::file::dictionary::{DIVIDER, Dictionary, EntryId, FieldError};
use crate::file::layout::{Column, Layout, Places};
use crate::file::row::{Row, Rows};
use crate::file::text;
use crate::file::wide;

/// The lines of a CSV file as rows.
#[derive(Debug)]
pub(in crate::file) struct CsvRows {
    path: PathBuf,
    reader: Reader<LineLimit<File>>,
    record: ByteRecord,
    headers: Vec<String>,
    columns: Columns,
    dictionary: Dictionary,
    key: Vec<u8>,
    times: [TimeField; 2],
}

#[derive(Debug)]
enum Columns {
    Long(Places),
    Wide {
        time: usize,
        /// The columns of metrics.
        metrics: Vec<(usize, EntryId)>,
        /// The next of them in the present line.
        next: usize,
    },
}

impl CsvRows {
    pub(in crate::file) fn open(path: &Path, options: &ReadOptions) -> Result<Self, RecordingError> {
        let file = File::open(path)
            .map_err(|error| RecordingError::io(format!("opening {}", path.display()), error))?;
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(LineLimit::new(file));
        let mut rows = Self {
            path: path.to_owned(),
            reader,
            record: ByteRecord::new(),
            headers: Vec::new(),
            columns: Columns::Long(Places::default()),
            dictionary: Dictionary::new(options.target_of(path)),
            key: Vec::new(),
            times: Default::default(),
        };
        if !rows.next_line()? {
            let problem =
                "the file is empty: begin with a line of column names, for example `timestamp,metric,value`";
            return Err(RecordingError::malformed(rows.path.display().to_string(), problem));
        }
        rows.headers = rows.record.iter().map(header).collect();
        let headers: Vec<&str> = rows.headers.iter().map(String::as_str).collect();
        rows.columns = match Layout::of(&headers).map_err(|problem| rows.malformed(&problem))? {
            Layout::Long(places) => Columns::Long(places),
            Layout::Wide { time } => {
                let metrics = wide::metrics(&headers, time, options, &mut rows.dictionary)
                    .map_err(|problem| RecordingError::malformed(rows.path.display().to_string(), problem))?;
                Columns::Wide { time, next: metrics.len(), metrics }
            }
        };
        Ok(rows)
    }

    /// Reads the next line; `false` at the end.
    fn next_line(&mut self) -> Result<bool, RecordingError> {
        self.reader.get_mut().restart();
        let read = self.reader.read_byte_record(&mut self.record);
        let more =
            read.map_err(|error| RecordingError::io(format!("reading {}", self.path.display()), error))?;
        if more && !self.headers.is_empty() && self.record.len() != self.headers.len() {
            let (fields, columns) = (self.record.len(), self.headers.len());
            return Err(self.malformed(&format!(
                "{fields} fields where the first line names {columns} columns: write one for each, and fields with a comma in quotes"
            )));
        }
        Ok(more)
    }

    fn malformed(&self, problem: &str) -> RecordingError {
        RecordingError::malformed(self.place(), problem)
    }

    fn in_column(&self, place: usize, problem: &str) -> RecordingError {
        let column = self.headers.get(place).map_or("", String::as_str);
        self.malformed(&format!("column `{column}`: {problem}"))
    }

    fn in_field(&self, FieldError { column, problem }: &FieldError) -> RecordingError {
        self.malformed(&format!("column `{}`: {problem}", column.name()))
    }

    fn next_long(&mut self, places: Places) -> Result<Option<Row>, RecordingError> {
        if !self.next_line()? {
            return Ok(None);
        }
        self.key.clear();
        for column in Column::DESCRIBING {
            let field = places.of(column).and_then(|place| self.record.get(place)).unwrap_or_default();
            self.key.extend_from_slice(field);
            self.key.push(DIVIDER);
        }
        let entry = self.dictionary.find(&self.key).map_err(|error| self.in_field(&error))?;
        let received = match places.of(Column::Received) {
            Some(place) => Some(self.time(0, place)?),
            None => None,
        };
        let at = self.time(1, places.of(Column::Timestamp).unwrap_or_default())?;
        let value = self.value(places.of(Column::Value).unwrap_or_default())?;
        self.dictionary.check_value(entry, value).map_err(|error| self.in_field(&error))?;
        Ok(Some(Row { at, received, entry, value }))
    }

    fn next_wide(&mut self) -> Result<Option<Row>, RecordingError> {
        loop {
            let Columns::Wide { time, metrics, next } = &mut self.columns else { return Ok(None) };
            let time = *time;
            let Some((place, entry)) = metrics.get(*next).copied() else {
                *next = 0;
                if !self.next_line()? {
                    return Ok(None);
                }
                continue;
            };
            *next += 1;
            let value = self.value(place)?;
            if !value.is_nan() {
                return Ok(Some(Row { at: self.time(1, time)?, received: None, entry, value }));
            }
        }
    }

    fn time(&mut self, which: usize, place: usize) -> Result<Timestamp, RecordingError> {
        let field = self.record.get(place).unwrap_or_default();
        let Some(known) = self.times.get_mut(which) else { return Ok(Timestamp::EPOCH) };
        known.read(field).map_err(|problem| self.in_column(place, &problem))
    }

    fn value(&self, place: usize) -> Result<f64, RecordingError> {
        let field = String::from_utf8_lossy(self.record.get(place).unwrap_or_default());
        text::value(&field).map_err(|problem| self.in_column(place, &problem))
    }
}

impl Rows for CsvRows {
    fn next_row(&mut self) -> Result<Option<Row>, RecordingError> {
        match &self.columns {
            Columns::Long(places) => self.next_long(*places),
            Columns::Wide { .. } => self.next_wide(),
        }
    }

    fn rewind(&mut self) -> Result<(), RecordingError> {
        let failed = |error| RecordingError::io(format!("reading {} again", self.path.display()), error);
        self.reader.seek(::csv::Position::new()).map_err(failed)?;
        self.next_line()?;
        if let Columns::Wide { metrics, next, .. } = &mut self.columns {
            *next = metrics.len();
        }
        Ok(())
    }

    fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    fn has_received(&self) -> bool {
        matches!(&self.columns, Columns::Long(places) if places.has(Column::Received))
    }

    fn has_sources(&self) -> bool {
        matches!(&self.columns, Columns::Long(places) if places.has(Column::Source) && places.has(Column::Interval))
    }

    fn is_table(&self) -> bool {
        matches!(&self.columns, Columns::Wide { .. })
    }

    fn place(&self) -> String {
        let line = self.record.position().map_or(1, ::csv::Position::line);
        format!("{}, line {line}", self.path.display())
    }
}

/// A column's name, without the mark that some programs begin a file with.
fn header(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_start_matches('\u{feff}').trim().to_owned()
}

/// The last instant of a column: many rows have the same.
#[derive(Debug, Default)]
struct TimeField {
    text: Vec<u8>,
    at: Timestamp,
}

impl TimeField {
    fn read(&mut self, field: &[u8]) -> Result<Timestamp, String> {
        if field != self.text.as_slice() || field.is_empty() {
            self.at = text::timestamp(&String::from_utf8_lossy(field))?;
            self.text.clear();
            self.text.extend_from_slice(field);
        }
        Ok(self.at)
    }
}
