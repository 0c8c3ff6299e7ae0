//! Policies and batch detectors that break one law each: the conformance suite names it.

use std::sync::atomic::{AtomicU32, Ordering};

use awatch_core::detect::{
    Change, ChangeKind, ContributionsMut, Decider, DeciderFactory, Decisions, Detector, Fit, Score,
};
use awatch_core::{
    ColumnKey, DetectError, Frame, FrameView, Labels, Name, Row, Scores, Severity, Timestamp, Unit,
};
use awatch_detect::conformance;
use awatch_detect::decide::Policy;
use awatch_detect::zscore::{ZScore, ZScoreFactory, ZScoreModel};

fn broken_law(check: impl FnOnce() + std::panic::UnwindSafe) -> Option<String> {
    let caught = std::panic::catch_unwind(check).err()?;
    let text = caught.downcast_ref::<String>().cloned().unwrap_or_default();
    text.strip_prefix("law broken: ").and_then(|text| text.split(':').next()).map(str::to_owned)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Random,
    ClosesWhileMissing,
    Clips,
    InventsScores,
    MixesOutputs,
    KeepsHistory,
    OpensTwice,
    SpeaksInBetween,
    NeverAlerts,
    NeverEnds,
    OutOfOrder,
    ForgetsOnSave,
    LoadsAnything,
}

impl DeciderFactory for Fault {
    fn create(&self) -> Box<dyn Decider> {
        let sound = Policy::default().build().expect("valid").create();
        Box::new(Broken { fault: *self, sound, bound: [false; 6] })
    }
}

/// A sound policy with a fault.
#[derive(Debug)]
struct Broken {
    fault: Fault,
    sound: Box<dyn Decider>,
    bound: [bool; 6],
}

static STEPS: AtomicU32 = AtomicU32::new(0);

impl Decider for Broken {
    fn bind(&mut self, output: usize, bound: bool) {
        if self.fault == Fault::KeepsHistory && self.bound[output] {
            return;
        }
        self.bound[output] = bound;
        self.sound.bind(output, bound);
    }

    fn step(&mut self, row: Row<'_>, scores: &Scores, out: &mut Decisions) {
        let mut changed = scores.clone();
        let missing: Vec<bool> = (0..6).map(|output| scores.score(output).is_none()).collect();
        match self.fault {
            Fault::ClosesWhileMissing => {
                (0..6).filter(|output| missing[*output]).for_each(|output| changed.set(output, 0.0));
            }
            Fault::Clips => {
                for (output, score) in (0..6).filter_map(|output| Some((output, scores.score(output)?))) {
                    changed.set(output, score.min(50.0));
                }
            }
            Fault::MixesOutputs => {
                if let (Some(own), Some(other)) = (scores.score(0), scores.score(1)) {
                    changed.set(0, own.max(other));
                }
            }
            Fault::NeverEnds => (0..6)
                .filter(|output| scores.score(*output).is_some_and(|score| score < 1.0))
                .for_each(|output| changed.set(output, 0.85 + scores.score(output).unwrap_or(0.0) / 10.0)),
            _ => {}
        }
        self.sound.step(row, &changed, out);
        match self.fault {
            Fault::Random => out.anomaly_score[0] += f64::from(STEPS.fetch_add(1, Ordering::Relaxed)),
            Fault::ClosesWhileMissing => {
                (0..6)
                    .filter(|output| missing[*output])
                    .for_each(|output| out.anomaly_score[output] = f64::NAN);
            }
            Fault::InventsScores => {
                for score in out.anomaly_score.iter_mut().filter(|score| score.is_nan()) {
                    *score = 0.0;
                }
            }
            Fault::OpensTwice => out.changes.extend(out.changes.first().copied()),
            Fault::SpeaksInBetween => out.alert_score.iter_mut().for_each(|score| *score += 0.1),
            Fault::NeverAlerts => {
                out.changes.clear();
                out.alert_score.fill(0.0);
            }
            Fault::OutOfOrder => {
                let change = |output| Change {
                    output,
                    kind: ChangeKind::Opened,
                    severity: Severity::Low,
                    since: row.at,
                    peak: 1.0,
                };
                out.changes = vec![change(1), change(0)];
            }
            _ => {}
        }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        let fresh = Fault::NeverAlerts.create();
        if self.fault == Fault::ForgetsOnSave {
            let mut fresh = fresh;
            (0..6).for_each(|output| fresh.bind(output, true));
            return fresh.save();
        }
        self.sound.save()
    }

    fn load(&mut self, state: &[u8]) -> Result<(), DetectError> {
        let loaded = self.sound.load(state);
        if self.fault == Fault::LoadsAnything { Ok(()) } else { loaded }
    }

