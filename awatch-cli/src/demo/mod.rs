//! `awatch demo`, and the demo worlds of `awatch run` and `awatch replay`.

mod args;
mod choice;
mod past;
mod world;

pub(crate) use self::args::{DemoArgs, ShapeArgs, WorldArgs, choices};
pub(crate) use self::choice::Choice;
pub(crate) use self::past::live_through;
pub(crate) use self::world::World;

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use awatch::demo::{Label, Onset, Scenario};
use awatch::{Clock, Recorder, Recording, Registry, SystemClock, duration};

use crate::failure::Failure;
use crate::say;

/// Lists what can go wrong, or writes the history of a world in which it did.
pub(crate) fn demo(args: &DemoArgs) -> Result<(), Failure> {
    match &args.out {
        None => {
            say::out(&listing());
            Ok(())
        }
        Some(out) => write(args, out),
    }
}

/// Most series that a world in a file may have.
const MOST_SERIES: usize = 1 << 20;

fn write(args: &DemoArgs, out: &Path) -> Result<(), Failure> {
    let choice = args.scenario.unwrap_or(Choice::All);
    let from = args.from.unwrap_or_else(|| SystemClock::new().now().minus(args.for_time));
    let world = World::of_history(choice, &args.shape, from, args.for_time).with_interval(args.interval);
    let labels = world.labels()?;
    let mut history = world.history(world.begin.plus(args.for_time))?;
    if let Some(path) = &args.labels {
        check_labels(path, out)?;
    }
    let mut recorder = awatch::store::file::create(out).map_err(Failure::NotRecorded)?;
    let registry = Arc::new(Registry::new(MOST_SERIES));
    let (mut batches, mut samples) = (0_u64, 0_u64);
    while let Some(arrival) = history.next_arrival(&registry)? {
        recorder.arrived(&arrival.batch, arrival.received).map_err(Failure::NotRecorded)?;
        batches += 1;
        samples += arrival.batch.samples().len() as u64;
    }
    recorder.finish().map_err(Failure::NotRecorded)?;
    if let Some(path) = &args.labels {
        let written = std::fs::File::create_new(path).and_then(|file| Label::write_csv(&labels, file));
        written.map_err(|source| Failure::File { path: path.clone(), done: "written", source })?;
    }
    say::err(&format!(
        "awatch: wrote {samples} samples of {} series at {batches} ticks into {}",
        registry.len(),
        out.display()
    ));
    for label in &labels {
        say::err(&format!("awatch: {}", told(label)));
    }
    Ok(())
}

/// The labels have to go into a file of their own; found out before the history is written.
fn check_labels(path: &Path, out: &Path) -> Result<(), Failure> {
    let problem = if path == out {
        "the history goes there: name another file with --labels"
    } else if path.exists() {
        "there is such a file already: remove it, or name another with --labels"
    } else {
        return Ok(());
    };
    let source = std::io::Error::new(std::io::ErrorKind::AlreadyExists, problem);
    Err(Failure::File { path: path.to_owned(), done: "written", source })
}

/// A label for people.
pub(crate) fn told(label: &Label) -> String {
    let targets: Vec<&str> = label.targets.iter().map(awatch::Name::as_str).collect();
    let lasts = label.end.since(label.start).map_or_else(String::new, duration::format);
    format!("{} on {} from {} for {lasts}", label.scenario, targets.join(", "), label.start)
}

/// What can go wrong, for people.
fn listing() -> String {
    let mut text = String::from("What can go wrong in a demo world:\n\n");
    for scenario in Scenario::ALL {
        let onset = match scenario.onset() {
            Onset::After(after) => format!("{} after going live", duration::format(after)),
            Onset::Before(before) => format!("{} before going live", duration::format(before)),
        };
        let lasts = duration::format(scenario.duration());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {scenario:<16} {}\n{:19}{onset}, for {lasts}", scenario.sentence(), "");
    }
    text.push_str(
        "\n  awatch run --demo cpu-saturation                 watch it happen\n  \
         awatch demo cpu-saturation --out history.csv     write its history into a file\n  \
         awatch replay --demo cpu-saturation              play it, step by step if you like\n",
    );
    text
}
