//! What happened is written down as it arrives and played again: the same events, to the byte, as often as you like.
//!
//! ```text
//! cargo run -p awatch-examples --example record_and_replay
//! ```
//!
//! For incidents that are to be understood later, and for trying another configuration on what really happened: the
//! program does the same with `awatch run --record history.csv` and `awatch replay history.csv`.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use awatch::EngineBuilder;
use awatch::prelude::*;
use awatch::replay::{Replay, Stopped};
use awatch::store::file;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let history = std::env::temp_dir().join(format!("awatch-example-{}.csv", std::process::id()));
    let lived = live(&history)?;
    println!("lived: {} events", lived.len());
    for event in &lived {
        println!("  {event}");
    }

    // The same again, from the file.
    let (engine, played) = watched(|builder| builder)?;
    let mut replay = Replay::new(engine, file::open(&history)?);
    assert_eq!(replay.finish()?, Stopped::Ended);
    assert_eq!(played.try_iter().collect::<Vec<_>>(), lived, "a replay tells what the run told");

    // And once more, slowly: to a second before the incident, and then step by step until something is told.
    let (engine, played) = watched(|builder| builder)?;
    let mut replay = Replay::new(engine, file::open(&history)?);
    replay.run_to(START.plus(Duration::from_secs(599)))?;
    assert_eq!(played.try_iter().count(), 0, "nothing is unusual yet");
    let mut steps = 0;
    while played.try_iter().count() == 0 && replay.step(Duration::from_secs(1))? == Stopped::Reached {
        steps += 1;
    }
    println!("told {steps} s after the queue began to grow");
    assert!(steps < 30);
    std::fs::remove_file(&history)?;
    Ok(())
}

/// A whole second.
const START: Timestamp = Timestamp::from_secs(1_800_000_000);

/// Twelve minutes in the life of a queue that grows from the tenth on, written down in `history`.
fn live(history: &std::path::Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let recorder = file::create(history)?;
    let (mut engine, told) = watched(|builder| builder.recorder(recorder))?;
    let depth = engine.handle().gauge("queue.depth", &[], Unit::count("item"))?;
    for second in 0..720_u32 {
        let usual = f64::from(20 + second * 7 % 5);
        depth.set(if second >= 600 { usual + f64::from(second - 599) * 4.0 } else { usual });
        engine.poll(START.plus(Duration::from_secs(1) * second));
    }
    engine.finish_recording();
    Ok(told.try_iter().collect())
}

/// An engine that watches everything, and what it tells.
fn watched(
    change: impl FnOnce(EngineBuilder) -> EngineBuilder,
) -> Result<(awatch::Engine, Receiver<String>), Box<dyn std::error::Error>> {
    let (tell, told) = channel();
    let builder = awatch::engine(Target::new("shop")?)
        .watch("unusual", ZScore::default().build()?)
        .sink(awatch::sink::from_fn("kept", move |event| drop(tell.send(event.to_string()))));
    Ok((change(builder).build()?, told))
}
