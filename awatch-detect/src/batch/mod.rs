//! What the batch detectors share: checked configurations, saved models, columns matched by name.
//!
//! A batch detector is fitted once on `rows × columns` of history and never changes: the score of a row depends on the
//! model and that row alone. Those of this crate treat their input alike:
//!
//! - **Missing values**: NaN and ±∞ are missing. A row without any value has no score; each detector says what it makes
//!   of a row with some.
//! - **Columns without a value** in the training rows are kept in the model and take no part.
//! - **Too few rows**: rows without any value do not count; below two, or what the detector needs, fitting is refused.
//! - **Saved** models ([`SavedModel`]) are bytes whose structure is checked before it is used.
//!
//! A model wants the columns it was fitted on, in their order. [`ColumnMap`] brings rows of other columns into that
//! order, by name.

mod checked;
mod column_map;
mod saved_model;

use awatch_core::detect::ContributionsMut;
use awatch_core::{ColumnKey, DetectError, FrameView};

pub use checked::Checked;
pub use column_map::ColumnMap;
pub use saved_model::SavedModel;

/// Checks rows to be scored, and that the answer has a place for each.
pub(crate) fn check_score(
    columns: &[ColumnKey],
    rows: FrameView<'_>,
    places: usize,
) -> Result<(), DetectError> {
    DetectError::check_columns(columns, rows.columns())?;
    if places == rows.len() {
        Ok(())
    } else {
        Err(DetectError::OutputSize { needed: rows.len(), given: places })
    }
}

/// Checks rows to be explained, and that the answer has a place for each of their values.
pub(crate) fn check_contributions(
    columns: &[ColumnKey],
    rows: FrameView<'_>,
    out: &mut ContributionsMut<'_>,
) -> Result<(), DetectError> {
    DetectError::check_columns(columns, rows.columns())?;
    let given = out.rows().map(|row| row.len()).sum();
    let needed = rows.values().len();
    if given == needed { Ok(()) } else { Err(DetectError::OutputSize { needed, given }) }
}

/// The numbers of the rows that have a value, refused when they are fewer than `needed` or there are no columns.
pub(crate) fn usable_rows(
    kind: &'static str,
    train: FrameView<'_>,
    needed: usize,
) -> Result<Vec<usize>, DetectError> {
    if train.columns().is_empty() {
        return Err(DetectError::NoColumns { kind });
    }
    let has_value = |row: &[f64]| row.iter().any(|value| value.is_finite());
    let usable: Vec<usize> =
        train.rows().enumerate().filter(|(_, row)| has_value(row)).map(|(index, _)| index).collect();
    if usable.len() < needed {
        return Err(DetectError::TooFewRows { kind, rows: usable.len(), needed });
    }
    Ok(usable)
}
