use std::panic::{AssertUnwindSafe, catch_unwind};

use awatch_core::detect::{Readiness, Scope};
use awatch_core::{Column, ColumnKey, DetectorFactory, Interval, Labels, Learn, Name, Scores, Unit};

use super::stream::{Stream, answer, bound, outputs, step, trace};
use super::{law, places, saved};

/// What [`online`] feeds and what it may expect.
#[derive(Clone, Debug)]
pub struct Options {
    /// The columns to bind, at least two, of one interval.
    pub columns: Vec<Column>,
    /// How many rows to feed: enough for the detector to get ready.
    pub rows: usize,
    /// Whether the detector may score a series' first row: it needs no history.
    pub scores_at_once: bool,
    /// Whether absence is something the detector scores.
    pub scores_missing: bool,
}

impl Default for Options {
    /// Four columns (`1`, `{error}/s`, `By`, `s`) each second and 400 rows, for a detector that needs history and does
    /// not score absence.
    fn default() -> Self {
        let units = ["1", "{error}/s", "By", "s"];
        let column = |(index, unit): (usize, &&'static str)| {
            let metric = Name::new(format!("conformance.{index}")).ok()?;
            let key = ColumnKey { metric, labels: Labels::none(), unit: Unit::new(*unit) };
            Some(Column { key, interval: Interval::SECOND })
        };
        let columns = units.iter().enumerate().filter_map(column).collect();
        Self { columns, rows: 400, scores_at_once: false, scores_missing: false }
    }
}

/// Checks the laws of [`OnlineDetector`](awatch_core::OnlineDetector) on instances that `factory` creates.
///
/// # Panics
/// When a law is broken, naming it.
pub fn online(factory: &dyn DetectorFactory, options: &Options) {
    assert!(options.columns.len() >= 2, "give at least two columns");
    let stream = Stream::new(&options.columns, options.rows, 42);
    same_rows_give_the_same_bits(factory, options, &stream);
    becomes_ready(factory, options, &stream);
    scored_from_the_state_before(factory, options, &stream);
    missing_is_neither_scored_nor_learnt(factory, options, &stream);
    explains(factory, options, &stream);
    saved::check(factory, options, &stream);
    if factory.scope() == Scope::Series {
        places::check(factory, options, &stream);
    }
    takes_extremes(factory, options);
}

fn same_rows_give_the_same_bits(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    let outputs = outputs(factory, options.columns.len());
    let fresh = trace(&mut *bound(factory, &options.columns), stream, outputs);
    let mut second = bound(factory, &options.columns);
    // Here one buffer is used for all rows, as the engine does.
    let mut scores = Scores::default();
    for (index, answers) in fresh.iter().enumerate() {
        scores.reset(outputs);
        second.step(stream.row(index), Learn::Yes, &mut scores);
        let again: Vec<_> = (0..outputs).map(|output| answer(&scores, output)).collect();
        law(again == *answers, "the same rows give the same bits", || {
            format!("row {index}: {answers:?} and {again:?}")
        });
    }
}

fn becomes_ready(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    let outputs = outputs(factory, options.columns.len());
    let answers = trace(&mut *bound(factory, &options.columns), stream, outputs);
    let ready =
        |row: &Vec<super::stream::Answer>| row.iter().any(|answer| answer.readiness == Readiness::Ready);
    let first = answers.first().is_some_and(ready);
    law(options.scores_at_once || !first, "not ready before there is history", || {
        "the first row has a score".to_owned()
    });
    let any = answers.iter().any(ready);
    law(any, "gets ready", || format!("no score in {} rows: are they enough?", options.rows));
}

fn scored_from_the_state_before(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    const LAW: &str = "a row is scored from the state before it";
    let outputs = outputs(factory, options.columns.len());
    let mut detector = bound(factory, &options.columns);
    for index in 0..stream.len() {
        if index % 10 == 0 {
            let state = detector.save().expect("state can be saved");
            let copy = || {
                let mut copy = bound(factory, &options.columns);
                copy.load(&state).expect("saved state can be loaded");
                copy
            };
            let learnt = step(&mut *copy(), stream.row(index), Learn::Yes, outputs);
            let kept = step(&mut *copy(), stream.row(index), Learn::No, outputs);
            law(learnt == kept, LAW, || format!("row {index} scores differ with and without learning"));
            let mut other = stream.clone();
            for column in 0..options.columns.len() {
                let value = stream.row(index).values.get(column).copied().unwrap_or(0.0);
                other.set(index, column, value * 3.0 + 1.0);
            }
            let other = step(&mut *copy(), other.row(index), Learn::Yes, outputs);
            for (output, (one, two)) in learnt.iter().zip(&other).enumerate() {
                let both = one.readiness == Readiness::Ready && two.readiness == Readiness::Ready;
                let detail =
                    || format!("row {index}: the band of output {output} depends on the value scored");
                law(!both || one.band == two.band, LAW, detail);
            }
        }
        step(&mut *detector, stream.row(index), Learn::Yes, outputs);
    }
}

