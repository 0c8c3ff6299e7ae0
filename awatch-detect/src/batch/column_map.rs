use awatch_core::{ColumnKey, DetectError, Frame, FrameView};

/// Where each column of a model stands among columns in another order, matched by name, labels and unit.
///
/// # Example
/// ```
/// use awatch_core::{ColumnKey, Labels, Name, Unit};
/// use awatch_detect::batch::ColumnMap;
///
/// let key = |name| Ok::<_, awatch_core::series::NameError>(ColumnKey {
///     metric: Name::new(name)?,
///     labels: Labels::none(),
///     unit: Unit::RATIO,
/// });
/// let (cpu, memory, disk) = (key("cpu")?, key("memory")?, key("disk")?);
/// let model = [cpu.clone(), memory.clone()];
/// let map = ColumnMap::new(&model, &[disk.clone(), memory, cpu.clone()])?;
/// let mut row = Vec::new();
/// map.arrange_row(&[0.3, 0.2, 0.1], &mut row);
/// assert_eq!(row, [0.1, 0.2]);
///
/// let error = ColumnMap::new(&model, &[cpu, disk]).expect_err("memory is absent").to_string();
/// assert_eq!(
///     error,
///     "column 1 is absent where the model has memory in 1: give the columns of the training data in their order"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMap {
    columns: Vec<ColumnKey>,
    places: Vec<Option<usize>>,
}

impl ColumnMap {
    /// The places of all columns of `model` in `given`, for when a model is loaded. Columns the model does not know are
    /// left out.
    ///
    /// # Errors
    /// [`DetectError::Columns`] when a column of the model is absent, or there in another unit.
    pub fn new(model: &[ColumnKey], given: &[ColumnKey]) -> Result<Self, DetectError> {
        let map = Self::tolerant(model, given);
        match map.places.iter().zip(model).enumerate().find(|(_, (place, _))| place.is_none()) {
            None => Ok(map),
            Some((position, (_, key))) => {
                let same = |other: &&ColumnKey| other.metric == key.metric && other.labels == key.labels;
                let text = |key: &ColumnKey| format!("{key} in {}", key.unit);
                let found = given.iter().find(same).map_or_else(|| "absent".to_owned(), text);
                Err(DetectError::Columns { position, expected: text(key), found })
            }
        }
    }

    /// The places of the columns of `model` that are in `given`, for a running model: a column that disappeared, or
    /// comes in another unit, is missing.
    #[must_use]
    pub fn tolerant(model: &[ColumnKey], given: &[ColumnKey]) -> Self {
        let places = model.iter().map(|key| given.iter().position(|other| other == key)).collect();
        Self { columns: model.to_vec(), places }
    }

    /// How many columns of the model are absent.
    #[must_use]
    pub fn absent(&self) -> usize {
        self.places.iter().filter(|place| place.is_none()).count()
    }

    /// Writes a row into `out` in the order of the model, NaN for what is absent; `out` is cleared first.
    pub fn arrange_row(&self, row: &[f64], out: &mut Vec<f64>) {
        out.clear();
        let value =
            |place: &Option<usize>| place.and_then(|place| row.get(place)).copied().unwrap_or(f64::NAN);
        out.extend(self.places.iter().map(value));
    }

    /// The rows in the order of the model, NaN for what is absent. O(rows × columns).
    #[must_use]
    pub fn arrange(&self, rows: FrameView<'_>) -> Frame {
        let mut frame = Frame::new(self.columns.clone());
        let mut arranged = Vec::with_capacity(self.columns.len());
        for (row, at) in rows.rows().zip(rows.at()) {
            self.arrange_row(row, &mut arranged);
            let pushed = frame.push(*at, &arranged);
            debug_assert!(pushed.is_ok(), "as many columns");
        }
        frame
    }
}
