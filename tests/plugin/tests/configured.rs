//! The plug-ins' own sections of a configuration file: mistakes are told as for Awatch's own.

use awatch::config::{ConfigError, ConfigErrorKind, Document};
use awatch::plugins::{Assembly, Plugins};

fn plugins() -> Plugins {
    let mut plugins = Plugins::builtin();
    outside_plugin::register(&mut plugins).unwrap();
    plugins
}

fn assemble(text: &str) -> Result<Assembly, ConfigError> {
    plugins().assemble(Document::parse("awatch.toml", text)?)
}

fn refused(text: &str) -> (ConfigErrorKind, String) {
    let error = assemble(text).expect_err("a mistake");
    (error.kind(), error.to_string())
}

#[test]
fn a_wrong_key_of_a_plug_in_is_told_with_file_line_key_and_the_nearest_valid_key() {
    for (section, message) in [
        (
            "[[collector]]\nkind = \"key_values\"\nfiel = \"/run/app\"\n",
            "awatch.toml:5:1: unknown key `fiel` in [[collector]] \"key_values\"; did you mean `file`?",
        ),
        (
            "[[detector]]\nkind = \"neighbours\"\nname = \"joint\"\nmemry = \"10m\"\n",
            "awatch.toml:6:1: unknown key `memry` in [[detector]] \"joint\"; did you mean `memory`?",
        ),
        (
            "[store]\nkind = \"text\"\nfile = \"/h\"\nretension = \"10m\"\n",
            "awatch.toml:6:1: unknown key `retension` in [store]; did you mean `retention`?",
        ),
    ] {
        assert_eq!(
            refused(&format!("version = 1\n\n{section}")),
            (ConfigErrorKind::UnknownKey, message.to_owned())
        );
    }
}

#[test]
fn values_that_a_plug_in_refuses_are_told_where_they_stand() {
    for (section, message) in [
        (
            "[[detector]]\nkind = \"neighbours\"\nmemory = \"10s\"\n",
            "awatch.toml:5:10: `detector[0].memory`: this is too short; write at least \"1m\"",
        ),
        (
            "[[collector]]\nkind = \"key_values\"\nfile = \"state\"\n",
            "awatch.toml:5:8: `collector[0].file`: write the full path: the program may run in any folder",
        ),
        (
            "[store]\nkind = \"text\"\nfile = \"/no/such/folder/history\"\n",
            "awatch.toml:5:8: `store.file`: opening /no/such/folder/history failed: No such file or directory (os error 2)",
        ),
    ] {
        assert_eq!(
            refused(&format!("version = 1\n\n{section}")),
            (ConfigErrorKind::InvalidValue, message.to_owned())
        );
    }
}

#[test]
fn a_wrong_kind_is_told_with_the_plug_ins_among_the_known_ones() {
    let (kind, message) = refused("version = 1\n\n[[detector]]\nkind = \"neighbors\"\n");
    assert_eq!(kind, ConfigErrorKind::UnknownKind);
    assert_eq!(
        message,
        "awatch.toml:4:8: unknown detector kind \"neighbors\"; did you mean \"neighbours\"? \
         known kinds: \"neighbours\", \"threshold\", \"zscore\""
    );
}

#[test]
fn a_kind_that_is_taken_cannot_be_taken_again() {
    let error = outside_plugin::register(&mut plugins()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the collector kind `key_values` is registered already; register each kind once, under its own name"
    );
}
