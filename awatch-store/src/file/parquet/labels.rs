//! Labels as maps, and as lists of pairs, which is what some programs make of maps.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::DataType;
use awatch_core::Labels;

use super::columns::Texts;
use crate::file::text;

/// The labels of each row as text; `None` when the type is not a map of texts.
pub(super) fn label_texts(array: &ArrayRef) -> Option<Result<Vec<String>, String>> {
    match array.data_type() {
        DataType::Map(..) => {
            let map = array.as_map_opt()?;
            Some(texts(array, map.entries(), |row| range(map.value_offsets(), row)))
        }
        DataType::List(_) => {
            let list = array.as_list_opt::<i32>()?;
            let pairs = list.values().as_struct_opt()?;
            Some(texts(array, pairs, |row| range(list.value_offsets(), row)))
        }
        _ => None,
    }
}

fn texts(
    array: &ArrayRef,
    pairs: &StructArray,
    range: impl Fn(usize) -> std::ops::Range<usize>,
) -> Result<Vec<String>, String> {
    let [names, values] = pairs.columns() else {
        return Err("its pairs are not of a name and a value".to_owned());
    };
    let (Some(names), Some(values)) = (Texts::of(names), Texts::of(values)) else {
        return Err("its pairs are not of texts".to_owned());
    };
    let one = |row: usize| {
        let range = if array.is_null(row) { 0..0 } else { range(row) };
        let labels = Labels::new(range.map(|pair| (names.get(pair), values.get(pair))));
        labels.map(|labels| text::labels_text(&labels)).map_err(|error| error.to_string())
    };
    (0..array.len()).map(one).collect()
}

fn range(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let offset =
        |at: usize| offsets.get(at).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or_default();
    offset(row)..offset(row + 1)
}
