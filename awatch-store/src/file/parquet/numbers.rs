//! Columns of numbers, whatever their type.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal32Type, Decimal64Type, Decimal128Type, Float16Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

/// Whether [`numbers`] reads the type.
pub(super) fn is_number(of: &DataType) -> bool {
    of.is_integer()
        || matches!(
            of,
            DataType::Float16
                | DataType::Float32
                | DataType::Float64
                | DataType::Boolean
                | DataType::Null
                | DataType::Decimal32(..)
                | DataType::Decimal64(..)
                | DataType::Decimal128(..)
        )
}

/// The numbers of a column, NaN where there is none; `None` when it has none.
pub(super) fn numbers(array: &ArrayRef) -> Option<Vec<f64>> {
    let array = &**array;
    Some(match array.data_type() {
        DataType::Float64 => each::<Float64Type>(array, |value| value),
        DataType::Float32 => each::<Float32Type>(array, f64::from),
        DataType::Float16 => each::<Float16Type>(array, f64::from),
        DataType::Int64 => each::<Int64Type>(array, |value| value as f64),
        DataType::Int32 => each::<Int32Type>(array, f64::from),
        DataType::Int16 => each::<Int16Type>(array, f64::from),
        DataType::Int8 => each::<Int8Type>(array, f64::from),
        DataType::UInt64 => each::<UInt64Type>(array, |value| value as f64),
        DataType::UInt32 => each::<UInt32Type>(array, f64::from),
        DataType::UInt16 => each::<UInt16Type>(array, f64::from),
        DataType::UInt8 => each::<UInt8Type>(array, f64::from),
        DataType::Decimal32(_, scale) => {
            each::<Decimal32Type>(array, |value| f64::from(value) / ten_to(*scale))
        }
        DataType::Decimal64(_, scale) => each::<Decimal64Type>(array, |value| value as f64 / ten_to(*scale)),
        DataType::Decimal128(_, scale) => {
            each::<Decimal128Type>(array, |value| value as f64 / ten_to(*scale))
        }
        DataType::Boolean => {
            let one = |value: Option<bool>| value.map_or(f64::NAN, f64::from);
            array.as_boolean().iter().map(one).collect()
        }
        DataType::Null => vec![f64::NAN; array.len()],
        _ => return None,
    })
}

fn each<T: ArrowPrimitiveType>(array: &dyn Array, number: impl Fn(T::Native) -> f64) -> Vec<f64> {
    array.as_primitive::<T>().iter().map(|value| value.map_or(f64::NAN, &number)).collect()
}

fn ten_to(scale: i8) -> f64 {
    10_f64.powi(i32::from(scale))
}
