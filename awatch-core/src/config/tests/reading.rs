//! What is accepted, and how it is read.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::Deserialize;

use super::super::{Document, Table};
use super::{Policy, Rule, Share, Unit, host, kinds, load};

#[test]
fn a_plug_in_reads_every_type() {
    let config = host(
        "interval = \"1s\"\ndisks = [\"sda\"]\nport = 0x50\nratio = 2\nunit = \"fahrenheit\"\ntimeout = \"1m\"\n\
         share = 0.5\nband = [1, 2.5]\nlabels = { zone = \"a\" }\npolicy.quiet = \"5m\"\n\
         rules = [{ metric = \"cpu\", above = 1 }, { metric = \"load\" }]\n",
    );
    assert_eq!(config.disks, ["sda"]);
    assert_eq!((config.port, config.ratio.to_bits()), (80, 2.0_f64.to_bits()));
    assert_eq!(config.unit, Unit::Fahrenheit);
    assert_eq!(config.timeout, Some(Duration::from_mins(1)));
    assert_eq!(config.share, Some(Share(0.5)));
    assert_eq!(config.band, Some((1.0, 2.5)));
    assert_eq!(config.labels, BTreeMap::from([("zone".to_owned(), "a".to_owned())]));
    assert_eq!(config.policy, Some(Policy { quiet: Duration::from_mins(5), severe: false }));
    let rule = |metric: &str, above| Rule { metric: metric.to_owned(), above };
    assert_eq!(config.rules, [rule("cpu", Some(1.0)), rule("load", None)]);
}

#[test]
fn lists_keep_the_order_of_the_file_and_default_names_to_kinds() {
    let text = "version = 1\n[[collector]]\nkind = \"host\"\n[[collector]]\nkind = \"demo\"\nname = \"b\"\n";
    let built = load(text).expect("valid");
    let names: Vec<(&str, &str, usize)> =
        built.iter().map(|named| (named.name.as_str(), named.kind.as_str(), named.location.line())).collect();
    assert_eq!(names, [("host", "host", 2), ("b", "demo", 4)]);
    assert_eq!(kinds().kinds().collect::<Vec<_>>(), ["demo", "host"]);
    assert_eq!(kinds().section(), "collector");
}

#[test]
fn inline_lists_and_absent_sections_are_fine() {
    assert_eq!(load("version = 1\n").expect("valid").len(), 0);
    assert_eq!(load("version = 1\ncollector = []\n").expect("valid").len(), 0);
    assert_eq!(load("version = 1\ncollector = [{ kind = \"host\" }]\n").expect("valid").len(), 1);
    assert_eq!(load("\u{feff}version = 1\r\n[engine]\r\ninterval = \"1s\"\r\n").expect("valid").len(), 0);
}

#[test]
fn a_struct_sees_a_taken_key_that_it_declares_and_a_map_does_not() {
    #[derive(Deserialize)]
    struct Own {
        interval: String,
    }
    let mut table = Table::parse("awatch.toml", "interval = \"1s\"\n").expect("valid");
    assert_eq!(table.take_duration("interval").expect("valid"), Some(Duration::from_secs(1)));
    assert_eq!(table.deserialize::<Own>().expect("valid").interval, "1s");
    assert!(table.deserialize::<BTreeMap<String, String>>().expect("valid").is_empty());
    assert!(table.finish().is_ok());
}

#[test]
fn a_plug_in_without_keys_refuses_any() {
    #[derive(Debug, Deserialize)]
    struct Nothing;
    let table = |text| Table::parse("awatch.toml", text).expect("valid");
    assert!(table("").deserialize::<Nothing>().is_ok());
    let error = table("a = 1").deserialize::<Nothing>().expect_err("a key");
    assert_eq!(
        error.to_string(),
        "awatch.toml:1:1: unknown section or key `a` at the top level; no keys are valid here"
    );
}

#[test]
fn keys_of_a_map_may_be_newtypes_and_enums() {
    #[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
    struct Name(String);
    #[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Level {
        Low,
        High,
    }
    let mut table =
        Table::parse("awatch.toml", "names = { a = 1 }\nlevels = { low = 1, hihg = 2 }\n").expect("valid");
    let names: Option<HashMap<Name, u8>> = table.take("names").expect("valid");
    assert_eq!(names, Some(HashMap::from([(Name("a".to_owned()), 1)])));
    let error = table.take::<HashMap<Level, u8>>("levels").expect_err("a mistake");
    assert_eq!(
        error.to_string(),
        "awatch.toml:2:21: `levels.hihg`: unknown value \"hihg\"; did you mean \"high\"? \
         valid values: \"low\", \"high\""
    );
}

#[test]
fn sub_tables_are_taken_apart_from_the_rest() {
    let text = "version = 1\n[engine]\n[engine.limits]\nsereis = 3\n";
    let mut document = Document::parse("awatch.toml", text).expect("valid");
    let mut engine = document.take_table("engine").expect("valid").expect("given");
    let mut limits = engine.take_table("limits").expect("valid").expect("given");
    assert!(engine.finish().is_ok());
    assert_eq!(limits.take::<u32>("series").expect("absent"), None);
    assert!(limits.contains("sereis"));
    let error = limits.finish().expect_err("a mistake");
    assert_eq!(
        error.to_string(),
        "awatch.toml:4:1: unknown key `sereis` in `limits` of [engine]; did you mean `series`?"
    );
    assert_eq!(error.key(), Some("engine.limits.sereis"));
}

#[test]
fn a_program_may_keep_keys_of_its_own_in_the_file() {
    let mut document = Document::parse("app.toml", "version = 1\n[app]\nport = 80\n").expect("valid");
    assert!(document.finish().is_err());
    document.allow("app");
    assert!(document.finish().is_ok());
    assert_eq!(document.root().location("app.port").line(), 3);
}

#[test]
fn integers_up_to_64_bits_unsigned_are_read() {
    let mut table = Table::parse("awatch.toml", "seed = 18446744073709551615\nlow = -9223372036854775808")
        .expect("valid");
    assert_eq!(table.take::<u64>("seed").expect("valid"), Some(u64::MAX));
    assert_eq!(table.take::<i64>("low").expect("valid"), Some(i64::MIN));
    assert!(table.take::<i64>("seed").is_err());
}

#[test]
fn date_times_are_read_as_text() {
    let mut table = Table::parse("awatch.toml", "from = 2026-01-01T00:00:00Z").expect("valid");
    assert_eq!(table.take_str("from").expect("valid").as_deref(), Some("2026-01-01T00:00:00Z"));
}