    fn memory(&self) -> usize {
        self.sound.memory()
    }
}

#[test]
fn each_fault_of_a_policy_is_named() {
    for (fault, law) in [
        (Fault::Random, "the same rows give the same bits"),
        (Fault::ClosesWhileMissing, "while scores are missing nothing opens and nothing closes"),
        (Fault::Clips, "the anomaly score is strictly increasing in the score and never clipped"),
        (Fault::InventsScores, "where there is a score there is an anomaly score"),
        (Fault::MixesOutputs, "an output is decided by itself"),
        (Fault::KeepsHistory, "an output bound again starts without history"),
        (Fault::OpensTwice, "an alert opens, rises and closes in this order"),
        (Fault::SpeaksInBetween, "the alert score is 0 between alerts only"),
        (Fault::NeverAlerts, "scores of a million in most of a minute alert"),
        (Fault::NeverEnds, "an alert ends when scores of 0 came for two hours"),
        (Fault::OutOfOrder, "changes come in the order of outputs"),
        (Fault::ForgetsOnSave, "saved and loaded gives the same bits"),
        (Fault::LoadsAnything, "what is not its state is refused and changes nothing"),
    ] {
        assert_eq!(broken_law(move || conformance::decider(&fault)).as_deref(), Some(law), "{fault:?}");
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum BatchFault {
    DependsOnTheOthers,
    TakesOtherColumns,
    TakesOtherSizes,
    NotANumber,
    ContributesNothing,
    FitsAtRandom,
}

impl Fit for BatchFault {
    type Model = BrokenModel;

    fn fit(&self, train: FrameView<'_>) -> Result<BrokenModel, DetectError> {
        let sound: ZScoreFactory = ZScore::default().build()?;
        Ok(BrokenModel {
            fault: *self,
            sound: sound.fit(train)?,
            fits: STEPS.fetch_add(1, Ordering::Relaxed),
        })
    }
}

#[derive(Debug)]
struct BrokenModel {
    fault: BatchFault,
    sound: ZScoreModel,
    fits: u32,
}

impl Detector for BrokenModel {
    fn kind(&self) -> &'static str {
        "broken"
    }

    fn columns(&self) -> &[ColumnKey] {
        self.sound.columns()
    }

    fn score(&self, rows: FrameView<'_>, out: &mut [Option<Score>]) -> Result<(), DetectError> {
        let scored = self.sound.score(rows, out);
        match (self.fault, scored) {
            (BatchFault::TakesOtherColumns, Err(DetectError::Columns { .. }))
            | (BatchFault::TakesOtherSizes, Err(DetectError::OutputSize { .. })) => Ok(()),
            (_, Err(error)) => Err(error),
            (fault, Ok(())) => {
                let more = match fault {
                    BatchFault::DependsOnTheOthers => rows.len() as f64,
                    BatchFault::NotANumber => f64::INFINITY,
                    BatchFault::FitsAtRandom => f64::from(self.fits),
                    _ => 0.0,
                };
                out.iter_mut().flatten().for_each(|score| score.0 += more);
                Ok(())
            }
        }
    }

    fn contributions(&self, rows: FrameView<'_>, out: ContributionsMut<'_>) -> Result<(), DetectError> {
        if self.fault == BatchFault::ContributesNothing {
            Ok(())
        } else {
            self.sound.contributions(rows, out)
        }
    }
}

#[test]
fn each_fault_of_a_batch_detector_is_named() {
    let key = |name: &str| ColumnKey {
        metric: Name::new(name).expect("a name"),
        labels: Labels::none(),
        unit: Unit::RATIO,
    };
    let mut train = Frame::new(vec![key("a"), key("b")]);
    for number in 0..20_u32 {
        let x = f64::from(number);
        train.push(Timestamp::EPOCH, &[x.sin(), x.cos()]).expect("two columns");
    }
    for (fault, law) in [
        (BatchFault::DependsOnTheOthers, "the score of a row does not depend on the others"),
        (BatchFault::TakesOtherColumns, "rows of other columns are refused"),
        (BatchFault::TakesOtherSizes, "a buffer of another size is refused"),
        (BatchFault::NotANumber, "a score is a number"),
        (BatchFault::ContributesNothing, "a contribution is a number"),
        (BatchFault::FitsAtRandom, "the same training gives the same bits"),
    ] {
        let train = train.clone();
        let named =
            broken_law(std::panic::AssertUnwindSafe(move || conformance::batch(&fault, train.view())));
        assert_eq!(named.as_deref(), Some(law), "{fault:?}");
    }
}
