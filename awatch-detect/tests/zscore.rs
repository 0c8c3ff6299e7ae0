//! The streaming z-score beside the exact statistics of a window, and on the series it is made for.

use std::time::Duration;

use awatch_core::detect::{Column, DetectorFactory as _, Fit as _, Readiness};
use awatch_core::{
    ColumnKey, Frame, Interval, Labels, Learn, Name, OnlineDetector, Row, Scores, Timestamp, Unit,
};
use awatch_detect::zscore::{Form, ZScore};
use proptest::prelude::*;

const FORMS: [Form; 2] = [Form::Moments, Form::Robust];

fn column(unit: Unit) -> Column {
    let key = ColumnKey { metric: Name::new("test.metric").expect("a name"), labels: Labels::none(), unit };
    Column { key, interval: Interval::SECOND }
}

/// One series stepped each second.
struct Scored {
    bank: Box<dyn OnlineDetector>,
    scores: Scores,
    now: Timestamp,
}

impl Scored {
    fn new(config: ZScore, unit: Unit) -> Self {
        let mut bank = config.build().expect("valid").create();
        bank.bind(0, Some(&column(unit)));
        Self { bank, scores: Scores::default(), now: Timestamp::EPOCH }
    }

    fn step_after(&mut self, elapsed: Duration, value: f64) -> Option<f64> {
        self.now = self.now.plus(elapsed);
        self.scores.reset(1);
        self.bank.step(Row { at: self.now, elapsed, values: &[value] }, Learn::Yes, &mut self.scores);
        self.scores.score(0)
    }

    fn step(&mut self, value: f64) -> Option<f64> {
        self.step_after(Duration::from_secs(1), value)
    }

    fn says(&mut self, value: f64) -> String {
        self.step(value);
        let row = Row { at: self.now, elapsed: Duration::from_secs(1), values: &[value] };
        self.bank.explain(0, row, &self.scores).sentence
    }

    /// The level and the spread now, from the band.
    fn level(&mut self, edge: f64) -> (f64, f64) {
        self.step(f64::NAN);
        let state = self.bank.save().expect("state");
        self.step(0.0);
        let (expected, upper) =
            (self.scores.expected(0).expect("ready"), self.scores.upper(0).expect("ready"));
        self.bank.load(&state).expect("its own state");
        (expected, (upper - expected) / edge)
    }
}

/// Fixed noise of mean 0 and variance 1.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut bits = seed;
    let mut unit = move || {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    };
    std::iter::from_fn(move || Some((0..12).map(|_| unit()).sum::<f64>() - 6.0))
}

#[test]
fn agrees_with_the_exact_statistics_of_a_stationary_series() {
    for (form, level_tolerance, spread_tolerance) in [(Form::Moments, 0.15, 0.1), (Form::Robust, 0.5, 0.4)] {
        let config = ZScore::default().with_form(form).with_half_life(Duration::from_mins(5));
        let mut scored = Scored::new(config.clone(), Unit::new("x"));
        let mut frame = Frame::new(vec![column(Unit::new("x")).key]);
        for (index, noise) in noise(9).take(3000).enumerate() {
            let value = 50.0 + 4.0 * noise;
            scored.step(value);
            frame.push(Timestamp::from_secs(i64::try_from(index).unwrap()), &[value]).unwrap();
        }
        let exact = config.build().unwrap().fit(frame.view()).unwrap();
        let (centre, spread) = scored.level(8.0);
        let (exact_centre, exact_spread) = (exact.centre(0).unwrap(), exact.spread(0).unwrap());
        assert!((exact_spread - 4.0).abs() < 0.2, "{exact_spread}");
        assert!(
            (centre - exact_centre).abs() < level_tolerance * exact_spread,
            "{form:?}: {centre}, {exact_centre}"
        );
        assert!((spread / exact_spread - 1.0).abs() < spread_tolerance, "{form:?}: {spread}, {exact_spread}");
    }
}

