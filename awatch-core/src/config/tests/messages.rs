//! What operators read, word for word.

use super::super::{ConfigErrorKind, Document, Table};
use super::{error, host_message, kinds, load};

fn message(text: &str) -> String {
    error(text).to_string()
}

#[test]
fn version_must_be_one_on_top() {
    for (text, expected) in [
        ("", "awatch.toml:1:1: the file has no settings; begin with `version = 1`"),
        ("# nothing\n\n", "awatch.toml:1:1: the file has no settings; begin with `version = 1`"),
        ("[engine]\n", "awatch.toml:1:1: missing key `version`; write `version = 1` as the first line"),
        (
            "[engine]\nversion = 1\n",
            "awatch.toml:2:1: `version` stands inside [engine]; move `version = 1` above the first section",
        ),
        (
            "version = 2\n",
            "awatch.toml:1:11: `version` is 2, but this build reads only version 1; upgrade Awatch to read this file",
        ),
        (
            "version = 0\n",
            "awatch.toml:1:11: `version` is 0, but this build reads only version 1; write `version = 1`",
        ),
        ("version = \"1\"\n", "awatch.toml:1:11: `version`: expected an integer, found the string \"1\""),
    ] {
        assert_eq!(message(text), expected);
    }
    assert_eq!(error("").kind(), ConfigErrorKind::Version);
}

#[test]
fn syntax_errors_point_at_the_line() {
    for (text, expected) in [
        ("version = 1\nname = host\n", "awatch.toml:2:8: not valid TOML: string values must be quoted"),
        ("version = 1\n[engine\n", "awatch.toml:2:8: not valid TOML: unclosed table, expected `]`"),
        ("version = 1\nversion = 1\n", "awatch.toml:2:1: not valid TOML: duplicate key"),
    ] {
        assert_eq!(message(text), expected);
        assert_eq!(error(text).kind(), ConfigErrorKind::Syntax);
    }
    let not_utf8 =
        Document::parse_bytes("awatch.toml", b"version = 1\nname = \"\xff\"").expect_err("a mistake");
    assert_eq!(
        not_utf8.to_string(),
        "awatch.toml:2:9: the file is not UTF-8 text from here on; save it as UTF-8"
    );
}

#[test]
fn unknown_keys_name_the_nearest() {
    for (text, expected) in [
        (
            "version = 1\n[[colector]]\n",
            "awatch.toml:2:3: unknown section or key `colector` at the top level; did you mean `collector`?",
        ),
        (
            "version = 1\nfast = true\n",
            "awatch.toml:2:1: unknown section or key `fast` at the top level; \
             valid keys: `version`, `engine`, `collector`",
        ),
        (
            "version = 1\n[engine]\n  intervall = \"1s\"\n",
            "awatch.toml:3:3: unknown key `intervall` in [engine]; did you mean `interval`?",
        ),
        (
            "version = 1\n[engine]\nthreads = 3\n",
            "awatch.toml:3:1: unknown key `threads` in [engine]; valid keys: `interval`, `max_series`",
        ),
    ] {
        assert_eq!(message(text), expected);
        assert_eq!(error(text).kind(), ConfigErrorKind::UnknownKey);
    }
}

#[test]
fn unknown_keys_of_a_plug_in_name_the_nearest() {
    for (lines, expected) in [
        (
            "  intervall = \"1s\"",
            "awatch.toml:4:3: unknown key `intervall` in [[collector]] \"host\"; did you mean `interval`?",
        ),
        (
            "Disks = []",
            "awatch.toml:4:1: unknown key `Disks` in [[collector]] \"host\"; did you mean `disks`?",
        ),
        (
            "name = \"db\"\nanswer = 42",
            "awatch.toml:5:1: unknown key `answer` in [[collector]] \"db\"; valid keys: `disks`, `port`, `ratio`, \
             `unit`, `timeout`, `policy`, `rules`, `labels`, `share`, `band`, `interval`, `kind`, `name`",
        ),
        (
            "policy = { quite = \"1s\" }",
            "awatch.toml:4:12: unknown key `quite` in `policy` of [[collector]] \"host\"; did you mean `quiet`?",
        ),
        (
            "[collector.policy]\nquiet = \"1s\"\nsevre = true",
            "awatch.toml:6:1: unknown key `sevre` in `policy` of [[collector]] \"host\"; did you mean `severe`?",
        ),
        (
            "[[collector.rules]]\nmetric = \"a\"\n[[collector.rules]]\nmetrics = \"b\"",
            "awatch.toml:7:1: unknown key `metrics` in `rules[1]` of [[collector]] \"host\"; did you mean `metric`?",
        ),
        (
            "\"a\\nb\" = 1",
            "awatch.toml:4:1: unknown key `a\\nb` in [[collector]] \"host\"; valid keys: `disks`, `port`, `ratio`, \
             `unit`, `timeout`, `policy`, `rules`, `labels`, `share`, `band`, `interval`, `kind`, `name`",
        ),
    ] {
        assert_eq!(host_message(lines), expected);
    }
}

