//! Demo worlds: hosts and services that do not exist, with incidents on demand, and the past they go live with.
//!
//! A demo run is an engine that [lived through](back_fill) some hours of such a world before it goes on in real time:
//!
//! ```
//! # #[cfg(all(feature = "detect", feature = "store"))] {
//! use std::time::Duration;
//! use awatch::demo::{DemoConfig, Scenario, back_fill};
//! use awatch::plugins::Plugins;
//! use awatch::{Clock, Shutdown, SystemClock};
//!
//! let (clock, stop) = (SystemClock::new(), Shutdown::new());
//! let now = clock.now();
//! let begin = now.minus(Duration::from_secs(300));
//! let world = DemoConfig::default().with_begin(begin).with_live(now).with_incident(Scenario::DiskFill);
//! let mut engine = Plugins::builtin().assemble_demo(world.build()?)?.build()?;
//! assert!(back_fill(&mut engine, begin, &clock, &stop, |progress| println!("{:.0} %", 100.0 * progress.share())));
//! // engine.run(&stop)?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::time::Duration;

use awatch_core::{Clock, Engine, Shutdown, Timestamp};

pub use awatch_collect::demo::*;

/// How far a back-fill has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it began.
    pub from: Timestamp,
    /// The instant that was lived through last.
    pub at: Timestamp,
    /// The end as it is now: it moves on with the clock.
    pub until: Timestamp,
}

impl Progress {
    /// The part that is done, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        let part = |to: Timestamp| to.since(self.from).unwrap_or_default().as_secs_f64();
        if part(self.until) > 0.0 { (part(self.at) / part(self.until)).min(1.0) } else { 1.0 }
    }
}

/// Progress is told each time so much was lived through.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// Lets `engine` live through the time from `from` until now on `clock` as fast as it can, calling its collectors tick
/// by tick under simulated time. It catches up with the clock, so that [`Engine::run`] goes on without a gap. Where a
/// tick takes longer to live through than it lasts it never does, and only `cancel` ends it.
///
/// `progress` is told after each minute that was lived through, and at the end. Answers whether the end was reached:
/// `cancel` ends it before.
pub fn back_fill(
    engine: &mut Engine,
    from: Timestamp,
    clock: &dyn Clock,
    cancel: &Shutdown,
    mut progress: impl FnMut(Progress),
) -> bool {
    let (mut at, mut told) = (from, from);
    loop {
        let until = clock.now();
        let is_done = at > until;
        let lived = at.min(until);
        let since = lived.since(told).unwrap_or_default();
        if since >= TOLD_EVERY || (is_done && !since.is_zero()) {
            told = lived;
            progress(Progress { from, at: lived, until });
        }
        if is_done || cancel.is_triggered() {
            return is_done;
        }
        at = engine.poll(at).max(at.plus(Duration::from_nanos(1)));
    }
}
