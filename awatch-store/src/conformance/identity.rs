use awatch_core::store::Appended;

use super::trial::{Content, Trial, gauge, second};

pub(super) fn registries(trial: &Trial<'_>) {
    let (a, b) = (gauge("web.load", "a"), gauge("web.load", "b"));
    let other = trial.another_registry();
    let mut content = Content::new();
    for tick in 0..300 {
        trial.put(&mut content, &a, second(tick), 1.0);
        trial.put(&mut content, &b, second(tick), 2.0);
    }
    for tick in 300..600 {
        other.put(&mut content, &b, second(tick), 2.5);
        other.put(&mut content, &a, second(tick), 1.5);
    }
    trial.put(&mut content, &a, second(600), 3.0);
    trial.holds(&content);
}

pub(super) fn unresolved(trial: &Trial<'_>) {
    let (a, b) = (gauge("web.load", "a"), gauge("web.load", "b"));
    let mut stranger = trial.another_registry().batch(second(0));
    let known = stranger.series(&a).and_then(|_| stranger.series(&b)).expect("the registry has room");
    let mut batch = trial.batch(second(0));
    let id = batch.series(&a).expect("the registry has room");
    batch.push(known, 9.0);
    batch.push(id, 1.0);
    trial.same("what append answers", &trial.append(&batch), &Appended { stored: 1, rejected: 1 });
    let at = (second(0).as_nanos(), 1.0_f64.to_bits());
    trial.holds(&Content::from([(a.key, vec![at])]));
}
