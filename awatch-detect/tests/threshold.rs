//! When rules tell, hold and end, and what they say.

use std::time::Duration;

use awatch_core::detect::{ChangeKind, Column, Decider, Decisions, DetectorFactory as _, Readiness};
use awatch_core::{
    ColumnKey, Interval, Labels, Learn, Name, OnlineDetector, Row, Scores, Severity, Timestamp, Unit,
};
use awatch_detect::threshold::{Rule, Threshold, ThresholdFactory};
use proptest::prelude::*;

/// One series of the unit, with its rules and their policy.
struct Ruled {
    detector: Box<dyn OnlineDetector>,
    decider: Box<dyn Decider>,
    scores: Scores,
    now: Timestamp,
}

fn column(unit: Unit, interval: u64) -> Column {
    let key = ColumnKey { metric: Name::new("test.metric").expect("a name"), labels: Labels::none(), unit };
    Column { key, interval: Interval::from_secs(interval).expect("an interval") }
}

fn build(rules: impl IntoIterator<Item = Rule>) -> ThresholdFactory {
    Threshold { rules: rules.into_iter().collect() }.build().expect("valid rules")
}

fn rule() -> Rule {
    Rule::on("test.*".parse().expect("a pattern"))
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

impl Ruled {
    fn new(unit: Unit, rules: impl IntoIterator<Item = Rule>) -> Self {
        Self::every(1, unit, rules)
    }

    fn every(interval: u64, unit: Unit, rules: impl IntoIterator<Item = Rule>) -> Self {
        let factory = build(rules);
        let mut detector = factory.create();
        detector.bind(0, Some(&column(unit, interval)));
        let mut decider = factory.policy().expect("a policy of its own").create();
        decider.bind(0, true);
        Self { detector, decider, scores: Scores::default(), now: Timestamp::EPOCH }
    }

    fn step_after(&mut self, elapsed: u64, value: f64) -> (char, String) {
        let elapsed = secs(elapsed);
        self.now = self.now.plus(elapsed);
        let row = Row { at: self.now, elapsed, values: &[value] };
        self.scores.reset(1);
        self.detector.step(row, Learn::Yes, &mut self.scores);
        let mut out = Decisions::default();
        out.reset(1);
        self.decider.step(row, &self.scores, &mut out);
        let change = match out.changes.first().map(|change| change.kind) {
            None => '.',
            Some(ChangeKind::Opened) => 'o',
            Some(ChangeKind::Raised) => 'r',
            Some(ChangeKind::Closed) => 'c',
        };
        (change, self.detector.explain(0, row, &self.scores).sentence)
    }

    fn run(&mut self, values: &[f64]) -> String {
        values.iter().map(|value| self.step_after(1, *value).0).collect()
    }

    fn says(&mut self, value: f64) -> String {
        self.step_after(1, value).1
    }
}

const GAP: f64 = f64::NAN;

#[test]
fn a_limit_must_be_held_for_its_time() {
    let mut ruled = Ruled::new(Unit::RATIO, [rule().with_above(0.9).with_for(secs(3))]);
    assert_eq!(ruled.run(&[0.8, 0.95, 0.95, 0.8, 0.95, 0.95, 0.95, 0.95, 0.95, 0.9]), ".......o.c");
}

#[test]
fn without_a_time_it_tells_at_once() {
    let mut ruled = Ruled::new(Unit::RATIO, [rule().with_below(0.1)]);
    assert_eq!(ruled.run(&[0.2, 0.05, 0.1, 0.05]), ".oco");
}

#[test]
fn clear_keeps_it_until_the_value_is_well_back() {
    let mut ruled = Ruled::new(Unit::RATIO, [rule().with_above(0.9).with_clear(0.8)]);
    assert_eq!(ruled.run(&[0.85, 0.95, 0.85, 0.81, 0.95, 0.8, 0.85]), ".o...c.");
}

#[test]
fn a_gap_holds_what_was() {
    let mut ruled = Ruled::new(Unit::RATIO, [rule().with_above(0.9).with_for(secs(2))]);
    assert_eq!(ruled.run(&[0.95, 0.95, GAP, GAP, 0.95, GAP, GAP, 0.5]), "....o..c");
    assert_eq!(ruled.scores.readiness(0), Readiness::Ready);
}

#[test]
fn outside_and_rates() {
    let mut ruled = Ruled::new(Unit::new("Cel"), [rule().with_outside(10.0, 20.0)]);
    assert_eq!(ruled.run(&[10.0, 20.0, 20.5, 15.0, 9.0, 10.0]), "..oco".to_owned() + "c");
    let mut ruled = Ruled::new(Unit::BYTES, [rule().with_rate_above(100.0)]);
    assert_eq!(ruled.run(&[1e6, 1e6 + 100.0, 1e6 + 300.0, 1e6 + 300.0]), "..oc");
    // 300 bytes in three seconds are 100 per second.
    assert_eq!(ruled.run(&[GAP, GAP, 1e6 + 600.0, GAP, 1e6 + 801.0]), "....o");
    let mut ruled = Ruled::new(Unit::BYTES, [rule().with_rate_below(-10.0)]);
    assert_eq!(ruled.run(&[100.0, 90.0, 79.0]), "..o");
}

#[test]
fn absence_is_told_after_its_time_and_ends_with_a_value() {
    let mut ruled = Ruled::new(Unit::RATIO, [rule().with_absent().with_for(secs(3))]);
    assert_eq!(ruled.run(&[1.0, GAP, GAP, 1.0, GAP, GAP, GAP, GAP, 1.0]), "......o.c");
}

#[test]
fn a_machine_that_slept_was_not_without_values() {
    let mut ruled = Ruled::every(10, Unit::RATIO, [rule().with_absent().with_for(secs(60))]);
    ruled.step_after(10, 1.0);
    assert_eq!(ruled.step_after(7200, GAP).0, '.');
    let changes: String = (0..4).map(|_| ruled.step_after(10, GAP).0).collect();
    assert_eq!(changes, "...o");
    let mut ruled = Ruled::every(10, Unit::RATIO, [rule().with_above(0.5).with_for(secs(60))]);
    ruled.step_after(10, 1.0);
    assert_eq!(ruled.step_after(7200, 1.0).0, '.');
}

#[test]
fn the_most_severe_rule_that_fires_counts() {
    let both = [
        rule().with_name("warn").with_above(0.8).with_severity(Severity::Low),
        rule().with_name("full").with_above(0.95).with_severity(Severity::Critical),
    ];
    let mut ruled = Ruled::new(Unit::RATIO, both);
    assert_eq!(ruled.run(&[0.5, 0.9]), ".o");
    assert_eq!(ruled.scores.severity(0), Some(Severity::Low));
    assert_eq!(ruled.says(0.99), "test.metric is 99 %, above the limit 95 % (rule full)");
    assert_eq!(ruled.scores.severity(0), Some(Severity::Critical));
    assert_eq!(ruled.scores.upper(0), Some(0.8));
    assert_eq!(ruled.scores.lower(0), None);
}

#[test]
fn sentences() {
    let mut ruled = Ruled::new(
        Unit::RATIO,
        [rule().with_name("disk-full").with_above(0.9).with_clear(0.85).with_for(secs(2))],
    );
    assert_eq!(ruled.says(0.5), "test.metric is 50 %, not above the limit 90 % (rule disk-full)");
    ruled.run(&[0.95, 0.95]);
    assert_eq!(ruled.says(0.95), "test.metric is 95 %, above the limit 90 % for 2 s (rule disk-full)");
    assert_eq!(
        ruled.says(0.87),
        "test.metric is 87 %, was above the limit 90 % and is not clear of it yet (rule disk-full)"
    );
    let mut ruled = Ruled::new(Unit::BYTES, [rule().with_rate_above(1024.0)]);
    ruled.says(0.0);
    assert_eq!(
        ruled.says(4096.0),
        "test.metric is 4 KiB, changing by 4 KiB per second, above the limit 1 KiB per second"
    );
    let mut ruled = Ruled::new(Unit::RATIO, [rule().with_name("beat").with_absent().with_for(secs(1))]);
    ruled.says(1.0);
    assert_eq!(ruled.says(GAP), "test.metric has had no value for 1 s (rule beat)");
}

#[test]
fn watches_what_a_rule_is_about() {
    use awatch_core::{SeriesKey, Target};
    let factory = build([Rule::on("web-*/system.cpu.*".parse().unwrap()).with_above(0.9)]);
    let key = |target: &str, metric: &str| {
        SeriesKey::new(Target::new(target).unwrap(), Name::new(metric).unwrap(), Labels::none())
    };
    assert!(factory.watches(&key("web-1", "system.cpu.utilization")));
    assert!(!factory.watches(&key("db-1", "system.cpu.utilization")));
    assert!(!factory.watches(&key("web-1", "system.memory.usage")));
}

proptest! {
    #[test]
    fn the_score_is_one_at_the_limit_and_rises_with_the_distance(
        limit in -1e6..1e6_f64,
        nearer in 0.001..1e6_f64,
        farther in 0.001..1e6_f64,
    ) {
        for above in [true, false] {
            let score = |value: f64| {
                let one = if above { rule().with_above(limit) } else { rule().with_below(limit) };
                let mut ruled = Ruled::new(Unit::new("x"), [one]);
                ruled.step_after(1, value);
                ruled.scores.score(0).expect("ready")
            };
            let side = if above { 1.0 } else { -1.0 };
            let (near, far) = (limit + side * nearer, limit + side * (nearer + farther));
            prop_assert!(score(near) > 1.0);
            prop_assert!(score(far) > score(near));
            prop_assert!(score(limit) < 1.0);
            prop_assert!(score(limit - side * nearer) < score(limit));
        }
    }
}
