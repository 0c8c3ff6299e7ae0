//! The columns of a segment and how they are written.

use std::sync::{Arc, LazyLock};

use ::parquet::basic::{Compression, Encoding, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::schema::types::ColumnPath;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// The instant of a sample.
pub(super) const TIMESTAMP: &str = "timestamp";
/// Its number.
pub(super) const VALUE: &str = "value";

/// The place of [`TIMESTAMP`] among the columns.
pub(super) const TIMESTAMP_PLACE: usize = 0;
/// The place of [`VALUE`] among the columns.
pub(super) const VALUE_PLACE: usize = 6;

/// Most rows of a row group: an hour of 291 series at one second.
pub(super) const ROW_GROUP_ROWS: usize = 1 << 20;

/// Most rows of a page. Measured: smaller ones cost bytes for their headers, and one series of an hour has 3,600 rows.
const PAGE_ROWS: usize = 16_384;

pub(super) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let text = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let time = DataType::Timestamp(TimeUnit::Nanosecond, Some(Arc::from("UTC")));
        Arc::new(Schema::new(vec![
            Field::new(TIMESTAMP, time, false),
            Field::new("target", text(), false),
            Field::new("metric", text(), false),
            Field::new("labels", text(), false),
            Field::new("unit", text(), false),
            Field::new("kind", text(), false),
            Field::new(VALUE, DataType::Float64, false),
            Field::new("interval", text(), false),
        ]))
    });
    Arc::clone(&SCHEMA)
}

pub(super) fn properties() -> Result<WriterProperties, ParquetError> {
    let [timestamp, metric, value] = [TIMESTAMP, "metric", VALUE].map(ColumnPath::from);
    Ok(WriterProperties::builder()
        .set_created_by("awatch".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(metric, EnabledStatistics::Page)
        .set_column_statistics_enabled(timestamp.clone(), EnabledStatistics::Page)
        .set_column_dictionary_enabled(timestamp.clone(), false)
        .set_column_encoding(timestamp, Encoding::DELTA_BINARY_PACKED)
        .set_column_dictionary_enabled(value.clone(), false)
        .set_column_encoding(value, Encoding::BYTE_STREAM_SPLIT)
        .build())
}
