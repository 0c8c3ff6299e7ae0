use serde::{Deserialize, Serialize};

/// A symmetric matrix, all of it kept, row after row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Symmetric {
    pub(super) size: usize,
    pub(super) values: Vec<f64>,
}

impl Symmetric {
    /// The mean of the outer products of rows that lie one after another: their covariance when their mean is 0.
    /// O(rows × size²).
    pub(crate) fn second_moments(rows: &[f64], size: usize) -> Self {
        let count = (rows.len() / size.max(1)).max(1) as f64;
        let mut values = vec![0.0; size * size];
        for row in rows.chunks_exact(size.max(1)) {
            for (one, places) in row.iter().zip(values.chunks_exact_mut(size)) {
                for (place, other) in places.iter_mut().zip(row) {
                    *place += one * other;
                }
            }
        }
        for value in &mut values {
            *value /= count;
        }
        Self { size, values }
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn diagonal(&self) -> impl Iterator<Item = f64> {
        self.values.iter().step_by(self.size + 1).copied()
    }

    pub(crate) fn diagonal_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.values.iter_mut().step_by(self.size + 1)
    }

    /// The sum of the squares of all its values.
    pub(crate) fn squares(&self) -> f64 {
        self.values.iter().map(|value| value * value).sum()
    }

    /// Multiplies all its values.
    pub(crate) fn scale(&mut self, factor: f64) {
        for value in &mut self.values {
            *value *= factor;
        }
    }

    /// The inverse of its lower Cholesky factor, `L⁻¹` of `L Lᵀ`; `None` when it is not positive definite.
    /// O(size³) (Golub and Van Loan, algorithms 4.2.1 and 3.1.1).
    pub(crate) fn whitening(&self) -> Option<Lower> {
        let factor = self.cholesky()?;
        let mut inverse = Lower::zero(self.size);
        for column in 0..self.size {
            for row in column..self.size {
                let one = if row == column { 1.0 } else { 0.0 };
                let known: f64 = (column..row).map(|k| factor.get(row, k) * inverse.get(k, column)).sum();
                inverse.set(row, column, (one - known) / factor.get(row, row));
            }
        }
        Some(inverse)
    }

    fn cholesky(&self) -> Option<Lower> {
        let mut factor = Lower::zero(self.size);
        for row in 0..self.size {
            for column in 0..=row {
                let known: f64 = (0..column).map(|k| factor.get(row, k) * factor.get(column, k)).sum();
                let rest = self.values[row * self.size + column] - known;
                if row == column {
                    if rest.is_nan() || rest <= 0.0 {
                        return None;
                    }
                    factor.set(row, row, rest.sqrt());
                } else {
                    factor.set(row, column, rest / factor.get(column, column));
                }
            }
        }
        Some(factor)
    }
}

/// A lower triangular matrix: row after row, each up to the diagonal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Lower {
    values: Vec<f64>,
}

impl Lower {
    fn zero(size: usize) -> Self {
        Self { values: vec![0.0; size * (size + 1) / 2] }
    }

    fn get(&self, row: usize, column: usize) -> f64 {
        self.values[row * (row + 1) / 2 + column]
    }

    fn set(&mut self, row: usize, column: usize, value: f64) {
        self.values[row * (row + 1) / 2 + column] = value;
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        let mut rest = self.values.as_slice();
        (1..).map_while(move |width| {
            let (row, after) = rest.split_at_checked(width)?;
            rest = after;
            Some(row)
        })
    }

    /// Writes its product with a vector.
    pub(crate) fn times(&self, vector: &[f64], out: &mut Vec<f64>) {
        out.clear();
        out.extend(self.rows().map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum::<f64>()));
    }

    /// Writes the product of its transpose with a vector.
    pub(crate) fn transposed_times(&self, vector: &[f64], out: &mut Vec<f64>) {
        out.clear();
        out.resize(vector.len(), 0.0);
        for (row, factor) in self.rows().zip(vector) {
            for (place, value) in out.iter_mut().zip(row) {
                *place += value * factor;
            }
        }
    }

    /// Whether it is a finite matrix of that size with a positive diagonal.
    pub(crate) fn is_factor(&self, size: usize) -> bool {
        let needed = size.checked_mul(size + 1).map(|twice| twice / 2);
        Some(self.values.len()) == needed
            && self.values.iter().all(|value| value.is_finite())
            && self.rows().all(|row| row.last().is_some_and(|value| *value > 0.0))
    }

    /// Bytes on the heap.
    pub(crate) fn memory(&self) -> usize {
        self.values.capacity() * size_of::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitening_makes_the_matrix_the_identity() {
        let matrix = Symmetric { size: 3, values: vec![4.0, 2.0, 0.6, 2.0, 3.0, 0.4, 0.6, 0.4, 1.0] };
        let lower = matrix.whitening().unwrap();
        assert!(lower.is_factor(3));
        // L⁻¹ A L⁻ᵀ column by column.
        for column in 0..3 {
            let mut unit = vec![0.0; 3];
            unit[column] = 1.0;
            let (mut back, mut out) = (Vec::new(), Vec::new());
            lower.transposed_times(&unit, &mut back);
            let through: Vec<f64> =
                matrix.values.chunks(3).map(|row| row.iter().zip(&back).map(|(a, b)| a * b).sum()).collect();
            lower.times(&through, &mut out);
            for (place, value) in out.iter().enumerate() {
                assert!((value - unit[place]).abs() < 1e-12, "{out:?}");
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_factor() {
        assert_eq!(Symmetric { size: 2, values: vec![1.0, 2.0, 2.0, 1.0] }.whitening(), None);
        assert_eq!(Symmetric { size: 1, values: vec![f64::NAN] }.whitening(), None);
    }

    #[test]
    fn second_moments_are_means_of_products() {
        let moments = Symmetric::second_moments(&[1.0, 2.0, 3.0, -4.0], 2);
        assert_eq!(moments.values, vec![5.0, -5.0, -5.0, 10.0]);
        assert_eq!(moments.diagonal().collect::<Vec<_>>(), vec![5.0, 10.0]);
    }
}
