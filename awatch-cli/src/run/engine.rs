//! The engine of a run, on a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;

use awatch::engine::Summary;
use awatch::plugins::{Assembly, StateFile};
use awatch::{Engine, EngineError, EngineHandle, Shutdown};

use super::report::Start;
use super::tally::Tally;
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::load::Loaded;
use crate::stop::Reason;

/// All that is needed to build the engine.
pub(crate) struct Prepared {
    pub(crate) assembly: Assembly,
    pub(crate) start: Start,
}

/// Applies what the command line says to what the configuration says.
pub(crate) fn prepare(loaded: Loaded, args: &RunArgs, tally: &Arc<Tally>) -> Result<Prepared, Failure> {
    let origin = loaded.origin();
    let file = loaded.file;
    let mut assembly = loaded.assembly.map(|builder| builder.sink(tally.sink()));
    if let Some(interval) = args.interval {
        assembly = assembly.with_interval(interval);
    }
    if let Some(file) = &args.state {
        let every = assembly.state().map_or(StateFile::EVERY, |state| state.every);
        assembly = assembly.with_state(Some(StateFile { file: file.clone(), every }));
    }
    if let Some(file) = &args.record {
        let recorder = awatch::store::file::create(file).map_err(Failure::NotRecorded)?;
        assembly = assembly.map(|builder| builder.recorder(recorder));
    }
    Ok(Prepared { start: Start::of(&assembly, file, origin), assembly })
}

impl Prepared {
    /// With what the way it is shown adds.
    pub(crate) fn map(self, change: impl FnOnce(Assembly) -> Assembly) -> Self {
        Self { assembly: change(self.assembly), ..self }
    }

    /// The engine, restored where there is state; and what could not be taken over.
    pub(crate) fn build(self) -> Result<(Engine, Vec<String>), Failure> {
        let state = self.assembly.state().cloned();
        let mut engine = self.assembly.into_builder().build()?;
        let Some(StateFile { file, every }) = state else { return Ok((engine, Vec::new())) };
        let warnings = match engine.restore_from(&file) {
            Ok(None) => Vec::new(),
            Ok(Some(restored)) => restored
                .fresh
                .iter()
                .map(|(watch, reason)| format!("awatch: {watch} starts without history: {reason}"))
                .collect(),
            Err(EngineError::Checkpoint { reason }) => vec![set_aside(&file, &reason)?],
            Err(error) => return Err(error.into()),
        };
        engine.checkpoint_to(file, every)?;
        Ok((engine, warnings))
    }
}

/// Watching anew is better than not watching: keeps the file under another name.
fn set_aside(file: &std::path::Path, reason: &str) -> Result<String, Failure> {
    let mut aside = file.as_os_str().to_owned();
    aside.push(".unusable");
    std::fs::rename(file, &aside).map_err(|source| Failure::File {
        path: file.to_owned(),
        done: "renamed",
        source,
    })?;
    let (file, aside) = (file.display(), std::path::Path::new(&aside).display());
    Ok(format!("awatch: {file} cannot be used ({reason}); kept as {aside}, starting without what was learnt"))
}

/// A running engine.
pub(crate) struct Running {
    pub(crate) handle: EngineHandle,
    shutdown: Shutdown,
    thread: JoinHandle<(Result<Summary, EngineError>, Engine)>,
}

/// Starts the engine; when it ends, for whatever reason, `tell` hears of it.
pub(crate) fn start(mut engine: Engine, tell: Sender<Reason>) -> Result<Running, Failure> {
    let (handle, shutdown) = (engine.handle(), Shutdown::new());
    let own = shutdown.clone();
    let thread = std::thread::Builder::new()
        .name("awatch-engine".to_owned())
        .spawn(move || {
            let _end = End(tell);
            (engine.run(&own), engine)
        })
        .map_err(|error| Failure::Setup { what: "a thread", source: error.into() })?;
    Ok(Running { handle, shutdown, thread })
}

/// Tells the end of the engine, a panic included.
struct End(Sender<Reason>);

impl Drop for End {
    fn drop(&mut self) {
        // Nobody waits any more when the run is ending anyway.
        let _ = self.0.send(Reason::EngineGone);
    }
}

impl Running {
    /// Ends the run; answers what it did, and the engine.
    pub(crate) fn stop(self) -> Result<(Summary, Engine), Failure> {
        self.shutdown.trigger();
        let (ended, engine) = self.thread.join().map_err(|_| Failure::EngineGone)?;
        Ok((ended?, engine))
    }
}
