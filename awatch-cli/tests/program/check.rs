use tempfile::TempDir;

use crate::process::{output, text};

/// What `check` says of a configuration that is wrong, without the folder of the file.
fn complaint(config: &str) -> String {
    let home = TempDir::new().expect("a folder");
    let file = home.path().join("awatch.toml");
    std::fs::write(&file, config).expect("written");
    let done = output(home.path(), &["check", "--config", file.to_str().expect("a temporary path is text")]);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(text(&done.stdout), "");
    text(&done.stderr).replace(&format!("{}/", home.path().display()), "")
}

#[test]
fn an_unknown_key() {
    insta::assert_snapshot!(complaint("version = 1\n\n[[collector]]\nkind = \"host\"\nintervall = \"1s\"\n"), @r#"
    error: awatch.toml:5:1: unknown key `intervall` in [[collector]] "host"; did you mean `interval`?
      |
    5 | intervall = "1s"
      | ^^^^^^^^^
    "#);
}

#[test]
fn a_bad_duration() {
    insta::assert_snapshot!(complaint("version = 1\n[[detector]]\nkind = \"zscore\"\nhalf_life = \"10 minuets\"\n"), @r#"
    error: awatch.toml:4:13: `detector[0].half_life`: the duration "10 minuets" has the unknown unit `minuets`; units are ns, us, ms, s, m, h, d, w, for example "1h30m"
      |
    4 | half_life = "10 minuets"
      |             ^^^^^^^^^^^^
    "#);
}

#[test]
fn an_unknown_kind() {
    insta::assert_snapshot!(complaint("version = 1\n[[detector]]\nkind = \"zscores\"\n"), @r#"
    error: awatch.toml:3:8: unknown detector kind "zscores"; did you mean "zscore"? known kinds: "threshold", "zscore"
      |
    3 | kind = "zscores"
      |        ^^^^^^^^^
    "#);
}

#[test]
fn a_duplicate_name() {
    insta::assert_snapshot!(
        complaint("version = 1\n[[detector]]\nkind = \"zscore\"\n[[detector]]\nkind = \"zscore\"\n"),
        @r#"
    error: awatch.toml:5:8: duplicate detector name "zscore", used first on line 3; give each detector its own `name = "…"`
      |
    5 | kind = "zscore"
      |        ^^^^^^^^
    "#
    );
}

#[test]
fn a_rule_that_cannot_be() {
    let rule = "{ metric = \"cpu\", above = 0.9, clear = 0.95 }";
    insta::assert_snapshot!(
        complaint(&format!("version = 1\n[[detector]]\nkind = \"threshold\"\nrules = [\n  {rule},\n]\n")),
        @r#"
    error: awatch.toml:5:3: `detector[0].rules[0]`: `cpu` with `clear` 0.95 above the limit 0.9 cannot be used: give at most the limit
      |
    5 |   { metric = "cpu", above = 0.9, clear = 0.95 },
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#
    );
}

#[test]
fn a_file_that_is_not_there() {
    let home = TempDir::new().unwrap();
    let done = output(home.path(), &["check", "--config", "/nowhere/awatch.toml"]);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(
        text(&done.stderr),
        "error: /nowhere/awatch.toml could not be read: No such file or directory (os error 2)\n"
    );
}

#[test]
fn what_would_be_done_is_listed() {
    let home = TempDir::new().unwrap();
    let done = output(home.path(), &["check"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let out = text(&done.stdout);
    assert!(
        out.starts_with("configuration: built-in defaults (`awatch init` writes a file to change them)\n")
    );
    assert!(out.contains("\ncollector host every 1s: "), "{out}");
    let memory =
        out.lines().find(|line| line.starts_with("  system.memory.utilization ")).expect("it is listed");
    assert!(memory.contains(" 1 ") && memory.contains(" gauge ") && memory.ends_with(" %"), "{memory}");
    assert!(out.contains("\ndetector unusual (zscore) on *: "), "{out}");
    assert!(out.ends_with("store memory\n"), "{out}");
}

#[test]
fn a_collector_that_fails_is_told() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("awatch.toml");
    let config =
        "version = 1\n[[collector]]\nkind = \"host\"\ngroups = [\"load\"]\nproc_root = \"/nowhere\"\n";
    std::fs::write(&file, config).unwrap();
    let done = output(home.path(), &["check", "--config", file.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(text(&done.stderr), "error: 1 of 1 collectors could not be read\n");
    let out = text(&done.stdout);
    let failed = out.lines().find(|line| line.starts_with("  FAILED: ")).expect("it is told");
    assert!(failed.contains("/nowhere/loadavg"), "{failed}");
}
