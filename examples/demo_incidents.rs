//! Every incident of the demo world, replayed: what went wrong, what was told about it, and how soon.
//!
//! ```text
//! cargo run --release -p awatch-examples --example demo_incidents
//! ```
//!
//! A recording of a demo world is history in the order of arrival, as one of a real system would be. An engine is fed
//! with it batch by batch, as fast as it can; what it tells is compared with the world's labels, which say what is true.

use std::sync::mpsc;
use std::time::Duration;

use awatch::demo::{DemoConfig, Label, Onset, Scenario};
use awatch::plugins::Plugins;
use awatch::prelude::*;
use awatch::{Anomaly, Recording};

type Failure = Box<dyn std::error::Error>;

/// Anomalies as they were told, and when.
type Told = Vec<(Timestamp, Anomaly)>;

fn main() -> Result<(), Failure> {
    for scenario in Scenario::ALL {
        let (label, told) = replay(scenario)?;
        let right = told.iter().find(|(at, anomaly)| *at >= label.start && is_right(&label, anomaly));
        let (at, anomaly) = right.ok_or(format!("{scenario} was not found"))?;
        let after = awatch::duration::format(at.since(label.start).unwrap_or_default());
        println!(
            "{scenario}: {}\n  after {after}, {} on {}: {}",
            scenario.sentence(),
            anomaly.severity,
            anomaly.target,
            anomaly.sentence
        );
    }
    Ok(())
}

/// Whether it is about a host that the incident befell, with one of its metrics among the first three.
fn is_right(label: &Label, anomaly: &Anomaly) -> bool {
    let mut first = anomaly.members.iter().take(3);
    label.targets.contains(&anomaly.target) && first.any(|member| label.is_about(&member.series))
}

/// Plays the half hour before an incident and the two minutes after; answers the truth and the anomalies told.
fn replay(scenario: Scenario) -> Result<(Label, Told), Failure> {
    let live: Timestamp = "2026-11-18T10:00:00Z".parse()?;
    let before = match scenario.onset() {
        Onset::Before(before) => before,
        Onset::After(_) => Duration::ZERO,
    };
    let from = live.minus(before + Duration::from_mins(30));
    let world = DemoConfig::default().with_seed(2026).with_live(live).with_incident(scenario);
    let label = world.labels(live)?.remove(0);

    let (sender, events) = mpsc::channel();
    let assembly = Plugins::builtin().assemble_demo(world.clone().build()?)?;
    let sink = awatch::sink::from_fn("channel", move |event| drop(sender.send(event.clone())));
    let mut engine = assembly.into_replay().sink(sink).build()?;
    let mut recording = world.record(from, live.plus(Duration::from_mins(2)))?;
    while let Some(arrival) = recording.next_arrival(engine.registry())? {
        engine.step(&arrival.batch, arrival.received)?;
    }
    let told = events.try_iter().filter_map(|event| match event.kind {
        EventKind::AnomalyOpened { anomaly } | EventKind::AnomalyChanged { anomaly } => {
            Some((event.at, *anomaly))
        }
        _ => None,
    });
    Ok((label, told.collect()))
}
