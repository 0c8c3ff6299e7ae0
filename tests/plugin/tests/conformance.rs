//! The plug-ins keep the laws of their traits, as the suites that Awatch publishes see them.

use std::time::Duration;

use awatch::conformance::{collector, detector, store};
use outside_plugin::key_values::KeyValues;
use outside_plugin::neighbours::Neighbours;
use outside_plugin::text_store::{TextConfig, TextStore};

#[test]
fn the_collector_keeps_the_laws() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    std::fs::write(&file, "# written by the app\n\nqueue.depth = 7\njobs_total=31\nload=0.25\n").unwrap();
    let make =
        || KeyValues { file: file.clone(), units: [("jobs_total".to_owned(), "{job}".to_owned())].into() };
    collector::check(&mut make());
    collector::check_budget(&mut make());
}

#[test]
fn the_detector_keeps_the_laws() {
    detector::online(&Neighbours::default(), &detector::Options::default());
}

#[test]
fn the_store_keeps_the_laws() {
    let folder = tempfile::tempdir().unwrap();
    for (number, law) in store::LAWS.iter().enumerate() {
        let file = folder.path().join(number.to_string());
        let config = TextConfig { file, retention: Duration::from_secs(7200) };
        law.check(&TextStore::open(config).unwrap());
    }
}
