//! What the collector does with a file that is not as it should be.

use std::sync::Arc;

use awatch::{Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};
use outside_plugin::key_values::KeyValues;

fn collect(text: &str) -> (Vec<f64>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    std::fs::write(&file, text).unwrap();
    let (target, source) = (Target::new("shop").unwrap(), Name::new("test").unwrap());
    let registry = Arc::new(Registry::new(10));
    let mut batch = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
    let result = KeyValues { file, units: [].into() }.collect(&mut batch);
    let error = result.err().map(|error| std::error::Error::source(&error).unwrap().to_string());
    (batch.samples().iter().map(|sample| sample.value).collect(), error.unwrap_or_default())
}

#[test]
fn lines_around_a_bad_one_are_reported_and_the_bad_one_is_named() {
    for bad in ["load", "load=much", "load=nan", "load=inf"] {
        let expected = (vec![1.0, 3.0], "line 2 is not `key=number`".to_owned());
        assert_eq!(collect(&format!("a=1\n{bad}\nc=3\n")), expected, "{bad}");
    }
    assert_eq!(collect("# nothing yet\n\n"), (vec![], String::new()));
}
