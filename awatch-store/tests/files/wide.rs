use awatch_core::{Interval, Kind, Name};
use awatch_store::file::ReadOptions;

use super::arrivals::{Plain, csv};

fn samples(arrivals: &[Plain]) -> Vec<Vec<(&str, &str, f64)>> {
    let sample = |sample: &super::arrivals::PlainSample| sample.5;
    arrivals
        .iter()
        .map(|arrival| {
            assert!(arrival.samples.iter().all(|sample| sample.2 == Kind::Gauge));
            arrival.samples.iter().map(|s| (s.0.as_str(), s.1.as_str(), f64::from_bits(sample(s)))).collect()
        })
        .collect()
}

#[test]
fn each_column_is_a_gauge_of_the_file() {
    let text =
        "\u{feff}TimeStamp,cpu,latency [ms],label\n2018-03-01 00:00:00,0.5,12,0\n2018-03-01 00:05:00,,13,1\n";
    let arrivals = csv(text, &ReadOptions::default().without_column("label")).unwrap();
    assert_eq!(
        samples(&arrivals),
        [
            vec![("history/cpu", "", 0.5), ("history/latency", "ms", 12.0)],
            vec![("history/latency", "ms", 13.0)]
        ]
    );
    assert_eq!(arrivals[0].interval, Interval::from_secs(300).unwrap());
    assert_eq!(arrivals[0].source, "replay");
}

#[test]
fn the_target_can_be_named() {
    let options = ReadOptions::default().with_target(Name::new("web-1").unwrap());
    assert_eq!(samples(&csv("time,value\n1,2\n", &options).unwrap()), [vec![("web-1/value", "", 2.0)]]);
}
