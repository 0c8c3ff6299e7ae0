//! Awatch inside a program of your own: this machine and a number of yours, watched each second.
//!
//! ```text
//! cargo run -p awatch-examples --example embed
//! ```
//!
//! It works for three seconds. A minute later it would know what is usual here and tell what is not.

use std::time::Duration;

use awatch::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = awatch::engine(this_host()?)
        .collector(HostConfig::default().build()?)
        .watch("unusual", ZScore::default().build()?)
        .sink(awatch::sink::from_fn("print", |event| println!("{event}")))
        .build()?;
    let depth = engine.handle().gauge("queue.depth", &[], Unit::count("job"))?;
    let running = engine.spawn()?;

    for job in 0..30 {
        depth.set(f64::from(job % 7));
        work();
    }

    let (mut engine, summary) = running.stop()?;
    println!("{} samples of {} series in {:?}", summary.samples, summary.series, summary.lasted);

    let snapshot = engine.snapshot();
    let series = snapshot.targets.iter().flat_map(|target| &target.series);
    let own = series.into_iter().find(|series| series.meta.key.metric().as_str() == "queue.depth");
    assert!(own.is_some_and(|series| series.value.is_some()), "the program's own gauge was read");
    assert!(summary.series > 10, "this machine was read");
    assert!(summary.left_behind.is_empty(), "everything stopped");
    Ok(())
}

/// What the program is there for.
#[expect(
    clippy::disallowed_methods,
    reason = "stands for work that takes its time, and is not part of the engine"
)]
fn work() {
    std::thread::sleep(Duration::from_millis(100));
}
