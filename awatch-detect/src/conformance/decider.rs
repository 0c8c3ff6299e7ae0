use std::time::Duration;

use awatch_core::detect::{Change, ChangeKind, Decider, DeciderFactory, Decisions};
use awatch_core::{Row, Scores, Timestamp};

use super::random::Random;
use super::{decider_saved, law};

/// Outputs fed to a policy.
pub(super) const OUTPUTS: usize = 6;

/// Rows of scores, one second apart; `None` = missing.
pub(super) type Rows = Vec<[Option<f64>; OUTPUTS]>;

/// Checks the laws of [`Decider`] on policies that `factory` creates, fed each second with scores from 0 to a million.
///
/// # Panics
/// When a law is broken, naming it.
pub fn decider(factory: &dyn DeciderFactory) {
    let rows = rows(600, 5);
    same_rows_give_the_same_bits(factory, &rows);
    alerts_are_told_in_order(factory, &rows);
    missing_holds(factory);
    calibration_is_strictly_increasing(factory);
    outputs_are_decided_by_themselves(factory, &rows);
    bound_again_starts_fresh(factory, &rows);
    decider_saved::check(factory, &rows);
}

/// Calm, bursts, long excursions and gaps.
fn rows(count: usize, seed: u64) -> Rows {
    let mut random = Random(seed);
    let mut levels = [0.1; OUTPUTS];
    let mut row = |_| {
        levels.each_mut().map(|level| {
            if random.below(15) == 0 {
                *level = [0.0, 0.3, 0.9, 1.0, 5.0, 100.0, 1e6].get(random.below(7)).copied().unwrap_or(0.0);
            }
            (random.below(12) > 0).then(|| *level * (0.9 + 0.2 * random.unit()))
        })
    };
    (0..count).map(&mut row).collect()
}

/// What was decided on one row, bit by bit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decided {
    pub(super) anomaly: Vec<Option<u64>>,
    pub(super) alert: Vec<u64>,
    pub(super) changes: Vec<Change>,
}

pub(super) fn bound(factory: &dyn DeciderFactory) -> Box<dyn Decider> {
    let mut decider = factory.create();
    for output in 0..OUTPUTS {
        decider.bind(output, true);
    }
    decider
}

pub(super) fn step(decider: &mut dyn Decider, index: usize, row: &[Option<f64>; OUTPUTS]) -> Decided {
    let mut scores = Scores::default();
    scores.reset(OUTPUTS);
    for (output, score) in row.iter().enumerate() {
        match score {
            Some(score) => scores.set(output, *score),
            None => scores.set_missing(output),
        }
    }
    let mut out = Decisions::default();
    out.reset(OUTPUTS);
    let at = Timestamp::from_secs(1_800_000_000).plus(Duration::from_secs(index as u64));
    decider.step(Row { at, elapsed: Duration::from_secs(1), values: &[0.0; OUTPUTS] }, &scores, &mut out);
    let known = |score: &f64| (!score.is_nan()).then(|| score.to_bits());
    Decided {
        anomaly: out.anomaly_score.iter().map(known).collect(),
        alert: out.alert_score.iter().map(|score| score.to_bits()).collect(),
        changes: out.changes,
    }
}

fn trace(factory: &dyn DeciderFactory, rows: &Rows) -> Vec<Decided> {
    let mut decider = bound(factory);
    rows.iter().enumerate().map(|(index, row)| step(&mut *decider, index, row)).collect()
}

fn same_rows_give_the_same_bits(factory: &dyn DeciderFactory, rows: &Rows) {
    let same = trace(factory, rows) == trace(factory, rows);
    law(same, "the same rows give the same bits", || "two runs differ".to_owned());
}

