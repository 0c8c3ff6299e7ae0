use awatch_core::{DetectError, Detector as _, Fit, FrameView};

use super::batch::{scored, widened};
use super::law;
use super::random::Random;
use crate::batch::SavedModel;

/// Checks the laws of [`SavedModel`] on the model that `fit` fits to `train`: it is read back with the same bits, and
/// what is not a model is refused, whatever it is.
///
/// # Panics
/// When a law is broken, naming it; when `train` cannot be fitted.
pub fn saved_model<F: Fit<Model: SavedModel>>(fit: &F, train: FrameView<'_>) {
    const LAW: &str = "a model saved and loaded gives the same bits";
    let model = fit.fit(train).expect("the training rows can be fitted");
    let rows = widened(train);
    let bytes = model.save().expect("a model can be saved");
    let loaded = match F::Model::load(&bytes) {
        Ok(loaded) => loaded,
        Err(error) => return law(false, LAW, || format!("it is refused: {error}")),
    };
    law(scored(&loaded, rows.view()) == scored(&model, rows.view()), LAW, || "scores differ".to_owned());
    law(loaded.columns() == model.columns(), LAW, || format!("{:?}", loaded.columns()));
    let again = loaded.save().expect("a model can be saved");
    law(again == bytes, LAW, || "saved again it is other bytes".to_owned());
    refuses_what_is_no_model::<F::Model>(&bytes, rows.view());
}

fn refuses_what_is_no_model<M: SavedModel>(bytes: &[u8], rows: FrameView<'_>) {
    let mut random = Random(23);
    refused::<M>(&[bytes, &[0]].concat(), "a model with a byte more");
    for _ in 0..100 {
        let cut = random.below(bytes.len());
        refused::<M>(bytes.get(..cut).unwrap_or_default(), "a part of a model");
        let mut changed = bytes.to_vec();
        let place = random.below(changed.len());
        if let Some(byte) = changed.get_mut(place) {
            *byte ^= 1 << random.below(8);
        }
        taken_does_no_harm::<M>(&changed, rows);
        let noise: Vec<u8> = (0..random.below(200)).map(|_| random.bits().to_le_bytes()[0]).collect();
        taken_does_no_harm::<M>(&noise, rows);
    }
}

fn refused<M: SavedModel>(bytes: &[u8], what: &str) {
    let loaded = M::load(bytes);
    let kept = matches!(loaded, Err(DetectError::State { .. }));
    law(kept, "what is no model is refused", || format!("{what}: {loaded:?}"));
}

/// Another number in its place may make a model as good: then rows of its columns are scored with numbers.
fn taken_does_no_harm<M: SavedModel>(bytes: &[u8], rows: FrameView<'_>) {
    let Ok(model) = M::load(bytes) else { return };
    if model.columns() == rows.columns() {
        for score in scored(&model, rows).into_iter().flatten() {
            let score = f64::from_bits(score);
            law(score.is_finite(), "a model that is loaded gives numbers", || format!("{score}"));
        }
    }
}
