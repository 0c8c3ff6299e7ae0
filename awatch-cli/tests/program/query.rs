use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::process::{awatch, output, text};

/// Ten minutes of two hosts, a sample each ten seconds: a gauge per core and a counter, which one host loses for a while.
fn history(folder: &Path) -> PathBuf {
    let mut rows = "timestamp,target,metric,labels,unit,kind,value\n".to_owned();
    for tick in 0..60 {
        let time = format!("2026-11-20T09:{:02}:{:02}Z", tick / 6, tick % 6 * 10);
        for (core, load) in [("0", 0.25), ("1", f64::from(tick) / 100.0)] {
            // Writing to a string cannot fail.
            let _ = writeln!(rows, "{time},web-1,cpu.utilization,core={core},1,gauge,{load}");
        }
        for (host, rate) in [("web-1", 1024), ("web-2", 512)] {
            if host == "web-1" || !(12..24).contains(&tick) {
                let total = tick * 10 * rate;
                let _ = writeln!(rows, "{time},{host},net.io,\"dir=in,nic=eth0\",By,counter,{total}");
            }
        }
    }
    let file = folder.join("history.csv");
    std::fs::write(&file, rows).expect("written");
    file
}

/// What the program says to that question about the history: standard output and standard error.
fn asked(arguments: &[&str]) -> (String, String) {
    let (code, out, err) = said(arguments);
    assert_eq!(code, Some(0), "{err}");
    (out, err)
}

fn said(arguments: &[&str]) -> (Option<i32>, String, String) {
    let home = TempDir::new().expect("a folder");
    let file = history(home.path());
    let file = file.to_str().expect("a temporary path is text");
    let all: Vec<&str> = ["query", "--file", file].into_iter().chain(arguments.iter().copied()).collect();
    let done = awatch(home.path(), &all)
        .env("COLUMNS", "80")
        .env("TZ", "Europe/Berlin")
        .output()
        .expect("the program runs");
    let err = text(&done.stderr).replace(&format!("{}/", home.path().display()), "");
    (done.status.code(), text(&done.stdout), err)
}

