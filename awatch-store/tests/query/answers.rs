use std::sync::Arc;
use std::time::Duration;

use awatch_core::series::Registry;
use awatch_core::{Interval, Kind, Name, SampleBatch, Store, Target, Unit};
use awatch_store::MemoryStoreConfig;
use awatch_store::query::{Across, Aggregation, Answer, By, Request, extents};
use proptest::prelude::*;

use crate::listed::{Listed, Samples, meta, seconds};
use crate::naive;

pub(crate) fn request(start: i64, end: i64, step: u64, aggregation: &str) -> Request {
    Request::new(seconds(start), seconds(end))
        .with_step(Duration::from_secs(step))
        .with_over_time(aggregation.parse().unwrap())
}

fn by_name(answer: &Answer) -> Vec<(String, Vec<Option<f64>>)> {
    answer.curves.iter().map(|curve| (curve.group.to_string(), curve.values().to_vec())).collect()
}

/// Whether two values are the same but for the order in which they were summed up.
pub(crate) fn close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => {
            a.to_bits() == b.to_bits() || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
        }
        (a, b) => a == b,
    }
}

fn gauge(name: &str) -> Arc<awatch_core::SeriesMeta> {
    meta("web", name, &[], Unit::BYTES, Kind::Gauge)
}

#[test]
fn steps_have_their_start_and_not_their_end_and_lie_on_full_minutes() {
    let store = Listed::of([(gauge("m"), vec![(59, 1.0), (60, 2.0), (119, 4.0), (120, 8.0), (200, 16.0)])]);
    let answer = request(30, 200, 60, "sum").run(&store).unwrap();
    let points: Vec<_> =
        answer.curves[0].points().map(|(at, value)| (at.as_nanos() / 1_000_000_000, value)).collect();
    assert_eq!(points, [(0, Some(1.0)), (60, Some(6.0)), (120, Some(8.0)), (180, None)]);
    assert_eq!((answer.step, answer.curves[0].unit.as_str()), (Duration::from_mins(1), "By"));
}

#[test]
fn without_a_step_the_range_is_one() {
    let store = Listed::of([(gauge("m"), vec![(59, 1.0), (60, 2.0), (119, 4.0)])]);
    let answer = Request::new(seconds(30), seconds(119)).run(&store).unwrap();
    assert_eq!(answer.curves[0].points().collect::<Vec<_>>(), [(seconds(30), Some(1.5))]);
    assert_eq!(answer.step, Duration::from_secs(89));
}

#[test]
fn a_counter_is_a_rate_and_its_reset_is_unknown() {
    let counter = meta("web", "c", &[], Unit::BYTES, Kind::CumulativeCounter);
    let store = Listed::of([(counter, vec![(0, 10.0), (1, 20.0), (2, 50.0), (3, 5.0), (4, 6.0), (90, 7.0)])]);
    for (aggregation, value, unit) in [
        ("avg", (10.0 + 30.0 + 1.0) / 3.0, "By/s"),
        ("rate", (10.0 + 30.0 + 1.0) / 3.0, "By/s"),
        ("sum", 41.0, "By"),
        ("max", 30.0, "By/s"),
        ("min", 1.0, "By/s"),
        ("last", 1.0, "By/s"),
        ("count", 6.0, "{sample}"),
        ("total", 7.0, "By"),
        ("median", 10.0, "By/s"),
    ] {
        let answer = Request::new(seconds(0), seconds(100)).with_over_time(aggregation.parse().unwrap());
        let answer = answer.run(&store).unwrap();
        assert!(close(answer.curves[0].values()[0], Some(value)), "{aggregation}: {answer:?}");
        assert_eq!(answer.curves[0].unit.as_str(), unit, "{aggregation}");
    }
    let named = request(0, 100, 100, "avg").run(&store).unwrap();
    assert_eq!(named.curves[0].over_time, Aggregation::Rate);
}

