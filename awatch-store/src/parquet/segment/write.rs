//! Writing a segment: under a temporary name, synchronised, and only then under its own.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray, TimestampNanosecondArray,
};
use awatch_core::SeriesMeta;

use super::file::{Segment, directory};
use super::footer::{Checksum, Footer, Placed};
use super::name::SegmentName;
use super::schema::{ROW_GROUP_ROWS, properties, schema};
use super::{Cache, SegmentError};
use crate::file::text::labels_text;
use crate::parquet::day::Day;
use crate::parquet::definition::KindName;
use crate::parquet::error::FileError;
use crate::parquet::log::sync_directory;

/// Which samples a segment is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parquet) struct Scope {
    pub(in crate::parquet) day: Day,
    /// The first generation.
    pub(in crate::parquet) first: u64,
    /// The last generation.
    pub(in crate::parquet) last: u64,
    pub(in crate::parquet) revision: u32,
}

/// A segment being written. Dropped before it is finished it leaves nothing behind.
#[derive(Debug)]
pub(in crate::parquet) struct SegmentWriter {
    scope: Scope,
    dir: PathBuf,
    temporary: Temporary,
    writer: ArrowWriter<Checked>,
    footer: Footer,
    /// Rows of the row group that is open.
    open_rows: usize,
}

impl SegmentWriter {
    /// Begins a segment of the store in `dir`.
    pub(in crate::parquet) fn create(dir: &Path, scope: Scope) -> Result<Self, SegmentError> {
        let dir = directory(dir, scope.day);
        fs::create_dir_all(&dir).map_err(FileError::of("creating", &dir))?;
        let path = dir.join(format!("{:010}-{:010}-{}.tmp", scope.first, scope.last, scope.revision));
        let file = File::create(&path).map_err(FileError::of("creating", &path))?;
        let options = ArrowWriterOptions::new().with_properties(properties()?).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(Checked::new(file), schema(), options)?;
        let footer = Footer { series: Vec::new(), first: i64::MAX, last: i64::MIN, checksums: Vec::new() };
        Ok(Self { scope, dir, temporary: Temporary(path), writer, footer, open_rows: 0 })
    }

    /// Adds the samples of the next series in order of key, times ascending.
    pub(in crate::parquet) fn add(
        &mut self,
        meta: &Arc<SeriesMeta>,
        times: &[i64],
        values: &[f64],
    ) -> Result<(), SegmentError> {
        let (Some(&first), Some(&last)) = (times.first(), times.last()) else { return Ok(()) };
        if self.footer.series.last().is_some_and(|before| before.meta.key >= meta.key) {
            return Err(SegmentError::Order);
        }
        let (start, rows) = (self.footer.rows(), times.len() as u64);
        self.footer.series.push(Placed { meta: Arc::clone(meta), start, rows });
        self.footer.first = self.footer.first.min(first);
        self.footer.last = self.footer.last.max(last);
        let (mut times, mut values) = (times, values);
        while !times.is_empty() {
            let room = ROW_GROUP_ROWS.saturating_sub(self.open_rows).clamp(1, times.len());
            let (now, later) = times.split_at_checked(room).ok_or(SegmentError::Rows)?;
            let (now_values, later_values) = values.split_at_checked(room).ok_or(SegmentError::Rows)?;
            self.writer.write(&batch(meta, now, now_values)?)?;
            self.open_rows += room;
            if self.open_rows >= ROW_GROUP_ROWS {
                self.end_row_group()?;
            }
            (times, values) = (later, later_values);
        }
        Ok(())
    }

    fn end_row_group(&mut self) -> Result<(), SegmentError> {
        self.writer.flush()?;
        self.writer.sync()?;
        let out = self.writer.inner_mut();
        let crc = std::mem::take(&mut out.crc).finalize();
        self.footer.checksums.push(Checksum { end: out.length, crc });
        self.open_rows = 0;
        Ok(())
    }

    /// Writes the footer, makes the file durable and gives it its name; `None` when nothing was added.
    pub(in crate::parquet) fn finish(mut self, cache: &Cache) -> Result<Option<Segment>, SegmentError> {
        if self.footer.series.is_empty() {
            return Ok(None);
        }
        if self.open_rows > 0 {
            self.end_row_group()?;
        }
        for pair in self.footer.write()? {
            self.writer.append_key_value_metadata(pair);
        }
        self.writer.finish()?;
        let out = self.writer.inner();
        let Scope { day, first, last, revision } = self.scope;
        let name = SegmentName { first, last, revision, checksum: out.crc.clone().finalize() };
        let path = self.dir.join(name.to_string());
        out.file.sync_all().map_err(FileError::of("synchronising", &self.temporary.0))?;
        fs::rename(&self.temporary.0, &path).map_err(FileError::of("renaming", &self.temporary.0))?;
        sync_directory(&self.dir)?;
        if let Some(parent) = self.dir.parent() {
            sync_directory(parent)?;
        }
        let segment = Segment::new(path, name, day, self.footer.clone(), out.length);
        segment.trust();
        cache.forget(segment.path());
        Ok(Some(segment))
    }
}

fn batch(meta: &SeriesMeta, times: &[i64], values: &[f64]) -> Result<RecordBatch, SegmentError> {
    let keys = Int32Array::from(vec![0; times.len()]);
    let text = |text: &str| -> Result<ArrayRef, SegmentError> {
        let values = Arc::new(StringArray::from(vec![text]));
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys.clone(), values)?))
    };
    let key = &meta.key;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(TimestampNanosecondArray::from(times.to_vec()).with_timezone("UTC")),
        text(key.target().id().as_str())?,
        text(key.metric().as_str())?,
        text(&labels_text(key.labels()))?,
        text(meta.unit.as_str())?,
        text(KindName::of(meta.kind).ok_or(SegmentError::Kind)?.as_str())?,
        Arc::new(Float64Array::from(values.to_vec())),
        text(&meta.interval.to_string())?,
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

/// A file that counts and checksums what goes into it.
#[derive(Debug)]
struct Checked {
    file: File,
    crc: crc32fast::Hasher,
    length: u64,
}

impl Checked {
    fn new(file: File) -> Self {
        Self { file, crc: crc32fast::Hasher::new(), length: 0 }
    }
}

impl Write for Checked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.crc.update(bytes.get(..written).unwrap_or_default());
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that goes when it is dropped; once it was renamed there is none of that name.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // What stays is removed at the next opening.
        let _ = fs::remove_file(&self.0);
    }
}
