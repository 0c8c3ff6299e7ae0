use super::IsolationForestModel;
use super::keys::Keys;
use super::path_length;

/// Writes the contribution of each column to the score of `row`, by path share.
pub(super) fn shares(model: &IsolationForestModel, row: &[f64], out: &mut [f64]) {
    out.fill(0.0);
    let mut keys = Keys::new(1, row.len());
    if !model.set_keys(0, row, &mut keys) {
        return;
    }
    let mut cuts = Vec::new();
    for tree in 0..model.trees.len() {
        cuts.clear();
        let path = model.trees.way(tree, keys.row(0), |column, stayed, of| cuts.push((column, stayed, of)));
        for (column, stayed, of) in &cuts {
            let known = row.get(*column).is_some_and(|value| value.is_finite());
            if let Some(place) = out.get_mut(*column).filter(|_| known) {
                *place += (*of as f64 / (*stayed).max(1) as f64).log2() / path;
            }
        }
    }
    let mut sum = [0];
    model.trees.add_paths(&keys, &mut sum);
    let score = path_length::score(sum[0], model.trees.len(), model.trees.rows());
    let all: f64 = out.iter().sum();
    let known = row.iter().filter(|value| value.is_finite()).count() as f64;
    for (weight, value) in out.iter_mut().zip(row) {
        if all > 0.0 {
            *weight *= score / all;
        } else if value.is_finite() {
            *weight = score / known;
        }
    }
}
