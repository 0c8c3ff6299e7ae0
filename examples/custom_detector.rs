//! A detector of your own: it tells values that stand still although they never used to, a frozen sensor.
//!
//! ```text
//! cargo run -p awatch-examples --example custom_detector
//! ```
//!
//! Two types: the configuration, which is a [`DetectorFactory`], and what lives on the stream, an [`OnlineDetector`].
//! This one looks at each series by itself ([`Scope::Series`]), so it is a bank: one place per series. The suite
//! [`awatch::conformance::detector`] says whether it keeps the laws of detectors.

use std::sync::mpsc;
use std::time::Duration;

use awatch::detect::{
    Column, Contribution, DeciderFactory, DetectError, DetectorFactory, Explanation, Learn, OnlineDetector,
    Row, Scope, Scores,
};
use awatch::prelude::*;

/// Tells series that moved before and then stand still for `patience`.
#[derive(Clone, Debug)]
struct Frozen {
    patience: Duration,
}

impl DetectorFactory for Frozen {
    fn kind(&self) -> &'static str {
        "frozen"
    }

    fn scope(&self) -> Scope {
        Scope::Series
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        Box::new(FrozenBank { patience: self.patience, columns: Vec::new(), places: Vec::new() })
    }

    /// The score says by itself when it is time, so a single row beyond the edge is enough.
    fn policy(&self) -> Option<Box<dyn DeciderFactory>> {
        let policy = Policy::immediate().build().ok()?;
        Some(Box::new(policy))
    }
}

/// What is remembered of a series: its last value, how long it stands, and whether it ever moved.
type Place = Option<(f64, Duration, bool)>;

#[derive(Debug)]
struct FrozenBank {
    patience: Duration,
    columns: Vec<Option<Column>>,
    places: Vec<Place>,
}

impl OnlineDetector for FrozenBank {
    fn bind(&mut self, index: usize, column: Option<&Column>) {
        if index >= self.columns.len() {
            self.columns.resize(index + 1, None);
            self.places.resize(index + 1, None);
        }
        self.columns[index] = column.cloned();
        self.places[index] = None;
    }

    fn step(&mut self, row: Row<'_>, _: Learn, out: &mut Scores) {
        let places = self.columns.iter().zip(&mut self.places).zip(row.values);
        for (index, ((column, place), value)) in places.enumerate() {
            // A place without a column belongs to a series that this detector is not to look at.
            if column.is_none() {
                continue;
            }
            if value.is_nan() {
                out.set_missing(index);
                continue;
            }
            let next = match *place {
                // The first value: nothing to compare it with.
                None => (*value, Duration::ZERO, false),
                Some((last, stood, moved)) if last.to_bits() == value.to_bits() => {
                    (last, stood + row.elapsed, moved)
                }
                Some(_) => (*value, Duration::ZERO, true),
            };
            if let (_, stood, true) = next {
                out.set(index, stood.as_secs_f64() / self.patience.as_secs_f64());
            }
            *place = Some(next);
        }
    }

    fn explain(&self, output: usize, row: Row<'_>, _: &Scores) -> Explanation {
        let column = self.columns.get(output).and_then(Option::as_ref);
        let (Some(column), Some(Some((value, stood, _)))) = (column, self.places.get(output)) else {
            return Explanation { sentence: "nothing came yet".to_owned(), contributions: Vec::new() };
        };
        let stood = awatch::duration::format(*stood);
        let sentence =
            format!("{} has been exactly {} for {stood}", column.key, column.key.unit.display(*value));
        let contribution = Contribution {
            column: column.key.clone(),
            contribution: 1.0,
            observed: row.values.get(output).copied().filter(|value| value.is_finite()),
            expected: None,
            lower: None,
            upper: None,
        };
        Explanation { sentence, contributions: vec![contribution] }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        awatch::state::encode("frozen", &self.places)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), DetectError> {
        let places: Vec<Place> = awatch::state::decode("frozen", state)?;
        if places.len() != self.columns.len() {
            let reason = format!("it has {} places in place of {}", places.len(), self.columns.len());
            return Err(DetectError::State { kind: "frozen", reason });
        }
        self.places = places;
        Ok(())
    }

    fn memory(&self) -> usize {
        self.columns.capacity() * size_of::<Option<Column>>() + self.places.capacity() * size_of::<Place>()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let frozen = Frozen { patience: Duration::from_secs(30) };

    // This belongs in a test of yours: it panics with the law that is broken.
    awatch::conformance::detector::online(&frozen, &awatch::conformance::detector::Options::default());

    let (sender, events) = mpsc::channel();
    let mut engine = awatch::engine(Target::new("boiler-2")?)
        .watch("frozen", frozen)
        .sink(awatch::sink::from_fn("channel", move |event| drop(sender.send(event.clone()))))
        .build()?;

    // A temperature that moves for a minute and then stands still, given to the engine second by second.
    for second in 0..120 {
        let at = Timestamp::from_secs(1_800_000_000 + second);
        let mut batch = engine.batch(Name::new("sensors")?, Interval::SECOND, at);
        let temperature = if second < 60 { 70.0 + (second as f64).sin() } else { 70.0 };
        batch.gauge("boiler.temperature", [], &Unit::new("Cel"), temperature)?;
        engine.step(&batch, at)?;
    }

    drop(engine);
    let events: Vec<Event> = events.iter().collect();
    for event in &events {
        println!("{event}");
    }
    let opened = events.iter().find_map(|event| match &event.kind {
        EventKind::AnomalyOpened { anomaly } => Some(anomaly),
        _ => None,
    });
    let anomaly = opened.ok_or("the frozen sensor was not told")?;
    assert_eq!(anomaly.sentence, "boiler.temperature has been exactly 70 Cel for 30s");
    assert_eq!(anomaly.opened, Timestamp::from_secs(1_800_000_090));
    Ok(())
}
