//! Laws of demo worlds, and the table of scenarios in the documentation.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use awatch_core::{
    Collector, Engine, Interval, Kind, Labels, Name, Recording, Registry, SampleBatch, SeriesKey, SeriesMeta,
    Target, Timestamp, Unit, duration,
};
use proptest::prelude::*;

use super::*;
use crate::replay::Replay;

/// Late on the morning of a Wednesday.
const START: Timestamp = Timestamp::from_secs(1_795_000_000);

fn batch(interval: Interval) -> SampleBatch {
    let registry = Arc::new(Registry::new(100_000));
    SampleBatch::new(registry, Name::new("demo").unwrap(), Target::new("x").unwrap(), interval, START)
}

/// The samples of so many ticks, as `(target, series, seconds since the start, value)`.
fn lived(config: DemoConfig, interval: Interval, ticks: u32) -> Vec<(String, String, Kind, i64, f64)> {
    let (mut demo, mut out) = (config.build().unwrap(), batch(interval));
    let mut all = Vec::new();
    for tick in 0..ticks {
        out.restart(START.plus(interval.as_duration() * tick));
        demo.collect(&mut out).unwrap();
        assert_eq!(out.rejected(), 0);
        all.extend(out.samples().iter().map(|sample| {
            let meta = out.resolve(sample.series).unwrap();
            let secs = (sample.at.as_nanos() - START.as_nanos()) / 1_000_000_000;
            (meta.key.target().id().to_string(), meta.column().to_string(), meta.kind, secs, sample.value)
        }));
    }
    all
}

fn bits(samples: &[(String, String, Kind, i64, f64)]) -> u64 {
    let numbers = samples.iter().map(|(.., value)| value.to_bits());
    numbers.fold(0xcbf2_9ce4_8422_2325, |hash, bits| {
        (hash ^ bits).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(17)
    })
}

/// The values of one series of one host.
fn of(samples: &[(String, String, Kind, i64, f64)], target: &str, series: &str) -> Vec<f64> {
    let own = samples.iter().filter(|(t, s, ..)| t == target && s == series);
    own.map(|(.., value)| *value).collect()
}

#[test]
fn a_short_stretch_has_the_same_bits_on_every_machine() {
    let config =
        DemoConfig::default().with_seed(42).with_hosts(Hosts::of(7)).with_incident(Scenario::CpuSaturation);
    let samples = lived(config, Interval::SECOND, 120);
    assert_eq!(
        samples.len(),
        120 * Hosts::of(7).names().map(|(_, role)| series(role).count()).sum::<usize>()
    );
    assert_eq!(format!("{:016x}", bits(&samples)), "2342adc1e29ba31a");
}

#[test]
fn a_recording_is_what_the_collector_sees_with_small_delays() {
    let config = || DemoConfig::default().with_seed(9).with_incident(Scenario::DiskFill);
    let live = lived(config(), Interval::SECOND, 90);
    let registry = Arc::new(Registry::new(100_000));
    let to = START.plus(Duration::from_secs(90));
    let mut recording = config().record(START, to).unwrap();
    assert_eq!(recording.span(), Some((START, to)));
    let (mut recorded, mut last, mut ticks) = (Vec::new(), Timestamp::MIN, 0);
    while let Some(arrival) = recording.next_arrival(&registry).unwrap() {
        let delay = arrival.received.since(arrival.batch.at()).unwrap();
        assert!(delay > Duration::ZERO && delay <= Duration::from_millis(60), "{delay:?}");
        assert!(arrival.received >= last);
        last = arrival.received;
        recorded.extend(arrival.batch.samples().iter().map(|sample| sample.value.to_bits()));
        ticks += 1;
    }
    assert_eq!(ticks, 90);
    assert_eq!(recorded, live.iter().map(|(.., value)| value.to_bits()).collect::<Vec<_>>());
    assert!(recording.next_arrival(&registry).unwrap().is_none());
}

