//! What a person reads whose configuration is wrong: the exact words, for what comes along and for a plug-in that was
//! registered from outside.

#![cfg(all(feature = "collect", feature = "detect", feature = "store"))]

use std::time::Duration;

use awatch::config::{ConfigError, ConfigErrorKind, Document, Table};
use awatch::plugins::Plugins;
use awatch::{CollectError, Collector, SampleBatch};

/// A collector of somebody else's.
#[derive(Debug, serde::Deserialize)]
struct Ping {
    host: String,
    #[serde(with = "awatch::duration")]
    timeout: Duration,
}

impl Collector for Ping {
    fn name(&self) -> &str {
        &self.host
    }

    fn collect(&mut self, _out: &mut SampleBatch) -> Result<(), CollectError> {
        Ok(())
    }
}

fn ping(table: &Table) -> Result<Ping, ConfigError> {
    let ping: Ping = table.deserialize()?;
    if ping.timeout.is_zero() {
        return Err(table.error_at("timeout", "must be above zero"));
    }
    Ok(ping)
}

fn plugins() -> Plugins {
    let mut plugins = Plugins::builtin();
    plugins.collector("ping", |table| ping(&table)).expect("a new kind");
    plugins
}

fn assemble(text: &str) -> Result<awatch::plugins::Assembly, ConfigError> {
    plugins().assemble(Document::parse("awatch.toml", &format!("version = 1\n{text}"))?)
}

fn message(text: &str) -> String {
    assemble(text).expect_err("a mistake").to_string()
}

#[test]
fn mistakes_name_file_line_key_and_what_was_meant() {
    for (text, expected) in [
        (
            "[engine]\nmax_serie = 5",
            "awatch.toml:3:1: unknown key `max_serie` in [engine]; did you mean `max_series`?",
        ),
        (
            "[engine]\nsilent_after = \"10\"",
            "awatch.toml:3:16: `engine.silent_after`: the duration \"10\" has no unit after 10; write \"10s\" \
             for seconds or \"10m\" for minutes",
        ),
        (
            "[engine]\nmax_series = 0",
            "awatch.toml:3:14: `engine.max_series`: 0 cannot be used: give at least 1",
        ),
        (
            "[[collector]]\nkind = \"hosts\"",
            "awatch.toml:3:8: unknown collector kind \"hosts\"; did you mean \"host\"? known kinds: \"demo\", \"host\", \"ping\", \"process\", \"processes\"",
        ),
        (
            "[[collector]]\nkind = \"host\"\n[[collector]]\nkind = \"host\"",
            "awatch.toml:5:8: duplicate collector name \"host\", used first on line 3; give each collector its own \
             `name = \"…\"`",
        ),
        (
            "[[collector]]\nkind = \"host\"\nname = \"awatch\"",
            "awatch.toml:4:8: `collector[0].name`: this name is kept for the engine's own source; choose another",
        ),
        (
            "[[collector]]\nkind = \"host\"\nproc_root = \"proc\"",
            "awatch.toml:4:13: `collector[0].proc_root`: `proc_root` is `proc`: give a path that starts with `/`",
        ),
        (
            "[[detector]]\nkind = \"zscore\"\nedge = 0.0",
            "awatch.toml:4:8: `detector[0].edge`: 0 cannot be used: give a number of spreads from 0.1 to 1000000, for \
             example 8",
        ),
        (
            "[[detector]]\nkind = \"zscore\"\npolicy = { clear_below = 2.0 }",
            "awatch.toml:4:26: `detector[0].policy.clear_below`: 2 cannot be used: give a number above 0 and at most 1, \
             for example 0.8",
        ),
        (
            "[[detector]]\nkind = \"zscore\"\n[detector.policy.severity]\nmedum = 2",
            "awatch.toml:5:1: unknown key `medum` in `policy.severity` of [[detector]] \"zscore\"; did you mean `medium`?",
        ),
        ("[[sink]]\nkind = \"jsonl\"", "awatch.toml:2:1: missing key `file` in [[sink]] \"jsonl\""),
        (
            "[[sinks]]",
            "awatch.toml:2:3: unknown section or key `sinks` at the top level; did you mean `sink`?",
        ),
        (
            "[state]\nfile = \"state\"\nevery = \"10ms\"",
            "awatch.toml:4:9: `state.every`: this is too often; use 1s or more, for example \"1m\"",
        ),
    ] {
        assert_eq!(message(text), expected);
    }
}

