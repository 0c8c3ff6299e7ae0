use tempfile::TempDir;

use crate::process::{output, text};

fn said(arguments: &[&str]) -> String {
    let home = TempDir::new().expect("a folder");
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
    insta::assert_snapshot!(said(&["--help"]), @r#"
    Watches this machine and explains what is unusual.

    Awatch collects the metrics of this machine, learns what is usual for each of them, and tells in
    plain words when something is not. Nothing leaves the machine.

    Usage: awatch <COMMAND>

    Commands:
      run          Watch this machine until stopped
      replay       Play history through the detectors, at any speed, to a second, or step by step
      demo         List what can go wrong in demo worlds, or write the history of one into a file
      init         Write a commented configuration file
      check        Check a configuration and show what it would do
      snapshot     Look once: health, the present values, the top processes
      query        Read history: values over time, as a table, as curves, as CSV or as JSON
      completions  Print the script that lets a shell complete the command line
      man          Print this manual in the form that `man` reads
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Examples:
      awatch run                    watch this machine, live
      awatch run --json | tee log   one JSON object per event
      awatch run --demo             watch a made-up world in which things go wrong
      awatch check                  say what would be collected, and how it would be watched
      awatch init                   write a configuration file to change
      awatch snapshot               look once, and end
      awatch query --file h.csv     read history

    Exit codes:
      0    done, or ended as asked: time over, `q`, Ctrl-C, SIGTERM, or the reader
           of the output is gone
      1    a mistake in the configuration, or something could not be read, written
           or started
      2    a mistake on the command line
      130  ended at once by a second Ctrl-C or SIGTERM
    "#);
}

#[test]
fn every_command_has_examples() {
    for command in ["run", "init", "check", "snapshot", "query", "completions", "man"] {
        let help = said(&[command, "--help"]);
        assert!(help.contains(&format!("Examples:\n  awatch {command}")), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}
