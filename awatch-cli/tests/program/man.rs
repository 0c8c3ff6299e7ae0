use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::process::{output, text};

/// What groff makes of a page and what it complains about; `None` where there is no groff.
fn typeset(page: &str) -> Option<(String, String)> {
    let mut groff = Command::new("groff");
    groff.args(["-man", "-Tutf8", "-ww", "-rLL=100n"]).env("GROFF_NO_SGR", "1");
    let mut child = groff.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().ok()?;
    child.stdin.take()?.write_all(page.as_bytes()).expect("groff reads");
    let done = child.wait_with_output().expect("groff ends");
    Some((text(&done.stdout), text(&done.stderr)))
}

fn page(arguments: &[&str]) -> String {
    let home = TempDir::new().expect("a folder");
    let done = output(home.path(), &[&["man"], arguments].concat());
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    text(&done.stdout)
}

fn pages(folder: &Path) -> Vec<(String, String)> {
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).expect("a page"))
    };
    let mut pages: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(file).collect();
    pages.sort();
    pages
}

#[test]
fn every_command_has_a_page_that_is_typeset_without_complaint() {
    let home = TempDir::new().expect("a folder");
    let folder = home.path().join("new/man1");
    let done = output(home.path(), &["man", "--dir", folder.to_str().expect("text")]);
    assert_eq!((done.status.code(), text(&done.stdout).as_str()), (Some(0), ""));
    let pages = pages(&folder);
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    for command in ["awatch.1", "awatch-run.1", "awatch-query.1", "awatch-snapshot.1", "awatch-man.1"] {
        assert!(names.contains(&command), "{names:?}");
    }
    for (name, page) in &pages {
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXAMPLES\"", "\"SEE ALSO\""] {
            assert!(page.contains(&format!(".SH {section}\n")), "{name} has no {section}");
        }
        let Some((_, complaints)) = typeset(page) else {
            println!("skipped: there is no groff");
            return;
        };
        assert_eq!(complaints, "", "{name}");
    }
}

#[test]
fn a_page_says_what_the_help_says() {
    assert_eq!(
        page(&[]).lines().nth(2).map(|line| line.starts_with(".TH awatch 1")),
        Some(true),
        "{}",
        page(&[])
    );
    let query = page(&["query"]);
    let Some((shown, _)) = typeset(&query) else {
        println!("skipped: there is no groff");
        return;
    };
    for line in [
        "awatch-query - Read history: values over time, as a table, as curves, as CSV or as JSON",
        "awatch query --file history.csv --from 09:00 --to 09:30 --step 1s --format csv > out.csv",
        "awatch query --file history.csv system.cpu.utilization | jq '.series[].points'",
        "table: Columns for people, with units",
    ] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
}

#[test]
fn a_page_that_is_not_there_is_told_with_those_that_are() {
    let home = TempDir::new().expect("a folder");
    let done = output(home.path(), &["man", "walk"]);
    assert_eq!(done.status.code(), Some(1));
    let complaint = text(&done.stderr);
    assert!(
        complaint.starts_with(
            "error: the manual has no page for `walk`: use one of run, replay, demo, init, check, "
        ),
        "{complaint}"
    );
    assert!(complaint.ends_with(", or none for the whole program\n"), "{complaint}");
}
