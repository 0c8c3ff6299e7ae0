//! The engine driven from a loop of your own: no thread is started, nothing happens between two calls.
//!
//! ```text
//! cargo run -p awatch-examples --example own_loop
//! ```
//!
//! [`Engine::poll`](awatch::Engine::poll) calls the collectors that are due, scores, hands out events, and says when it
//! wants to be called next. For programs that have a loop already: a game, a control system, a service on one thread.

use std::sync::mpsc;
use std::time::Duration;

use awatch::prelude::*;
use awatch::{Clock, Signal, SystemClock};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (sender, events) = mpsc::channel();
    let slow = Rule::on("frame.time".parse()?).with_above(0.05);
    let mut engine = awatch::engine(Target::new("game")?)
        .interval(Interval::new(Duration::from_millis(100))?)
        .watch("slow", Threshold::default().with_rule(slow).build()?)
        .sink(awatch::sink::from_fn("channel", move |event| drop(sender.send(event.clone()))))
        .build()?;
    let frame_time = engine.handle().gauge("frame.time", &[], Unit::SECONDS)?;

    let clock = SystemClock::new();
    let mut next_poll = clock.now();
    let mut polls = 0;
    // A hundred frames of 16 ms; in the middle some take far too long.
    for frame in 0..100 {
        frame_time.set(if (40..60).contains(&frame) { 0.120 } else { 0.016 });
        clock.wait(&Signal::new(), Some(clock.monotonic() + Duration::from_millis(16)));

        let now = clock.now();
        if now >= next_poll {
            next_poll = engine.poll(now);
            polls += 1;
        }
        for event in events.try_iter() {
            println!("frame {frame}: {event}");
            assert!(frame >= 40, "nothing is slow before frame 40");
            if let EventKind::AnomalyOpened { anomaly } = event.kind {
                assert_eq!(anomaly.watch.as_str(), "slow");
            }
        }
    }

    let told = engine.snapshot().stats.get("awatch.events").copied().unwrap_or(0);
    println!("{polls} polls, {told} events");
    assert!(told >= 1, "the slow frames were told");
    Ok(())
}