#[test]
fn a_plug_in_from_outside_gets_the_same_words() {
    let table =
        |more: &str| format!("[[collector]]\nkind = \"ping\"\nname = \"db\"\nhost = \"db-1\"\n{more}");
    for (text, expected) in [
        (
            table("timeuot = \"1s\""),
            "awatch.toml:6:1: unknown key `timeuot` in [[collector]] \"db\"; did you mean `timeout`?",
        ),
        (
            table("timeout = \"soon\""),
            "awatch.toml:6:11: `collector[0].timeout`: the duration \"soon\" has no number before `soon`; write for \
             example \"30s\"",
        ),
        (table("timeout = \"0s\""), "awatch.toml:6:11: `collector[0].timeout`: must be above zero"),
        (table(""), "awatch.toml:2:1: missing key `timeout` in [[collector]] \"db\""),
        (
            table("timeout = \"1s\"\n[[collector]]\nkind = \"host\"\nname = \"db\""),
            "awatch.toml:9:8: duplicate collector name \"db\", used first on line 4; give each collector its own \
             `name = \"…\"`",
        ),
    ] {
        assert_eq!(message(&text), expected);
    }
}

#[test]
fn a_kind_is_registered_once() {
    let error = plugins().collector("ping", |table| ping(&table)).expect_err("it is there");
    assert_eq!(
        error.to_string(),
        "the collector kind `ping` is registered already; register each kind once, under its own name"
    );
}

#[test]
fn what_the_file_leaves_out_is_that_of_the_defaults() {
    let names = |text: &str| {
        let assembly = assemble(text).expect("a good file");
        let collectors = assembly.collectors().iter().map(|one| one.part.name.clone()).collect::<Vec<_>>();
        let watches = assembly.watches().iter().map(|one| one.part.name.clone()).collect::<Vec<_>>();
        (collectors.join(" "), watches.join(" "), assembly.store().map(|store| store.kind.clone()))
    };
    let memory = || Some("memory".to_owned());
    assert_eq!(names(""), ("host processes".into(), "unusual limits".into(), memory()));
    assert_eq!(names("collector = []\ndetector = []"), (String::new(), String::new(), memory()));
    assert_eq!(names("[store]\nkind = \"none\""), ("host processes".into(), "unusual limits".into(), None));
    let ping = "[[collector]]\nkind = \"ping\"\nhost = \"db\"\ntimeout = \"1s\"";
    assert_eq!(names(ping), ("ping".into(), "unusual limits".into(), memory()));
}

#[test]
fn a_program_without_a_kind_goes_without_its_defaults() {
    let document = Document::parse("awatch.toml", "version = 1").expect("a good file");
    let assembly = Plugins::none().assemble(document).expect("nothing is needed");
    assert!(assembly.collectors().is_empty() && assembly.watches().is_empty() && assembly.store().is_none());
}

#[test]
fn the_defaults_build_an_engine() {
    assert!(awatch::watch_this_host().expect("good defaults").build().is_ok());
}

#[test]
fn the_target_has_the_name_and_attributes_given() {
    let assembly = assemble("[target]\nid = \"web-1\"\nattributes = { zone = \"a\" }").expect("a good file");
    assert_eq!(assembly.target().id().as_str(), "web-1");
    assert_eq!(assembly.target().attributes().get("zone"), Some("a"));
}

#[test]
fn errors_know_their_kind() {
    let kind = |text: &str| assemble(text).err().map(|error| error.kind());
    assert_eq!(kind("[[collector]]\nkind = \"x\""), Some(ConfigErrorKind::UnknownKind));
    assert_eq!(kind("[[detector]]\nkind = \"zscore\"\nx = 1"), Some(ConfigErrorKind::UnknownKey));
}

#[test]
fn every_example_of_the_manual_can_be_used() {
    let manual = include_str!("../../docs/configuration.md");
    let examples: Vec<&str> =
        manual.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() > 5, "the manual has examples");
    for example in examples {
        let text = if example.contains("version =") {
            example.to_owned()
        } else {
            format!("version = 1\n{example}")
        };
        let document =
            Document::parse("configuration.md", &text).unwrap_or_else(|error| panic!("{}", error.render()));
        if let Err(error) = Plugins::builtin().assemble(document) {
            panic!("{}", error.render());
        }
    }
}
