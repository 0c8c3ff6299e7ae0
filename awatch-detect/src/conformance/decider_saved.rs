use awatch_core::detect::DeciderFactory;

use super::decider::{OUTPUTS, Rows, bound, step};
use super::law;
use super::random::Random;

/// The laws of saved state.
pub(super) fn check(factory: &dyn DeciderFactory, rows: &Rows) {
    goes_on_with_the_same_bits(factory, rows);
    refuses_what_is_not_state(factory, rows);
}

fn goes_on_with_the_same_bits(factory: &dyn DeciderFactory, rows: &Rows) {
    const LAW: &str = "saved and loaded gives the same bits";
    let mut decider = bound(factory);
    let mut restored = bound(factory);
    for (index, row) in rows.iter().enumerate() {
        if index % 37 == 0 {
            let state = decider.save().expect("state can be saved");
            restored = bound(factory);
            let loaded = restored.load(&state);
            law(loaded.is_ok(), LAW, || format!("row {index}: its own state is refused: {loaded:?}"));
        }
        let (one, two) = (step(&mut *decider, index, row), step(&mut *restored, index, row));
        law(one == two, LAW, || format!("row {index}: {one:?} and {two:?}"));
    }
}

fn refuses_what_is_not_state(factory: &dyn DeciderFactory, rows: &Rows) {
    const LAW: &str = "what is not its state is refused and changes nothing";
    let mut decider = bound(factory);
    for (index, row) in rows.iter().enumerate() {
        step(&mut *decider, index, row);
    }
    let state = decider.save().expect("state can be saved");
    let mut random = Random(13);
    for _ in 0..100 {
        let cut = random.below(state.len());
        let mut changed = state.clone();
        let place = random.below(changed.len());
        if let Some(byte) = changed.get_mut(place) {
            *byte ^= 1 << random.below(8);
        }
        for (bytes, must) in [(state.get(..cut).unwrap_or_default(), !state.is_empty()), (&changed, false)] {
            let loaded = decider.load(bytes);
            law(!must || loaded.is_err(), LAW, || "a part of its state is taken".to_owned());
            if loaded.is_ok() {
                step(&mut *decider, rows.len(), &[Some(1.0); OUTPUTS]);
                law(decider.load(&state).is_ok(), LAW, || "a bad state cannot be replaced".to_owned());
            }
            let now = decider.save().expect("state can be saved");
            law(now == state, LAW, || "a state is refused and there is another now".to_owned());
        }
    }
    let mut one = factory.create();
    one.bind(0, true);
    law(state.is_empty() || one.load(&state).is_err(), LAW, || {
        "the state of more outputs is taken".to_owned()
    });
}
