//! The collectors where things are hard: without rights, with processes that vanish, interfaces that come and go, and
//! thousands of mounts and processes. Nothing fails for it, and what is told is told once.
//!
//! Each test that needs a namespace or another user starts this very program in it, for the part that is marked `ignored`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that fails should panic")]

mod machine;

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use awatch_collect::host::{Filter, Group};
use awatch_collect::{HostConfig, ProcessesConfig};
use awatch_core::Record;
use machine::Asked;
use rustix::mount::{MountFlags, mount};

/// Set in the part that runs elsewhere, so that it is never run here by mistake.
const INSIDE: &str = "AWATCH_INSIDE";

/// Runs the test `part` of this program by way of `outer`; prints why when that is not possible here.
fn run_in(outer: &[&str], part: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("tests");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let (tool, arguments) = outer.split_first().unwrap();
    let possible = Command::new(tool).args(arguments).arg("true").output();
    if !possible.as_ref().is_ok_and(|done| done.status.success()) {
        println!("skipped: `{}` is not possible here: {possible:?}", outer.join(" "));
        return;
    }
    let done = Command::new(tool)
        .args(arguments)
        .arg(&program)
        .args(["--exact", part, "--ignored", "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    println!("{text}");
    assert!(done.status.success() && text.contains("1 passed"), "{part} failed");
}

fn inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

fn field<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    record.fields.iter().find(|(own, _)| *own == name).map(|(_, text)| text.as_str())
}

#[test]
fn processes_of_others_are_told_without_what_is_forbidden() {
    run_in(&["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], "as_nobody");
}

#[test]
#[ignore = "run as another user by the test above"]
fn as_nobody() {
    if !inside() {
        return;
    }
    let mut processes = Asked::new(ProcessesConfig::default().with_top(1000).build().unwrap());
    for _ in 0..5 {
        // Rates need time to pass, and the kernel counts it in hundredths of a second.
        std::thread::park_timeout(Duration::from_millis(50));
        processes.tick().unwrap();
    }
    let records = processes.out.records();
    let own = std::process::id().to_string();
    let mine = records.iter().find(|record| field(record, "pid") == Some(&own)).unwrap();
    assert!(field(mine, "io.read").is_some(), "{mine:?}");
    let others: Vec<_> = records.iter().filter(|record| field(record, "user") == Some("root")).collect();
    assert!(!others.is_empty());
    for record in others {
        assert_eq!(field(record, "io.read"), None, "{record:?}");
        assert!(field(record, "rss").is_some() && field(record, "name").is_some());
    }
    let mut host = Asked::new(HostConfig::default().with_group(Group::FileSystem, false).build().unwrap());
    host.tick().unwrap();
    assert!(host.out.samples().len() > 100);
}

#[test]
fn processes_that_vanish_are_no_errors() {
    let mut processes = Asked::new(ProcessesConfig::default().build().unwrap());
    for _ in 0..100 {
        let mut children: Vec<_> = (0..5).map(|_| Command::new("true").spawn().unwrap()).collect();
        processes.tick().unwrap();
        for child in &mut children {
            child.wait().unwrap();
        }
        processes.tick().unwrap();
    }
}

#[test]
fn an_interface_comes_and_goes() {
    run_in(&["unshare", "--map-root-user", "--net"], "with_interfaces_of_its_own");
}

fn ip(arguments: &[&str]) -> bool {
    Command::new("ip").args(arguments).output().is_ok_and(|done| done.status.success())
}

#[test]
#[ignore = "run in a network namespace by the test above"]
fn with_interfaces_of_its_own() {
    if !inside() {
        return;
    }
    let config = HostConfig::default().with_groups([Group::Network]).with_interfaces(Filter::default());
    let mut host = Asked::new(config.build().unwrap());
    host.tick().unwrap();
    let series = |host: &Asked<_>| host.values().into_keys().filter(|name| name.contains("plug0")).count();
    assert_eq!(series(&host), 0);
    for round in 0..3 {
        let kinds = ["dummy", "bridge", "veth", "ifb"];
        if !kinds.into_iter().any(|kind| ip(&["link", "add", "plug0", "type", kind])) {
            println!("skipped: no interface can be made here");
            return;
        }
        host.tick().unwrap();
        assert!(series(&host) >= 14, "round {round}");
        assert!(ip(&["link", "delete", "plug0"]));
        host.tick().unwrap();
        assert_eq!(series(&host), 0, "round {round}");
    }
}

#[test]
fn five_thousand_mounts_are_told_once() {
    run_in(&["unshare", "--map-root-user", "--mount"], "with_mounts_of_its_own");
}

#[test]
#[ignore = "run in a mount namespace by the test above"]
fn with_mounts_of_its_own() {
    if !inside() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for number in 0..5000 {
        let point = folder.path().join(number.to_string());
        std::fs::create_dir(&point).unwrap();
        mount("none", &point, "tmpfs", MountFlags::empty(), Some(c"size=4k")).unwrap();
    }
    let config = HostConfig::default().with_groups([Group::FileSystem]);
    let config =
        config.with_mounts(Filter::default()).with_file_system_types(Filter::new(["tmpfs"], [""; 0]));
    let mut host = Asked::new(config.build().unwrap());
    let error = host.tick().unwrap_err();
    assert_eq!(error.to_string(), "part of the file systems is not available");
    let remedy = std::error::Error::source(&error).unwrap().to_string();
    assert!(remedy.ends_with("more than 64: raise `max_mounts`, or narrow `mounts`"), "{remedy}");
    for _ in 0..5 {
        host.tick().unwrap();
    }
    let values = host.values();
    assert!(values.get("awatch.host.filesystem.left_out").unwrap() >= &4936.0);
    assert_eq!(
        values.keys().filter(|series| series.starts_with("system.filesystem.utilization")).count(),
        64
    );

    let mut standard = Asked::new(HostConfig::default().build().unwrap());
    for _ in 0..3 {
        standard.tick().unwrap();
    }
}

#[test]
fn five_thousand_processes_are_counted() {
    let script = "n=0; while [ $n -lt 5000 ]; do (read x) <&3 & n=$((n+1)); done; echo started; wait";
    let spawned = Command::new("sh")
        .args(["-c", &format!("exec 3<&0; {script}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut shell = match spawned {
        Ok(shell) => shell,
        Err(error) => {
            println!("skipped: there is no shell: {error}");
            return;
        }
    };
    let mut said = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let mut processes = Asked::new(ProcessesConfig::default().build().unwrap());
    for _ in 0..3 {
        processes.tick().unwrap();
    }
    let found: f64 = processes
        .values()
        .iter()
        .filter(|(name, _)| name.contains("process.state"))
        .map(|(_, count)| count)
        .sum();
    let records = processes.out.records().len();
    // The sleepers wait for a line that never comes: they end when there is nobody left to write it.
    drop(shell.stdin.take().map(|mut stdin| stdin.flush()));
    shell.wait().unwrap();
    if said.trim() == "started" {
        assert!(found > 5000.0, "{found}");
    } else {
        println!("skipped: 5,000 processes are not allowed here: {found} were there");
    }
    assert!((1..=30).contains(&records), "{records}");
    processes.tick().unwrap();
}
