//! The rows of a Parquet file.

use std::fs::File;
use std::path::{Path, PathBuf};

use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use awatch_core::RecordingError;

use super::columns::{ColumnError, LongBatch, WideBatch};
use super::numbers::is_number;
use crate::file::ReadOptions;
use crate::file::dictionary::{DIVIDER, Dictionary, EntryId, FieldError};
use crate::file::layout::{Column, Layout, Places};
use crate::file::row::{Row, Rows};
use crate::file::wide;

/// Rows decoded at once.
const BATCH: usize = 8192;

/// The rows of a Parquet file.
#[derive(Debug)]
pub(in crate::file) struct ParquetRows {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    reader: ParquetRecordBatchReader,
    columns: Columns,
    batch: Batch,
    /// The next row of the batch.
    row: usize,
    /// Rows of the batches before.
    before: usize,
    dictionary: Dictionary,
    key: Vec<u8>,
}

#[derive(Debug)]
enum Columns {
    Long(Places),
    Wide {
        time: usize,
        metrics: Vec<(usize, EntryId)>,
        /// The next metric of the row; beyond them, when the next row is due.
        next: usize,
    },
}

#[derive(Debug)]
enum Batch {
    None,
    Long(Box<LongBatch>),
    Wide(WideBatch),
}

impl ParquetRows {
    pub(in crate::file) fn open(path: &Path, options: &ReadOptions) -> Result<Self, RecordingError> {
        let file = open(path)?;
        // The types of the format itself: what a program noted of its own is not needed to read it.
        let reading = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = guarded(path, || ArrowReaderMetadata::load(&file, reading))?;
        let headers: Vec<&str> =
            metadata.schema().fields().iter().map(|field| field.name().as_str()).collect();
        let malformed = |problem| RecordingError::malformed(path.display().to_string(), problem);
        let mut dictionary = Dictionary::new(options.target_of(path));
        let columns = match Layout::of(&headers).map_err(malformed)? {
            Layout::Long(places) => Columns::Long(places),
            Layout::Wide { time } => {
                let metrics = wide::metrics(&headers, time, options, &mut dictionary).map_err(malformed)?;
                only_numbers(&metadata, &metrics).map_err(malformed)?;
                Columns::Wide { time, next: metrics.len(), metrics }
            }
        };
        Ok(Self {
            path: path.to_owned(),
            reader: reader(path, file, &metadata)?,
            metadata,
            columns,
            batch: Batch::None,
            row: 0,
            before: 0,
            dictionary,
            key: Vec::new(),
        })
    }

    /// Decodes the next rows; `false` at the end.
    fn next_batch(&mut self) -> Result<bool, RecordingError> {
        self.before += std::mem::take(&mut self.row);
        let next = guarded(&self.path, || self.reader.next().transpose())?;
        let Some(batch) = next else {
            self.batch = Batch::None;
            return Ok(false);
        };
        let decoded = match &mut self.columns {
            Columns::Long(places) => LongBatch::of(&batch, places).map(Box::new).map(Batch::Long),
            Columns::Wide { time, metrics, next } => {
                *next = metrics.len();
                WideBatch::of(&batch, *time, metrics.iter().map(|(place, _)| *place)).map(Batch::Wide)
            }
        };
        self.batch = decoded.map_err(|ColumnError { place, row, problem }| {
            self.row = row + 1;
            self.in_column(place, &problem)
        })?;
        Ok(true)
    }

    fn in_column(&self, place: usize, problem: &str) -> RecordingError {
        let schema = self.metadata.schema();
        let column = schema.fields().get(place).map_or("", |field| field.name().as_str());
        RecordingError::malformed(self.place(), format!("column `{column}`: {problem}"))
    }

