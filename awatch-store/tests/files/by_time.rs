//! Files that do not say when their rows arrived.

use std::fmt::Write as _;

use awatch_core::{Interval, Timestamp};
use awatch_store::file::ReadOptions;

use super::arrivals::{Plain, csv};

fn lines(arrivals: &[Plain]) -> Vec<String> {
    let line = |arrival: &Plain| {
        assert_eq!(arrival.received, arrival.at);
        let values: Vec<String> = arrival
            .samples
            .iter()
            .map(|(key, _, _, interval, at, bits)| {
                assert_eq!((*at, *interval), (arrival.at, arrival.interval));
                format!("{key}={}", f64::from_bits(*bits))
            })
            .collect();
        let second = arrival.at.as_nanos() / 1_000_000_000;
        format!("{second} {} {}: {}", arrival.source, arrival.interval, values.join(" "))
    };
    arrivals.iter().map(line).collect()
}

fn played(text: &str) -> Vec<String> {
    lines(&csv(text, &ReadOptions::default()).unwrap())
}

#[test]
fn rows_of_one_instant_are_a_batch_of_all_targets() {
    let text = "timestamp,target,metric,value\n1,a,cpu,1\n1,b,cpu,2\n2,a,cpu,3\n";
    assert_eq!(played(text), ["1 replay 1s: a/cpu=1 b/cpu=2", "2 replay 1s: a/cpu=3"]);
}

#[test]
fn each_source_has_its_batch_and_interval() {
    let text =
        "timestamp,source,metric,value\n0,x,a,1\n0,y,b,2\n0,x,c,3\n60,y,b,4\n60,x,a,5\n61,x,a,6\n62,x,a,7\n";
    assert_eq!(
        played(text),
        [
            "0 x 1s: history/a=1 history/c=3",
            "0 y 1m: history/b=2",
            "60 y 1m: history/b=4",
            "60 x 1s: history/a=5",
            "61 x 1s: history/a=6",
            "62 x 1s: history/a=7",
        ]
    );
}

#[test]
fn series_of_different_intervals_without_a_source_are_a_source_each() {
    let text = "timestamp,metric,value\n0,a,1\n0,b,1\n1,a,2\n2,a,3\n5,a,4\n5,b,2\n10,b,3\n";
    assert_eq!(
        played(text),
        [
            "0 replay 1s 1s: history/a=1",
            "0 replay 5s 5s: history/b=1",
            "1 replay 1s 1s: history/a=2",
            "2 replay 1s 1s: history/a=3",
            "5 replay 1s 1s: history/a=4",
            "5 replay 5s 5s: history/b=2",
            "10 replay 5s 5s: history/b=3",
        ]
    );
}

#[test]
fn a_stated_interval_counts_more_than_what_the_timestamps_show() {
    let text = "timestamp,metric,interval,value\n0,a,10s,1\n1,a,10s,2\n";
    assert_eq!(played(text), ["0 replay 10s: history/a=1", "1 replay 10s: history/a=2"]);
    let options = ReadOptions::default().with_interval(Interval::from_secs(7).unwrap());
    let arrivals = csv("timestamp,metric,value\n0,a,1\n1,a,2\n", &options).unwrap();
    assert_eq!(lines(&arrivals), ["0 replay 7s: history/a=1", "1 replay 7s: history/a=2"]);
}

#[test]
fn rows_sorted_by_series_are_played_by_time() {
    let header = "timestamp,metric,value\n".to_owned();
    let line = |text: &mut String, time: i32, series: i32| {
        writeln!(text, "{time},m{series:02},{}", time * 100 + series).unwrap();
    };
    let (mut by_series, mut by_time) = (header.clone(), header);
    (0..50).for_each(|series| (0..100).for_each(|time| line(&mut by_series, time, series)));
    (0..100).for_each(|time| (0..50).for_each(|series| line(&mut by_time, time, series)));
    assert_eq!(played(&by_series), played(&by_time));
}

#[test]
fn a_file_that_says_when_rows_arrived_keeps_late_ones_late() {
    let text = "timestamp,received,metric,value\n1,1,a,1\n3,3,a,3\n2,4,a,2\n";
    let arrivals = csv(text, &ReadOptions::default()).unwrap();
    let times: Vec<_> = arrivals.iter().map(|arrival| (arrival.at, arrival.received)).collect();
    let second = Timestamp::from_secs;
    assert_eq!(times, [(second(1), second(1)), (second(3), second(3)), (second(2), second(4))]);
}
