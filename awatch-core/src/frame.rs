use crate::Timestamp;
use crate::series::ColumnKey;

/// Rows of numbers that somebody else owns: `rows × columns`, row-major, NaN = missing.
#[derive(Clone, Copy, Debug)]
pub struct FrameView<'a> {
    values: &'a [f64],
    columns: &'a [ColumnKey],
    at: &'a [Timestamp],
}

/// Rows of numbers: `rows × columns`, row-major, NaN = missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    values: Vec<f64>,
    columns: Vec<ColumnKey>,
    at: Vec<Timestamp>,
}

/// The parts do not make a frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{values} values do not make {rows} rows of {columns} columns: give rows × columns values")]
pub struct ShapeError {
    /// How many values were given.
    pub values: usize,
    /// How many instants were given.
    pub rows: usize,
    /// How many columns were given.
    pub columns: usize,
}

impl<'a> FrameView<'a> {
    /// The view of `values` as one row per instant in `at`, one column per key.
    ///
    /// # Errors
    /// [`ShapeError`] when there are not `at.len() × columns.len()` values.
    pub fn new(values: &'a [f64], columns: &'a [ColumnKey], at: &'a [Timestamp]) -> Result<Self, ShapeError> {
        if at.len().checked_mul(columns.len()) == Some(values.len()) {
            Ok(Self { values, columns, at })
        } else {
            Err(ShapeError { values: values.len(), rows: at.len(), columns: columns.len() })
        }
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// What the columns are.
    #[must_use]
    pub fn columns(&self) -> &'a [ColumnKey] {
        self.columns
    }

    /// The instants of the rows.
    #[must_use]
    pub fn at(&self) -> &'a [Timestamp] {
        self.at
    }

    /// All values, row after row.
    #[must_use]
    pub fn values(&self) -> &'a [f64] {
        self.values
    }

    /// The rows in order. With no columns there are no rows.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [f64]> + use<'a> {
        self.values.chunks_exact(self.columns.len().max(1))
    }

    /// The values of one column, from the first row to the last; none when there is no such column.
    pub fn column(&self, index: usize) -> impl Iterator<Item = f64> + use<'a> {
        self.rows().filter_map(move |row| row.get(index).copied())
    }
}

impl Frame {
    /// A frame without rows.
    #[must_use]
    pub fn new(columns: Vec<ColumnKey>) -> Self {
        Self { values: Vec::new(), columns, at: Vec::new() }
    }

    /// Adds a row; NaN = missing.
    ///
    /// # Errors
    /// [`ShapeError`] when `row` does not have one value per column.
    pub fn push(&mut self, at: Timestamp, row: &[f64]) -> Result<(), ShapeError> {
        if row.len() != self.columns.len() {
            return Err(ShapeError { values: row.len(), rows: 1, columns: self.columns.len() });
        }
        self.at.push(at);
        self.values.extend_from_slice(row);
        Ok(())
    }

    /// Its view.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        FrameView { values: &self.values, columns: &self.columns, at: &self.at }
    }
}
