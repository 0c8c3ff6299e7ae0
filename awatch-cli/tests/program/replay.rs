use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{output, text};

/// A minute of one gauge.
fn history(folder: &Path) -> PathBuf {
    let mut rows = "timestamp,metric,value\n".to_owned();
    for second in 0..60 {
        // Writing to a string cannot fail.
        let _ = writeln!(rows, "2026-11-20T09:00:{second:02}Z,load,0.5");
    }
    let file = folder.join("web-1.csv");
    std::fs::write(&file, rows).expect("written");
    file
}

/// Exit code, last line of standard output, and standard error of a replay whose standard input is at its end.
fn played(arguments: &[&str]) -> (Option<i32>, Value, String) {
    let home = TempDir::new().expect("a folder");
    let file = history(home.path());
    let file = file.to_str().expect("a temporary path is text");
    let all: Vec<&str> =
        ["replay", file, "--json", "--quiet"].into_iter().chain(arguments.iter().copied()).collect();
    let done = output(home.path(), &all);
    let last = text(&done.stdout).lines().last().map(|line| serde_json::from_str(line).expect("JSON"));
    (done.status.code(), last.unwrap_or_default(), text(&done.stderr))
}

#[test]
fn to_the_end_to_an_instant_and_step_by_step() {
    for (arguments, arrivals, reason, at) in [
        (&[][..], 60, "recording_over", "2026-11-20T09:00:59Z"),
        (&["--to", "+10s"], 11, "as_asked", "2026-11-20T09:00:10Z"),
        (&["--to", "2026-11-20T09:00:20.5Z"], 21, "as_asked", "2026-11-20T09:00:20.5Z"),
        (&["--to", "+1h"], 60, "recording_over", "2026-11-20T09:00:59Z"),
        // Nobody steps: it stays where the steps were to begin.
        (&["--step"], 1, "as_asked", "2026-11-20T09:00:00Z"),
        (&["--to", "+5s", "--step"], 6, "as_asked", "2026-11-20T09:00:05Z"),
    ] {
        let (code, last, err) = played(arguments);
        assert_eq!(code, Some(0), "{err}");
        assert_eq!(last["kind"], "replay.summary");
        assert_eq!(last["arrivals"], arrivals, "{arguments:?}");
        assert_eq!(last["reason"], reason, "{arguments:?}");
        assert_eq!(last["at"], at, "{arguments:?}");
    }
}

#[test]
fn an_instant_before_the_history_is_refused() {
    let (code, _, err) = played(&["--to", "2026-11-20T08:00:00Z"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        err,
        "error: the history begins at 2026-11-20T09:00:00Z, after 2026-11-20T08:00:00Z: give a later time with --to, \
         or one after the beginning such as +45m\n"
    );
}
