//! `awatch run`.

pub(crate) mod engine;
mod lines;
mod report;
mod tally;

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use awatch::{Clock, EngineHandle, Interval, SystemClock};

use self::report::Ending;
pub(crate) use self::report::Start;
use self::tally::Tally;
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::stop::{self, Reason};
use crate::{load, usage, view};

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

impl Mode {
    fn of(args: &RunArgs) -> Self {
        if args.json {
            Self::Json
        } else if !args.plain && std::io::stdout().is_terminal() {
            Self::View
        } else {
            Self::Text
        }
    }
}

/// Watches until something ends it.
pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let mode = Mode::of(args);
    let clock = Arc::new(SystemClock::new());
    let loaded = load::load(args.config.as_deref())?;
    let (tell, reasons) = stop::reasons();
    stop::on_signals(tell.clone(), view::restore)?;
    if !std::io::stdout().is_terminal() {
        stop::on_reader_gone(tell.clone())?;
    }
    let tally = Arc::new(Tally::default());
    let mut prepared = engine::prepare(loaded, args, &tally);
    let start = prepared.start.clone();
    let recent = Arc::new(view::Recent::default());
    prepared.assembly = match mode {
        Mode::View => prepared.assembly.map(|builder| builder.sink(recent.sink())),
        Mode::Text => prepared.assembly.map(|builder| builder.sink(lines::text())),
        Mode::Json => prepared.assembly.map(|builder| builder.sink(lines::json())),
    };
    let (engine, warnings) = prepared.build()?;
    match mode {
        Mode::Json => lines::write(&start.at(clock.now())),
        Mode::Text | Mode::View => {}
    }
    if !args.quiet && mode != Mode::View {
        eprintln!("{}", start.to_text());
        warnings.iter().for_each(|warning| eprintln!("{warning}"));
    }
    let began = clock.monotonic();
    let running = engine::start(engine, tell)?;
    let until = args.for_time.map(|time| began + time);
    let wait = Wait { reasons: &reasons, clock: &clock, until };
    let reason = match mode {
        Mode::View => view::show(&running.handle, &start, &recent, &warnings, args.no_color, &wait)?,
        Mode::Text | Mode::Json => {
            let early = if args.quiet { None } else { tell_series(&running.handle, start.interval, &wait) };
            early.or_else(|| wait.for_reason(None)).unwrap_or(Reason::EngineGone)
        }
    };
    stop::ending();
    if reason == Reason::Signal && !args.quiet {
        eprintln!("awatch: ending; a second Ctrl-C ends at once");
    }
    let (summary, mut engine) = running.stop()?;
    let ending = Ending {
        target: start.target.clone(),
        reason,
        summary,
        own_series: own_series(&mut engine),
        tally: tally.counts(),
        cpu: usage::cpu_time(),
        peak: usage::memory().peak,
    };
    match mode {
        Mode::Json => lines::write(&ending.at(clock.now())),
        Mode::Text | Mode::View if !args.quiet => eprintln!("{}", ending.to_text()),
        Mode::Text | Mode::View => {}
    }
    if reason == Reason::EngineGone { Err(Failure::EngineGone) } else { Ok(()) }
}

/// Says how many series there are, once they came for the first time; answers the reason when the run ends meanwhile.
fn tell_series(handle: &EngineHandle, interval: Interval, wait: &Wait<'_>) -> Option<Reason> {
    for _ in 0..3 {
        let reason = wait.for_reason(Some(interval.as_duration() + Duration::from_millis(300)));
        if reason.is_some() {
            return reason;
        }
        let snapshot = handle.snapshot(Duration::from_secs(1))?;
        let series = snapshot.targets.iter().flat_map(|target| &target.series);
        let series = series.filter(|series| series.source.as_str() != "awatch").count();
        if series > 0 {
            eprintln!("awatch: {series} series");
            return None;
        }
    }
    None
}

/// How many series are the engine's own.
fn own_series(engine: &mut awatch::Engine) -> u64 {
    let snapshot = engine.snapshot();
    let series = snapshot.targets.iter().flat_map(|target| &target.series);
    series.filter(|series| series.source.as_str() == "awatch").count() as u64
}

/// Waits for the end of the run.
pub(crate) struct Wait<'a> {
    reasons: &'a Receiver<Reason>,
    clock: &'a SystemClock,
    /// When the time asked for is over, in monotonic time.
    until: Option<Duration>,
}

impl Wait<'_> {
    /// The reason to end, when there is one within `patience` (`None`: whenever it comes).
    pub(crate) fn for_reason(&self, patience: Option<Duration>) -> Option<Reason> {
        let left = self.until.map(|until| until.saturating_sub(self.clock.monotonic()));
        let Some(time) = left.into_iter().chain(patience).min() else {
            return Some(self.reasons.recv().unwrap_or(Reason::EngineGone));
        };
        match self.reasons.recv_timeout(time) {
            Ok(reason) => Some(reason),
            Err(RecvTimeoutError::Disconnected) => Some(Reason::EngineGone),
            Err(RecvTimeoutError::Timeout) => self.is_time_over().then_some(Reason::TimeOver),
        }
    }

    /// The clock of the run.
    pub(crate) fn clock(&self) -> &SystemClock {
        self.clock
    }

    fn is_time_over(&self) -> bool {
        self.until.is_some_and(|until| until <= self.clock.monotonic())
    }
}