fn missing_is_neither_scored_nor_learnt(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    const LAW: &str = "a missing value is neither scored nor learnt";
    let outputs = outputs(factory, options.columns.len());
    let mut stream = stream.clone();
    let last = stream.len() - 1;
    let mut with = bound(factory, &options.columns);
    let mut without = bound(factory, &options.columns);
    for index in 0..last - 1 {
        step(&mut *with, stream.row(index), Learn::Yes, outputs);
        step(&mut *without, stream.row(index), Learn::Yes, outputs);
    }
    for column in 0..options.columns.len() {
        stream.set(last - 1, column, f64::NAN);
        stream.set(last, column, 1.0);
    }
    let missing = step(&mut *with, stream.row(last - 1), Learn::Yes, outputs);
    let scored = missing.iter().position(|answer| answer.readiness == Readiness::Ready);
    law(options.scores_missing || scored.is_none(), LAW, || {
        format!("output {scored:?} is scored without a value")
    });
    let one = step(&mut *with, stream.row(last), Learn::Yes, outputs);
    let two = step(&mut *without, stream.row(last), Learn::Yes, outputs);
    for (output, (one, two)) in one.iter().zip(&two).enumerate() {
        law(one.band == two.band, LAW, || format!("the band of output {output} moved by a missing value"));
    }
}

fn explains(factory: &dyn DetectorFactory, options: &Options, stream: &Stream) {
    const LAW: &str = "every score is explained";
    let outputs = outputs(factory, options.columns.len());
    let mut detector = bound(factory, &options.columns);
    let mut scores = Scores::default();
    for index in 0..stream.len() {
        let row = stream.row(index);
        scores.reset(outputs);
        detector.step(row, Learn::Yes, &mut scores);
        for output in 0..outputs {
            let why = detector.explain(output, row, &scores);
            law(!why.sentence.trim().is_empty(), LAW, || {
                format!("row {index}, output {output}: an empty sentence")
            });
            if scores.readiness(output) != Readiness::Ready {
                continue;
            }
            for part in &why.contributions {
                let place = options.columns.iter().position(|column| column.key == part.column);
                let place = place.filter(|place| factory.scope() == Scope::Target || *place == output);
                law(place.is_some(), LAW, || {
                    format!("row {index}, output {output}: contribution of {}", part.column)
                });
                let value =
                    place.and_then(|place| row.values.get(place)).copied().filter(|value| value.is_finite());
                let same = part.observed.map(f64::to_bits) == value.map(f64::to_bits);
                law(same, LAW, || format!("row {index}: {} is said to be {:?}", part.column, part.observed));
            }
            law(!why.contributions.is_empty(), LAW, || {
                format!("row {index}, output {output}: nothing contributed")
            });
        }
    }
}

fn takes_extremes(factory: &dyn DetectorFactory, options: &Options) {
    const LAW: &str = "no value is too much";
    let outputs = outputs(factory, options.columns.len());
    let mut detector = bound(factory, &options.columns);
    let calm = Stream::new(&options.columns, options.rows, 3);
    let extreme = Stream::extreme(&options.columns, options.rows);
    let mut scores = Scores::default();
    for stream in [&extreme, &calm, &extreme, &calm] {
        for index in 0..stream.len() {
            let row = stream.row(index);
            scores.reset(outputs);
            let stepped = catch_unwind(AssertUnwindSafe(|| {
                detector.step(row, Learn::Yes, &mut scores);
                (0..outputs).for_each(|output| drop(detector.explain(output, row, &scores)));
            }));
            law(stepped.is_ok(), LAW, || format!("a panic at {:?}", row.values));
            for output in 0..outputs {
                let score = scores.score(output);
                law(score.is_none_or(f64::is_finite), LAW, || {
                    format!("the score {score:?} of {:?}", row.values)
                });
            }
        }
        let state = detector.save().expect("state can be saved");
        let loaded = bound(factory, &options.columns).load(&state);
        law(loaded.is_ok(), LAW, || format!("its own state is refused afterwards: {loaded:?}"));
    }
}