#[test]
fn a_sum_since_the_sample_before_is_spread_over_its_interval() {
    let mut sums = (*meta("web", "d", &[], Unit::BYTES, Kind::DeltaSum)).clone();
    sums.interval = Interval::from_secs(10).unwrap();
    let store = Listed::of([(Arc::new(sums), vec![(0, 30.0), (10, 50.0)])]);
    for (aggregation, value) in [
        ("avg", 4.0),
        ("rate", 4.0),
        ("sum", 80.0),
        ("max", 5.0),
        ("min", 3.0),
        ("total", 50.0),
        ("p100", 5.0),
    ] {
        let answer = request(0, 60, 60, aggregation).run(&store).unwrap();
        assert_eq!(answer.curves[0].values(), [Some(value)], "{aggregation}");
    }
}

#[test]
fn the_first_sample_of_a_range_has_the_rate_since_the_one_before() {
    let counter = meta("web", "c", &[], Unit::BYTES, Kind::CumulativeCounter);
    let store = Listed::of([(counter, (0..200).map(|n| (n, n as f64 * 3.0)).collect())]);
    let answer = request(100, 103, 1, "rate").run(&store).unwrap();
    assert_eq!(answer.curves[0].values(), [Some(3.0); 3]);
    let from_the_start = request(0, 3, 1, "rate").run(&store).unwrap();
    assert_eq!(from_the_start.curves[0].values(), [None, Some(3.0), Some(3.0)]);
}

#[test]
fn several_series_become_one_by_what_they_have_in_common() {
    let disk =
        |target, device| meta(target, "io", &[("device", device), ("way", "in")], Unit::BYTES, Kind::Gauge);
    let store = Listed::of([
        (disk("a", "sda"), vec![(0, 1.0), (60, 2.0)]),
        (disk("a", "sdb"), vec![(0, 10.0)]),
        (disk("b", "sda"), vec![(0, 100.0)]),
        (meta("b", "io", &[], Unit::BYTES, Kind::Gauge), vec![(0, 7.0)]),
        (meta("b", "other", &[], Unit::BYTES, Kind::Gauge), vec![(0, 9.0)]),
    ]);
    let across = |aggregation: &str, by: &[By]| {
        let across = Across { aggregation: aggregation.parse().unwrap(), by: by.to_vec() };
        let asked = request(0, 120, 60, "avg").with_matcher("io".parse().unwrap()).with_across(across);
        by_name(&asked.run(&store).unwrap())
    };
    let named = |name: &str, values: [Option<f64>; 2]| (name.to_owned(), values.to_vec());
    assert_eq!(across("sum", &[]), [named("io", [Some(118.0), Some(2.0)])]);
    assert_eq!(
        across("sum", &[By::Target]),
        [named("a/io", [Some(11.0), Some(2.0)]), named("b/io", [Some(107.0), None])]
    );
    let device = By::Label(Name::new("device").unwrap());
    assert_eq!(
        across("count", std::slice::from_ref(&device)),
        [
            named("io", [Some(1.0), None]),
            named("io{device=\"sda\"}", [Some(2.0), Some(1.0)]),
            named("io{device=\"sdb\"}", [Some(1.0), None])
        ]
    );
    assert_eq!(
        across("median", &[By::Target, device])[0],
        named("a/io{device=\"sda\"}", [Some(1.0), Some(2.0)])
    );
}

#[test]
fn a_limit_takes_the_first_and_counts_the_others() {
    let store = Listed::of(["d", "b", "a", "c"].map(|name| (gauge(name), vec![(0, 1.0)])));
    let answer = request(0, 60, 60, "avg").with_limit(2).run(&store).unwrap();
    let names: Vec<_> = by_name(&answer).into_iter().map(|(name, _)| name).collect();
    assert_eq!((names, answer.left_out), (vec!["web/a".to_owned(), "web/b".to_owned()], 2));
}