#[test]
fn early_history_is_exact() {
    for form in FORMS {
        let config = ZScore::default().with_form(form);
        let mut scored = Scored::new(config.clone(), Unit::new("x"));
        let mut frame = Frame::new(vec![column(Unit::new("x")).key]);
        for value in noise(3).take(60) {
            scored.step(value);
            frame.push(Timestamp::EPOCH, &[value]).unwrap();
        }
        let exact = config.build().unwrap().fit(frame.view()).unwrap();
        let (centre, spread) = scored.level(8.0);
        assert!((centre - exact.centre(0).unwrap()).abs() < 1e-9, "{form:?}");
        assert!((spread - exact.spread(0).unwrap()).abs() < 1e-9, "{form:?}");
    }
}

#[test]
fn waits_for_its_history() {
    for form in FORMS {
        let mut scored = Scored::new(ZScore::default().with_form(form), Unit::RATIO);
        for _ in 0..60 {
            assert_eq!(scored.step(0.1), None);
            assert_eq!(scored.scores.readiness(0), Readiness::Waiting);
        }
        assert!(scored.step(0.1).is_some());
        scored.step(f64::NAN);
        assert_eq!(scored.scores.readiness(0), Readiness::Missing);
    }
}

#[test]
fn a_flat_line_is_quiet_and_leaving_it_is_told() {
    for form in FORMS {
        let mut scored = Scored::new(ZScore::default().with_form(form), Unit::new("{error}/s"));
        for _ in 0..600 {
            assert!(scored.step(0.0).is_none_or(|score| score.abs() < 1e-9));
        }
        assert!(scored.step(1.0).is_some_and(|score| score < 8.0), "one error is not told");
        let sentence = scored.says(5.0);
        assert!(sentence.starts_with("test.metric is 5 error/s, usually 0"), "{sentence}");
        let mut scored = Scored::new(ZScore::default().with_form(form), Unit::new("{error}/s"));
        for _ in 0..600 {
            scored.step(0.0);
        }
        assert_eq!(scored.says(5.0), "test.metric is 5 error/s, was always 0 error/s");
        assert!(scored.scores.score(0).is_some_and(|score| score > 8.0));
    }
}

#[test]
fn a_burner_is_told_for_minutes_and_learnt_within_the_hour() {
    for (form, history, least, most) in [
        (Form::Robust, 120, 60, 900),
        (Form::Robust, 3600, 120, 1800),
        (Form::Moments, 120, 60, 900),
        (Form::Moments, 3600, 300, 2400),
    ] {
        let mut scored = Scored::new(ZScore::default().with_form(form), Unit::RATIO);
        for noise in noise(1).take(history) {
            scored.step((0.05 + 0.01 * noise).max(0.0));
        }
        let beyond = noise(2)
            .take(3600)
            .map(|noise| scored.step(0.55 + 0.01 * noise).is_some_and(|score| score >= 8.0));
        let told = beyond.take_while(|beyond| *beyond).count();
        println!("{form:?} after {history} s of history: told for {told} s");
        assert!((least..most).contains(&told), "{form:?} after {history} s: {told} s");
    }
}

#[test]
fn one_spike_in_the_warm_up_does_not_blind_the_robust_form() {
    let mut scored = Scored::new(ZScore::default(), Unit::RATIO);
    for second in 0..120 {
        scored.step(if second == 3 { 1.0 } else { 0.02 });
    }
    for second in 0..5 {
        assert!(scored.step(0.5).is_some_and(|score| score >= 8.0), "second {second}");
    }
}

#[test]
fn short_bursts_that_come_again_become_usual() {
    let mut scored = Scored::new(ZScore::default(), Unit::RATIO);
    let mut told = Vec::new();
    for second in 0..3600 {
        let value = if second % 30 < 5 { 0.6 } else { 0.05 };
        told.push(scored.step(value).is_some_and(|score| score >= 8.0));
    }
    let late = told[1800..].iter().filter(|told| **told).count();
    assert_eq!(late, 0);
}

