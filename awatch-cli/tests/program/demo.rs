use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::process::{awatch, output, text};

/// Exit code and standard error of a command that is run in `home`, without the path of that folder.
fn said(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let done = awatch(home, arguments).current_dir(home).output().expect("the program runs");
    (done.status.code(), text(&done.stderr))
}

#[test]
fn what_shapes_a_world_is_refused_without_one() {
    let home = TempDir::new().unwrap();
    for (arguments, needed) in [
        (&["run", "--seed", "3", "--for", "1s"][..], "--demo"),
        (&["run", "--hosts", "3", "--for", "1s"], "--demo"),
        (&["replay", "h.csv", "--seed", "3"], "[FILE]"),
        (&["demo", "--hosts", "3"], "--out"),
    ] {
        let (code, err) = said(home.path(), arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {err}");
        assert!(err.contains(needed), "{arguments:?}: {err}");
    }
}

#[test]
fn one_after_the_other_are_those_that_can_befall_a_host_there_is() {
    let home = TempDir::new().unwrap();
    let arguments = [
        "demo",
        "all",
        "--hosts",
        "1",
        "--for",
        "30m",
        "--interval",
        "30s",
        "--out",
        "h.csv",
        "--labels",
        "t.csv",
    ];
    let (code, err) = said(home.path(), &arguments);
    assert_eq!(code, Some(0), "{err}");
    let labels = std::fs::read_to_string(home.path().join("t.csv")).unwrap();
    assert_eq!(labels.lines().count(), 1 + 9, "{labels}");
    assert!(!labels.contains("latency-shift") && !labels.contains("slow-drift"), "{labels}");
}

#[test]
fn labels_replace_nothing_and_go_into_a_file_of_their_own() {
    let home = TempDir::new().unwrap();
    let write = |labels: &str| {
        said(home.path(), &["demo", "none", "--for", "10s", "--out", "h.csv", "--labels", labels])
    };
    let problem =
        "error: h.csv could not be written: the history goes there: name another file with --labels\n";
    assert_eq!(write("h.csv"), (Some(1), problem.to_owned()));
    std::fs::write(home.path().join("t.csv"), "mine").unwrap();
    let problem = "error: t.csv could not be written: there is such a file already: remove it, or name another with --labels\n";
    assert_eq!(write("t.csv"), (Some(1), problem.to_owned()));
    assert_eq!(std::fs::read_to_string(home.path().join("t.csv")).unwrap(), "mine");
    // Nothing was begun that is in the way of the next attempt.
    assert_eq!(write("other.csv").0, Some(0));
}

#[test]
fn a_history_replaces_nothing() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("h.csv"), "mine").unwrap();
    let problem = "error: the history cannot be written: h.csv: there is such a file already: remove it, or choose \
                   another name\n";
    for arguments in [
        &["demo", "none", "--for", "10s", "--out", "h.csv"][..],
        &["run", "--demo", "none", "--record", "h.csv", "--for", "1s"],
    ] {
        assert_eq!(said(home.path(), arguments), (Some(1), problem.to_owned()));
    }
    assert_eq!(std::fs::read_to_string(home.path().join("h.csv")).unwrap(), "mine");
}

#[test]
fn a_past_that_is_interrupted_is_not_live() {
    let home = TempDir::new().unwrap();
    let mut child =
        awatch(home.path(), &["run", "--demo", "none", "--back-fill", "90d", "--plain"]).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    stderr.read_line(&mut said).unwrap();
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    let told = said.lines().find(|line| line.contains("back-filled")).expect("it says how far it came");
    assert!(told.ends_with("; interrupted"), "{told}");
    assert!(said.ends_with("ended: a signal asked for it\n"), "{said}");
    let mut events = String::new();
    child.stdout.take().unwrap().read_to_string(&mut events).unwrap();
    assert!(!events.contains("watching again"), "{events}");
}

#[test]
fn a_listing_names_every_scenario() {
    let home = TempDir::new().unwrap();
    let done = output(home.path(), &["demo"]);
    assert_eq!(done.status.code(), Some(0));
    let listing = text(&done.stdout);
    for scenario in ["cpu-saturation", "dead-exporter", "uplink-down"] {
        assert!(listing.contains(&format!("\n  {scenario}")), "{listing}");
    }
}
