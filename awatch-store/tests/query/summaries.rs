use awatch_core::{Kind, Unit};
use awatch_store::query::Aggregation;
use proptest::prelude::*;

use crate::answers::{close, request, samples};
use crate::listed::{Listed, Samples, meta};

const MINUTE: u64 = 60;

fn refusal(kind: Kind, aggregation: &str, step: u64) -> String {
    let mut store =
        Listed::of([(meta("web", "m", &[], Unit::BYTES, kind), (0..600).map(|n| (n, n as f64)).collect())]);
    store.rollup = Some((600, MINUTE));
    request(0, 600, step, aggregation).run(&store).unwrap_err().to_string()
}

#[test]
fn what_summaries_cannot_tell_is_refused_with_what_they_can() {
    assert_eq!(
        refusal(Kind::Gauge, "p95", 60),
        "of web/m only summaries of 1m are left, which cannot tell p95: use avg, min or max, or a later start"
    );
    assert_eq!(
        refusal(Kind::CumulativeCounter, "max", 60),
        "of web/m only summaries of 1m are left, which cannot tell max: use rate, sum or total, or a later start"
    );
    assert_eq!(
        refusal(Kind::CumulativeCounter, "median", 60),
        "of web/m only summaries of 1m are left, which cannot tell p50: use rate or sum, or a later start"
    );
}

#[test]
fn a_step_that_cuts_summaries_is_refused_with_one_that_does_not() {
    let message =
        "of web/m only summaries of 1m are left, which steps of 1m30s would cut: use 1m or a multiple of it";
    assert_eq!(refusal(Kind::Gauge, "avg", 90), message);
    assert_eq!(refusal(Kind::CumulativeCounter, "rate", 10), message.replace("1m30s", "10s"));
}

#[test]
fn a_counter_is_followed_through_summaries_and_into_samples() {
    let counter = meta("web", "c", &[], Unit::BYTES, Kind::CumulativeCounter);
    // 2 a second, and once from the start again: at 250, and so in a minute of which only a summary is left.
    let samples: Samples =
        (0..900).map(|n| (n, f64::from(2 * u32::try_from(n % 250).unwrap_or(0)))).collect();
    let raw = Listed::of([(counter, samples)]);
    let mut mixed = raw.clone();
    mixed.rollup = Some((480, MINUTE));
    let values = |store: &Listed, start, end, step, aggregation| {
        let answer = request(start, end, step, aggregation).run(store).unwrap();
        answer.curves[0].values().to_vec()
    };
    assert_eq!(
        values(&mixed, 180, 600, 60, "rate"),
        [Some(2.0), None, Some(2.0), Some(2.0), Some(2.0), Some(2.0), Some(2.0)]
    );
    assert_eq!(values(&raw, 540, 900, 60, "sum"), values(&mixed, 540, 900, 60, "sum"));
    assert_eq!(values(&mixed, 60, 120, 60, "sum"), values(&raw, 60, 120, 60, "sum"));
    // The first summary of a history has none before it to grow from.
    assert_eq!(values(&mixed, 0, 120, 60, "sum"), [None, Some(120.0)]);
}

proptest! {
    #[test]
    fn summaries_give_what_their_samples_give(
        samples in samples(), minutes in 1_u64..3, until in -1_i64..3, start in -1_i64..2, span in 1_i64..4,
        aggregation in prop::sample::select(&["avg", "min", "max", "sum", "count", "last", "total"][..]),
        delta in any::<bool>(),
    ) {
        let kind = if delta { Kind::DeltaSum } else { Kind::Gauge };
        let raw = Listed::of([(meta("web", "m", &[], Unit::BYTES, kind), samples)]);
        let mut mixed = raw.clone();
        mixed.rollup = Some((until * 60, MINUTE));
        mixed.cuts = vec![0, 60];
        let step = minutes * MINUTE;
        let asked = request(start * 60, (start + span) * 60, step, aggregation);
        let (raw, mixed) = (asked.run(&raw).unwrap(), asked.run(&mixed).unwrap());
        prop_assert_eq!(raw.curves.len(), mixed.curves.len());
        for (one, other) in raw.curves.iter().zip(&mixed.curves) {
            for (a, b) in one.values().iter().zip(other.values()) {
                prop_assert!(close(*a, *b), "{:?} of samples, {:?} of summaries", a, b);
            }
        }
    }

    #[test]
    fn a_counter_that_never_restarts_grows_the_same_in_summaries(rates in prop::collection::vec(0.0..9.0_f64, 600), start in 1_i64..5, span in 1_i64..5) {
        let counter = meta("web", "c", &[], Unit::BYTES, Kind::CumulativeCounter);
        let mut total = 0.0;
        let grow = |(n, rate): (usize, f64)| { total += rate; (i64::try_from(n).unwrap(), total) };
        let raw = Listed::of([(counter, rates.into_iter().enumerate().map(grow).collect())]);
        let mut summed = raw.clone();
        summed.rollup = Some((1000, MINUTE));
        for aggregation in [Aggregation::Sum, Aggregation::Rate] {
            let asked = request(start * 60, (start + span) * 60, MINUTE, "avg").with_over_time(aggregation);
            let (raw, summed) = (asked.run(&raw).unwrap(), asked.run(&summed).unwrap());
            for (a, b) in raw.curves[0].values().iter().zip(summed.curves[0].values()) {
                prop_assert!(close(*a, *b), "{:?} of samples, {:?} of summaries", a, b);
            }
        }
    }
}