#[test]
fn wrong_values_say_what_was_expected() {
    for (lines, expected) in [
        (
            "disks = \"sda\"",
            "awatch.toml:4:9: `collector[0].disks`: expected an array, found the string \"sda\"",
        ),
        (
            "disks = [\"sda\",\n  7]",
            "awatch.toml:5:3: `collector[0].disks[1]`: expected a string, found the integer 7",
        ),
        (
            "port = 70000",
            "awatch.toml:4:8: `collector[0].port`: expected an integer from 0 to 65535, found the integer 70000",
        ),
        (
            "port = -1",
            "awatch.toml:4:8: `collector[0].port`: expected an integer from 0 to 65535, found the integer -1",
        ),
        (
            "port = 80.0",
            "awatch.toml:4:8: `collector[0].port`: expected an integer from 0 to 65535, found the number 80.0",
        ),
        (
            "port = 99999999999999999999999999",
            "awatch.toml:4:8: `collector[0].port`: the integer does not fit 64 bits; write a smaller one",
        ),
        ("ratio = true", "awatch.toml:4:9: `collector[0].ratio`: expected a number, found the boolean true"),
        (
            "ratio = 1e999",
            "awatch.toml:4:9: `collector[0].ratio`: the number is too large; write a smaller one, or inf",
        ),
        (
            "unit = \"celcius\"",
            "awatch.toml:4:8: `collector[0].unit`: unknown value \"celcius\"; did you mean \"celsius\"? \
             valid values: \"celsius\", \"fahrenheit\"",
        ),
        ("unit = 3", "awatch.toml:4:8: `collector[0].unit`: expected a string, found the integer 3"),
        ("policy = [\"1s\"]", "awatch.toml:4:10: `collector[0].policy`: expected a table, found an array"),
        (
            "[collector.policy]\nsevere = true",
            "awatch.toml:4:1: missing key `quiet` in `policy` of [[collector]] \"host\"",
        ),
        ("share = 1.5", "awatch.toml:4:9: `collector[0].share`: 1.5 is not between 0 and 1"),
        (
            "band = [1, 2, 3]",
            "awatch.toml:4:8: `collector[0].band`: expected an array of 2 values, found 3 values",
        ),
        ("band = [1]", "awatch.toml:4:8: `collector[0].band`: expected an array of 2 values, found 1 value"),
        (
            "[collector.labels]\n\"my zone\" = 3",
            "awatch.toml:5:13: `collector[0].labels.\"my zone\"`: expected a string, found the integer 3",
        ),
    ] {
        assert_eq!(host_message(lines), expected);
    }
}

#[test]
fn bad_durations_show_how_to_write_one() {
    for (lines, expected) in [
        (
            "interval = \"30\"",
            "awatch.toml:4:12: `collector[0].interval`: the duration \"30\" has no unit after 30; \
             write \"30s\" for seconds or \"30m\" for minutes",
        ),
        (
            "interval = 30",
            "awatch.toml:4:12: `collector[0].interval`: the duration 30 has no unit; \
             write it in quotes with a unit, for example \"30s\"",
        ),
        (
            "timeout = 1.5",
            "awatch.toml:4:11: `collector[0].timeout`: the duration 1.5 has no unit; \
             write it in quotes with a unit, for example \"30s\" or \"1500ms\"",
        ),
        (
            "timeout = true",
            "awatch.toml:4:11: `collector[0].timeout`: expected a duration in quotes such as \"30s\", \
             found the boolean true",
        ),
        (
            "policy = { quiet = \"5 minutes\" }",
            "awatch.toml:4:20: `collector[0].policy.quiet`: the duration \"5 minutes\" has the unknown unit `minutes`; \
             units are ns, us, ms, s, m, h, d, w, for example \"1h30m\"",
        ),
    ] {
        assert_eq!(host_message(lines), expected);
    }
}

#[test]
fn kinds_and_names_must_be_known_and_distinct() {
    for (text, expected, kind) in [
        (
            "version = 1\n[[collector]]\nname = \"x\"\n",
            "awatch.toml:2:1: missing key `kind` in [[collector]] \"x\"; known kinds: \"demo\", \"host\"",
            ConfigErrorKind::MissingKey,
        ),
        (
            "version = 1\n[[collector]]\nkind = \"hots\"\n",
            "awatch.toml:3:8: unknown collector kind \"hots\"; did you mean \"host\"? known kinds: \"demo\", \"host\"",
            ConfigErrorKind::UnknownKind,
        ),
        (
            "version = 1\n[[collector]]\nkind = \"kubernetes\"\n",
            "awatch.toml:3:8: unknown collector kind \"kubernetes\"; known kinds: \"demo\", \"host\"",
            ConfigErrorKind::UnknownKind,
        ),
        (
            "version = 1\n[[collector]]\nkind = \"host\"\n[[collector]]\nkind = \"demo\"\nname = \"host\"\n",
            "awatch.toml:6:8: duplicate collector name \"host\", used first on line 3; \
             give each collector its own `name = \"…\"`",
            ConfigErrorKind::DuplicateName,
        ),
        (
            "version = 1\n[[collector]]\nkind = \"host\"\nname = \"\"\n",
            "awatch.toml:4:8: `collector[0].name`: the name is empty; write one or leave the key out",
            ConfigErrorKind::InvalidValue,
        ),
    ] {
        assert_eq!(message(text), expected);
        assert_eq!(error(text).kind(), kind);
    }
    let twice = kinds().register("host", |table| table.deserialize()).map(|_| ()).expect_err("registered");
    assert_eq!(
        twice.to_string(),
        "the collector kind `host` is registered already; register each kind once, under its own name"
    );
}