#[test]
fn ticks_that_are_left_out_are_lived_through() {
    let config = || DemoConfig::default().with_begin(START);
    let all = lived(config(), Interval::SECOND, 60);
    let (mut demo, mut out) = (config().build().unwrap(), batch(Interval::SECOND));
    out.restart(START.plus(Duration::from_secs(59)));
    demo.collect(&mut out).unwrap();
    let late: Vec<u64> = out.samples().iter().map(|sample| sample.value.to_bits()).collect();
    let last: Vec<u64> =
        all.iter().filter(|(_, _, _, secs, _)| *secs == 59).map(|(.., v)| v.to_bits()).collect();
    assert_eq!(late, last);
}

#[test]
fn an_incident_changes_nothing_before_it_begins() {
    let quiet = lived(DemoConfig::default(), Interval::SECOND, 40);
    for scenario in Scenario::ALL {
        let incident = Incident::new(scenario).with_after(Duration::from_secs(20));
        let loud = lived(DemoConfig::default().with_incident(incident), Interval::SECOND, 40);
        let before = |samples: &[(String, String, Kind, i64, f64)]| {
            let early: Vec<_> = samples.iter().filter(|(_, _, _, secs, _)| *secs < 20).cloned().collect();
            bits(&early)
        };
        assert_eq!(before(&quiet), before(&loud), "{scenario}");
        assert_ne!(bits(&quiet), bits(&loud), "{scenario}");
    }
}

#[test]
fn a_leak_that_is_ended_at_once_changes_nothing_before_it_begins() {
    let leak = |from: u64| {
        Incident::new(Scenario::MemoryLeak)
            .with_targets(["web-1"])
            .with_after(Duration::from_secs(from))
            .with_duration(Duration::from_secs(1))
    };
    let quiet = lived(DemoConfig::default(), Interval::SECOND, 20);
    let loud = lived(DemoConfig::default().with_incident(leak(20)), Interval::SECOND, 20);
    assert_eq!(bits(&quiet), bits(&loud));
}

#[test]
fn a_host_that_is_cut_off_twice_is_cut_off() {
    let cut_off = || Incident::new(Scenario::UplinkDown).with_targets(["web-1"]).with_after(Duration::ZERO);
    let config = || DemoConfig::default().with_hosts(Hosts { web: 2, ..Hosts::default() });
    let once = lived(config().with_incident(cut_off()), Interval::SECOND, 20);
    let twice = lived(config().with_incident(cut_off()).with_incident(cut_off()), Interval::SECOND, 20);
    assert_eq!(bits(&once), bits(&twice));
}

#[test]
fn the_truth_is_the_same_before_and_after_the_first_tick() {
    let begin = START.plus(Duration::from_millis(400));
    let config = DemoConfig::default().with_begin(begin).with_incident(Scenario::DiskFill);
    let (mut demo, mut out) = (config.build().unwrap(), batch(Interval::SECOND));
    let before = demo.labels();
    out.restart(START.plus(Duration::from_secs(1)));
    demo.collect(&mut out).unwrap();
    assert_eq!(before.as_ref().map(|labels| labels[0].start), Some(begin.plus(Duration::from_secs(15))));
    assert_eq!(demo.labels(), before);
}

#[test]
fn series_that_there_is_no_room_for_are_no_failure() {
    let registry = Arc::new(Registry::new(10));
    let (source, target) = (Name::new("demo").unwrap(), Target::new("x").unwrap());
    let mut out = SampleBatch::new(registry, source, target, Interval::SECOND, START);
    let mut demo = DemoConfig::default().build().unwrap();
    assert!(demo.collect(&mut out).is_ok());
    assert_eq!(out.samples().len(), 10);
}

#[test]
fn a_recording_ends_where_it_fails() {
    let registry = Arc::new(Registry::new(1000));
    let key = SeriesKey::new(
        Target::new("web-1").unwrap(),
        Name::new("system.cpu.utilization").unwrap(),
        Labels::none(),
    );
    let (unit, kind) = (Unit::RATIO, Kind::CumulativeCounter);
    registry.register(&SeriesMeta { key, unit, kind, interval: Interval::SECOND }).unwrap();
    let mut recording = DemoConfig::default().record(START, START.plus(Duration::from_secs(10))).unwrap();
    let error = recording.next_arrival(&registry).unwrap_err().to_string();
    assert!(
        error.starts_with("the demo world: series web-1/system.cpu.utilization is known in 1"),
        "{error}"
    );
    assert!(recording.next_arrival(&registry).unwrap().is_none());
}

