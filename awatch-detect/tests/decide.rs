//! When the policy opens, raises, holds and closes alerts.

use std::time::Duration;

use awatch_core::detect::{ChangeKind, Decider, DeciderFactory, Decisions};
use awatch_core::{Row, Scores, Severity, Timestamp};
use awatch_detect::decide::Policy;
use proptest::prelude::*;

/// One output, stepped each `interval` seconds with its scores.
struct Watched {
    decider: Box<dyn Decider>,
    out: Decisions,
    now: Timestamp,
    interval: f64,
}

impl Watched {
    fn new(policy: Policy) -> Self {
        let mut decider = policy.build().expect("valid").create();
        decider.bind(0, true);
        Self { decider, out: Decisions::default(), now: Timestamp::EPOCH, interval: 1.0 }
    }

    fn every(mut self, interval: f64) -> Self {
        self.interval = interval;
        self
    }

    /// `o`: opened, `r`: raised, `c`: closed, `.`: nothing.
    fn step(&mut self, score: Option<f64>) -> char {
        self.step_after(self.interval, score, None)
    }

    fn step_after(&mut self, elapsed: f64, score: Option<f64>, severity: Option<Severity>) -> char {
        let elapsed = Duration::from_secs_f64(elapsed);
        self.now = self.now.plus(elapsed);
        let mut scores = Scores::default();
        scores.reset(1);
        match score {
            Some(score) => scores.set(0, score),
            None => scores.set_missing(0),
        }
        scores.columns_mut().severity[0] = severity;
        self.out.reset(1);
        self.decider.step(Row { at: self.now, elapsed, values: &[0.0] }, &scores, &mut self.out);
        match self.out.changes.first().map(|change| change.kind) {
            None => '.',
            Some(ChangeKind::Opened) => 'o',
            Some(ChangeKind::Raised) => 'r',
            Some(ChangeKind::Closed) => 'c',
        }
    }

