use std::process::Command;

use tempfile::TempDir;

use crate::process::{output, text};

fn script(shell: &str) -> String {
    let home = TempDir::new().expect("a folder");
    let done = output(home.path(), &["completions", shell]);
    assert_eq!(done.status.code(), Some(0));
    text(&done.stdout)
}

/// What bash offers for a command line whose last word is being written; `None` where there is no bash.
fn bash_offers(words: &[&str]) -> Option<Vec<String>> {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("awatch.bash");
    std::fs::write(&file, script("bash")).expect("written");
    let last = words.len() - 1;
    let ask = format!(
        "source {file}; COMP_WORDS=({words}); COMP_CWORD={last}; _awatch awatch '{now}' '{before}'; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        file = file.display(),
        words = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        now = words[last],
        before = words[last - 1],
    );
    let done = Command::new("bash").args(["--norc", "-c", &ask]).output().ok()?;
    assert!(done.status.success() && done.stderr.is_empty(), "{}", text(&done.stderr));
    Some(text(&done.stdout).lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_commands_options_and_values() {
    let Some(commands) = bash_offers(&["awatch", "ru"]) else {
        println!("skipped: there is no bash");
        return;
    };
    assert_eq!(commands, ["run"]);
    assert_eq!(bash_offers(&["awatch", "query", "--fo"]), Some(vec!["--format".to_owned()]));
    let formats = ["table", "spark", "csv", "json"].map(str::to_owned).to_vec();
    assert_eq!(bash_offers(&["awatch", "query", "--format", ""]), Some(formats));
    assert_eq!(bash_offers(&["awatch", "completions", "ba"]), Some(vec!["bash".to_owned()]));
}

#[test]
fn each_shell_has_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = script(shell);
        for command in ["run", "query", "snapshot"] {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
    }
}

#[test]
fn another_shell_is_refused_with_those_there_are() {
    let home = TempDir::new().expect("a folder");
    let done = output(home.path(), &["completions", "tcsh"]);
    assert_eq!(done.status.code(), Some(2));
    let complaint = text(&done.stderr);
    assert!(complaint.contains("[possible values: bash, elvish, fish, powershell, zsh]"), "{complaint}");
}
