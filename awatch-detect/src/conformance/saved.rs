use awatch_core::{DetectorFactory, Learn, OnlineDetector};

use super::law;
use super::online::Options;
use super::random::Random;
use super::stream::{Stream, bound, outputs, step};

/// The laws of saved state.
pub(super) fn check(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    goes_on_with_the_same_bits(factory, options, stream);
    refuses_what_is_not_state(factory, options, stream);
}

fn goes_on_with_the_same_bits(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    const LAW: &str = "saved and loaded gives the same bits";
    let outputs = outputs(factory, options.columns.len());
    let mut detector = bound(factory, &options.columns);
    let mut restored: Option<Box<dyn OnlineDetector>> = None;
    for index in 0..stream.len() {
        if index % (stream.len() / 5).max(1) == 0 {
            let state = detector.save().expect("state can be saved");
            let mut next = bound(factory, &options.columns);
            let loaded = next.load(&state);
            law(loaded.is_ok(), LAW, || format!("row {index}: its own state is refused: {loaded:?}"));
            let again = next.save().expect("state can be saved");
            law(again == state, LAW, || format!("row {index}: saved again it is other bytes"));
            restored = Some(next);
        }
        let one = step(&mut *detector, stream.row(index), Learn::Yes, outputs);
        if let Some(other) = restored.as_deref_mut() {
            let two = step(other, stream.row(index), Learn::Yes, outputs);
            law(one == two, LAW, || format!("row {index}: {one:?} and {two:?}"));
        }
    }
}

fn refuses_what_is_not_state(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    const LAW: &str = "what is not its state is refused and changes nothing";
    let outputs = outputs(factory, options.columns.len());
    let mut detector = bound(factory, &options.columns);
    for index in 0..stream.len() {
        step(&mut *detector, stream.row(index), Learn::Yes, outputs);
    }
    let state = detector.save().expect("state can be saved");
    if state.is_empty() {
        return;
    }
    let mut random = Random(11);
    let mut refused = |bytes: &[u8], what: &str, must: bool| {
        let loaded = detector.load(bytes);
        law(!must || loaded.is_err(), LAW, || format!("{what} is taken"));
        if loaded.is_err() {
            let now = detector.save().expect("state can be saved");
            law(now == state, LAW, || format!("{what} is refused and the state is another"));
        } else {
            // Another number in its place may be state as good: it must not do harm.
            step(&mut *detector, stream.row(0), Learn::Yes, outputs);
            law(detector.load(&state).is_ok(), LAW, || {
                format!("{what} is taken and leaves it unable to load")
            });
        }
    };
    for _ in 0..100 {
        let cut = random.below(state.len());
        refused(state.get(..cut).unwrap_or_default(), "a part of its state", true);
        let mut longer = state.clone();
        longer.push(0);
        refused(&longer, "its state with a byte more", true);
        let mut changed = state.clone();
        let place = random.below(changed.len());
        if let Some(byte) = changed.get_mut(place) {
            *byte ^= 1 << random.below(8);
        }
        refused(&changed, "its state with another bit", false);
        let noise: Vec<u8> = (0..random.below(200)).map(|_| random.bits().to_le_bytes()[0]).collect();
        refused(&noise, "noise", false);
    }
    let fewer = options.columns.get(1..).unwrap_or_default();
    let loaded = bound(factory, fewer).load(&state);
    law(loaded.is_err(), LAW, || "the state of more columns is taken".to_owned());
}
