//! What Awatch says in the footer of a segment, beside what every Parquet file says.

use std::sync::Arc;

use ::parquet::file::metadata::KeyValue;
use awatch_core::{SeriesMeta, Timestamp};
use serde::{Deserialize, Serialize};

use super::SegmentError;
use crate::parquet::definition::{Change, Definition};

/// The version of the segment format that is written, and the newest that is read.
pub(in crate::parquet) const VERSION: u32 = 1;

const FORMAT_VERSION: &str = "awatch.format_version";
const SERIES_COUNT: &str = "awatch.series_count";
const FIRST: &str = "awatch.first";
const LAST: &str = "awatch.last";
const SERIES: &str = "awatch.series";
const CHECKSUMS: &str = "awatch.checksums";

/// Where a row group ends, and the CRC-32 of the bytes from the end of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::parquet) struct Checksum {
    pub(in crate::parquet) end: u64,
    pub(in crate::parquet) crc: u32,
}

/// A series of a segment and where its rows are.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::parquet) struct Placed {
    pub(in crate::parquet) meta: Arc<SeriesMeta>,
    /// Its first row.
    pub(in crate::parquet) start: u64,
    /// How many it has.
    pub(in crate::parquet) rows: u64,
}

/// What is in a segment.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::parquet) struct Footer {
    /// In order of key.
    pub(in crate::parquet) series: Vec<Placed>,
    pub(in crate::parquet) first: i64,
    pub(in crate::parquet) last: i64,
    pub(in crate::parquet) checksums: Vec<Checksum>,
}

impl Footer {
    pub(in crate::parquet) fn rows(&self) -> u64 {
        self.series.last().map_or(0, |last| last.start + last.rows)
    }

    pub(in crate::parquet) fn write(&self) -> Result<Vec<KeyValue>, SegmentError> {
        let mut before = None;
        let mut changes = Vec::with_capacity(self.series.len());
        for placed in &self.series {
            let next = Definition::of(&placed.meta).ok_or(SegmentError::Kind)?;
            changes.push(Change::between(before.as_ref(), &next, placed.rows));
            before = Some(next);
        }
        let pairs = [
            (FORMAT_VERSION, VERSION.to_string()),
            (SERIES_COUNT, self.series.len().to_string()),
            (FIRST, Timestamp::from_nanos(self.first).to_string()),
            (LAST, Timestamp::from_nanos(self.last).to_string()),
            (SERIES, serde_json::to_string(&changes)?),
            (CHECKSUMS, serde_json::to_string(&self.checksums)?),
        ];
        Ok(pairs.into_iter().map(|(key, value)| KeyValue::new(key.to_owned(), value)).collect())
    }

    pub(in crate::parquet) fn read(pairs: Option<&Vec<KeyValue>>) -> Result<Self, SegmentError> {
        let pairs = pairs.map_or(&[][..], Vec::as_slice);
        let value = |key: &'static str| {
            let pair = pairs.iter().find(|pair| pair.key == key);
            pair.and_then(|pair| pair.value.as_deref()).ok_or(SegmentError::Missing { key })
        };
        let version: u32 =
            value(FORMAT_VERSION)?.parse().map_err(|_| SegmentError::Malformed { key: FORMAT_VERSION })?;
        if version > VERSION {
            return Err(SegmentError::Newer { version, known: VERSION });
        }
        let instant = |key| {
            let at: Result<Timestamp, _> = value(key)?.parse();
            at.map(Timestamp::as_nanos).map_err(|_| SegmentError::Malformed { key })
        };
        let changes: Vec<Change> = serde_json::from_str(value(SERIES)?)?;
        Ok(Self {
            series: placed(changes)?,
            first: instant(FIRST)?,
            last: instant(LAST)?,
            checksums: serde_json::from_str(value(CHECKSUMS)?)?,
        })
    }
}

fn placed(changes: Vec<Change>) -> Result<Vec<Placed>, SegmentError> {
    let mut before: Option<Definition> = None;
    let mut start: u64 = 0;
    let mut series = Vec::with_capacity(changes.len());
    for change in changes {
        let rows = change.rows;
        let next = change.after(before.as_ref()).ok_or(SegmentError::Malformed { key: SERIES })?;
        series.push(Placed { meta: Arc::new(next.clone().meta()), start, rows });
        start = start.checked_add(rows).ok_or(SegmentError::Malformed { key: SERIES })?;
        before = Some(next);
    }
    if series.is_sorted_by(|a, b| a.meta.key < b.meta.key) {
        Ok(series)
    } else {
        Err(SegmentError::Malformed { key: SERIES })
    }
}

#[cfg(test)]
mod tests {
    use awatch_core::series::{Labels, Name, Target, Unit};
    use awatch_core::{Interval, Kind, SeriesKey};

    use super::*;

    fn footer() -> Footer {
        let placed = |n: u64| {
            let labels = Labels::new([("n", n.to_string())]).unwrap();
            let key = SeriesKey::new(Target::new("t").unwrap(), Name::new("m").unwrap(), labels);
            let meta = SeriesMeta { key, unit: Unit::RATIO, kind: Kind::Gauge, interval: Interval::SECOND };
            Placed { meta: Arc::new(meta), start: n * 10, rows: 10 }
        };
        Footer {
            series: (0..3).map(placed).collect(),
            first: 5,
            last: i64::MAX,
            checksums: vec![Checksum { end: 9, crc: 7 }],
        }
    }

    #[test]
    fn it_is_read_as_it_is_written() {
        let pairs = footer().write().unwrap();
        assert_eq!(Footer::read(Some(&pairs)).unwrap(), footer());
        assert_eq!(footer().rows(), 30);
        let text = pairs.iter().find(|pair| pair.key == SERIES).and_then(|pair| pair.value.clone()).unwrap();
        assert_eq!(
            text,
            r#"[{"target":"t","metric":"m","labels":{"n":"0"},"unit":"1","kind":"gauge","interval":"1s","rows":10},{"labels":{"n":"1"},"rows":10},{"labels":{"n":"2"},"rows":10}]"#
        );
    }

    #[test]
    fn what_is_missing_newer_or_malformed_is_said() {
        let message = |change: fn(&mut Vec<KeyValue>)| {
            let mut pairs = footer().write().unwrap();
            change(&mut pairs);
            Footer::read(Some(&pairs)).unwrap_err().to_string()
        };
        assert_eq!(
            message(Vec::clear),
            "its footer has no `awatch.format_version`: it is no segment of a store"
        );
        assert_eq!(
            message(|pairs| pairs[0].value = Some("9".to_owned())),
            "it is in format 9, and this program knows formats up to 1: use a newer awatch"
        );
        assert_eq!(
            message(|pairs| pairs[2].value = Some("noon".to_owned())),
            "`awatch.first` in its footer is malformed"
        );
        assert_eq!(
            message(|pairs| pairs[4].value = Some(r#"[{"rows":1}]"#.to_owned())),
            "`awatch.series` in its footer is malformed"
        );
    }
}