#[test]
fn series_that_expired_are_told_again() {
    let hours = Interval::from_secs(2 * 3600).unwrap();
    let to = START.plus(Duration::from_hours(24));
    let recording = DemoConfig::default().with_interval(hours).record(START, to).unwrap();
    // Ticks lie further apart than series are remembered.
    let engine = Engine::builder(Target::new("x").unwrap()).build().unwrap();
    let mut replay = Replay::new(engine, recording);
    replay.finish().unwrap();
    let stats = replay.engine_mut().snapshot().stats;
    assert_eq!(replay.arrivals(), 12);
    assert_eq!(stats.get("awatch.samples.rejected").copied().unwrap_or_default(), 0, "{stats:?}");
    assert_eq!(stats.get("awatch.samples").copied(), Some(12 * 136), "{stats:?}");
}

#[test]
fn a_dead_exporter_takes_the_series_of_its_service_and_no_others() {
    let incident = Incident::new(Scenario::DeadExporter)
        .with_targets(["web-1"])
        .with_after(Duration::from_secs(10))
        .with_duration(Duration::from_secs(10));
    let samples = lived(DemoConfig::default().with_incident(incident), Interval::SECOND, 30);
    assert_eq!(of(&samples, "web-1", "http.server.active_requests").len(), 20);
    assert_eq!(of(&samples, "web-1", "system.cpu.utilization").len(), 30);
    assert_eq!(of(&samples, "api-1", "http.server.active_requests").len(), 30);
}

#[test]
fn labels_say_what_is_true() {
    let config = DemoConfig::default()
        .with_incident(Scenario::UplinkDown)
        .with_incident(
            Incident::new(Scenario::DiskFill).with_targets(["db-1"]).with_before(Duration::from_mins(2)),
        )
        .with_incident(Incident::new(Scenario::DeadExporter).with_targets(["worker-1"]).with_at(START));
    let live = START.plus(Duration::from_hours(1));
    let labels = config.labels(live).unwrap();
    let [uplink, disk, exporter] = labels.as_slice() else { panic!("{labels:?}") };
    let names = |names: &[Name]| names.iter().map(Name::to_string).collect::<Vec<_>>();
    assert_eq!(names(&uplink.targets), ["web-1", "api-1", "db-1", "worker-1"]);
    assert_eq!(uplink.start, live.plus(Duration::from_secs(15)));
    assert_eq!(uplink.end, uplink.start.plus(Duration::from_secs(90)));
    assert_eq!(names(&disk.targets), ["db-1"]);
    assert_eq!(names(&disk.metrics), ["system.filesystem.usage", "system.filesystem.utilization"]);
    assert_eq!(disk.start, live.minus(Duration::from_mins(2)));
    assert_eq!(exporter.start, START);
    assert!(exporter.is_about("messaging.process.duration{quantile=\"0.5\"}"));
    assert_eq!(config.clone().with_live(live).build().unwrap().labels(), Some(labels));
    assert_eq!(config.build().unwrap().labels(), None);
}

#[test]
fn a_world_that_cannot_be_is_refused_with_a_remedy() {
    let message = |config: DemoConfig| config.build().unwrap_err().to_string();
    let incident = |incident: Incident| message(DemoConfig::default().with_incident(incident));
    let new = Incident::new;
    assert_eq!(message(DemoConfig::default().with_name("")), "the name of the demo collector is malformed");
    assert_eq!(
        message(DemoConfig::default().with_hosts(Hosts::NONE)),
        "the demo has no hosts: give at least one, for example `web = 1`"
    );
    assert_eq!(
        message(DemoConfig::default().with_hosts(Hosts { web: 10_001, ..Hosts::NONE })),
        "the demo has 10001 hosts: give at most 10000"
    );
    let both =
        Incident { before: Some(Duration::ZERO), ..new(Scenario::DiskFill).with_after(Duration::ZERO) };
    assert_eq!(incident(both), "incident 1 has several beginnings: give one of `after`, `before` and `at`");
    assert_eq!(
        incident(new(Scenario::DiskFill).with_duration(Duration::ZERO)),
        "incident 1 lasts 0s: give a `duration`, or leave it out"
    );
    assert_eq!(
        incident(new(Scenario::DiskFill).with_targets(["db-2"])),
        "incident 1 is about `db-2`, and there is no such host: write one of web-1, api-1, db-1, worker-1"
    );
    assert_eq!(
        incident(new(Scenario::TrafficDrop).with_targets(["db-1"])),
        "incident 1: `traffic-drop` cannot befall `db-1`: it needs one of web"
    );
    let only_db = DemoConfig::default().with_hosts(Hosts { db: 1, ..Hosts::NONE });
    assert_eq!(
        message(only_db.with_incident(Scenario::Flapping)),
        "incident 1: `flapping` cannot befall any host that there is: it needs one of web, api"
    );
}