#[test]
fn a_series_that_two_patterns_match_counts_once() {
    let store = Listed::of([(gauge("ab"), vec![(0, 1.0), (1, 1.0)]), (gauge("b"), vec![(0, 1.0)])]);
    let asked =
        request(0, 60, 60, "count").with_matcher("a*".parse().unwrap()).with_matcher("*b".parse().unwrap());
    let answer = asked.run(&store).unwrap();
    assert_eq!(
        by_name(&answer),
        [("web/ab".to_owned(), vec![Some(2.0)]), ("web/b".to_owned(), vec![Some(1.0)])]
    );
}

#[test]
fn what_has_no_sample_in_the_range_is_counted_and_left_away() {
    let store = Listed::of([(gauge("a"), vec![(0, 1.0)]), (gauge("b"), vec![(100, 1.0)])]);
    let answer = request(60, 120, 60, "avg").run(&store).unwrap();
    assert_eq!((by_name(&answer).len(), answer.without_values), (1, 1));
}

#[test]
fn extents_say_how_much_there_is_and_count_nothing_twice() {
    let mut store =
        Listed::of([(gauge("ab"), vec![(0, 1.0), (5, 1.0), (9, 2.0)]), (gauge("b"), vec![(20, 1.0)])]);
    store.cuts = vec![3, 7];
    let patterns = ["a*".parse().unwrap(), "*b".parse().unwrap()];
    let of = |start, end| {
        let extents = extents(&store, &patterns, seconds(start), seconds(end)).unwrap();
        extents
            .into_iter()
            .map(|one| (one.meta.key.to_string(), one.first, one.last, one.samples))
            .collect::<Vec<_>>()
    };
    let ab = |last, samples| ("web/ab".to_owned(), seconds(0), seconds(last), samples);
    assert_eq!(of(0, 9), [ab(5, 2)]);
    assert_eq!(of(0, 30), [ab(9, 3), ("web/b".to_owned(), seconds(20), seconds(20), 1)]);
}

#[test]
fn an_engines_memory_answers_too() {
    let store = MemoryStoreConfig::default().build().unwrap();
    let (registry, target) = (Arc::new(Registry::new(10)), Target::new("web").unwrap());
    for second in 0..3600 {
        let source = Name::new("test").unwrap();
        let mut batch = SampleBatch::new(
            Arc::clone(&registry),
            source,
            Arc::clone(&target),
            Interval::SECOND,
            seconds(second),
        );
        batch.gauge("level", [], &Unit::RATIO, (second % 60) as f64).unwrap();
        batch.counter("count", [], &Unit::BYTES, second as f64 * 7.0).unwrap();
        store.append(&batch).unwrap();
    }
    let answer = request(0, 3600, 600, "avg").run(&store).unwrap();
    assert_eq!(
        by_name(&answer),
        [("web/count".to_owned(), vec![Some(7.0); 6]), ("web/level".to_owned(), vec![Some(29.5); 6])]
    );
}

/// Series with gaps, resets, samples that are none, and times off any grid of steps.
pub(crate) fn samples() -> impl Strategy<Value = Samples> {
    let value =
        prop_oneof![20 => -50.0..50.0_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 3 => Just(0.0)];
    let gap = prop_oneof![10 => 1_i64..4, 1 => 4_i64..100];
    prop::collection::vec((gap, value), 0..80).prop_map(|steps| {
        let mut at = -60;
        steps
            .into_iter()
            .map(|(gap, value)| {
                at += gap;
                (at, value)
            })
            .collect()
    })
}

fn growing(samples: &Samples) -> Samples {
    let mut total = 0.0;
    let mut grow = |value: f64| {
        total = if value < -45.0 { 0.0 } else { total + value.abs() };
        total
    };
    samples.iter().map(|(at, value)| (*at, if value.is_finite() { grow(*value) } else { *value })).collect()
}

pub(crate) const ALL: [&str; 11] =
    ["avg", "min", "max", "sum", "count", "last", "rate", "total", "p0", "median", "p95"];

/// Every second as the first of a step, or none: how the naive evaluation sees steps.
fn steps(start: i64, end: i64, step: i64) -> Vec<(i64, i64)> {
    let first = start.div_euclid(step);
    let starts = (first..).map(|n| n * step).take_while(|at| *at < end);
    starts.map(|at| (at.max(start), (at + step).min(end))).collect()
}

