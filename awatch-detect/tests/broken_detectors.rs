//! Detectors that break one law each: the conformance suite names it.

use awatch_core::detect::{Column, Contribution, DetectorFactory, Explanation, Scope};
use awatch_core::{DetectError, Learn, OnlineDetector, Row, Scores, state};
use awatch_detect::conformance::{self, Options};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    LearnsFirst,
    LearnsBeforeTheBand,
    DependsOnTheBuffer,
    ForgetsOnSave,
    ScoresMissing,
    LearnsMissing,
    BindClearsAll,
    BindKeepsHistory,
    ScoresUnbound,
    Panics,
    Overflows,
    SaysNothing,
    BlamesAnother,
    ReadyAtOnce,
    NeverReady,
    LoadsAnything,
    ChangesOnRefusal,
}

impl DetectorFactory for Fault {
    fn kind(&self) -> &'static str {
        "broken"
    }

    fn scope(&self) -> Scope {
        Scope::Series
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        Box::new(Means { fault: *self, places: Vec::new(), columns: Vec::new(), rows: 0 })
    }
}

/// Distance to the mean so far.
#[derive(Debug)]
struct Means {
    fault: Fault,
    places: Vec<(f64, f64)>,
    columns: Vec<Option<Column>>,
    rows: u32,
}

fn learn(place: &mut (f64, f64), value: f64) {
    place.0 += 1.0;
    place.1 += (value - place.1).clamp(-1e300, 1e300) / place.0;
}

impl OnlineDetector for Means {
    fn bind(&mut self, index: usize, column: Option<&Column>) {
        self.places.resize(self.places.len().max(index + 1), (0.0, 0.0));
        self.columns.resize(self.places.len(), None);
        if self.fault == Fault::BindClearsAll {
            self.places.fill((0.0, 0.0));
        } else if self.fault != Fault::BindKeepsHistory {
            self.places[index] = (0.0, 0.0);
        }
        self.columns[index] = column.cloned();
    }

    fn step(&mut self, row: Row<'_>, may: Learn, out: &mut Scores) {
        let fault = self.fault;
        self.rows += 1;
        for (index, (place, &value)) in self.places.iter_mut().zip(row.values).enumerate() {
            if self.columns[index].is_none() {
                if fault == Fault::ScoresUnbound {
                    out.set(index, 1.0);
                }
                continue;
            }
            if !value.is_finite() {
                out.set_missing(index);
                if fault == Fault::ScoresMissing {
                    out.set(index, 1.0);
                }
                if fault == Fault::LearnsMissing {
                    learn(place, 0.0);
                }
                continue;
            }
            assert!(fault != Fault::Panics || value.abs() < 1e300, "too much");
            if fault == Fault::LearnsFirst && may == Learn::Yes {
                learn(place, value);
            }
            let before = *place;
            if fault == Fault::LearnsBeforeTheBand {
                learn(place, value);
            }
            let needed = if fault == Fault::ReadyAtOnce { 0.0 } else { 5.0 };
            if before.0 >= needed && fault != Fault::NeverReady {
                let noise =
                    if fault == Fault::DependsOnTheBuffer && self.rows > 90 { address(out) } else { 0.0 };
                let distance = (value - before.1).abs() + noise;
                out.set(
                    index,
                    if fault == Fault::Overflows { distance * 1e10 } else { distance.min(f64::MAX) },
                );
                out.set_band(index, place.1, place.1 - 1.0, place.1 + 1.0);
            }
            let already = [Fault::LearnsFirst, Fault::LearnsBeforeTheBand].contains(&fault);
            if may == Learn::Yes && !already {
                learn(place, value);
            }
        }
    }

    fn explain(&self, output: usize, row: Row<'_>, scores: &Scores) -> Explanation {
        let blamed =
            if self.fault == Fault::BlamesAnother { (output + 1) % self.columns.len() } else { output };
        let column = self.columns.get(blamed).and_then(Option::as_ref);
        let contribution = |column: &Column| Contribution {
            column: column.key.clone(),
            contribution: scores.score(output).unwrap_or(0.0),
            observed: row.values.get(blamed).copied().filter(|value| value.is_finite()),
            expected: None,
            lower: None,
            upper: None,
        };
        let sentence = if self.fault == Fault::SaysNothing { " " } else { "it is far from its mean" };
        Explanation {
            sentence: sentence.to_owned(),
            contributions: column.map(contribution).into_iter().collect(),
        }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        let bits = |(count, mean): &(f64, f64)| (count.to_bits(), mean.to_bits());
        let mut places: Vec<(u64, u64)> = self.places.iter().map(bits).collect();
        if self.fault == Fault::ForgetsOnSave {
            places.fill((0, 0));
        }
        state::encode("broken", &places)
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), DetectError> {
        let loaded = state::decode::<Vec<(u64, u64)>>("broken", bytes);
        if self.fault == Fault::LoadsAnything && loaded.is_err() {
            return Ok(());
        }
        if self.fault == Fault::ChangesOnRefusal && loaded.is_err() {
            self.places.fill((0.0, 0.0));
        }
        let places = loaded?;
        let numbers: Vec<_> =
            places.iter().map(|(count, mean)| (f64::from_bits(*count), f64::from_bits(*mean))).collect();
        let sound =
            numbers.iter().all(|(count, mean)| count.is_finite() && *count >= 0.0 && mean.is_finite());
        if numbers.len() != self.places.len() || !sound {
            return Err(DetectError::State { kind: "broken", reason: "it does not fit".to_owned() });
        }
        self.places = numbers;
        Ok(())
    }

    fn memory(&self) -> usize {
        size_of::<Self>()
    }
}

/// Where the buffer lies: another number for each.
fn address(scores: &Scores) -> f64 {
    std::ptr::from_ref(scores).addr() as f64
}

fn broken_law(fault: Fault) -> Option<String> {
    let caught = std::panic::catch_unwind(|| conformance::online(&fault, &Options::default())).err()?;
    let text = caught.downcast_ref::<String>().cloned().unwrap_or_default();
    text.strip_prefix("law broken: ").and_then(|text| text.split(':').next()).map(str::to_owned)
}

#[test]
fn a_sound_detector_passes() {
    assert_eq!(broken_law(Fault::None), None);
}

#[test]
fn each_fault_is_named() {
    for (fault, law) in [
        (Fault::LearnsFirst, "a row is scored from the state before it"),
        (Fault::LearnsBeforeTheBand, "a row is scored from the state before it"),
        (Fault::DependsOnTheBuffer, "the same rows give the same bits"),
        (Fault::ForgetsOnSave, "saved and loaded gives the same bits"),
        (Fault::ScoresMissing, "a missing value is neither scored nor learnt"),
        (Fault::LearnsMissing, "a missing value is neither scored nor learnt"),
        (Fault::BindClearsAll, "a column bound later leaves the others alone"),
        (Fault::BindKeepsHistory, "a place bound again starts without history"),
        (Fault::ScoresUnbound, "a place without a series has no score"),
        (Fault::Panics, "no value is too much"),
        (Fault::Overflows, "no value is too much"),
        (Fault::SaysNothing, "every score is explained"),
        (Fault::BlamesAnother, "every score is explained"),
        (Fault::ReadyAtOnce, "not ready before there is history"),
        (Fault::NeverReady, "gets ready"),
        (Fault::LoadsAnything, "what is not its state is refused and changes nothing"),
        (Fault::ChangesOnRefusal, "what is not its state is refused and changes nothing"),
    ] {
        assert_eq!(broken_law(fault).as_deref(), Some(law), "{fault:?}");
    }
}
