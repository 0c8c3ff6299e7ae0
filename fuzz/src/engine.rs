use std::sync::OnceLock;
use std::time::Duration;

use awatch::detect::threshold::{Rule, Threshold};
use awatch::detect::zscore::{Form, ZScore};
use awatch::detect::{
    Column, Decider, DeciderFactory, Decisions, DetectorFactory, Learn, OnlineDetector, Row, Scores,
    decide::Policy,
};
use awatch::{ColumnKey, Engine, Interval, Labels, Name, SimClock, Target, Timestamp, Unit};

const START: i64 = 1_800_000_000;

fn engine() -> Engine {
    let rule = Rule::on("load".parse().expect("a pattern")).with_above(0.9);
    awatch::engine(Target::new("fuzz").expect("a name"))
        .clock(SimClock::new(Timestamp::from_secs(START)))
        .watch("zscore", ZScore::default().build().expect("sound"))
        .watch("robust", ZScore::default().with_form(Form::Robust).build().expect("sound"))
        .watch("limits", Threshold::default().with_rule(rule).build().expect("sound"))
        .build()
        .expect("sound")
}

fn feed(engine: &mut Engine, seconds: std::ops::Range<i64>) {
    for second in seconds {
        let at = Timestamp::from_secs(START + second);
        let mut batch = engine.batch(Name::new("app").expect("a name"), Interval::SECOND, at);
        let load = if second % 50 > 45 { 0.99 } else { 0.2 };
        // A restored engine may know these series with another meaning: then they are refused.
        drop(batch.gauge("load", [], &Unit::RATIO, load));
        drop(batch.counter("jobs", [("queue", "a")], &Unit::count("job"), second as f64));
        engine.step(&batch, at).expect("its own batch");
    }
}

/// A sound checkpoint of an engine that has an open anomaly.
#[must_use]
pub fn sound_checkpoint() -> &'static [u8] {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let mut engine = engine();
        feed(&mut engine, 0..98);
        engine.checkpoint().expect("can be saved")
    })
}

/// The sections of a checkpoint under a right checksum, so that what is below the checksum is reached.
fn signed(data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    bytes.extend_from_slice(&crc32(data).to_le_bytes());
    bytes
}

/// CRC-32 as in zip.
fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    };
    !data.iter().fold(u32::MAX, step)
}

/// A checkpoint without its checksum, which is added: what is refused changes nothing, and what is taken works.
pub fn checkpoint(data: &[u8]) {
    let mut engine = engine();
    let fresh = engine.checkpoint().expect("can be saved");
    if engine.restore(data).is_err() {
        assert_eq!(
            engine.checkpoint().expect("can be saved"),
            fresh,
            "a refused checkpoint changed something"
        );
    }
    let mut engine = self::engine();
    if engine.restore(&signed(data)).is_err() {
        assert_eq!(
            engine.checkpoint().expect("can be saved"),
            fresh,
            "a refused checkpoint changed something"
        );
    } else {
        let again = engine.checkpoint().expect("what was restored can be saved");
        self::engine().restore(&again).expect("and restored again");
        drop(engine.snapshot());
    }
    feed(&mut engine, 100..130);
}

/// State of a detector or a policy, chosen by the first byte: what is refused changes nothing, and what is taken can be
/// stepped and saved.
pub fn detector_state(data: &[u8]) {
    let Some((which, state)) = data.split_first() else { return };
    match factories().get(usize::from(*which)) {
        Some(factory) => detector(&**factory, state),
        None => policy(state),
    }
}

/// Sound inputs of [`detector_state`].
#[must_use]
pub fn sound_states() -> Vec<Vec<u8>> {
    let mut states = Vec::new();
    for (which, factory) in (0..).zip(factories()) {
        let mut detector = bound(&*factory);
        (0..40).for_each(|second| drop(step(&mut *detector, second)));
        let mut state = vec![which];
        state.extend(detector.save().expect("can be saved"));
        states.push(state);
    }
    let mut policy = decider();
    decide(&mut *policy);
    let mut state = vec![u8::MAX];
    state.extend(policy.save().expect("can be saved"));
    states.push(state);
    states
}

fn factories() -> Vec<Box<dyn DetectorFactory>> {
    let rule = |number| Rule::on("*".parse().expect("a pattern")).with_name(format!("rule {number}"));
    let rules = [
        rule(1).with_above(0.9),
        rule(2).with_rate_above(0.5),
        rule(3).with_absent().with_for(Duration::from_secs(2)),
    ];
    let threshold = rules.into_iter().fold(Threshold::default(), Threshold::with_rule);
    let zscore = |form| ZScore::default().with_form(form).build().expect("sound");
    vec![
        Box::new(zscore(Form::Moments)),
        Box::new(zscore(Form::Robust)),
        Box::new(threshold.build().expect("sound")),
    ]
}

fn bound(factory: &dyn DetectorFactory) -> Box<dyn OnlineDetector> {
    let mut detector = factory.create();
    for (index, metric) in ["load", "jobs"].into_iter().enumerate() {
        let metric = Name::new(metric).expect("a name");
        let key = ColumnKey { metric, labels: Labels::none(), unit: Unit::RATIO };
        detector.bind(index, Some(&Column { key, interval: Interval::SECOND }));
    }
    detector
}

fn step(detector: &mut dyn OnlineDetector, second: i64) -> Scores {
    let values = [0.3, if second % 7 == 2 { f64::NAN } else { 1e9 }];
    let mut scores = Scores::default();
    scores.reset(values.len());
    let (at, elapsed) = (Timestamp::from_secs(START + second), Interval::SECOND.as_duration());
    let row = Row { at, elapsed, values: &values };
    detector.step(row, Learn::Yes, &mut scores);
    for output in 0..values.len() {
        drop(detector.explain(output, row, &scores));
    }
    scores
}

fn detector(factory: &dyn DetectorFactory, state: &[u8]) {
    let mut detector = bound(factory);
    let before = detector.save().expect("can be saved");
    if detector.load(state).is_err() {
        assert_eq!(detector.save().expect("can be saved"), before, "refused state changed something");
    }
    for second in 0..9 {
        let scores = step(&mut *detector, second);
        for output in 0..scores.len() {
            let score = scores.score(output);
            assert!(score.is_none_or(f64::is_finite), "the score {score:?}");
        }
    }
    let state = detector.save().expect("can be saved");
    detector.load(&state).expect("its own state is taken");
}

fn decider() -> Box<dyn Decider> {
    let mut policy = Policy::default().build().expect("sound").create();
    policy.bind(0, true);
    policy.bind(1, true);
    policy
}

fn decide(policy: &mut dyn Decider) {
    let (mut scores, mut decisions) = (Scores::default(), Decisions::default());
    for second in 0..9 {
        scores.reset(2);
        scores.set(0, 3.0);
        decisions.reset(2);
        let (at, elapsed) = (Timestamp::from_secs(START + second), Interval::SECOND.as_duration());
        policy.step(Row { at, elapsed, values: &[0.0, 0.0] }, &scores, &mut decisions);
    }
}

fn policy(state: &[u8]) {
    let mut policy = decider();
    let before = policy.save().expect("can be saved");
    if policy.load(state).is_err() {
        assert_eq!(policy.save().expect("can be saved"), before, "refused state changed something");
    }
    decide(&mut *policy);
    let state = policy.save().expect("can be saved");
    policy.load(&state).expect("its own state is taken");
}