    /// `x`: a score of 1.2, `_`: 0.1, `~`: 0.9, `?`: missing, a digit: that score.
    fn run(&mut self, scores: &str) -> String {
        let score = |c: char| match c {
            'x' => Some(1.2),
            '_' => Some(0.1),
            '~' => Some(0.9),
            '?' => None,
            digit => digit.to_digit(10).map(f64::from),
        };
        scores.chars().map(|c| self.step(score(c))).collect()
    }
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

#[test]
fn three_of_the_last_five_seconds_open() {
    for (scores, changes) in [
        ("xx_x", "...o"),
        ("x_x_x", "....o"),
        ("xxx", "..o"),
        ("x__xx", "....o"),
        ("xx___x", "......"),
        ("xx___xx", "......."),
        ("xx__x", "....o"),
        ("xx?x", "...o"),
        ("xx_~x", "....o"),
        ("~~~~~~~~", "........"),
        ("x_x__x_x__", ".........."),
    ] {
        assert_eq!(Watched::new(Policy::default()).run(scores), changes, "{scores}");
    }
}

#[test]
fn a_change_tells_when_it_began_and_how_far_it_went() {
    let mut watched = Watched::new(Policy::default());
    watched.run("____x2x");
    let change = watched.out.changes[0];
    assert_eq!(change.since, Timestamp::from_secs(5));
    assert!((change.peak - 2.0).abs() < 1e-12);
    assert_eq!(change.severity, Severity::Medium);
}

#[test]
fn other_intervals_mean_the_same_time() {
    assert_eq!(Watched::new(Policy::default()).every(60.0).run("_x_"), ".oc");
    assert_eq!(Watched::new(Policy::default()).every(2.0).run("_x_x"), "...o");
    assert_eq!(Watched::new(Policy::default()).every(2.0).run("_x__x"), ".....");
    assert_eq!(Watched::new(Policy::default()).every(0.5).run("xxxxx_x"), "......o");
    let hundredths = "x".repeat(290);
    let mut watched = Watched::new(Policy::default()).every(0.01);
    assert!(!watched.run(&hundredths).contains('o'));
    assert!(watched.run(&"x".repeat(20)).contains('o'));
}

#[test]
fn rows_a_little_early_count_in_full() {
    assert_eq!(Watched::new(Policy::default()).every(0.95).run("xxx"), "..o");
}

#[test]
fn a_machine_that_slept_does_not_alarm_on_waking() {
    let mut watched = Watched::new(Policy::default());
    assert_eq!(watched.run("____"), "....");
    assert_eq!(watched.step_after(7200.0, Some(9.0), None), '.');
    assert_eq!(watched.step(Some(9.0)), 'o');
    let mut watched = Watched::new(Policy::default());
    watched.run("____");
    assert_eq!(watched.step_after(7200.0, Some(9.0), None), '.');
    assert_eq!(watched.run("_____"), ".....");
}

#[test]
fn it_ends_after_ten_calm_seconds_in_a_row() {
    let mut watched = Watched::new(Policy::default());
    assert_eq!(watched.run("xxx_________~__________"), "..o...................c");
    assert_eq!(watched.out.changes[0].severity, Severity::Low);
    assert!(watched.out.alert_score[0].abs() < 1e-12);
}

#[test]
fn the_alert_score_is_the_anomaly_score_while_it_is_open() {
    let mut watched = Watched::new(Policy::default().with_edge(2.0));
    watched.run("444");
    assert!((watched.out.alert_score[0] - 2.0).abs() < 1e-12);
    watched.run("?");
    assert!((watched.out.alert_score[0] - 2.0).abs() < 1e-12, "held while missing");
    assert!(watched.out.anomaly_score[0].is_nan());
    watched.run("_");
    assert!((watched.out.alert_score[0] - 0.05).abs() < 1e-12);
}

#[test]
fn missing_scores_hold_it() {
    let mut watched = Watched::new(Policy::default());
    assert_eq!(watched.run("xxx"), "..o");
    assert_eq!(watched.run(&"?".repeat(1000)), ".".repeat(1000));
    assert_eq!(watched.run("_____?????_____"), "..............c");
}

#[test]
fn severity_rises_and_never_falls() {
    let mut watched = Watched::new(Policy::default());
    assert_eq!(watched.run("xxx2x39"), "..or.rr");
    assert_eq!(watched.out.changes[0].severity, Severity::Critical);
    watched.run("_________");
    assert_eq!(watched.run("_"), "c");
    assert_eq!(watched.out.changes[0].severity, Severity::Critical);
    assert!((watched.out.changes[0].peak - 9.0).abs() < 1e-12);
}

#[test]
fn after_it_ended_only_a_higher_severity_breaks_the_quiet() {
    let calm = "_".repeat(10);
    let mut watched = Watched::new(Policy::default());
    assert_eq!(watched.run(&format!("xxx{calm}")), "..o.........c");
    assert_eq!(watched.run("xxxxx_____"), "..........", "as bad as before");
    assert_eq!(watched.run("222"), "..o", "worse than before");
    let mut watched = Watched::new(Policy::default());
    watched.run(&format!("xxx{calm}"));
    assert_eq!(watched.run(&"_".repeat(60)), ".".repeat(60));
    assert_eq!(watched.run("xxx"), "..o", "the quiet period is over");
}

#[test]
fn a_stated_severity_counts() {
    let mut watched = Watched::new(Policy::immediate());
    assert_eq!(watched.step_after(1.0, Some(1.0), Some(Severity::High)), 'o');
    assert_eq!(watched.out.changes[0].severity, Severity::High);
    assert_eq!(watched.step_after(1.0, Some(50.0), Some(Severity::High)), '.');
    assert_eq!(watched.step_after(1.0, Some(1.0), Some(Severity::Critical)), 'r');
    assert_eq!(watched.step_after(1.0, Some(0.5), None), 'c');
}

proptest! {
    /// Against a plain count over the last five rows.
    #[test]
    fn opens_exactly_when_three_of_five_are_beyond(scores in prop::collection::vec(prop::bool::weighted(0.4), 1..60)) {
        let mut watched = Watched::new(Policy::default());
        for (index, beyond) in scores.iter().enumerate() {
            let change = watched.step(Some(if *beyond { 1.2 } else { 0.1 }));
            let recent = &scores[index.saturating_sub(4)..=index];
            let enough = *beyond && recent.iter().filter(|beyond| **beyond).count() >= 3;
            prop_assert_eq!(change == 'o', enough);
            if enough {
                break;
            }
        }
    }

    /// Whatever comes, alerts open and close in turn and their score is 0 in between.
    #[test]
    fn alerts_alternate(scores in prop::collection::vec(prop::option::weighted(0.9, 0.0..6.0), 1..300)) {
        let mut watched = Watched::new(Policy::default().with_quiet(secs(5)).with_clearing(0.8, secs(3)));
        let mut open = false;
        for score in scores {
            match watched.step(score) {
                'o' => { prop_assert!(!open); open = true; }
                'c' => { prop_assert!(open); open = false; }
                'r' => prop_assert!(open),
                _ => {}
            }
            prop_assert!(open || watched.out.alert_score[0].abs() <= 0.0);
        }
    }
}

#[test]
fn an_immediate_policy_follows_each_row_however_short() {
    for interval in [0.01, 0.02, 1.0, 60.0] {
        let mut watched = Watched::new(Policy::immediate()).every(interval);
        assert_eq!(watched.run("_x_x__xx_"), ".ococ.o.c", "every {interval} s");
    }
}
