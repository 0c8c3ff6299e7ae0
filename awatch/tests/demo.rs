//! Demo runs as the program makes them: each incident is found, and a replay tells the same to the byte.
#![cfg(all(feature = "collect", feature = "detect", feature = "store"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use awatch::demo::{DemoConfig, Incident, Label, Onset, Progress, Scenario, back_fill};
use awatch::plugins::Plugins;
use awatch::{
    Anomaly, CollectError, Collector, Engine, Event, EventKind, Recording, SampleBatch, Severity, Shutdown,
    SimClock, Timestamp,
};

/// A Wednesday, towards noon in UTC.
const LIVE: Timestamp = Timestamp::from_secs(1_795_002_300);
const MINUTE: Duration = Duration::from_mins(1);

/// The events of an engine.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<Event>>>);

impl Told {
    fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    /// As the JSON lines of a run.
    fn lines(&self) -> String {
        self.events().iter().map(|event| serde_json::to_string(event).unwrap() + "\n").collect()
    }

    fn anomalies(&self) -> Vec<(Timestamp, Anomaly)> {
        let events = self.events().into_iter();
        let told = events.filter_map(|event| match event.kind {
            EventKind::AnomalyOpened { anomaly } | EventKind::AnomalyChanged { anomaly } => {
                Some((event.at, *anomaly))
            }
            _ => None,
        });
        told.collect()
    }
}

/// Ends a run at an instant; reports nothing.
#[derive(Debug)]
struct End(Timestamp, Shutdown);

impl Collector for End {
    fn name(&self) -> &'static str {
        "end"
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        if out.at() >= self.0 {
            self.1.trigger();
        }
        Ok(())
    }
}

/// An engine of a demo run on `clock`.
fn engine(config: DemoConfig, clock: &SimClock) -> (Engine, Told) {
    ending_engine(config, clock, &Shutdown::new())
}

/// The same; it triggers `shutdown` a minute after going live.
fn ending_engine(config: DemoConfig, clock: &SimClock, shutdown: &Shutdown) -> (Engine, Told) {
    let told = Told::default();
    let own = told.clone();
    let sink = awatch::sink::from_fn("told", move |event| own.0.lock().unwrap().push(event.clone()));
    let end = End(LIVE.plus(MINUTE), shutdown.clone());
    let assembly = Plugins::builtin().assemble_demo(config.build().unwrap()).unwrap();
    (assembly.map(|builder| builder.clock(clock.clone()).sink(sink).collector(end)).build().unwrap(), told)
}

/// How long before going live a run has to begin for an incident by nature: half an hour before the onset.
fn past(scenario: Scenario) -> Duration {
    let before = match scenario.onset() {
        Onset::Before(before) => before,
        Onset::After(_) => Duration::ZERO,
    };
    before + 30 * MINUTE
}

fn world(scenario: Scenario, seed: u64) -> (DemoConfig, Timestamp) {
    let from = LIVE.minus(past(scenario));
    let config = DemoConfig::default().with_seed(seed).with_begin(from).with_live(LIVE);
    (config.with_incident(scenario), from)
}

/// Lives through the past of a demo and a minute of going live.
fn run(scenario: Scenario, seed: u64) -> (Label, Told) {
    let (config, from) = world(scenario, seed);
    let label = config.labels(LIVE).unwrap().remove(0);
    let clock = SimClock::new(LIVE.plus(MINUTE));
    let (mut engine, told) = engine(config, &clock);
    assert!(back_fill(&mut engine, from, &clock, &Shutdown::new(), |_| ()));
    (label, told)
}

#[test]
fn each_incident_is_found_by_its_metric_and_nothing_severe_is_told_before() {
    for scenario in Scenario::ALL {
        for seed in 1..=3 {
            let (label, told) = run(scenario, seed);
            let told = told.anomalies();
            for target in &label.targets {
                let is_right = |(at, anomaly): &&(Timestamp, Anomaly)| {
                    let first = anomaly.members.iter().take(3);
                    *at >= label.start
                        && anomaly.target == *target
                        && first.clone().any(|member| label.is_about(&member.series))
                };
                assert!(
                    told.iter().any(|one| is_right(&one)),
                    "{scenario} on {target}, seed {seed}: {told:#?}"
                );
            }
            let minute_before = label.start.minus(MINUTE)..label.start;
            let severe =
                told.iter().find(|(at, a)| minute_before.contains(at) && a.severity >= Severity::High);
            assert!(severe.is_none(), "{scenario}, seed {seed}: {severe:#?}");
        }
    }
}

#[test]
fn a_dead_exporter_is_told_by_the_rule_about_absent_values() {
    let (label, told) = run(Scenario::DeadExporter, 4);
    let (at, anomaly) = told.anomalies().into_iter().find(|(at, _)| *at >= label.start).unwrap();
    assert_eq!(anomaly.watch.as_str(), "absent");
    assert!(at.since(label.start).unwrap() <= Duration::from_secs(17));
    assert!(anomaly.members.iter().all(|member| label.is_about(&member.series)));
}

