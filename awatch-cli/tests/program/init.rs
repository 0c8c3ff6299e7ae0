use tempfile::TempDir;

use crate::process::{output, text};

#[test]
fn a_file_that_is_there_is_left_alone() {
    let home = TempDir::new().unwrap();
    let file = home.path().join(".config/awatch/awatch.toml");
    let first = output(home.path(), &["init"]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(text(&first.stdout).starts_with(&format!("wrote {}\n", file.display())));

    std::fs::write(&file, "version = 1\n").unwrap();
    let second = output(home.path(), &["init"]);
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(
        text(&second.stderr),
        format!(
            "error: {} is there already: look at it with `awatch check`, or replace it with `awatch init --force`\n",
            file.display()
        )
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "version = 1\n");

    assert!(output(home.path(), &["init", "--force"]).status.success());
    assert!(std::fs::read_to_string(&file).unwrap().contains("kind = \"zscore\""));
}

#[test]
fn what_is_written_is_what_check_and_run_read() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("made").join("here.toml");
    let path = file.to_str().unwrap();
    assert!(output(home.path(), &["init", "--path", path]).status.success());
    let check = output(home.path(), &["check", "--config", path]);
    assert!(check.status.success(), "{}", text(&check.stderr));
    assert!(text(&check.stdout).starts_with(&format!("configuration: {path}\n")));
}

#[test]
fn what_is_written_does_what_no_file_does() {
    let home = TempDir::new().expect("a folder");
    let parts = |args: &[&str]| {
        let check = output(home.path(), args);
        assert!(check.status.success(), "{}", text(&check.stderr));
        let is_part =
            |line: &&str| ["collector ", "detector ", "store "].iter().any(|part| line.starts_with(part));
        // How many series there are may change between two looks.
        let told = |line: &str| line.split(": ").next().unwrap_or(line).to_owned();
        text(&check.stdout).lines().filter(is_part).map(told).collect::<Vec<_>>()
    };
    let built_in = parts(&["check"]);
    assert_eq!(built_in.len(), 5, "{built_in:?}");
    let file = home.path().join("own.toml");
    let path = file.to_str().expect("a path of text");
    assert!(output(home.path(), &["init", "--path", path]).status.success());
    assert_eq!(parts(&["check", "--config", path]), built_in);
}