#[test]
fn a_table_names_what_differs_from_the_default() {
    let text =
        r#"{"seed": 7, "hosts": {"web": 2}, "incidents": [{"scenario": "disk-fill", "after": "10m"}]}"#;
    let config: DemoConfig = serde_json::from_str(text).unwrap();
    let hosts = Hosts { web: 2, ..Hosts::default() };
    let incident = Incident::new(Scenario::DiskFill).with_after(Duration::from_mins(10));
    assert_eq!(config, DemoConfig::default().with_seed(7).with_hosts(hosts).with_incident(incident));
    assert!(serde_json::from_str::<DemoConfig>(r#"{"sede": 7}"#).is_err());
    assert!(serde_json::from_str::<DemoConfig>(r#"{"incidents": [{"scenario": "disk"}]}"#).is_err());
}

#[test]
fn every_role_has_about_thirty_series_and_none_twice() {
    for role in Role::ALL {
        let mut names: Vec<_> = series(role).map(|series| (series.metric, series.labels)).collect();
        assert!((30..=40).contains(&names.len()), "{role} {}", names.len());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), series(role).count(), "{role}");
    }
}

#[test]
fn it_passes_the_suite_of_collectors() {
    crate::conformance::check(&mut DemoConfig::default().build().unwrap());
    crate::conformance::check_budget(&mut DemoConfig::default().build().unwrap());
}

/// Within physical bounds.
fn is_possible(series: &str, value: f64) -> bool {
    let ratio = series.contains("utilization");
    value.is_finite() && value >= 0.0 && (!ratio || value <= 1.0)
}

/// What belongs together adds up.
fn check_sums(samples: &[(String, String, Kind, i64, f64)], target: &str, cores: f64, step: f64) {
    let of = |series: &str| of(samples, target, series);
    let mode = |mode: &str| of(&format!("system.cpu.time{{cpu.mode=\"{mode}\"}}"));
    let modes = ["user", "system", "iowait", "steal", "idle"].map(mode);
    let total = |tick: usize| modes.iter().map(|mode| mode[tick]).sum::<f64>();
    let memory = ["used", "free", "cached"]
        .map(|s| of(&format!("system.memory.usage{{system.memory.state=\"{s}\"}}")));
    let disk = ["used", "free"].map(|s| {
        of(&format!(
            "system.filesystem.usage{{system.device=\"/dev/vda1\",system.filesystem.mountpoint=\"/\",\
             system.filesystem.state=\"{s}\"}}"
        ))
    });
    let at = |parts: &[Vec<f64>], tick: usize| parts.iter().map(|part| part[tick]).sum::<f64>();
    for tick in 1..modes[0].len() {
        assert!((total(tick) - total(tick - 1) - cores * step).abs() < 0.011, "processor time adds up");
        assert!((at(&memory, tick) - at(&memory, 0)).abs() < 1.0, "memory adds up");
        assert!((at(&disk, tick) - at(&disk, 0)).abs() < 1.0, "the disk adds up");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn worlds_are_possible_and_repeat_themselves(
        seed in any::<u64>(),
        scenario in proptest::sample::select(Scenario::ALL.to_vec()),
        step in proptest::sample::select(vec![1_u64, 7, 60]),
        after in 0_u64..300,
    ) {
        let interval = Interval::from_secs(step).unwrap();
        let incident = Incident::new(scenario).with_after(Duration::from_secs(after));
        let config = DemoConfig::default().with_seed(seed).with_hosts(Hosts::of(5)).with_incident(incident);
        let samples = lived(config.clone(), interval, 150);
        prop_assert_eq!(bits(&samples), bits(&lived(config.clone(), interval, 150)));
        let end = START.plus(interval.as_duration() * 150);
        let restarts = config.restarts(START, START.minus(Duration::from_secs(step)), end).unwrap();
        let mut last: BTreeMap<(&str, &str), (i64, f64)> = BTreeMap::new();
        for (target, series, kind, secs, value) in &samples {
            prop_assert!(is_possible(series, *value), "{target} {series} {value}");
            let before = last.insert((target, series), (*secs, *value));
            let Some((then, before)) = before.filter(|_| *kind == Kind::CumulativeCounter) else { continue };
            let restarted = restarts.iter().any(|restart| {
                let at = restart.at.since(START).unwrap_or_default().as_secs_f64();
                restart.target == target.as_str() && at > then as f64 && at <= *secs as f64
            });
            prop_assert!(*value >= before || (restarted && !series.starts_with("system.")), "{target} {series}");
        }
        check_sums(&samples, "web-1", 4.0, step as f64);
        check_sums(&samples, "db-1", 8.0, step as f64);
    }
}

#[test]
fn a_week_of_twenty_hosts_in_minutes_has_its_rhythm() {
    let minute = Interval::from_secs(60).unwrap();
    let config = DemoConfig::default().with_hosts(Hosts::of(20)).with_interval(minute);
    let (mut demo, mut out) = (config.build().unwrap(), batch(minute));
    let (mut by_hour, mut samples) = (vec![0.0; 24], 0);
    let midnight = START.floor(Interval::from_secs(86_400).unwrap());
    for tick in 0..7 * 1440_u32 {
        out.restart(midnight.plus(minute.as_duration() * tick));
        demo.collect(&mut out).unwrap();
        samples += out.samples().len();
        // The first sample of the first host is its processor utilization.
        let hour = usize::try_from(tick / 60 % 24).unwrap();
        by_hour[hour] += out.samples().first().unwrap().value / (7.0 * 60.0);
    }
    let series: usize = Hosts::of(20).names().map(|(_, role)| series(role).count()).sum();
    assert_eq!(samples, 7 * 1440 * series);
    assert!(by_hour[15] > 1.6 * by_hour[3], "{by_hour:?}");
}

/// The table in the documentation, made from the code.
fn table() -> String {
    let mut table = String::from(
        "| scenario | what happens | metrics that show it first hand | hosts | begins | lasts |\n|---|---|---|---|---|---|\n",
    );
    for scenario in Scenario::ALL {
        let mut metrics: Vec<_> = scenario.roles().iter().flat_map(|role| scenario.metrics(*role)).collect();
        metrics.sort_unstable();
        metrics.dedup();
        let metrics = if scenario == Scenario::DeadExporter {
            "all of the service".to_owned()
        } else {
            metrics.iter().map(|metric| format!("`{metric}`")).collect::<Vec<_>>().join(", ")
        };
        let roles = scenario.roles().iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
        let hosts =
            if scenario.is_widespread() { "all at once".to_owned() } else { format!("one of {roles}") };
        let begins = match scenario.onset() {
            Onset::After(after) => format!("{} after", duration::format(after)),
            Onset::Before(before) => format!("{} before", duration::format(before)),
        };
        let (name, sentence) = (scenario.as_str(), scenario.sentence());
        let lasts = duration::format(scenario.duration());
        writeln!(table, "| `{name}` | {sentence} | {metrics} | {hosts} | {begins} | {lasts} |").unwrap();
    }
    table
}

#[test]
fn the_table_in_the_documentation_is_what_the_scenarios_are() {
    const BEGIN: &str = "<!-- scenarios: made from the code -->\n";
    const END: &str = "<!-- end of scenarios -->";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/demo.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (head, rest) = text.split_once(BEGIN).unwrap();
    let (written, tail) = rest.split_once(END).unwrap();
    let table = table();
    if std::env::var_os("AWATCH_REGENERATE").is_some() {
        std::fs::write(path, format!("{head}{BEGIN}{table}{END}{tail}")).unwrap();
        return;
    }
    assert!(
        written == table,
        "docs/demo.md is not what the scenarios are: AWATCH_REGENERATE=1 cargo test -p awatch-collect the_table"
    );
}