#[test]
fn a_table_has_a_row_per_step_and_a_column_per_series() {
    let (table, notes) = asked(&["--format", "table", "--step", "2m"]);
    insta::assert_snapshot!(table, @"
    avg per 2m, 2026-11-20 UTC
    time   web-1 cpu.utilization 0  web-1 cpu.utilization 1  web-1 net.io in eth0
    09:00                     25 %                    5.5 %               1 KiB/s
    09:02                     25 %                   17.5 %               1 KiB/s
    09:04                     25 %                   29.5 %               1 KiB/s
    09:06                     25 %                   41.5 %               1 KiB/s
    09:08                     25 %                   53.5 %               1 KiB/s

    time   web-2 net.io in eth0
    09:00               512 B/s
    09:02                     -
    09:04               512 B/s
    09:06               512 B/s
    09:08               512 B/s
    ");
    assert_eq!(notes, "");
}

#[test]
fn one_step_is_a_row_per_series() {
    let (table, _) = asked(&["--format", "table", "--step", "all", "cpu.*", "--agg", "max"]);
    insta::assert_snapshot!(table, @"
    web-1 cpu.utilization: max from 09:00:00 to 09:09:51, 2026-11-20 UTC
    0         25 %
    1         59 %
    ");
}

#[test]
fn a_narrow_table_goes_on_below() {
    let home = TempDir::new().expect("a folder");
    let file = history(home.path());
    let file = file.to_str().expect("a temporary path is text");
    let question = ["query", "--file", file, "--format", "table", "--step", "5m", "--local"];
    let done = awatch(home.path(), &question).env("COLUMNS", "30").env("TZ", "Europe/Berlin").output();
    insta::assert_snapshot!(text(&done.expect("the program runs").stdout), @"
    avg per 5m, 2026-11-20 local time
    time   web-1 cpu.utilization 0
    10:00                     25 %
    10:05                     25 %

    time   web-1 cpu.utilization 1
    10:00                   14.5 %
    10:05                   44.5 %

    time   web-1 net.io in eth0
    10:00               1 KiB/s
    10:05               1 KiB/s

    time   web-2 net.io in eth0
    10:00               512 B/s
    10:05               512 B/s
    ");
}

#[test]
fn a_curve_has_a_blank_where_there_is_nothing() {
    let (curves, _) = asked(&["--format", "spark", "--step", "30s"]);
    insta::assert_snapshot!(curves, @"
    avg per 30s, 2026-11-20 UTC
    web-1 cpu.utilization 0  ▄▄▄▄▄▄▄▄▄▄  min 25 %  max 25 %  last 25 %
    web-1 cpu.utilization 1  ▁▁▂▃▄▅▆▇██  min 1 %  max 58 %  last 58 %
    web-1 net.io in eth0     ▄▄▄▄▄▄▄▄▄▄  min 1 KiB/s  max 1 KiB/s  last 1 KiB/s
    web-2 net.io in eth0     ▄▄  ▄▄▄▄▄▄  min 512 B/s  max 512 B/s  last 512 B/s
    ");
}

#[test]
fn csv_has_all_digits() {
    let (csv, _) = asked(&["--format", "csv", "--step", "5m", "cpu.utilization{core=1}", "web-2/net.io"]);
    insta::assert_snapshot!(csv, @r#"
    time,target,metric,labels,unit,aggregation,value
    2026-11-20T09:00:00Z,web-1,cpu.utilization,core=1,1,avg,0.145
    2026-11-20T09:05:00Z,web-1,cpu.utilization,core=1,1,avg,0.44500000000000006
    2026-11-20T09:00:00Z,web-2,net.io,"dir=in,nic=eth0",By/s,rate,512.0
    2026-11-20T09:05:00Z,web-2,net.io,"dir=in,nic=eth0",By/s,rate,512.0
    "#);
}

#[test]
fn into_a_pipe_goes_json() {
    let (json, _) =
        asked(&["net.io", "--target", "web-2", "--from", "09:01", "--to", "09:05", "--step", "1m"]);
    insta::assert_snapshot!(json, @r#"{"start":"2026-11-20T09:01:00Z","end":"2026-11-20T09:05:00Z","step_seconds":60.0,"series":[{"target":"web-2","metric":"net.io","labels":{"dir":"in","nic":"eth0"},"unit":"By/s","aggregation":"rate","across":null,"members":1,"points":[["2026-11-20T09:01:00Z",512.0],["2026-11-20T09:02:00Z",null],["2026-11-20T09:03:00Z",null],["2026-11-20T09:04:00Z",512.0]]}],"without_values":0,"left_out":0}"#);
}

#[test]
fn several_series_become_one() {
    let (csv, _) =
        asked(&["--format", "csv", "--step", "all", "net.io", "--by", "label:nic", "--agg", "rate"]);
    insta::assert_snapshot!(csv, @"
    time,target,metric,labels,unit,aggregation,value
    2026-11-20T09:00:00Z,,net.io,nic=eth0,By/s,rate,1536.0
    ");
    let (table, _) = asked(&["--format", "table", "--step", "5m", "cpu.*", "--by", "target"]);
    insta::assert_snapshot!(table, @"
    web-1 cpu.utilization: avg per 5m, avg across 2 series, 2026-11-20 UTC
    time   cpu.utilization
    09:00           19.8 %
    09:05           34.8 %
    ");
}

#[test]
fn the_series_are_listed() {
    let (list, notes) = asked(&["--list", "--format", "table", "--limit", "3"]);
    insta::assert_snapshot!(list, @r#"
    3 series, 2026-11-20 UTC
    series                         unit  kind     every  samples  first     last
    web-1/cpu.util…tion{core="0"}  1     gauge      10s       60  09:00:00  09:09:50
    web-1/cpu.util…tion{core="1"}  1     gauge      10s       60  09:00:00  09:09:50
    web-1/net.io{d…n",nic="eth0"}  By    counter    10s       60  09:00:00  09:09:50
    "#);
    assert_eq!(notes, "awatch: 1 more are not shown; raise --limit to see them\n");
    let (json, _) = asked(&["--list", "--target", "web-2"]);
    insta::assert_snapshot!(json, @r#"{"series":[{"target":"web-2","metric":"net.io","labels":{"dir":"in","nic":"eth0"},"unit":"By","kind":"counter","interval_seconds":10.0,"samples":48,"first":"2026-11-20T09:00:00Z","last":"2026-11-20T09:09:50Z"}]}"#);
    let (csv, _) = asked(&["--list", "--target", "web-2", "--local", "--format", "csv"]);
    insta::assert_snapshot!(csv, @r#"
    target,metric,labels,unit,kind,interval,samples,first,last
    web-2,net.io,"dir=in,nic=eth0",By,counter,10s,48,2026-11-20T10:00:00+01:00,2026-11-20T10:09:50+01:00
    "#);
}

#[test]
fn times_are_relative_to_the_end_of_the_history() {
    let (csv, _) = asked(&[
        "--format",
        "csv",
        "cpu.utilization{core=0}",
        "--from",
        "-1m",
        "--agg",
        "count",
        "--step",
        "all",
    ]);
    assert_eq!(
        csv,
        "time,target,metric,labels,unit,aggregation,value\n\
         2026-11-20T09:08:51Z,web-1,cpu.utilization,core=0,{sample},count,6.0\n"
    );
}

#[test]
fn what_cannot_be_answered_says_why() {
    for (arguments, complaint) in [
        (
            &["--step", "1ms"][..],
            "error: a step of 1ms gives 2364000 points for 4 series, more than 1000000: use a step of 10ms or longer, a \
             shorter range, or fewer series\n",
        ),
        (
            &["cpu.*", "--agg", "rate"],
            "error: web-1/cpu.utilization{core=\"0\"} is a gauge and has no rate: use avg, or a pattern that only \
             matches counters\n",
        ),
        (
            &["--from", "09:05", "--to", "09:05"],
            "error: the range ends at 2026-11-20T09:05:00Z, not after its start 2026-11-20T09:05:00Z: give a later end \
             or an earlier start\n",
        ),
        (
            &["web-1/net.io", "--target", "web-2"],
            "error: the pattern `web-1/net.io` names a target already: leave out --target web-2, or the target in the \
             pattern\n",
        ),
        (
            &["net.io", "--across", "last"],
            "error: last cannot make one of several series: use avg, min, max, sum, count, median or a quantile such \
             as p95\n",
        ),
    ] {
        let (code, out, err) = said(arguments);
        assert_eq!((code, out.as_str(), err.as_str()), (Some(1), "", complaint), "{arguments:?}");
    }
}

#[test]
fn nothing_found_is_no_failure_and_says_so() {
    let (out, err) = asked(&["--format", "table", "nothing.*"]);
    assert_eq!(out, "");
    assert_eq!(
        err,
        "awatch: no series matches; `awatch query --list` with the same file shows those there are\n"
    );
    let (_, err) =
        asked(&["--format", "table", "net.io", "--target", "web-2", "--from", "09:02", "--to", "09:03"]);
    assert_eq!(
        err,
        "awatch: 1 series match, and none has a value from 2026-11-20T09:02:00Z to 2026-11-20T09:03:00Z\n"
    );
}

#[test]
fn without_a_history_it_says_how_to_give_one() {
    let home = TempDir::new().expect("a folder");
    let done = output(home.path(), &["query"]);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(
        text(&done.stderr),
        "error: there is no history to query: give a recording with --file FILE, as .csv or .parquet\n"
    );
}

#[test]
fn a_history_without_samples_is_told() {
    let home = TempDir::new().expect("a folder");
    let file = home.path().join("empty.csv");
    std::fs::write(&file, "timestamp,target,metric,labels,unit,kind,value\n").expect("written");
    let done = output(home.path(), &["query", "--file", file.to_str().expect("text")]);
    assert_eq!(
        (done.status.code(), text(&done.stdout).as_str(), text(&done.stderr).as_str()),
        (Some(1), "", "error: the history has no samples\n")
    );
}

#[test]
fn mistakes_on_the_command_line_are_told_with_their_remedy() {
    for (arguments, complaint) in [
        (["--agg", "mean"], "`mean` is not an aggregation: use avg, min, max,"),
        (["--step", "0s"], "give more than no time, for example 1m, or all"),
        (["--from", "noon"], "`noon` is not a point in time: write for example -1h, now,"),
        (["--by", "host"], "write target, metric, or label: and a name, for example label:host"),
    ] {
        let (code, _, err) = said(&arguments);
        assert!(code == Some(2) && err.contains(complaint), "{arguments:?}: {err}");
    }
}

#[test]
fn a_reader_that_is_gone_is_no_failure() {
    let home = TempDir::new().expect("a folder");
    let file = history(home.path());
    let question = [
        "query",
        "--file",
        file.to_str().expect("text"),
        "--format",
        "csv",
        "--step",
        "10ms",
        "--from",
        "-2m",
    ];
    let mut child = awatch(home.path(), &question).spawn().expect("the program starts");
    let mut start = [0; 10];
    child.stdout.take().expect("taken once").read_exact(&mut start).expect("there is output");
    let done = child.wait_with_output().expect("the program ends");
    assert_eq!((done.status.code(), text(&done.stderr).as_str()), (Some(0), ""));
}
