use super::Symmetric;

/// Sweeps after which rotations have long met rounding: matrices of thousands of rows need about ten.
const MOST_SWEEPS: usize = 60;

/// The eigenvalues of a symmetric matrix, largest first, and its eigenvectors.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Eigen {
    pub(crate) values: Vec<f64>,
    /// Of unit length, one after another in the order of the values.
    pub(crate) vectors: Vec<f64>,
}

impl Eigen {
    /// By cyclic Jacobi rotations (Golub and Van Loan, *Matrix Computations*, section 8.5): more accurate for small
    /// eigenvalues than reduction to tridiagonal form. O(size³) per sweep, 5 to 10 sweeps: 2 ms for 38 columns.
    pub(crate) fn of(mut matrix: Symmetric) -> Self {
        let size = matrix.size;
        let mut vectors = vec![0.0; size * size];
        vectors.iter_mut().step_by(size + 1).for_each(|value| *value = 1.0);
        let enough = f64::EPSILON * f64::EPSILON * matrix.squares();
        for _ in 0..MOST_SWEEPS {
            if off_diagonal(&matrix) <= enough {
                break;
            }
            for low in 0..size {
                for high in low + 1..size {
                    rotate(&mut matrix, &mut vectors, low, high);
                }
            }
        }
        let values: Vec<f64> = matrix.diagonal().collect();
        let mut order: Vec<usize> = (0..size).collect();
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        Self {
            values: order.iter().map(|place| values[*place]).collect(),
            vectors: order.iter().flat_map(|place| upright(&vectors[place * size..][..size])).collect(),
        }
    }
}

/// The vector, turned so that its largest component is positive: of the two directions always the same one.
fn upright(vector: &[f64]) -> impl Iterator<Item = f64> + use<'_> {
    let largest = vector
        .iter()
        .fold(0.0_f64, |largest, value| if value.abs() > largest.abs() { *value } else { largest });
    let sign = if largest < 0.0 { -1.0 } else { 1.0 };
    vector.iter().map(move |value| sign * value)
}

fn off_diagonal(matrix: &Symmetric) -> f64 {
    let upper =
        |(row, values): (usize, &[f64])| values.iter().skip(row + 1).map(|value| value * value).sum::<f64>();
    matrix.values.chunks_exact(matrix.size.max(1)).enumerate().map(upper).sum()
}

/// Turns two axes so that the value between them becomes 0.
fn rotate(matrix: &mut Symmetric, vectors: &mut [f64], low: usize, high: usize) {
    let size = matrix.size;
    let [at_low, at_high, between] =
        [(low, low), (high, high), (low, high)].map(|(row, column)| matrix.values[row * size + column]);
    if between.abs() <= f64::MIN_POSITIVE {
        return;
    }
    let cotangent = (at_high - at_low) / (2.0 * between);
    let tangent = cotangent.signum() / (cotangent.abs() + cotangent.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let turn = Turn { cosine, sine: tangent * cosine };
    turn.rows(&mut matrix.values, size, low, high);
    for row in matrix.values.chunks_exact_mut(size) {
        (row[low], row[high]) = turn.pair(row[low], row[high]);
    }
    turn.rows(vectors, size, low, high);
}

#[derive(Clone, Copy)]
struct Turn {
    cosine: f64,
    sine: f64,
}

impl Turn {
    fn pair(self, low: f64, high: f64) -> (f64, f64) {
        (self.cosine * low - self.sine * high, self.sine * low + self.cosine * high)
    }

    fn rows(self, values: &mut [f64], size: usize, low: usize, high: usize) {
        let (before, after) = values.split_at_mut(high * size);
        for (low, high) in before[low * size..][..size].iter_mut().zip(&mut after[..size]) {
            (*low, *high) = self.pair(*low, *high);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn is_decomposed(matrix: &Symmetric) {
        let size = matrix.size;
        let eigen = Eigen::of(matrix.clone());
        assert!(eigen.values.is_sorted_by(|a, b| a >= b));
        for row in 0..size {
            for column in 0..size {
                let (mut composed, mut product) = (0.0, 0.0);
                for k in 0..size {
                    let vector = &eigen.vectors[k * size..][..size];
                    composed += eigen.values[k] * vector[row] * vector[column];
                    product += eigen.vectors[row * size + k] * eigen.vectors[column * size + k];
                }
                assert!((composed - matrix.values[row * size + column]).abs() < 1e-11, "{row} {column}");
                let one = if row == column { 1.0 } else { 0.0 };
                assert!((product - one).abs() < 1e-12, "{row} {column}");
            }
        }
    }

    #[test]
    fn values_and_vectors_compose_the_matrix() {
        let mut random = Random::new(1, 0);
        for size in [1, 2, 7, 40] {
            let rows: Vec<f64> = (0..size * 30).map(|_| random.unit() - 0.5).collect();
            is_decomposed(&Symmetric::second_moments(&rows, size));
        }
        is_decomposed(&Symmetric { size: 3, values: vec![0.0; 9] });
        is_decomposed(&Symmetric { size: 2, values: vec![1.0, 1.0, 1.0, 1.0] });
    }
}
