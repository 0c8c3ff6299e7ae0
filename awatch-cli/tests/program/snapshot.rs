use tempfile::TempDir;

use crate::process::{awatch, output, text};

#[test]
fn a_look_has_health_values_and_rates() {
    let home = TempDir::new().expect("a folder");
    let done = awatch(home.path(), &["snapshot"]).env("COLUMNS", "60").output().expect("the program runs");
    assert_eq!((done.status.code(), text(&done.stderr).as_str()), (Some(0), ""));
    let shown = text(&done.stdout);
    assert!(shown.contains("health 100: nothing unusual"), "{shown}");
    assert!(shown.contains("\nsystem.cpu\n") && shown.contains("\nsystem.memory\n"), "{shown}");
    let load =
        shown.lines().find(|line| line.trim_start().starts_with("load_average.1m ")).unwrap_or_default();
    assert!(load.ends_with(" thread"), "{shown}");
    assert!(shown.contains(" more metrics, details or at 0: --all shows them\n"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 60), "{shown}");
}

#[test]
fn as_json_it_has_everything() {
    let home = TempDir::new().expect("a folder");
    let done = output(home.path(), &["snapshot", "--json"]);
    assert_eq!(done.status.code(), Some(0));
    let look: serde_json::Value = serde_json::from_slice(&done.stdout).expect("one JSON value");
    let target = &look["targets"][0];
    assert_eq!(target["health"]["score"], 100);
    let series = target["series"].as_array().expect("a list");
    let rate = series.iter().find(|series| series["metric"] == "system.cpu.time").expect("processor time");
    assert!(rate["unit"] == "1" && rate["value"].is_number() && rate["state"] == "present", "{rate}");
    assert_eq!(look["troubles"], serde_json::json!({}));
}

#[test]
fn less_than_two_readings_are_refused() {
    let home = TempDir::new().expect("a folder");
    let done = output(home.path(), &["snapshot", "--for", "1s"]);
    assert_eq!(done.status.code(), Some(2));
    let complaint = text(&done.stderr);
    assert!(complaint.contains("give at least 2s, which rates need for their two readings"), "{complaint}");
}