/// Plays the recording of `scenario` to its end; from `slowly_from` on in small steps, with looks in between.
fn replay(scenario: Scenario, slowly_from: Option<Timestamp>) -> String {
    let (config, from) = world(scenario, 5);
    let to = LIVE.plus(MINUTE);
    let (mut engine, told) = engine(config.clone(), &SimClock::new(from));
    let mut recording = config.record(from, to).unwrap();
    while let Some(arrival) = recording.next_arrival(engine.registry()).unwrap() {
        if slowly_from.is_some_and(|slowly| arrival.received >= slowly) {
            // Second by second somebody looks, and time passes in small steps.
            for millis in [100, 400, 900] {
                engine.advance_to(arrival.batch.at().minus(Duration::from_millis(1000 - millis)));
            }
            engine.snapshot();
        }
        engine.step(&arrival.batch, arrival.received).unwrap();
    }
    engine.advance_to(to);
    told.lines()
}

#[test]
fn a_replay_tells_the_same_twice_and_from_any_second_on_step_by_step() {
    for scenario in
        [Scenario::CpuSaturation, Scenario::Flapping, Scenario::DeadExporter, Scenario::UplinkDown]
    {
        let whole = replay(scenario, None);
        assert!(whole.contains("anomaly.opened"), "{scenario}");
        assert_eq!(replay(scenario, None), whole, "{scenario} again");
        let onset = LIVE.plus(Duration::from_secs(17));
        assert_eq!(replay(scenario, Some(onset)), whole, "{scenario} step by step");
    }
}

#[test]
fn a_back_fill_catches_up_with_the_clock_and_the_run_goes_on_without_a_gap() {
    let (config, from) = world(Scenario::CpuSaturation, 6);
    let clock = SimClock::new(LIVE);
    let shutdown = Shutdown::new();
    let (mut engine, told) = ending_engine(config, &clock, &shutdown);
    let mut progress = Vec::new();
    assert!(back_fill(&mut engine, from, &clock, &Shutdown::new(), |now| progress.push(now)));
    assert!(progress.windows(2).all(|pair| pair[0].at < pair[1].at), "{progress:?}");
    assert_eq!(progress.last(), Some(&Progress { from, at: LIVE, until: LIVE }));
    assert!((progress.last().unwrap().share() - 1.0).abs() < 1e-12);
    let told_before = told.events().len();

    let summary = engine.run(&shutdown).unwrap();
    assert_eq!(summary.lost, 0);
    let stats = engine.snapshot().stats;
    for none in ["awatch.ticks_missed", "awatch.rows_missed", "awatch.samples_late"] {
        assert!(stats.get(none).is_none_or(|count| *count == 0), "{none}: {stats:?}");
    }
    let live = told.events().split_off(told_before);
    let is_gap = |event: &&Event| {
        matches!(event.kind, EventKind::EngineResumed { .. } | EventKind::ClockStepped { .. })
    };
    assert_eq!(live.iter().find(is_gap), None);
    let found = live.iter().find_map(|event| match &event.kind {
        EventKind::AnomalyOpened { anomaly } => Some(anomaly),
        _ => None,
    });
    assert!(found.unwrap().members[0].series.starts_with("system.cpu."), "{found:?}");
}

#[test]
fn a_back_fill_ends_when_it_is_cancelled() {
    let (config, from) = world(Scenario::DiskFill, 7);
    let clock = SimClock::new(LIVE);
    let (mut engine, _) = engine(config, &clock);
    let cancel = Shutdown::new();
    let mut last = from;
    let reached = back_fill(&mut engine, from, &clock, &cancel, |progress| {
        last = progress.at;
        if progress.share() > 0.5 {
            cancel.trigger();
        }
    });
    assert!(!reached);
    assert!(last < LIVE);
}

#[test]
fn a_file_may_name_a_demo_and_its_mistakes_are_told_where_they_stand() {
    use awatch::config::Document;
    let message = |text: &str| {
        let text = format!("version = 1\n[[collector]]\nkind = \"demo\"\n{text}");
        let assembled =
            Document::parse("awatch.toml", &text).and_then(|document| Plugins::builtin().assemble(document));
        assembled.map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(
        message("incidents = [{ scenario = \"disk-fil\" }]"),
        "awatch.toml:4:27: `collector[0].incidents[0].scenario`: `disk-fil` is not a scenario, did you mean \
         `disk-fill`?: write one of cpu-saturation, memory-leak, disk-fill, traffic-drop, latency-shift, error-burst, \
         noisy-neighbour, flapping, slow-drift, dead-exporter, uplink-down"
    );
    assert!(
        message("incidents = [{ scenario = \"disk-fill\", targets = [\"x\"] }]")
            .contains("there is no such host")
    );
    assert!(message("sede = 1").contains("`seed`"));
    let incident = Incident::new(Scenario::SlowDrift).with_before(Duration::from_hours(2));
    assert_eq!(incident.before, Some(Duration::from_hours(2)));
}
