//! The engine inside an asynchronous program: events come out of a channel that a task awaits.
//!
//! ```text
//! cargo run -p awatch-examples --example inside_tokio
//! ```
//!
//! The engine has no asynchronous runtime in it and needs none: it runs on threads of its own, and is talked to by
//! handles that never block. Two places touch the runtime. A sink sends events into a channel; it has a thread to
//! itself and may block on a full one, which the engine would tell. Stopping waits for threads, so it is done where
//! blocking is allowed.

use std::time::Duration;

use awatch::prelude::*;
use tokio::sync::mpsc;
use tokio::time::timeout;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (sender, mut events) = mpsc::channel(64);
    let forward = move |event: &Event| drop(sender.blocking_send(event.clone()));
    let crowded = Rule::on("sessions".parse()?).with_above(100.0);
    let engine = awatch::engine(Target::new("api-1")?)
        .interval(Interval::new(Duration::from_millis(100))?)
        .watch("crowded", Threshold::default().with_rule(crowded).build()?)
        .sink(awatch::sink::from_fn("tokio", forward))
        .build()?;
    let sessions = engine.handle().gauge("sessions", &[], Unit::count("session"))?;
    let running = engine.spawn()?;

    // Tasks report from wherever they are: setting a gauge is one atomic store.
    tokio::spawn(async move {
        for count in [20.0, 60.0, 180.0] {
            sessions.set(count);
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    });

    let opened = timeout(Duration::from_secs(30), async {
        while let Some(event) = events.recv().await {
            println!("{event}");
            if let EventKind::AnomalyOpened { anomaly } = event.kind {
                return Some(anomaly);
            }
        }
        None
    });
    let anomaly = opened.await?.ok_or("the engine ended before it told anything")?;
    assert_eq!(anomaly.watch.as_str(), "crowded");

    let (engine, summary) = tokio::task::spawn_blocking(move || running.stop()).await??;
    println!("{} samples in {:?}", summary.samples, summary.lasted);
    assert!(summary.left_behind.is_empty(), "every thread has ended");

    // With the engine the sink goes, with the sink the sender: whoever awaits events comes to an end.
    drop(engine);
    let rest = timeout(Duration::from_secs(30), async { while events.recv().await.is_some() {} });
    rest.await?;
    Ok(())
}