proptest! {
    #[test]
    fn as_the_naive_evaluation(
        one in samples(), two in samples(), start in -80_i64..150, span in 1_i64..200, step in 1_u64..90,
        cuts in prop::collection::vec(-80_i64..200, 0..6), aggregation in prop::sample::select(&ALL[..]),
    ) {
        let kinds = [Kind::CumulativeCounter, Kind::DeltaSum, Kind::Gauge];
        let parsed: Aggregation = aggregation.parse().unwrap();
        for kind in kinds {
            if kind == Kind::Gauge && parsed == Aggregation::Rate {
                continue;
            }
            let series = [&one, &two].map(|samples| if kind == Kind::CumulativeCounter { growing(samples) } else { samples.clone() });
            let metas = ["a", "b"].map(|name| meta("web", name, &[], Unit::BYTES, kind));
            let mut store = Listed::of(metas.into_iter().zip(series.clone()));
            store.cuts.clone_from(&cuts);
            let answer = request(start, start + span, step, aggregation).run(&store).unwrap();
            let steps = steps(start, start + span, i64::try_from(step).unwrap());
            let mut found = 0;
            for (name, samples) in ["web/a", "web/b"].into_iter().zip(&series) {
                let wanted: Vec<_> = steps.iter().map(|step| naive::value(kind, parsed, samples, *step)).collect();
                let Some(curve) = answer.curves.iter().find(|curve| curve.group.to_string() == name) else {
                    prop_assert!(wanted.iter().all(Option::is_none));
                    continue;
                };
                found += 1;
                prop_assert_eq!(curve.values().len(), wanted.len());
                for (value, wanted) in curve.values().iter().zip(wanted) {
                    prop_assert!(close(*value, wanted), "{:?}: {:?} instead of {:?}", kind, value, wanted);
                }
            }
            prop_assert_eq!(found + answer.without_values, 2);
        }
    }

    #[test]
    fn one_range_in_one_piece_or_in_many_gives_the_same(
        samples in samples(), step in 1_u64..40, first in -3_i64..1, pieces in 1_i64..6,
        aggregation in prop::sample::select(&ALL[..]),
    ) {
        let counter = meta("web", "c", &[], Unit::BYTES, Kind::CumulativeCounter);
        let store = Listed::of([(counter, growing(&samples))]);
        let length = i64::try_from(step).unwrap();
        let run = |from: i64, to: i64| {
            let answer = request(from * length, to * length, step, aggregation).run(&store).unwrap();
            let none = vec![None; usize::try_from(to - from).unwrap()];
            answer.curves.first().map_or(none, |curve| curve.values().to_vec())
        };
        let parts: Vec<_> = (first..first + pieces).flat_map(|n| run(n, n + 1)).collect();
        prop_assert_eq!(run(first, first + pieces), parts);
    }

    #[test]
    fn across_is_of_the_values_of_each_step(one in samples(), two in samples(), aggregation in prop::sample::select(&["avg", "min", "max", "sum", "count", "median"][..])) {
        let metas = ["x", "y"].map(|label| meta("web", "m", &[("l", label)], Unit::BYTES, Kind::Gauge));
        let store = Listed::of(metas.into_iter().zip([one, two]));
        let asked = request(-60, 200, 7, "max");
        let single = asked.run(&store).unwrap();
        let both = asked.with_across(Across::new(aggregation.parse().unwrap())).run(&store).unwrap();
        for (index, value) in both.curves.iter().flat_map(|curve| curve.values().iter().enumerate()) {
            let values: Samples = single.curves.iter().filter_map(|curve| Some((0, curve.values()[index]?))).collect();
            let wanted = naive::value(Kind::Gauge, aggregation.parse().unwrap(), &values, (0, 1));
            prop_assert!(close(*value, wanted), "{:?} instead of {:?}", value, wanted);
        }
    }
}
