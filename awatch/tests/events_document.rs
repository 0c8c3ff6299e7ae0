//! `docs/events.md` says the truth: every kind of event with all of its fields, and no other.

use std::collections::{BTreeMap, BTreeSet};

use awatch::detect::Contribution;
use awatch::{
    Anomaly, AnomalyId, ColumnKey, Deduction, EventKind, Health, Labels, Member, Name, Severity, Timestamp,
    Unit,
};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../docs/events.md");

fn name() -> Name {
    Name::new("x").expect("a name")
}

fn text() -> String {
    "x".to_owned()
}

fn contribution() -> Contribution {
    let column = ColumnKey { metric: name(), labels: Labels::none(), unit: Unit::RATIO };
    Contribution {
        column,
        contribution: 1.0,
        observed: Some(1.0),
        expected: Some(1.0),
        lower: Some(1.0),
        upper: Some(1.0),
    }
}

fn anomaly() -> Anomaly {
    let (severity, since, sentence) = (Severity::Low, Timestamp::EPOCH, text());
    let member = Member {
        series: text(),
        active: true,
        severity,
        since,
        anomaly_score: 1.0,
        sentence: sentence.clone(),
        contributions: vec![contribution()],
    };
    Anomaly {
        id: AnomalyId(1),
        target: name(),
        watch: name(),
        severity,
        since,
        opened: since,
        anomaly_score: 1.0,
        sentence,
        members: vec![member],
    }
}

/// One event of each kind.
fn every_kind() -> Vec<EventKind> {
    use EventKind as E;
    let (x, n, at) = (name, text, Timestamp::EPOCH);
    let health = Health { score: 90, deductions: vec![Deduction { reason: text(), points: 10.0 }] };
    vec![
        E::AnomalyOpened { anomaly: Box::new(anomaly()) },
        E::AnomalyChanged { anomaly: Box::new(anomaly()) },
        E::AnomalyClosed { anomaly: Box::new(anomaly()), lasted_seconds: 1.0 },
        E::HealthChanged { target: x(), health },
        E::CollectorFailed { collector: x(), error: n() },
        E::CollectorPanicked { collector: x(), message: n(), retry_seconds: 1.0 },
        E::CollectorStuck { collector: x(), busy_seconds: 1.0 },
        E::CollectorRecovered { collector: x(), missed: 1 },
        E::BatchesDropped { collector: x(), dropped: 1 },
        E::DetectorPanicked { watch: x(), target: x(), message: n(), disabled: false },
        E::DetectorStuck { watch: x(), waiting: 1 },
        E::DetectorRecovered { watch: x(), missed: 1 },
        E::SinkFailed { sink: x(), error: n() },
        E::SinkBlocked { sink: x(), dropped: 1 },
        E::SinkRecovered { sink: x(), dropped: 1 },
        E::StoreFailed { error: n() },
        E::StoreRecovered { lost: 1 },
        E::DataLate { source: x(), tick: at, late_seconds: 1.0 },
        E::DataAhead { source: x(), tick: at, ahead_seconds: 1.0 },
        E::SourceSilent { source: x(), last: at },
        E::SourceResumed { source: x(), silent_seconds: 1.0 },
        E::SeriesExpired { count: 1, examples: vec![n()] },
        E::SeriesShared { series: text(), owner: name(), source: name() },
        E::SeriesRefused { refused: 1, series: 1, max_series: 1 },
        E::MemoryExceeded { used: 1, max: 1, evicted: 1, refusing_series: true },
        E::CounterReset { source: x(), count: 1, example: n() },
        E::ClockStepped { from: at, to: at, by_seconds: 1.0 },
        E::EngineResumed { down_seconds: 1.0 },
        E::CheckpointFailed { error: n() },
        E::RecordingFailed { error: n() },
    ]
}

/// The kinds that the code knows, as it lists them itself when it does not know one.
fn kinds_of_the_code() -> BTreeSet<String> {
    let error = serde_json::from_str::<EventKind>(r#"{"kind":"?"}"#).expect_err("no such kind").to_string();
    let known = error.split("expected one of ").nth(1).expect("the error lists the kinds");
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The fields of each heading: the first cell of each row of the tables below it.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let mut sections: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in DOCUMENT.lines() {
        if let Some(heading) = line.strip_prefix("### `") {
            let heading = heading.trim_end_matches('`').to_owned();
            sections.insert(heading.clone(), BTreeSet::new());
            current = Some(heading);
        } else if line.starts_with("## ") {
            current = None;
        } else if let (Some(section), Some(row)) = (&current, line.strip_prefix("| `")) {
            let field = row.split('`').next().unwrap_or_default().to_owned();
            assert!(
                sections.entry(section.clone()).or_default().insert(field),
                "{section} names a field twice"
            );
        }
    }
    sections
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("it is JSON")
}

fn fields(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().filter(|key| *key != "kind").cloned().collect()
}

#[test]
fn every_kind_stands_there_with_its_fields() {
    let (documented, code) = (documented(), kinds_of_the_code());
    let samples: BTreeMap<String, BTreeSet<String>> = every_kind()
        .iter()
        .map(|kind| {
            let value = serde_json::to_value(kind).expect("an event is JSON");
            (value["kind"].as_str().expect("a kind").to_owned(), fields(&value))
        })
        .collect();
    assert_eq!(samples.keys().cloned().collect::<BTreeSet<_>>(), code, "the test has one of each kind");
    for (kind, fields) in &samples {
        assert_eq!(documented.get(kind), Some(fields), "{kind} in docs/events.md");
    }
    let others: Vec<&String> = documented
        .keys()
        .filter(|key| key.contains('.') && !code.contains(*key))
        .filter(|key| !["run.started", "run.summary", "replay.summary"].contains(&key.as_str()))
        .collect();
    assert!(others.is_empty(), "docs/events.md has kinds that are not there: {others:?}");
}

#[test]
fn what_events_are_made_of_stands_there_with_its_fields() {
    let documented = documented();
    let anomaly = anomaly();
    let member = anomaly.members.first().expect("one member").clone();
    let contribution = contribution();
    let health = Health { score: 90, deductions: vec![Deduction { reason: text(), points: 10.0 }] };
    for (heading, value) in [
        ("anomaly", json(&anomaly)),
        ("member", json(&member)),
        ("contribution", json(&contribution)),
        ("column", json(&contribution.column)),
        ("health", json(&health)),
        ("deduction", json(&health.deductions[0])),
    ] {
        assert_eq!(documented.get(heading), Some(&fields(&value)), "{heading} in docs/events.md");
    }
}
