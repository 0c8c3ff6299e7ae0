//! The columns of a record batch as rows are made of them.

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BinaryArray, LargeStringArray, RecordBatch, StringArray, StringViewArray,
};
use awatch_core::Timestamp;

use super::labels::label_texts;
use super::numbers::numbers;
use super::times::times;
use crate::file::layout::{Column, Places};

/// A column of texts. Nothing is an empty text.
#[derive(Debug)]
pub(super) enum Texts {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
    Bytes(BinaryArray),
    Made(Vec<String>),
    /// The file has no such column.
    Absent,
}

impl Texts {
    /// `None` when the column has other things.
    pub(super) fn of(array: &ArrayRef) -> Option<Self> {
        let small = || array.as_string_opt().cloned().map(Self::Small);
        let large = || array.as_string_opt().cloned().map(Self::Large);
        let view = || array.as_string_view_opt().cloned().map(Self::View);
        small().or_else(large).or_else(view).or_else(|| array.as_binary_opt().cloned().map(Self::Bytes))
    }

    pub(super) fn get(&self, row: usize) -> &str {
        match self {
            Self::Small(array) if row < array.len() && array.is_valid(row) => array.value(row),
            Self::Large(array) if row < array.len() && array.is_valid(row) => array.value(row),
            Self::View(array) if row < array.len() && array.is_valid(row) => array.value(row),
            Self::Bytes(array) if row < array.len() && array.is_valid(row) => {
                std::str::from_utf8(array.value(row)).unwrap_or("\u{fffd}")
            }
            Self::Made(texts) => texts.get(row).map_or("", String::as_str),
            _ => "",
        }
    }
}

/// What is wrong with a column, and in which row of the batch if in one.
#[derive(Debug)]
pub(super) struct ColumnError {
    pub(super) place: usize,
    pub(super) row: usize,
    pub(super) problem: String,
}

/// The rows of a batch of the long layout.
#[derive(Debug)]
pub(super) struct LongBatch {
    pub(super) received: Option<Vec<Result<Timestamp, String>>>,
    pub(super) at: Vec<Result<Timestamp, String>>,
    pub(super) texts: [Texts; Column::DESCRIBING.len()],
    pub(super) values: Vec<f64>,
}

impl LongBatch {
    pub(super) fn of(batch: &RecordBatch, places: &Places) -> Result<Self, ColumnError> {
        let mut describing = [const { Texts::Absent }; Column::DESCRIBING.len()];
        for (column, texts) in Column::DESCRIBING.into_iter().zip(&mut describing) {
            if let Some(place) = places.of(column) {
                *texts = texts_of(batch, place, column)?;
            }
        }
        let times_of = |column| places.of(column).map(|place| instants(batch, place)).transpose();
        let place = places.of(Column::Value).unwrap_or_default();
        Ok(Self {
            received: times_of(Column::Received)?,
            at: times_of(Column::Timestamp)?.unwrap_or_default(),
            texts: describing,
            values: values(batch, place)?,
        })
    }
}

/// The rows of a batch of a table with one column per metric.
#[derive(Debug)]
pub(super) struct WideBatch {
    pub(super) at: Vec<Result<Timestamp, String>>,
    /// A column per metric.
    pub(super) values: Vec<Vec<f64>>,
}

impl WideBatch {
    pub(super) fn of(
        batch: &RecordBatch,
        time: usize,
        metrics: impl Iterator<Item = usize>,
    ) -> Result<Self, ColumnError> {
        let values = metrics.map(|place| values(batch, place)).collect::<Result<_, _>>()?;
        Ok(Self { at: instants(batch, time)?, values })
    }
}

fn instants(batch: &RecordBatch, place: usize) -> Result<Vec<Result<Timestamp, String>>, ColumnError> {
    let array = array(batch, place)?;
    times(array)
        .ok_or_else(|| other_type(array, place, "timestamps, whole numbers since 1970 or RFC 3339 text"))
}

pub(super) fn values(batch: &RecordBatch, place: usize) -> Result<Vec<f64>, ColumnError> {
    let array = array(batch, place)?;
    numbers(array).ok_or_else(|| other_type(array, place, "numbers"))
}

fn texts_of(batch: &RecordBatch, place: usize, column: Column) -> Result<Texts, ColumnError> {
    let array = array(batch, place)?;
    if let Some(texts) = Texts::of(array) {
        return Ok(texts);
    }
    match label_texts(array).filter(|_| column == Column::Labels) {
        Some(Ok(texts)) => Ok(Texts::Made(texts)),
        Some(Err(problem)) => Err(ColumnError { place, row: 0, problem }),
        None if array.null_count() == array.len() => Ok(Texts::Absent),
        None => Err(other_type(
            array,
            place,
            if column == Column::Labels { "text or a map of text" } else { "text" },
        )),
    }
}

fn array(batch: &RecordBatch, place: usize) -> Result<&ArrayRef, ColumnError> {
    let problem = || ColumnError { place, row: 0, problem: "it is missing".to_owned() };
    batch.columns().get(place).ok_or_else(problem)
}

fn other_type(array: &ArrayRef, place: usize, wanted: &str) -> ColumnError {
    let problem = format!("it is of type {}: write {wanted}", array.data_type());
    ColumnError { place, row: 0, problem }
}
