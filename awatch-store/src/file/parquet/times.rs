//! Columns of time, whatever their type.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use awatch_core::Timestamp;

use super::columns::Texts;
use crate::file::text;

const NANOS_PER_DAY: i64 = 86_400_000_000_000;

/// The instants of a column, each or what is wrong with it; `None` when its type is not one of time.
pub(super) fn times(array: &ArrayRef) -> Option<Vec<Result<Timestamp, String>>> {
    Some(match array.data_type() {
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            each::<TimestampNanosecondType>(array, |at| at, |_| 1)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            each::<TimestampMicrosecondType>(array, |at| at, |_| 1000)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            each::<TimestampMillisecondType>(array, |at| at, |_| 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Second, _) => {
            each::<TimestampSecondType>(array, |at| at, |_| 1_000_000_000)
        }
        DataType::Int64 => each::<Int64Type>(array, |at| at, text::nanos_per_unit),
        DataType::Date32 => each::<Date32Type>(array, i64::from, |_| NANOS_PER_DAY),
        _ => {
            let texts = Texts::of(array)?;
            (0..array.len()).map(|row| text::timestamp(texts.get(row))).collect()
        }
    })
}

fn each<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    count: impl Fn(T::Native) -> i64,
    nanos_per_unit: impl Fn(i64) -> i64,
) -> Vec<Result<Timestamp, String>> {
    let instant = |value: Option<T::Native>| {
        let count = count(value.ok_or("it is empty: every row has its time")?);
        let nanos = count.checked_mul(nanos_per_unit(count));
        nanos
            .map(Timestamp::from_nanos)
            .ok_or_else(|| format!("{count} lies outside of the years 1678 to 2262"))
    };
    array.as_primitive::<T>().iter().map(instant).collect()
}
