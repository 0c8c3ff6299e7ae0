//! How well the demo's incidents are found: `scenarios [--seeds N] [--scenario S] [--hours H] [--verbose]`.
//!
//! For each scenario and seed an engine as `awatch run --demo` builds it lives through six hours of a demo world and a
//! minute of going live, all in simulated time, and its events are compared with the world's truth. Each seed goes live
//! at another hour of another day of the week.
//!
//! | column | meaning |
//! |---|---|
//! | found | runs in which, from the onset on, an anomaly about each labelled target had a true metric among its first three members |
//! | first | runs in which that was so as soon as something was told about the target |
//! | delay | median time from the onset until it was so |
//! | before | runs in which something of severity high or critical was told in the minute before the onset |
//! | false | anomalies that were opened before the onset, per host and hour, and those high or critical |
#![allow(clippy::disallowed_methods, reason = "it measures real time")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use awatch::demo::{DemoConfig, Label, Scenario, back_fill};
use awatch::plugins::Plugins;
use awatch::{Anomaly, Event, EventKind, Name, Severity, Shutdown, SimClock, Timestamp};

type Failure = Box<dyn std::error::Error>;

/// What is asked for on the command line.
struct Options {
    seeds: u64,
    scenarios: Vec<Scenario>,
    hours: u64,
    verbose: bool,
}

/// A minute of going live.
const LIVE: Duration = Duration::from_mins(1);
/// Early on a Monday, in UTC.
const FIRST: &str = "2026-11-16T05:00:00Z";
/// From one seed to the next; twenty meet all hours and days of a week.
const APART: Duration = Duration::from_mins(28 * 60 + 41);

fn main() -> Result<(), Failure> {
    let options = options()?;
    println!("{} seeds, {} h of back-fill, {} s live", options.seeds, options.hours, LIVE.as_secs());
    println!(
        "{:<16} {:>7} {:>7} {:>8} {:>7} {:>9} {:>9}",
        "scenario", "found", "first", "delay", "before", "false", "high"
    );
    let mut slowest = Duration::ZERO;
    for scenario in &options.scenarios {
        let mut runs = Vec::new();
        for seed in 1..=options.seeds {
            let began = Instant::now();
            let run = Run::of(*scenario, seed, options.hours)?;
            slowest = slowest.max(began.elapsed());
            if options.verbose {
                run.print();
            }
            runs.push(run);
        }
        print_row(*scenario, &runs);
    }
    println!("slowest run: {:.2} s", slowest.as_secs_f64());
    Ok(())
}

fn options() -> Result<Options, Failure> {
    let mut options = Options { seeds: 20, scenarios: Scenario::ALL.to_vec(), hours: 6, verbose: false };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--seeds" => options.seeds = value()?.parse()?,
            "--hours" => options.hours = value()?.parse()?,
            "--scenario" => options.scenarios = vec![value()?.parse()?],
            "--verbose" => options.verbose = true,
            other => {
                return Err(format!("{other} is not known: --seeds, --scenario, --hours or --verbose").into());
            }
        }
    }
    Ok(options)
}

/// One run: the truth, and what was told.
struct Run {
    seed: u64,
    label: Label,
    from: Timestamp,
    hosts: usize,
    told: Vec<(Timestamp, Anomaly)>,
    opened: Vec<(Timestamp, Severity)>,
}

impl Run {
    fn of(scenario: Scenario, seed: u64, hours: u64) -> Result<Self, Failure> {
        let first: Timestamp = FIRST.parse()?;
        let live = first.plus(APART * u32::try_from(seed)?);
        let from = live.minus(Duration::from_hours(hours));
        let config =
            DemoConfig::default().with_seed(seed).with_begin(from).with_live(live).with_incident(scenario);
        let label = config.labels(live)?.remove(0);
        let hosts = config.hosts.names().count();
        let clock = SimClock::new(live.plus(LIVE));
        let events = Arc::new(Mutex::new(Vec::<Event>::new()));
        let own = Arc::clone(&events);
        let sink = awatch::sink::from_fn("scenarios", move |event| {
            own.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
        });
        let assembly = Plugins::builtin().assemble_demo(config.build()?)?;
        let mut engine = assembly.map(|builder| builder.clock(clock.clone()).sink(sink)).build()?;
        back_fill(&mut engine, from, &clock, &Shutdown::new(), |_| ());
        let events = std::mem::take(&mut *events.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut told, mut opened) = (Vec::new(), Vec::new());
        for event in events {
            if let EventKind::AnomalyOpened { anomaly } = &event.kind {
                opened.push((event.at, anomaly.severity));
            }
            if let EventKind::AnomalyOpened { anomaly } | EventKind::AnomalyChanged { anomaly } = event.kind {
                told.push((event.at, *anomaly));
            }
        }
        Ok(Self { seed, label, from, hosts, told, opened })
    }

