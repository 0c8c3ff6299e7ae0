//! `awatch run`.

pub(crate) mod engine;
pub(crate) mod lines;
mod report;
mod tally;
mod wait;

pub(crate) use self::report::{Anomalies, Start};
pub(crate) use self::tally::{Counts, Tally};
pub(crate) use self::wait::Wait;

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use awatch::engine::{Snapshot, Summary};
use awatch::plugins::Assembly;
use awatch::{Clock, Engine, EngineHandle, Interval, SystemClock};

use self::report::Ending;
use crate::args::RunArgs;
use crate::demo::{self, World};
use crate::failure::Failure;
use crate::stop::{self, Reason};
use crate::view::Recent;
use crate::{load, say, usage, view};

/// How the run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// A view that refreshes itself.
    View,
    /// A sentence per event.
    Text,
    /// A JSON object per event.
    Json,
}

/// The source of the engine's own metrics.
const SELF: &str = "awatch";

/// Watches until something ends it.
pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let (mode, clock) = (Mode::of(args), SystemClock::new());
    let world = world(args, &clock);
    let loaded = match &world {
        Some(world) => load::demo(world.collector()?)?,
        None => load::load(args.config.as_deref())?,
    };
    let (tell, reasons) = stop::reasons();
    stop::on_signals(tell.clone(), view::restore)?;
    if !std::io::stdout().is_terminal() {
        stop::on_reader_gone(tell.clone())?;
    }
    let (tally, recent) = (Arc::new(Tally::default()), Arc::new(Recent::default()));
    let mut prepared = engine::prepare(loaded, args, &tally)?;
    if let Some(world) = &world {
        prepared.start = prepared.start.with_incidents(world.labels()?);
    }
    let start = prepared.start.clone();
    let (mut engine, warnings) = prepared.map(|assembly| mode.listen(assembly, &recent)).build()?;
    mode.begin(&start, &warnings, &clock, args.quiet);
    let spent = usage::cpu_time();
    let past = |world| demo::live_through(&mut engine, world, &clock, &reasons, args.quiet);
    if let Some(reason) = world.as_ref().and_then(past) {
        // It is still in the past: the present is not its to tell of.
        stop::ending();
        engine.finish_recording();
        let summary = Summary { series: engine.registry().len() as u64, ..Summary::default() };
        mode.end(&Ending::of(&start, reason, summary, &mut engine, &tally, spent), &clock, args.quiet);
        return Ok(());
    }
    let spent = usage::cpu_time();
    let running = engine::start(engine, tell)?;
    let wait = Wait::new(&reasons, &clock, args.for_time);
    let reason = match mode {
        Mode::View => {
            let notices: Vec<String> = warnings.into_iter().chain(start.incidents()).collect();
            view::show(&running.handle, &start, &recent, &notices, args.no_color, &wait)?
        }
        Mode::Text | Mode::Json if args.quiet => wait.for_reason(),
        Mode::Text | Mode::Json => {
            tell_series(&running.handle, start.interval, &wait).unwrap_or_else(|| wait.for_reason())
        }
    };
    stop::ending();
    if reason == Reason::Signal && !args.quiet {
        say::err("awatch: ending; a second Ctrl-C ends at once");
    }
    let (summary, mut engine) = running.stop()?;
    mode.end(&Ending::of(&start, reason, summary, &mut engine, &tally, spent), &clock, args.quiet);
    if reason == Reason::EngineGone { Err(Failure::EngineGone) } else { Ok(()) }
}

impl Ending {
    /// The end of a run that did what `summary` says, in which `spent` was used up before.
    fn of(
        start: &Start,
        reason: Reason,
        summary: Summary,
        engine: &mut Engine,
        tally: &Tally,
        spent: Duration,
    ) -> Self {
        Self {
            target: start.target.clone(),
            reason,
            summary,
            own_series: own_series(&engine.snapshot()),
            tally: tally.counts(),
            cpu: usage::cpu_time().saturating_sub(spent),
            peak: usage::memory().peak,
        }
    }
}

/// How much of its past a demo world has unless told otherwise.
const PAST: Duration = Duration::from_hours(6);

/// The demo world that is asked for, about to go live.
fn world(args: &RunArgs, clock: &SystemClock) -> Option<World> {
    let choice = args.world.demo?;
    Some(World::new(choice, &args.world.shape, clock.now(), args.back_fill.unwrap_or(PAST)))
}

impl Mode {
    fn of(args: &RunArgs) -> Self {
        if args.json {
            Self::Json
        } else if !args.plain && view::is_possible() {
            Self::View
        } else {
            Self::Text
        }
    }

    /// Adds the sink that events are shown by.
    fn listen(self, assembly: Assembly, recent: &Arc<Recent>) -> Assembly {
        match self {
            Self::View => assembly.map(|builder| builder.sink(recent.sink())),
            Self::Text => assembly.map(|builder| builder.sink(lines::text())),
            Self::Json => assembly.map(|builder| builder.sink(lines::json())),
        }
    }

    /// Says what is about to run; the view says so itself.
    fn begin(self, start: &Start, warnings: &[String], clock: &SystemClock, is_quiet: bool) {
        if self == Self::Json {
            lines::write(&start.at(clock.now()));
        }
        if !is_quiet && self != Self::View {
            say::err(&start.to_text());
            for warning in warnings {
                say::err(warning);
            }
        }
    }

    /// Says what the run did.
    fn end(self, ending: &Ending, clock: &SystemClock, is_quiet: bool) {
        if self == Self::Json {
            lines::write(&ending.at(clock.now()));
        } else if !is_quiet {
            say::err(&ending.to_text());
        }
    }
}

/// Says how many series there are, once they came for the first time; the reason when the run ends meanwhile.
fn tell_series(handle: &EngineHandle, interval: Interval, wait: &Wait<'_>) -> Option<Reason> {
    for _ in 0..3 {
        let reason = wait.within(interval.as_duration() + Duration::from_millis(300));
        if reason.is_some() {
            return reason;
        }
        let snapshot = handle.snapshot(Duration::from_secs(1))?;
        let all: usize = snapshot.targets.iter().map(|target| target.series.len()).sum();
        let series = all as u64 - own_series(&snapshot);
        if series > 0 {
            say::err(&format!("awatch: {series} series"));
            return None;
        }
    }
    None
}

/// How many series are the engine's own.
fn own_series(snapshot: &Snapshot) -> u64 {
    let series = snapshot.targets.iter().flat_map(|target| &target.series);
    series.filter(|series| series.source.as_str() == SELF).count() as u64
}
