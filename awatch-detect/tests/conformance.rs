//! The detectors and the policy of this crate keep the laws of their traits.

use std::time::Duration;

use awatch_core::{Frame, Timestamp};
use awatch_detect::conformance::{self, Options};
use awatch_detect::decide::Policy;
use awatch_detect::threshold::{Rule, Threshold};
use awatch_detect::zscore::{Form, ZScore};

#[test]
fn zscore_keeps_the_laws_in_both_forms() {
    for form in [Form::Moments, Form::Robust] {
        let zscore = ZScore::default().with_form(form).build().expect("valid");
        conformance::online(&zscore, &Options::default());
    }
}

#[test]
fn threshold_keeps_the_laws() {
    let on = |pattern: &str| Rule::on(pattern.parse().expect("a pattern"));
    let secs = Duration::from_secs;
    let values = Threshold::default()
        .with_rule(on("*").with_above(0.5).with_clear(0.4).with_for(secs(5)))
        .with_rule(on("*.1").with_outside(-1.0, 4.0))
        .with_rule(on("*.2").with_rate_below(-1e6).with_for(secs(2)))
        .with_rule(on("*.3").with_below(1.1));
    let options = Options { scores_at_once: true, ..Options::default() };
    conformance::online(&values.clone().build().expect("valid"), &options);
    let absent = values.with_rule(on("*").with_absent().with_for(secs(1)));
    conformance::online(&absent.build().expect("valid"), &Options { scores_missing: true, ..options });
}

#[test]
fn policies_keep_the_laws() {
    let secs = Duration::from_secs;
    for policy in [
        Policy::default(),
        Policy::immediate(),
        Policy::default().with_edge(8.0).with_quiet(secs(0)),
        Policy::default().with_persistence(secs(30), secs(60)).with_clearing(0.5, secs(20)),
    ] {
        conformance::decider(&policy.build().expect("valid"));
    }
}

#[test]
fn the_exact_zscore_keeps_the_laws_of_batch_detectors() {
    let mut train = Frame::new(Options::default().columns.into_iter().map(|column| column.key).collect());
    for number in 0..50_u32 {
        let x = f64::from(number);
        let gap = if number % 9 == 0 { f64::NAN } else { x.cos() };
        train
            .push(Timestamp::from_secs(i64::from(number)), &[x.sin(), 0.0, gap, f64::NAN])
            .expect("four columns");
    }
    for form in [Form::Moments, Form::Robust] {
        conformance::batch(&ZScore::default().with_form(form).build().expect("valid"), train.view());
    }
}
