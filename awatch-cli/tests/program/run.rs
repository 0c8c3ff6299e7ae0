use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Watching, output, text};

/// A configuration with a rule that is broken from the first row on.
fn eventful(home: &TempDir, more: &str) -> PathBuf {
    let rules = r#"rules = [{ name = "any", metric = "system.memory.utilization", above = 0, severity = "critical" }]"#;
    let path = home.path().join("eventful.toml");
    let config = format!("version = 1\n{more}\n[[detector]]\nkind = \"threshold\"\n{rules}\n");
    std::fs::write(&path, config).expect("the configuration is written");
    path
}

fn path(path: &std::path::Path) -> &str {
    path.to_str().expect("a temporary path is text")
}

#[test]
fn json_lines_begin_and_end_with_the_run() {
    let home = TempDir::new().unwrap();
    let config = eventful(&home, "");
    let done = output(home.path(), &["run", "--json", "--for", "2500ms", "--config", path(&config)]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let lines: Vec<Value> =
        text(&done.stdout).lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds.first(), Some(&"run.started"));
    assert_eq!(kinds.last(), Some(&"run.summary"));
    assert!(kinds.contains(&"anomaly.opened"), "{kinds:?}");
    let (started, summary) = (&lines[0], &lines[lines.len() - 1]);
    assert_eq!(started["schema"], 1);
    assert_eq!(started["config"], path(&config));
    assert_eq!(started["collectors"][0]["kind"], "host");
    assert_eq!(summary["reason"], "time_over");
    assert_eq!(summary["anomalies"]["critical"], 1);
    assert_eq!(summary["lost"], 0);
    let opened = lines.iter().find(|line| line["kind"] == "anomaly.opened").expect("there is one");
    assert_eq!(opened["anomaly"]["watch"], "threshold");
    assert!(opened["anomaly"]["sentence"].as_str().unwrap().contains("above the limit 0 %"), "{opened}");
    assert!(opened["at"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn a_line_per_event_into_a_pipe() {
    let home = TempDir::new().unwrap();
    let config = eventful(&home, "");
    let done = output(home.path(), &["run", "--for", "2500ms", "--config", path(&config)]);
    assert_eq!(done.status.code(), Some(0));
    let (out, err) = (text(&done.stdout), text(&done.stderr));
    assert!(out.lines().all(|line| line.contains('Z')), "every line begins with its time: {out}");
    assert!(out.contains("critical #1"), "{out}");
    assert!(!out.contains('\u{1b}'), "no colours into a pipe");
    assert!(err.starts_with("awatch: watching "), "{err}");
    assert!(err.contains("1 anomaly (1 critical), 0 lost"), "{err}");
    assert!(err.ends_with("; ended: the time is over\n"), "{err}");
}

#[test]
fn quiet_says_nothing_on_standard_error() {
    let home = TempDir::new().unwrap();
    let done = output(home.path(), &["run", "--quiet", "--for", "1s"]);
    assert_eq!((done.status.code(), text(&done.stderr)), (Some(0), String::new()));
}

#[test]
fn the_first_signal_ends_with_a_summary() {
    for signal in [Signal::INT, Signal::TERM] {
        let home = TempDir::new().unwrap();
        let watching = Watching::start(home.path(), &["run", "--for", "60s"]);
        watching.signal(signal);
        let (code, err) = watching.end();
        assert_eq!(code, Some(0), "{err}");
        assert!(err.contains("configuration: built-in defaults"), "{err}");
        assert!(err.ends_with("; ended: a signal asked for it\n"), "{err}");
    }
}

#[test]
fn the_second_signal_ends_at_once() {
    let home = TempDir::new().unwrap();
    // A pipe that nobody reads: opening it takes for ever, and the end of the run waits for it.
    let pipe = home.path().join("pipe");
    let read_write = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, read_write, 0).expect("a pipe");
    let more =
        format!("[engine]\nshutdown_grace = \"60s\"\n[[sink]]\nkind = \"text\"\nfile = {:?}", path(&pipe));
    let config = eventful(&home, &more);
    let mut watching = Watching::start(home.path(), &["run", "--for", "60s", "--config", path(&config)]);
    let mut line = String::new();
    // Kept until the end: a reader that goes would end the run by itself.
    let mut events = BufReader::new(watching.stdout());
    events.read_line(&mut line).expect("an event");
    watching.signal(Signal::INT);
    watching.wait_for("awatch: ending; a second Ctrl-C ends at once\n");
    watching.signal(Signal::INT);
    let (code, err) = watching.end();
    drop(events);
    assert_eq!(code, Some(130), "{err}");
}

#[test]
fn a_reader_that_goes_ends_the_run_without_an_event() {
    let home = TempDir::new().unwrap();
    let mut watching = Watching::start(home.path(), &["run", "--for", "60s"]);
    drop(watching.stdout());
    let (code, err) = watching.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.ends_with("; ended: nobody reads the output any more\n"), "{err}");
}

#[test]
fn state_is_kept_and_an_unusable_one_set_aside() {
    let home = TempDir::new().unwrap();
    let state = home.path().join("folder").join("state");
    let arguments = ["run", "--json", "--for", "1500ms", "--state", path(&state)];
    let first = output(home.path(), &arguments);
    assert!(first.status.success() && state.exists(), "{}", text(&first.stderr));
    let second = output(home.path(), &arguments);
    assert!(text(&second.stdout).contains("\"kind\":\"engine.resumed\""), "{}", text(&second.stdout));
    std::fs::write(&state, b"nothing of use").unwrap();
    let third = output(home.path(), &arguments);
    assert_eq!(third.status.code(), Some(0));
    assert!(text(&third.stderr).contains("starting without what was learnt"), "{}", text(&third.stderr));
    assert!(home.path().join("folder").join("state.unusable").exists());
}

#[test]
fn a_wrong_command_line_is_code_2() {
    let home = TempDir::new().unwrap();
    let done = output(home.path(), &["run", "--for", "soon"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).starts_with("error: invalid value 'soon' for '--for <DURATION>'"));
}
