//! A program that watches itself: its processor time, memory, threads and files beside a metric of its own, and what it
//! tells when it begins to leak.
//!
//! ```text
//! cargo run -p awatch-examples --example watch_itself
//! ```
//!
//! Nothing of this leaves the process, and nothing else has to run.

use std::sync::mpsc;
use std::time::Duration;

use awatch::prelude::*;
use awatch::{Clock, Signal, SystemClock};

/// How much it leaks at each turn: 8 MiB.
const LEAK: usize = 8 << 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (sender, events) = mpsc::channel();
    let engine = awatch::engine(Target::new("shop")?)
        .interval(Interval::new(Duration::from_millis(100))?)
        .collector(ProcessConfig::default().build()?)
        .add_watch(Watch::new("unusual".try_into()?, quick().build()?).with_policy(at_once().build()?))
        .sink(awatch::sink::from_fn("channel", move |event| drop(sender.send(event.clone()))))
        .build()?;
    let orders = engine.handle().counter("shop.orders", &[], Unit::count("order"))?;
    let running = engine.spawn()?;

    // Five seconds of work as it should be.
    for _ in 0..50 {
        orders.add(3);
        pause();
    }
    let told_before = events.try_iter().count();

    // Then every order leaves something behind, until somebody notices.
    let mut left_behind: Vec<Vec<u8>> = Vec::new();
    let mut noticed = None;
    while noticed.is_none() && left_behind.len() < 50 {
        left_behind.push(vec![1; LEAK]);
        orders.add(3);
        pause();
        noticed = events.try_iter().find_map(|event| match event.kind {
            EventKind::AnomalyOpened { anomaly } | EventKind::AnomalyChanged { anomaly } => {
                anomaly.members.into_iter().find(|member| member.series.starts_with("process.memory"))
            }
            _ => None,
        });
    }
    let (_, summary) = running.stop()?;
    println!(
        "{} samples of {} series, {told_before} events before the leak",
        summary.samples, summary.series
    );
    let member = noticed.ok_or("the leak was not noticed")?;
    println!("after {} MiB: {}", (left_behind.len() * LEAK) >> 20, member.sentence);
    assert!(member.series.starts_with("process.memory"));
    Ok(())
}

/// What is usual is learnt within two seconds: this program does not live long.
fn quick() -> ZScore {
    ZScore::default().with_min_history(Duration::from_secs(2)).with_half_life(Duration::from_secs(30))
}

/// Told after three tenths of a second.
fn at_once() -> Policy {
    Policy::default().with_persistence(Duration::from_millis(300), Duration::from_millis(500))
}

fn pause() {
    let clock = SystemClock::new();
    clock.wait(&Signal::new(), Some(clock.monotonic() + Duration::from_millis(100)));
}
