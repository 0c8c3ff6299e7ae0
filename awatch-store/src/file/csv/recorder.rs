use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ::csv::{Writer, WriterBuilder};
use awatch_core::{Recorder, RecordingError, SampleBatch, Timestamp};

use crate::file::layout::COLUMNS;
use crate::file::text;
use crate::file::written::{Writing, WrittenRow};

/// A crash loses what arrived within this time.
const HELD: Duration = Duration::from_secs(1);

/// Writes a recording as CSV, readable while it is written.
#[derive(Debug)]
pub struct CsvRecorder {
    path: PathBuf,
    writer: Writer<File>,
    writing: Writing,
    fields: Fields,
    flushed: Option<Timestamp>,
}

/// The texts of the last row.
#[derive(Debug, Default)]
struct Fields {
    received: (Option<Timestamp>, String),
    at: (Option<Timestamp>, String),
    value: String,
}

impl CsvRecorder {
    /// Begins a file at `path`.
    ///
    /// # Errors
    /// [`RecordingError`] when there is such a file already, or it cannot be written.
    pub fn create(path: &Path) -> Result<Self, RecordingError> {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|error| crate::file::not_created(path, error))?;
        let writer = WriterBuilder::new().buffer_capacity(1 << 16).from_writer(file);
        let mut recorder = Self {
            path: path.to_owned(),
            writer,
            writing: Writing::default(),
            fields: Fields::default(),
            flushed: None,
        };
        recorder.writer.write_record(COLUMNS).map_err(|error| failed(&recorder.path, error))?;
        Ok(recorder)
    }
}

impl Recorder for CsvRecorder {
    fn arrived(&mut self, batch: &SampleBatch, received: Timestamp) -> Result<(), RecordingError> {
        let Self { path, writer, writing, fields, flushed } = self;
        writing.rows(batch, received, |row| fields.write(row, writer, path))?;
        if received.since(*flushed.get_or_insert(received)).is_some_and(|held| held >= HELD) {
            writer.flush().map_err(|error| failed(path, error))?;
            *flushed = Some(received);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), RecordingError> {
        let flushed = self.writer.flush().and_then(|()| self.writer.get_ref().sync_all());
        flushed.map_err(|error| failed(&self.path, error))
    }
}

impl Fields {
    fn write(
        &mut self,
        row: &WrittenRow<'_>,
        writer: &mut Writer<File>,
        path: &Path,
    ) -> Result<(), RecordingError> {
        let meta = row.series;
        let labels = meta.map(|meta| text::labels_text(meta.key.labels())).unwrap_or_default();
        self.value.clear();
        if meta.is_some() {
            text::write_value(row.value, &mut self.value);
        }
        let fields = [
            instant(&mut self.received, row.received),
            row.source.as_str(),
            &row.interval.to_string(),
            instant(&mut self.at, row.at),
            row.target.as_str(),
            meta.map_or("", |meta| meta.key.metric().as_str()),
            &labels,
            meta.map_or("", |meta| meta.unit.as_str()),
            row.kind()?,
            &self.value,
        ];
        writer.write_record(fields).map_err(|error| failed(path, error))
    }
}

/// The text of an instant, kept for the next row.
fn instant(known: &mut (Option<Timestamp>, String), at: Timestamp) -> &str {
    if known.0 != Some(at) {
        *known = (Some(at), at.to_string());
    }
    &known.1
}

fn failed(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RecordingError {
    RecordingError::io(format!("writing {}", path.display()), error)
}
