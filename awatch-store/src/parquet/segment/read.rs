//! Reading some series of a segment, without the rest.

use std::fs::File;
use std::ops::Range;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder, RowSelection};
use ::parquet::file::page_index::column_index::ColumnIndexMetaData;
use arrow_array::{Array, Float64Array, RecordBatch, TimestampNanosecondArray};

use super::file::Segment;
use super::schema::{TIMESTAMP_PLACE, VALUE_PLACE};
use super::{Cache, SegmentError};
use crate::memory::history::keep_within;
use crate::parquet::error::FileError;

/// Rows decoded at once.
const BATCH_ROWS: usize = 16_384;

/// Times ascending, and as many values.
pub(in crate::parquet) type Rows = (Vec<i64>, Vec<f64>);

/// Rows of one series that lie together in one row group.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    /// Which of the series asked for.
    slot: usize,
    /// The rows, counted from the first of the file.
    rows: Range<u64>,
}

impl Segment {
    /// Its file, which can be read also when its name is gone.
    pub(in crate::parquet) fn pin(&self) -> Result<File, FileError> {
        File::open(self.path()).map_err(FileError::of("opening", self.path()))
    }

    /// The samples within `from..to` of the series at `places`, which ascend; as many answers as places. A pinned file
    /// is for one reader at a time.
    pub(in crate::parquet) fn read(
        &self,
        places: &[usize],
        from: i64,
        to: i64,
        cache: &Cache,
        pinned: Option<&File>,
    ) -> Result<Vec<Rows>, SegmentError> {
        let mut found = vec![Rows::default(); places.len()];
        if to <= self.first() || self.last() < from {
            return Ok(found);
        }
        let mut file = match pinned {
            Some(file) => file.try_clone()?,
            None => self.pin()?,
        };
        let metadata = cache.get(self.path(), &file)?;
        let mut pieces = Vec::new();
        let mut groups = Vec::new();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let (mut start, mut chosen_rows) = (0_u64, 0_usize);
        for (group, about) in metadata.metadata().row_groups().iter().enumerate() {
            let rows = u64::try_from(about.num_rows()).map_err(|_| SegmentError::Rows)?;
            let inside = start..start.checked_add(rows).ok_or(SegmentError::Rows)?;
            let own = self.pieces(places, &inside, from, to, group, &metadata)?;
            if !own.is_empty() {
                self.check(group, &mut file)?;
                groups.push(group);
                for piece in &own {
                    let offset =
                        |row: u64| usize::try_from(row - inside.start).map_err(|_| SegmentError::Rows);
                    ranges
                        .push(chosen_rows + offset(piece.rows.start)?..chosen_rows + offset(piece.rows.end)?);
                }
                chosen_rows += usize::try_from(rows).map_err(|_| SegmentError::Rows)?;
                pieces.extend(own);
            }
            start = inside.end;
        }
        if !pieces.is_empty() {
            let selection = RowSelection::from_consecutive_ranges(ranges.into_iter(), chosen_rows);
            fill(&mut found, &pieces, batches(file, metadata, groups, selection)?)?;
        }
        for (times, values) in &mut found {
            keep_within(times, values, from, to);
        }
        Ok(found)
    }

    /// The rows of a row group, `inside` of the file, that are of the series and in pages that overlap `from..to`.
    fn pieces(
        &self,
        places: &[usize],
        inside: &Range<u64>,
        from: i64,
        to: i64,
        group: usize,
        metadata: &ArrowReaderMetadata,
    ) -> Result<Vec<Piece>, SegmentError> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut pages = None;
        for (slot, place) in places.iter().enumerate() {
            let own = self.series().get(*place).ok_or(SegmentError::Rows)?;
            let rows = own.start.max(inside.start)..(own.start + own.rows).min(inside.end);
            if rows.is_empty() {
                continue;
            }
            let pages = match &pages {
                Some(pages) => pages,
                None => pages.insert(pages_within(metadata, group, inside, from, to)?),
            };
            let first = pages.partition_point(|page: &Range<u64>| page.end <= rows.start);
            for page in pages.get(first..).unwrap_or_default().iter().take_while(|page| page.start < rows.end)
            {
                let rows = rows.start.max(page.start)..rows.end.min(page.end);
                match pieces.last_mut() {
                    Some(last) if last.slot == slot && last.rows.end == rows.start => {
                        last.rows.end = rows.end;
                    }
                    _ => pieces.push(Piece { slot, rows }),
                }
            }
        }
        Ok(pieces)
    }
}

