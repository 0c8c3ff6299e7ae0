use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::{Compression, Encoding, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::schema::types::ColumnPath;
use arrow_array::builder::{Float64Builder, StringBuilder, TimestampNanosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use awatch_core::{Recorder, RecordingError, SampleBatch, Timestamp};

use crate::file::layout::Column;
use crate::file::text;
use crate::file::written::{Writing, WrittenRow};

/// Rows handed to the writer at once.
const BATCH: usize = 8192;

/// Rows of a row group: some tens of bytes each are held until it is written.
const ROW_GROUP: usize = 1 << 18;

/// Writes a recording as Parquet.
///
/// A Parquet file can be read when its end is written: until [`Recorder::finish`] it stands under its name with
/// `.partial` behind. A recorder that is dropped finishes it.
#[derive(Debug)]
pub struct ParquetRecorder {
    path: PathBuf,
    partial: PathBuf,
    schema: Arc<Schema>,
    /// `None` when finished.
    writer: Option<ArrowWriter<File>>,
    writing: Writing,
    rows: Buffer,
}

impl ParquetRecorder {
    /// Begins a file at `path`.
    ///
    /// # Errors
    /// [`RecordingError`] when there is such a file already, finished or `.partial`, or it cannot be written.
    pub fn create(path: &Path) -> Result<Self, RecordingError> {
        if path.exists() {
            return Err(crate::file::not_created(path, std::io::ErrorKind::AlreadyExists.into()));
        }
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        // Another recorder may be writing it.
        let file = OpenOptions::new().write(true).create_new(true).open(&partial);
        let file = file.map_err(|error| {
            let is_there = error.kind() == std::io::ErrorKind::AlreadyExists;
            crate::file::not_created(if is_there { &partial } else { path }, error)
        })?;
        let schema = Arc::new(schema());
        let properties = properties().map_err(|error| failed(path, error))?;
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options)
            .map_err(|error| failed(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            partial,
            schema,
            writer: Some(writer),
            writing: Writing::default(),
            rows: Buffer::default(),
        })
    }

    fn write(&mut self) -> Result<(), RecordingError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), self.rows.take());
        let batch = batch.map_err(|error| failed(&self.path, error))?;
        writer.write(&batch).map_err(|error| failed(&self.path, error))
    }
}

impl Recorder for ParquetRecorder {
    fn arrived(&mut self, batch: &SampleBatch, received: Timestamp) -> Result<(), RecordingError> {
        let rows = &mut self.rows;
        self.writing.rows(batch, received, |row| rows.push(row))?;
        if self.rows.len >= BATCH { self.write() } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<(), RecordingError> {
        if self.writer.is_none() {
            return Ok(());
        }
        self.write()?;
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        writer.finish().map_err(|error| failed(&self.path, error))?;
        writer.inner().sync_all().map_err(|error| failed(&self.path, error))?;
        if self.path.exists() {
            // It came while this one was written.
            let problem =
                format!("there is such a file already: what was recorded is {}", self.partial.display());
            return Err(RecordingError::malformed(self.path.display().to_string(), problem));
        }
        std::fs::rename(&self.partial, &self.path).map_err(|error| failed(&self.path, error))
    }
}

impl Drop for ParquetRecorder {
    fn drop(&mut self) {
        // Nobody is left to be told.
        drop(self.finish());
    }
}

fn failed(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RecordingError {
    RecordingError::io(format!("writing {}", path.display()), error)
}

fn schema() -> Schema {
    let time = || DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
    let field =
        |(column, of, is_optional): (Column, DataType, bool)| Field::new(column.name(), of, is_optional);
    let columns = [
        (Column::Received, time(), false),
        (Column::Source, DataType::Utf8, false),
        (Column::Interval, DataType::Utf8, false),
        (Column::Timestamp, time(), false),
        (Column::Target, DataType::Utf8, false),
        (Column::Metric, DataType::Utf8, true),
        (Column::Labels, DataType::Utf8, true),
        (Column::Unit, DataType::Utf8, true),
        (Column::Kind, DataType::Utf8, true),
        (Column::Value, DataType::Float64, true),
    ];
    Schema::new(columns.map(field).to_vec())
}

fn properties() -> Result<WriterProperties, ParquetError> {
    let value = ColumnPath::from(Column::Value.name());
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_column_dictionary_enabled(value.clone(), false)
        .set_column_encoding(value, Encoding::BYTE_STREAM_SPLIT)
        .build())
}

/// Rows as columns, until there are enough of them to be written.
#[derive(Debug)]
struct Buffer {
    len: usize,
    received: TimestampNanosecondBuilder,
    source: StringBuilder,
    interval: StringBuilder,
    at: TimestampNanosecondBuilder,
    target: StringBuilder,
    metric: StringBuilder,
    labels: StringBuilder,
    unit: StringBuilder,
    kind: StringBuilder,
    value: Float64Builder,
}

impl Default for Buffer {
    fn default() -> Self {
        let time = || TimestampNanosecondBuilder::new().with_timezone("UTC");
        Self {
            len: 0,
            received: time(),
            source: StringBuilder::new(),
            interval: StringBuilder::new(),
            at: time(),
            target: StringBuilder::new(),
            metric: StringBuilder::new(),
            labels: StringBuilder::new(),
            unit: StringBuilder::new(),
            kind: StringBuilder::new(),
            value: Float64Builder::new(),
        }
    }
}

impl Buffer {
    fn push(&mut self, row: &WrittenRow<'_>) -> Result<(), RecordingError> {
        let kind = row.kind()?;
        let meta = row.series;
        self.len += 1;
        self.received.append_value(row.received.as_nanos());
        self.source.append_value(row.source);
        self.interval.append_value(row.interval.to_string());
        self.at.append_value(row.at.as_nanos());
        self.target.append_value(row.target);
        self.metric.append_option(meta.map(|meta| meta.key.metric()));
        self.labels.append_option(meta.map(|meta| text::labels_text(meta.key.labels())));
        self.unit.append_option(meta.map(|meta| meta.unit.as_str()));
        self.kind.append_option(meta.map(|_| kind));
        self.value.append_option(meta.map(|_| row.value));
        Ok(())
    }

    /// The columns in the order of the schema, and an empty buffer again.
    fn take(&mut self) -> Vec<ArrayRef> {
        self.len = 0;
        vec![
            Arc::new(self.received.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.interval.finish()),
            Arc::new(self.at.finish()),
            Arc::new(self.target.finish()),
            Arc::new(self.metric.finish()),
            Arc::new(self.labels.finish()),
            Arc::new(self.unit.finish()),
            Arc::new(self.kind.finish()),
            Arc::new(self.value.finish()),
        ]
    }
}
