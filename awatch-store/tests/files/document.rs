//! `docs/history-files.md` says what the code does.

use awatch_store::file::{COLUMNS, ReadOptions};

use super::arrivals::csv;

const DOCUMENT: &str = include_str!("../../../docs/history-files.md");

#[test]
fn its_table_has_the_columns_in_their_order() {
    let name = |line: &'static str| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name);
    let names: Vec<&str> = DOCUMENT.lines().filter_map(name).collect();
    assert_eq!(names, COLUMNS);
}

#[test]
fn its_examples_are_read_as_it_says() {
    let examples: Vec<&str> =
        DOCUMENT.split("```csv\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [long, wide] = examples[..] else { panic!("two examples") };
    assert_eq!(long.lines().next().unwrap(), COLUMNS.join(","));
    let long = csv(long, &ReadOptions::default()).unwrap();
    assert_eq!(long.len(), 1);
    assert_eq!(long[0].samples.len(), 2);
    assert_eq!(long[0].samples[1].0, "web-1/system.disk.io{device=\"sda\"}");
    let wide = csv(wide, &ReadOptions::default()).unwrap();
    let samples: Vec<usize> = wide.iter().map(|arrival| arrival.samples.len()).collect();
    assert_eq!(samples, [2, 1]);
    assert_eq!((wide[0].samples[1].1.as_str(), wide[0].interval.to_string().as_str()), ("ms", "1m"));
}