fn alerts_are_told_in_order(factory: &dyn DeciderFactory, rows: &Rows) {
    let mut open: [Option<Change>; OUTPUTS] = [None; OUTPUTS];
    let mut opened = 0;
    for (index, (row, decided)) in rows.iter().zip(trace(factory, rows)).enumerate() {
        for (score, anomaly) in row.iter().zip(&decided.anomaly) {
            let same = score.is_some() == anomaly.is_some();
            law(same, "where there is a score there is an anomaly score", || {
                format!("row {index}: {score:?}")
            });
        }
        let sorted = decided.changes.is_sorted_by_key(|change| change.output);
        law(sorted, "changes come in the order of outputs", || format!("row {index}: {:?}", decided.changes));
        for change in &decided.changes {
            let before = open.get(change.output).copied().flatten();
            let fits = match (change.kind, before) {
                (ChangeKind::Opened, None) => true,
                (ChangeKind::Raised, Some(before)) => {
                    change.severity > before.severity && change.peak >= before.peak
                }
                (ChangeKind::Closed, Some(before)) => {
                    change.severity == before.severity && change.peak >= before.peak
                }
                _ => false,
            };
            law(fits, "an alert opens, rises and closes in this order", || {
                format!("row {index}: {change:?} after {before:?}")
            });
            opened += usize::from(change.kind == ChangeKind::Opened);
            if let Some(own) = open.get_mut(change.output) {
                *own = (change.kind != ChangeKind::Closed).then_some(*change);
            }
        }
        for (output, (open, alert)) in open.iter().zip(&decided.alert).enumerate() {
            let alert = f64::from_bits(*alert);
            let beyond = decided
                .anomaly
                .get(output)
                .copied()
                .flatten()
                .is_some_and(|score| f64::from_bits(score) >= 1.0);
            let kept = if open.is_some() { alert > 0.0 || !beyond } else { alert.abs() <= 0.0 };
            law(kept, "the alert score is 0 between alerts only", || {
                format!("row {index}, output {output}: {alert}")
            });
        }
    }
    law(opened > 0, "scores of a million in most of a minute alert", || "no alert in 600 rows".to_owned());
}

fn missing_holds(factory: &dyn DeciderFactory) {
    const LAW: &str = "while scores are missing nothing opens and nothing closes";
    let mut decider = bound(factory);
    let calm = [Some(0.0); OUTPUTS];
    let mut row = calm;
    row[0] = Some(1e6);
    let opened = (0..3600).any(|index| !step(&mut *decider, index, &row).changes.is_empty());
    law(opened, "a score of a million for an hour alerts", || "it did not".to_owned());
    for index in 3600..7200 {
        let answer = step(&mut *decider, index, &[None; OUTPUTS]);
        law(answer.changes.is_empty(), LAW, || format!("{:?}", answer.changes));
        let alert = answer.alert.iter().map(|score| f64::from_bits(*score) > 0.0);
        law(alert.eq([true, false, false, false, false, false]), LAW, || {
            format!("alert scores {:?}", answer.alert)
        });
    }
    let closed = (7200..14_400).any(|index| !step(&mut *decider, index, &calm).changes.is_empty());
    law(closed, "an alert ends when scores of 0 came for two hours", || "it did not".to_owned());
}

fn calibration_is_strictly_increasing(factory: &dyn DeciderFactory) {
    const LAW: &str = "the anomaly score is strictly increasing in the score and never clipped";
    let anomaly = |score: f64| {
        let answer = step(&mut *bound(factory), 0, &[Some(score); OUTPUTS]);
        answer.anomaly.first().copied().flatten().map(f64::from_bits)
    };
    let mut before = anomaly(0.0);
    for exponent in -20..200 {
        let score = f64::from(exponent).exp2();
        let now = anomaly(score);
        law(now > before, LAW, || format!("{now:?} for {score} after {before:?}"));
        before = now;
    }
}

fn outputs_are_decided_by_themselves(factory: &dyn DeciderFactory, rows: &Rows) {
    let mut others = rows.clone();
    for row in &mut others {
        for score in row.iter_mut().skip(1) {
            *score = score.map(|score| 2.0 - score.min(2.0));
        }
    }
    for (index, (one, two)) in trace(factory, rows).iter().zip(&trace(factory, &others)).enumerate() {
        let own = |decided: &Decided| {
            decided.changes.iter().copied().filter(|change| change.output == 0).collect::<Vec<_>>()
        };
        let same = one.alert.first() == two.alert.first() && own(one) == own(two);
        law(same, "an output is decided by itself", || format!("row {index}"));
    }
}

fn bound_again_starts_fresh(factory: &dyn DeciderFactory, rows: &Rows) {
    let half = rows.len() / 2;
    let mut decider = bound(factory);
    for (index, row) in rows.iter().take(half).enumerate() {
        step(&mut *decider, index, row);
    }
    for output in 0..OUTPUTS {
        decider.bind(output, false);
        decider.bind(output, true);
    }
    let mut fresh = bound(factory);
    for (index, row) in rows.iter().enumerate().skip(half) {
        let same = step(&mut *decider, index, row) == step(&mut *fresh, index, row);
        law(same, "an output bound again starts without history", || format!("row {index}"));
    }
}
