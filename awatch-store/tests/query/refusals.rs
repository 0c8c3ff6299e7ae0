use awatch_core::{Kind, Unit};
use awatch_store::query::{Across, Aggregation, By};

use crate::answers::request;
use crate::listed::{Listed, meta};

#[test]
fn a_rate_of_a_gauge_is_refused() {
    let store = Listed::of([(meta("web", "level", &[], Unit::BYTES, Kind::Gauge), vec![(0, 1.0)])]);
    let error = request(0, 60, 60, "rate").run(&store).unwrap_err();
    assert_eq!(
        error.to_string(),
        "web/level is a gauge and has no rate: use avg, or a pattern that only matches counters"
    );
}

#[test]
fn different_units_do_not_become_one() {
    let store = Listed::of([
        (meta("a", "m", &[], Unit::BYTES, Kind::Gauge), vec![(0, 1.0)]),
        (meta("b", "m", &[], Unit::SECONDS, Kind::Gauge), vec![(0, 1.0)]),
    ]);
    let asked = request(0, 60, 60, "avg");
    let error = asked.clone().with_across(Across::new(Aggregation::Sum)).run(&store).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the series of m are in By and in s: give another unit its own group, or use a narrower pattern"
    );
    assert_eq!(
        asked
            .clone()
            .with_across(Across::new(Aggregation::Sum).by(By::Target))
            .run(&store)
            .unwrap()
            .curves
            .len(),
        2
    );
    let counted = asked.with_across(Across::new(Aggregation::Count)).run(&store).unwrap();
    assert_eq!((counted.curves[0].values(), counted.curves[0].unit.as_str()), (&[Some(2.0)][..], "{series}"));
}

#[test]
fn what_needs_an_order_in_time_cannot_make_one_of_several() {
    let error = request(0, 60, 60, "avg")
        .with_across(Across::new(Aggregation::Last))
        .run(&Listed::default())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "last cannot make one of several series: use avg, min, max, sum, count, median or a quantile such as p95"
    );
}