#[test]
fn time_passes_and_not_rows() {
    let half_life = Duration::from_mins(10);
    let centre = |rows: u32, interval: f64| {
        let config = ZScore::default()
            .with_form(Form::Moments)
            .with_half_life(half_life)
            .with_min_history(Duration::ZERO);
        let mut scored = Scored::new(config, Unit::new("x"));
        let noise: Vec<f64> = noise(4).take(4000).collect();
        for noise in noise {
            scored.step(10.0 + noise);
        }
        for _ in 0..rows {
            scored.step_after(Duration::from_secs_f64(interval), 11.0);
        }
        scored.level(8.0).0
    };
    // A shift of one spread is half learnt after one half-life, at whatever interval.
    for (rows, interval) in [(600, 1.0), (60, 10.0), (1200, 0.5)] {
        let centre = centre(rows, interval);
        assert!((centre - 10.5).abs() < 0.05, "{centre} after {rows} rows each {interval} s");
    }
}

#[test]
fn a_gap_of_hours_does_not_make_one_value_all_there_is() {
    for form in FORMS {
        let mut scored = Scored::new(ZScore::default().with_form(form), Unit::new("x"));
        for noise in noise(5).take(600) {
            scored.step(10.0 + noise);
        }
        scored.step_after(Duration::from_hours(2), 11.0);
        let (centre, spread) = scored.level(8.0);
        assert!((centre - 10.0).abs() < 0.5 && (0.5..2.0).contains(&spread), "{form:?}: {centre}, {spread}");
    }
}

#[test]
fn says_what_is_usual_in_the_unit_of_the_series() {
    let mut scored = Scored::new(ZScore::default(), Unit::RATIO);
    for noise in noise(6).take(600) {
        scored.step(0.3 + 0.02 * noise);
    }
    let sentence = scored.says(0.98);
    let pattern = ["test.metric is 98 %, usually 30", " % (1", " % to 4", " %)"];
    assert!(pattern.iter().all(|part| sentence.contains(part)), "{sentence}");
}

#[test]
fn a_bank_takes_less_than_a_kilobyte_per_series() {
    for (form, most) in [(Form::Moments, 256), (Form::Robust, 1024)] {
        let mut bank = ZScore::default().with_form(form).build().unwrap().create();
        let column = column(Unit::RATIO);
        for index in 0..1000 {
            bank.bind(index, Some(&column));
        }
        let mut scores = Scores::default();
        for _ in 0..100 {
            scores.reset(1000);
            let row = Row { at: Timestamp::EPOCH, elapsed: Duration::from_secs(1), values: &[0.5; 1000] };
            bank.step(row, Learn::Yes, &mut scores);
        }
        let each = bank.memory() / 1000;
        println!("{form:?}: {each} bytes per series");
        assert!(each <= most, "{form:?}: {each}");
    }
}

proptest! {
    /// The band is where the score reaches the edge.
    #[test]
    fn the_ends_of_the_band_score_the_edge(values in prop::collection::vec(-1e6..1e6_f64, 70..200), form in 0..2_usize) {
        let mut scored = Scored::new(ZScore::default().with_form(FORMS[form]), Unit::new("x"));
        for value in values {
            scored.step(value);
        }
        let state = scored.bank.save().unwrap();
        scored.step(0.0);
        for end in [scored.scores.lower(0), scored.scores.upper(0)] {
            scored.bank.load(&state).unwrap();
            let score = scored.step(end.unwrap()).unwrap();
            prop_assert!((score - 8.0).abs() < 1e-6, "{}", score);
        }
    }

    /// One value, however wild, moves the level by less than a fifth of a spread once there are some.
    #[test]
    fn one_value_moves_the_state_boundedly(wild in prop::num::f64::NORMAL, form in 0..2_usize) {
        let mut scored = Scored::new(ZScore::default().with_form(FORMS[form]), Unit::new("x"));
        for value in noise(7).take(300) {
            scored.step(value);
        }
        let (before, spread) = scored.level(8.0);
        scored.step(wild);
        let (after, wider) = scored.level(8.0);
        prop_assert!((after - before).abs() < 0.2 * spread, "{} {}", before, after);
        prop_assert!(wider < 1.2 * spread && wider > 0.8 * spread, "{} {}", spread, wider);
    }
}
