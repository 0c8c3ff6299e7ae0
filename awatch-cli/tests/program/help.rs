use tempfile::TempDir;

use crate::process::{output, text};

fn said(arguments: &[&str]) -> String {
    let home = TempDir::new().unwrap();
    let done = output(home.path(), arguments);
    assert_eq!(done.status.code(), Some(0));
    text(&done.stdout)
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(said(&["--version"]), format!("awatch {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_program() {
    insta::assert_snapshot!(said(&["--help"]), @"");
}

#[test]
fn every_command_has_examples() {
    for command in ["run", "init", "check"] {
        let help = said(&[command, "--help"]);
        assert!(help.contains(&format!("Examples:\n  awatch {command}\n")), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}