/// The rows, counted from the first of the file, of the pages of a row group that have instants within `from..to`.
fn pages_within(
    metadata: &ArrowReaderMetadata,
    group: usize,
    inside: &Range<u64>,
    from: i64,
    to: i64,
) -> Result<Vec<Range<u64>>, SegmentError> {
    let metadata = metadata.metadata();
    let column = |columns: usize| (columns > TIMESTAMP_PLACE).then_some(TIMESTAMP_PLACE);
    let offsets = metadata
        .offset_index()
        .and_then(|index| index.get(group))
        .and_then(|columns| columns.get(column(columns.len())?));
    let bounds = metadata
        .column_index()
        .and_then(|index| index.get(group))
        .and_then(|columns| columns.get(column(columns.len())?));
    let (Some(offsets), Some(ColumnIndexMetaData::INT64(bounds))) = (offsets, bounds) else {
        return Err(SegmentError::Rows);
    };
    let locations = offsets.page_locations();
    let mut pages = Vec::with_capacity(locations.len());
    for (page, location) in locations.iter().enumerate() {
        let row = |row: i64| {
            u64::try_from(row).ok().and_then(|row| row.checked_add(inside.start)).ok_or(SegmentError::Rows)
        };
        let start = row(location.first_row_index)?;
        let end = locations.get(page + 1).map_or(Ok(inside.end), |next| row(next.first_row_index))?;
        let overlaps = match (bounds.min_value(page), bounds.max_value(page)) {
            (Some(first), Some(last)) => *first < to && from <= *last,
            _ => true,
        };
        if start > end || end > inside.end {
            return Err(SegmentError::Rows);
        }
        if overlaps {
            pages.push(start..end);
        }
    }
    Ok(pages)
}

fn batches(
    file: File,
    metadata: ArrowReaderMetadata,
    groups: Vec<usize>,
    selection: RowSelection,
) -> Result<impl Iterator<Item = Result<RecordBatch, arrow_schema::ArrowError>>, SegmentError> {
    let mask = ProjectionMask::leaves(metadata.parquet_schema(), [TIMESTAMP_PLACE, VALUE_PLACE]);
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_projection(mask);
    Ok(builder.with_row_groups(groups).with_row_selection(selection).with_batch_size(BATCH_ROWS).build()?)
}

/// Hands the rows read, which are those of the pieces one after the other, to the series they are of.
fn fill(
    found: &mut [Rows],
    pieces: &[Piece],
    batches: impl Iterator<Item = Result<RecordBatch, arrow_schema::ArrowError>>,
) -> Result<(), SegmentError> {
    let mut pieces = pieces.iter().map(|piece| (piece.slot, piece.rows.end - piece.rows.start));
    let mut current = pieces.next();
    for batch in batches {
        let batch = batch?;
        let times =
            batch.column(0).as_any().downcast_ref::<TimestampNanosecondArray>().ok_or(SegmentError::Rows)?;
        let values = batch.column(1).as_any().downcast_ref::<Float64Array>().ok_or(SegmentError::Rows)?;
        let (mut times, mut values): (&[i64], &[f64]) = (times.values(), values.values());
        while !times.is_empty() {
            let (slot, left) = current.as_mut().ok_or(SegmentError::Rows)?;
            let now = usize::try_from(*left).unwrap_or(usize::MAX).min(times.len());
            let (own, later) = times.split_at_checked(now).ok_or(SegmentError::Rows)?;
            let (own_values, later_values) = values.split_at_checked(now).ok_or(SegmentError::Rows)?;
            let rows = found.get_mut(*slot).ok_or(SegmentError::Rows)?;
            rows.0.extend_from_slice(own);
            rows.1.extend_from_slice(own_values);
            (times, values) = (later, later_values);
            *left -= now as u64;
            if *left == 0 {
                current = pieces.next();
            }
        }
    }
    if current.is_none() { Ok(()) } else { Err(SegmentError::Rows) }
}