    /// When each labelled target was first told rightly, and whether the first that was told about it was right.
    fn found(&self) -> BTreeMap<Name, (Option<Timestamp>, bool)> {
        let of = |target: &Name| {
            let mut told = self.told.iter().filter(|(at, anomaly)| {
                *at >= self.label.start
                    && anomaly.target == *target
                    && anomaly.members.iter().any(|m| m.active)
            });
            let is_right = |(_, anomaly): &&(Timestamp, Anomaly)| {
                anomaly.members.iter().take(3).any(|member| self.label.is_about(&member.series))
            };
            let first = told.clone().next().is_some_and(|first| is_right(&first));
            (told.find(is_right).map(|(at, _)| *at), first)
        };
        self.label.targets.iter().map(|target| (target.clone(), of(target))).collect()
    }

    /// How long after the onset all targets had been told rightly.
    fn delay(&self) -> Option<Duration> {
        let found = self.found();
        let last = found.values().map(|(at, _)| *at).collect::<Option<Vec<_>>>()?.into_iter().max()?;
        last.since(self.label.start)
    }

    fn is_first(&self) -> bool {
        self.found().values().all(|(_, first)| *first)
    }

    fn before(&self) -> impl Iterator<Item = &(Timestamp, Anomaly)> {
        let minute = self.label.start.minus(Duration::from_mins(1))..self.label.start;
        let is_severe = |anomaly: &Anomaly| anomaly.severity >= Severity::High;
        self.told.iter().filter(move |(at, anomaly)| minute.contains(at) && is_severe(anomaly))
    }

    /// Anomalies opened before the onset, and those of them high or critical.
    fn wrong(&self) -> (usize, usize) {
        let before = || self.opened.iter().filter(|(at, _)| *at < self.label.start);
        (before().count(), before().filter(|(_, severity)| *severity >= Severity::High).count())
    }

    fn host_hours(&self) -> f64 {
        self.label.start.since(self.from).unwrap_or_default().as_secs_f64() / 3600.0 * self.hosts as f64
    }

    fn print(&self) {
        let (wrong, severe) = self.wrong();
        let names: Vec<&str> = self.label.targets.iter().map(Name::as_str).collect();
        println!(
            "  seed {} live {} on {}: {:?}, first {}, {} before, {wrong} false, {severe} high",
            self.seed,
            self.label.start,
            names.join(" "),
            self.delay(),
            self.is_first(),
            self.before().count()
        );
        for (at, anomaly) in &self.told {
            let after = at.since(self.label.start);
            let is_wrong = after.is_none();
            let when = match after {
                Some(after) => format!("+{:.0} s", after.as_secs_f64()),
                None => format!("{at}"),
            };
            let members: Vec<String> = anomaly
                .members
                .iter()
                .take(4)
                .map(|m| format!("{} {:.1}", m.series, m.anomaly_score))
                .collect();
            let mark = if is_wrong { '!' } else { ' ' };
            println!(
                "   {mark}{when} {} {} {:?}: {}",
                anomaly.target,
                anomaly.watch,
                anomaly.severity,
                members.join(" | ")
            );
            if is_wrong {
                println!("      {}", anomaly.sentence);
            }
        }
    }
}

fn print_row(scenario: Scenario, runs: &[Run]) {
    let mut delays: Vec<Duration> = runs.iter().filter_map(Run::delay).collect();
    delays.sort_unstable();
    let median =
        delays.get(delays.len() / 2).map_or("-".to_owned(), |delay| format!("{:.0} s", delay.as_secs_f64()));
    let first = runs.iter().filter(|run| run.is_first()).count();
    let before = runs.iter().filter(|run| run.before().next().is_some()).count();
    let hours: f64 = runs.iter().map(Run::host_hours).sum();
    let wrong: usize = runs.iter().map(|run| run.wrong().0).sum();
    let severe: usize = runs.iter().map(|run| run.wrong().1).sum();
    println!(
        "{:<16} {:>7} {:>7} {median:>8} {before:>7} {:>9.3} {:>9.4}",
        scenario.as_str(),
        format!("{}/{}", delays.len(), runs.len()),
        format!("{first}/{}", runs.len()),
        wrong as f64 / hours,
        severe as f64 / hours,
    );
}