#[test]
fn brackets_must_fit_the_section() {
    for (text, expected) in [
        (
            "version = 1\n[collector]\nkind = \"host\"\n",
            "awatch.toml:2:1: `collector` is a list; write `[[collector]]` in double brackets, once for each entry",
        ),
        (
            "version = 1\n[[engine]]\n",
            "awatch.toml:2:1: `engine` is one table, not a list; write `[engine]` in single brackets",
        ),
        ("version = 1\nengine = 3\n", "awatch.toml:2:10: `engine`: expected a table, found the integer 3"),
        (
            "version = 1\ncollector = [\"host\"]\n",
            "awatch.toml:2:14: `collector[0]`: expected a table, found the string \"host\"",
        ),
        (
            "version = 1\ncollector = \"host\"\n",
            "awatch.toml:2:13: `collector`: expected a list of tables, found the string \"host\"",
        ),
    ] {
        assert_eq!(message(text), expected);
    }
}

#[test]
fn accessors_give_the_parts() {
    let error =
        error("version = 1\n[[collector]]\nkind = \"host\"\n[[collector]]\nkind = \"demo\"\nport = -1\n");
    assert_eq!(error.file(), "awatch.toml");
    assert_eq!((error.line(), error.column()), (6, 8));
    assert_eq!(error.key(), Some("collector[1].port"));
    assert_eq!(error.kind(), ConfigErrorKind::InvalidValue);
    assert_eq!(
        error.message(),
        "`collector[1].port`: expected an integer from 0 to 65535, found the integer -1"
    );
}

#[test]
fn render_points_at_the_mistake() {
    let unknown = error("version = 1\n[engine]\n\tintervall = \"1s\" # ä\r\n");
    assert_eq!(
        unknown.render(),
        "awatch.toml:3:2: unknown key `intervall` in [engine]; did you mean `interval`?\n  \
         |\n3 |  intervall = \"1s\" # ä\n  |  ^^^^^^^^^"
    );
    let empty = error("");
    assert_eq!(
        empty.render(),
        "awatch.toml:1:1: the file has no settings; begin with `version = 1`\n  |\n1 | \n  | ^"
    );
}

#[test]
fn render_shows_the_part_of_a_long_line_that_matters() {
    let text = format!("version = 1\nengine = {{ interval = \"1s\",{} port = 3 }}", " ".repeat(1000));
    let rendered = error(&text).render();
    let lines: Vec<&str> = rendered.lines().collect();
    let (shown, carets) = (lines.get(2).expect("source"), lines.get(3).expect("carets"));
    let column = carets.find('^').expect("a caret");
    assert_eq!(shown.get(column..column + 4), Some("port"));
    assert!(shown.len() < 130);
}

#[test]
fn a_plug_in_reports_its_own_checks_where_the_key_stands() {
    let text =
        "version = 1\n[[collector]]\nkind = \"host\"\nrules = [\n  { metric = \"a\", above = 3 },\n]\n";
    let mut document = Document::parse("awatch.toml", text).expect("valid");
    let table = document.take_tables("collector").expect("valid").pop().expect("one");
    for (key, expected) in [
        ("rules[0].above", "awatch.toml:5:27: `collector[0].rules[0].above`: is too low"),
        ("rules[0].below", "awatch.toml:5:3: `collector[0].rules[0].below`: is too low"),
        ("rules[9]", "awatch.toml:4:9: `collector[0].rules[9]`: is too low"),
        ("absent", "awatch.toml:2:1: `collector[0].absent`: is too low"),
    ] {
        assert_eq!(table.error_at(key, "is too low").to_string(), expected);
    }
    assert_eq!(
        table.error("needs at least one disk").to_string(),
        "awatch.toml:2:1: [[collector]] \"host\": needs at least one disk"
    );
}

#[test]
fn required_keys_are_named_with_their_section() {
    let mut table = Table::parse("awatch.toml", "[engine]\n").expect("valid");
    let mut engine = table.take_table("engine").expect("valid").expect("given");
    let error = engine.require::<String>("store").expect_err("missing");
    assert_eq!(error.to_string(), "awatch.toml:1:1: missing key `store` in [engine]");
    assert_eq!(error.key(), Some("engine.store"));
}

#[test]
fn the_error_can_cross_threads() {
    fn check<T: std::error::Error + Send + Sync + 'static>(_: &T) {}
    check(&load("").expect_err("a mistake"));
}