    /// The next row of the long batch, if there is one.
    fn long_row(&mut self, places: &Places) -> Option<Result<Row, RecordingError>> {
        let Batch::Long(batch) = &self.batch else { return None };
        let row = self.row;
        let (at, value) = (batch.at.get(row)?, *batch.values.get(row)?);
        self.row += 1;
        self.key.clear();
        for texts in &batch.texts {
            self.key.extend_from_slice(texts.get(row).as_bytes());
            self.key.push(DIVIDER);
        }
        let dictionary = &mut self.dictionary;
        let found = dictionary
            .find(&self.key)
            .and_then(|entry| dictionary.check_value(entry, value).map(|()| entry))
            .map_err(|FieldError { column, problem }| (places.of(column).unwrap_or_default(), problem));
        let time = |column, at: &Result<_, String>| {
            at.clone().map_err(|problem| (places.of(column).unwrap_or_default(), problem))
        };
        let received = batch.received.as_ref().and_then(|received| received.get(row));
        let read = || {
            Ok(Row {
                at: time(Column::Timestamp, at)?,
                received: received.map(|received| time(Column::Received, received)).transpose()?,
                entry: found?,
                value,
            })
        };
        let read: Result<Row, (usize, String)> = read();
        Some(read.map_err(|(place, problem)| self.in_column(place, &problem)))
    }

    /// The next cell of the wide batch that is not empty, if there is one.
    fn wide_cell(&mut self) -> Option<Result<Row, RecordingError>> {
        let (Batch::Wide(batch), Columns::Wide { time, metrics, next }) = (&self.batch, &mut self.columns)
        else {
            return None;
        };
        loop {
            let Some(((_, entry), values)) = metrics.get(*next).zip(batch.values.get(*next)) else {
                if self.row >= batch.at.len() {
                    return None;
                }
                (self.row, *next) = (self.row + 1, 0);
                continue;
            };
            let row = self.row.saturating_sub(1);
            *next += 1;
            let value = values.get(row).copied().unwrap_or(f64::NAN);
            if value.is_nan() {
                continue;
            }
            let at = batch.at.get(row)?;
            let (time, entry) = (*time, *entry);
            return Some(match at.clone() {
                Ok(at) => Ok(Row { at, received: None, entry, value }),
                Err(problem) => Err(self.in_column(time, &problem)),
            });
        }
    }
}

impl Rows for ParquetRows {
    fn next_row(&mut self) -> Result<Option<Row>, RecordingError> {
        loop {
            let row = match &self.columns {
                Columns::Long(places) => {
                    let places = *places;
                    self.long_row(&places)
                }
                Columns::Wide { .. } => self.wide_cell(),
            };
            match row {
                Some(row) => return row.map(Some),
                None if self.next_batch()? => {}
                None => return Ok(None),
            }
        }
    }

    fn rewind(&mut self) -> Result<(), RecordingError> {
        self.reader = reader(&self.path, open(&self.path)?, &self.metadata)?;
        (self.batch, self.row, self.before) = (Batch::None, 0, 0);
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
        format!("{}, row {}", self.path.display(), self.before + self.row)
    }
}

fn open(path: &Path) -> Result<File, RecordingError> {
    File::open(path).map_err(|error| RecordingError::io(format!("opening {}", path.display()), error))
}

fn reader(
    path: &Path,
    file: File,
    metadata: &ArrowReaderMetadata,
) -> Result<ParquetRecordBatchReader, RecordingError> {
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
    guarded(path, || builder.with_batch_size(BATCH).build())
}

/// Does what reads the file. The library panics over some damaged files: that is an error like any other, after which
/// nothing more is read.
fn guarded<T, E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    path: &Path,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, RecordingError> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| unreadable(path, error)),
        Err(_) => Err(unreadable(path, "the file is damaged: write it again, or take a copy")),
    }
}

fn unreadable(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RecordingError {
    RecordingError::io(format!("reading {} as Parquet", path.display()), error)
}

fn only_numbers(metadata: &ArrowReaderMetadata, metrics: &[(usize, EntryId)]) -> Result<(), String> {
    for (place, _) in metrics {
        let Some(field) = metadata.schema().fields().get(*place) else { continue };
        if !is_number(field.data_type()) {
            return Err(format!(
                "column `{}` is of type {}, and a table with one column per metric holds numbers: leave it out",
                field.name(),
                field.data_type()
            ));
        }
    }
    Ok(())
}
