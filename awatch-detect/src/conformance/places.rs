use awatch_core::detect::Readiness;
use awatch_core::{DetectorFactory, Learn};

use super::law;
use super::online::Options;
use super::stream::{Stream, bound, step, trace};

/// The laws of binding columns to places, for banks.
pub(super) fn check(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    bound_later_starts_fresh_and_leaves_the_others_alone(factory, options, stream);
    bound_again_starts_fresh(factory, options, stream);
}

fn bound_later_starts_fresh_and_leaves_the_others_alone(
    factory: &dyn DetectorFactory,
    options: &Options,
    stream: &Stream,
) {
    let columns = &options.columns;
    let (late, begin) = (columns.len() - 1, stream.len() / 3);
    let others = stream.narrowed(late);
    let alone = trace(&mut *bound(factory, &columns[..late]), &others, late);
    let fresh = trace(&mut *bound(factory, columns), &stream.from(begin), columns.len());
    let mut detector = bound(factory, &columns[..late]);
    for index in 0..stream.len() {
        if index == begin {
            detector.bind(late, columns.last());
        }
        let row = if index < begin { others.row(index) } else { stream.row(index) };
        let answers = step(&mut *detector, row, Learn::Yes, row.values.len());
        let same = answers.get(..late) == alone.get(index).and_then(|row| row.get(..late));
        law(same, "a column bound later leaves the others alone", || format!("row {index}"));
        if index >= begin {
            let expected = fresh.get(index - begin).and_then(|row| row.get(late));
            let detail = || format!("row {index}: {:?} in place of {expected:?}", answers.get(late));
            law(answers.get(late) == expected, "a column bound later starts without history", detail);
        }
    }
}

fn bound_again_starts_fresh(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    let columns = &options.columns;
    let (free, again) = (stream.len() / 3, stream.len() / 3 + 5);
    let fresh = trace(&mut *bound(factory, columns), &stream.from(again), columns.len());
    let mut detector = bound(factory, columns);
    for index in 0..stream.len() {
        if index == free {
            detector.bind(0, None);
        }
        if index == again {
            detector.bind(0, columns.first());
        }
        let answers = step(&mut *detector, stream.row(index), Learn::Yes, columns.len());
        let answer = answers.first().copied();
        if (free..again).contains(&index) {
            let ready = answer.is_some_and(|answer| answer.readiness == Readiness::Ready);
            law(!ready, "a place without a series has no score", || format!("row {index}"));
        } else if index >= again {
            let expected = fresh.get(index - again).and_then(|row| row.first()).copied();
            let detail = || format!("row {index}: {answer:?} in place of {expected:?}");
            law(answer == expected, "a place bound again starts without history", detail);
        }
    }
}
