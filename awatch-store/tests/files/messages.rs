//! What is said of a file that is not as it should be, word for word.

use std::path::Path;

use awatch_store::file::{self, ReadOptions};

use super::arrivals::csv;

#[test]
fn every_mistake_in_a_csv_file_names_its_place_and_the_remedy() {
    let number = "write for example 0.5, or nothing where there is none";
    for (text, message) in [
        ("", "history.csv: the file is empty: begin with a line of column names, for example `timestamp,metric,value`".to_owned()),
        ("a,b\n1,2\n", "history.csv, line 1: no column `timestamp` among `a`, `b`: begin with a line of column names, `timestamp,metric,value` with one sample per row or `timestamp` and one column per metric".to_owned()),
        ("timestamp,metric,value\n1,cpu,1\n2,cpu,high\n", format!("history.csv, line 3: column `value`: `high` is not a number: {number}")),
        ("timestamp,cpu\n1,0,5\n", "history.csv, line 2: 3 fields where the first line names 2 columns: write one for each, and fields with a comma in quotes".to_owned()),
        ("timestamp,cpu\n1,x\n", format!("history.csv, line 2: column `cpu`: `x` is not a number: {number}")),
        ("timestamp,metric,value\nnoon,cpu,1\n", "history.csv, line 2: column `timestamp`: `noon` is not an instant: write RFC 3339, for example `2026-11-20T10:00:00Z`, or a whole number of s, ms, µs or ns since 1970".to_owned()),
        ("timestamp,metric,value,kind\n1,cpu,1,rate\n", "history.csv, line 2: column `kind`: `rate` is not a kind: write `gauge`, `counter` or `delta`".to_owned()),
        ("timestamp,metric,value,source,interval,received\n1,cpu,1,a,,1\n", "history.csv, line 2: column `interval`: it is empty: write for example `1s`".to_owned()),
        ("timestamp,metric,value\n1,cpu,1\n2,,1\n", "history.csv, line 3: column `metric`: it is empty, and there is a value: name the metric".to_owned()),
        ("timestamp,a*\n1,1\n", "history.csv: column 2: `a*` cannot be a name: use 1 to 255 bytes without control characters and without any of { } \" = , *".to_owned()),
    ] {
        assert_eq!(csv(text, &ReadOptions::default()), Err(message));
    }
    assert_eq!(
        csv("timestamp,cpu\n", &ReadOptions::default().without_column("label")),
        Err("history.csv: there is no column `label` to leave out: the columns are timestamp, cpu".to_owned())
    );
}

#[test]
fn an_unknown_ending_is_refused() {
    let error = file::open(Path::new("a.json")).unwrap_err();
    assert_eq!(error.to_string(), "a.json: the name of a history file ends in `.csv` or `.parquet`");
    let error = file::create(Path::new("a")).unwrap_err();
    assert_eq!(error.to_string(), "a: the name of a history file ends in `.csv` or `.parquet`");
}
