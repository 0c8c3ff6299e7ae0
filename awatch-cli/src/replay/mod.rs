//! `awatch replay`.

mod args;
mod lines;
mod orders;
mod player;
mod report;
mod shown;

pub(crate) use self::args::ReplayArgs;

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use awatch::plugins::Assembly;
use awatch::replay::{Replay, Speed};
use awatch::store::file::{self, ReadOptions};
use awatch::{Recording, Shutdown, Timestamp};

use self::args::Moment;
use crate::demo::{Choice, World};
use crate::failure::Failure;
use crate::load;
use crate::run::Tally;
use crate::view::{self, Recent};

/// Plays history through an engine.
pub(crate) fn replay(args: &ReplayArgs) -> Result<(), Failure> {
    let mode = Mode::of(args);
    let Source { recording, assembly, title, origin } = source(args)?;
    let (tally, recent) = (Arc::new(Tally::default()), Arc::new(Recent::default()));
    let builder = mode.listen(assembly, &recent).into_replay().sink(tally.sink());
    let shutdown = Shutdown::new();
    let speed = args.speed.unwrap_or(mode.speed());
    let replay = Replay::new(builder.build()?, recording).with_speed(speed).with_shutdown(&shutdown);
    // What is played step by step is so from its beginning on, unless from a later instant.
    let to = args.to.or(args.step.then_some(Moment::After(Duration::ZERO)));
    let plan = Plan { title, origin, speed, to, steps: args.step, is_quiet: args.quiet };
    match mode {
        Mode::View => shown::show(replay, &plan, &shutdown, &recent, args.no_color),
        Mode::Text | Mode::Json => lines::play(replay, &plan, &shutdown, &tally, mode == Mode::Json),
    }
}

/// What is to be done with a recording.
#[derive(Debug)]
struct Plan {
    /// What is played, for people.
    title: String,
    /// Which configuration watches.
    origin: String,
    speed: Speed,
    to: Option<Moment>,
    /// Whether it goes on second by second afterwards.
    steps: bool,
    is_quiet: bool,
}

impl Plan {
    /// The instant to play to, in a recording that begins at `first`.
    fn goal(&self, first: Timestamp) -> Option<Timestamp> {
        self.to.map(|to| to.from(first))
    }
}

/// How a replay is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    View,
    Text,
    Json,
}

impl Mode {
    fn of(args: &ReplayArgs) -> Self {
        if args.json {
            Self::Json
        } else if !args.plain && view::is_possible() && std::io::stdin().is_terminal() {
            Self::View
        } else {
            Self::Text
        }
    }

    /// How fast unless told otherwise.
    fn speed(self) -> Speed {
        if self == Self::View { Speed::Times(60.0) } else { Speed::Fastest }
    }

    fn listen(self, assembly: Assembly, recent: &Arc<Recent>) -> Assembly {
        use crate::run::lines;
        match self {
            Self::View => assembly.map(|builder| builder.sink(recent.sink())),
            Self::Text => assembly.map(|builder| builder.sink(lines::text())),
            Self::Json => assembly.map(|builder| builder.sink(lines::json())),
        }
    }
}

/// What is played, and what watches it.
struct Source {
    recording: Box<dyn Recording>,
    assembly: Assembly,
    title: String,
    origin: String,
}

/// How much of a demo world is played.
const DEMO_SPAN: Duration = Duration::from_hours(1);

/// When a demo world that is played begins, so that it is the same one each time: a Monday morning.
const DEMO_BEGIN: Timestamp = Timestamp::from_secs(1_780_300_800);

fn source(args: &ReplayArgs) -> Result<Source, Failure> {
    match &args.file {
        Some(path) => from_file(path, args),
        None => from_demo(args),
    }
}

fn from_file(path: &Path, args: &ReplayArgs) -> Result<Source, Failure> {
    let loaded = load::load(args.config.as_deref())?;
    let mut options = ReadOptions::default();
    if let Some(target) = &args.target {
        options = options.with_target(target.clone());
    }
    if let Some(interval) = args.interval {
        options = options.with_interval(interval);
    }
    for column in &args.without_column {
        options = options.without_column(column);
    }
    Ok(Source {
        recording: file::open_with(path, &options)?,
        title: path.display().to_string(),
        origin: loaded.origin(),
        assembly: loaded.assembly,
    })
}

fn from_demo(args: &ReplayArgs) -> Result<Source, Failure> {
    let world = World::of_history(args.demo.unwrap_or(Choice::All), &args.shape, DEMO_BEGIN, DEMO_SPAN);
    let loaded = match &args.config {
        Some(path) => load::load(Some(path))?,
        None => load::demo(world.collector()?)?,
    };
    Ok(Source {
        recording: Box::new(world.history(DEMO_BEGIN.plus(DEMO_SPAN))?),
        title: format!("an hour of the demo world, seed {}", world.seed()),
        origin: loaded.origin(),
        assembly: loaded.assembly,
    })
}
